//! Where rows are kept: ordered tables of bytes by bytes, and large things by their hash.
//!
//! A store knows nothing of entries; [`crate::Journal`] does. What a store owes: a commit happens as a
//! whole or not at all, and when it returns it is as durable as the store can make it; what is read
//! is what was committed, or a named error.

mod disk;
mod memory;

use std::fmt;
use std::ops::Bound;
use std::path::PathBuf;

pub use disk::DiskStore;
pub use memory::MemoryStore;

use crate::id::Hash;

/// One table of rows, which are ordered by their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// The next number of a worker.
    Meta,
    /// [`crate::WorkerRecord`]s and the workers' numbers, by component and name.
    Worker,
    /// Runs of entries, by the worker's number and the index of the last of them: see `run.rs`. A
    /// store may join runs that follow each other.
    Log,
    /// The index of a worker's last entry, by its number.
    Head,
    /// When to load which worker after a restart, by its number.
    Wake,
    /// Promises, by the worker's number and their index.
    Promise,
    /// Values, by bucket and key.
    KeyValue,
    /// Containers of blobs, by name.
    Container,
    /// Descriptions of blobs, by container and name.
    Blob,
    /// Descriptions of components, by name and version.
    Component,
}

impl Table {
    /// All tables, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Meta,
        Self::Worker,
        Self::Log,
        Self::Head,
        Self::Wake,
        Self::Promise,
        Self::KeyValue,
        Self::Container,
        Self::Blob,
        Self::Component,
    ];
}

impl Table {
    /// What it is called in messages and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Worker => "worker",
            Self::Log => "log",
            Self::Head => "head",
            Self::Wake => "wake",
            Self::Promise => "promise",
            Self::KeyValue => "keyvalue",
            Self::Container => "container",
            Self::Blob => "blob",
            Self::Component => "component",
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

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
    fn commit(&self, writes: &[Write]) -> Result<(), StoreError>;

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

/// What is wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or directory cannot be used.
    #[error("cannot use `{}`", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process has it.
    #[error("the state in `{}` is in use by process {holder}", path.display())]
    Locked {
        /// The store's directory.
        path: PathBuf,
        /// The process, as it wrote itself down.
        holder: String,
    },
    /// A later version of this program wrote it.
    #[error("the state in `{}` has format {found}; this version knows formats up to {known}", path.display())]
    Newer {
        /// The store's directory.
        path: PathBuf,
        /// The format's number.
        found: u32,
        /// The newest that can be read.
        known: u32,
    },
    /// A row is not what was written.
    #[error("the state is damaged: {detail} in table `{table}`")]
    Corrupt {
        /// The row's table.
        table: Table,
        /// Its key, as far as it is known.
        key: Vec<u8>,
        /// What is wrong.
        detail: String,
    },
    /// A file or the store as a whole is damaged, not only one row.
    #[error("the state is damaged: `{}`: {detail}", path.display())]
    Damaged {
        /// The file, or the store's directory.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
}
