//! Where rows are kept: ordered tables of bytes by bytes, and large things by their hash.
//!
//! A store knows nothing of entries; [`crate::Journal`] does. What a store owes: a commit happens as a
//! whole or not at all, and when it returns it is as durable as the store can make it; what is read
//! is what was committed, or a named error.

mod disk;
mod error;
mod memory;
mod table;

use std::collections::BTreeMap;
use std::ops::Bound;

pub use disk::DiskStore;
pub use error::StoreError;
pub use memory::MemoryStore;
pub use table::Table;

use crate::id::Hash;

/// A change of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The table.
    pub table: Table,
    /// The row's key.
    pub key: Vec<u8>,
    /// What it holds from now on; none takes the row away.
    pub value: Option<Vec<u8>>,
}

/// Which rows to read: those of one table from one key to before another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The table.
    pub table: Table,
    /// The first key.
    pub from: Vec<u8>,
    /// The key before which the rows end; none: at the end of the table.
    pub to: Option<Vec<u8>>,
    /// At most so many.
    pub limit: usize,
}

impl Scan {
    fn is_empty(&self) -> bool {
        self.to.as_ref().is_some_and(|to| *to <= self.from)
    }

    /// Rows that replace or hide those below them, in order, put together with these.
    pub(crate) fn merge<E>(
        &self,
        over: impl Iterator<Item = (Vec<u8>, Option<Vec<u8>>)>,
        below: impl FnOnce(&Self) -> Result<Vec<Row>, E>,
    ) -> Result<Vec<Row>, E> {
        let mut all = BTreeMap::new();
        let mut left = self.limit;
        for (key, value) in over {
            if left == 0 {
                break;
            }
            left -= usize::from(value.is_some());
            all.insert(key, value);
        }
        // each row that is hidden may take the place of one that counts
        let limit = self.limit.saturating_add(all.len());
        for (key, value) in below(&Self {
            limit,
            ..self.clone()
        })? {
            all.entry(key).or_insert(Some(value));
        }
        let rows = all
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)));
        Ok(rows.take(self.limit).collect())
    }

    fn end(&self) -> Bound<&[u8]> {
        self.to.as_deref().map_or(Bound::Unbounded, Bound::Excluded)
    }
}

/// A key with its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Where rows are kept. See the module.
pub trait Store: Send + Sync + 'static {
    /// Applies all writes in their order, as a whole.
    ///
    /// # Errors
    /// Nothing was applied, or nobody knows: the store must be opened anew.
    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError>;

    /// The value of a row.
    ///
    /// # Errors
    /// The row cannot be read, or is not what was written.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Rows in the order of their keys.
    ///
    /// # Errors
    /// A row cannot be read, or is not what was written.
    fn scan(&self, scan: &Scan) -> Result<Vec<Row>, StoreError>;

    /// Keeps bytes under their hash, durably. Bytes that are there already are left alone.
    ///
    /// # Errors
    /// They could not be written.
    fn put_object(&self, hash: &Hash, bytes: &[u8]) -> Result<(), StoreError>;

    /// The bytes with this hash.
    ///
    /// # Errors
    /// They cannot be read, or have another hash by now.
    fn object(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError>;

    /// The hashes of all bytes that are kept.
    ///
    /// # Errors
    /// They cannot be listed.
    fn objects(&self) -> Result<Vec<Hash>, StoreError>;

    /// Forgets bytes.
    ///
    /// # Errors
    /// They could not be removed.
    fn remove_object(&self, hash: &Hash) -> Result<(), StoreError>;

    /// Whether everything is lost with the process anyway, so that there is nothing to wait for.
    fn is_volatile(&self) -> bool {
        false
    }
}
