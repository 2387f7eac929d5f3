//! A store in memory, which ends with the process.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::{Row, Scan, Store, StoreError, Table, Write};
use crate::id::Hash;

/// Rows in ordered maps.
#[derive(Debug, Default)]
pub struct MemoryStore {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    tables: [BTreeMap<Vec<u8>, Vec<u8>>; Table::ALL.len()],
    objects: HashMap<Hash, Arc<[u8]>>,
}

impl MemoryStore {
    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let mut inner = self.write();
        for write in writes {
            let table = &mut inner.tables[write.table as usize];
            match write.value {
                Some(value) => table.insert(write.key, value),
                None => table.remove(&write.key),
            };
        }
        Ok(())
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.read().tables[table as usize].get(key).cloned())
    }

    fn scan(&self, scan: &Scan) -> Result<Vec<Row>, StoreError> {
        if scan.is_empty() {
            return Ok(Vec::new());
        }
        let inner = self.read();
        let rows = inner.tables[scan.table as usize]
            .range::<[u8], _>((Bound::Included(scan.from.as_slice()), scan.end()));
        let own = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
        Ok(rows.take(scan.limit).map(own).collect())
    }

    fn put_object(&self, hash: &Hash, bytes: &[u8]) -> Result<(), StoreError> {
        self.write()
            .objects
            .entry(*hash)
            .or_insert_with(|| bytes.into());
        Ok(())
    }

    fn object(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.read().objects.get(hash).map(|bytes| bytes.to_vec()))
    }

    fn objects(&self) -> Result<Vec<Hash>, StoreError> {
        Ok(self.read().objects.keys().copied().collect())
    }

    fn remove_object(&self, hash: &Hash) -> Result<(), StoreError> {
        self.write().objects.remove(hash);
        Ok(())
    }

    fn is_volatile(&self) -> bool {
        true
    }
}
