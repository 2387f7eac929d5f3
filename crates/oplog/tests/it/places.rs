//! Where the journal of a test is, so that it can be opened again.

use std::path::Path;
use std::sync::Arc;

use golem_rpc_oplog::{
    DiskStore, Hash, Journal, MemoryStore, Row, Scan, Store, StoreError, Table, Write,
};
use tempfile::TempDir;

/// A directory, in memory where there is such a one: nothing here depends on how long a disk takes.
pub(crate) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// A place that keeps what a journal wrote.
pub(crate) trait Place: Default {
    fn open(&self) -> Journal;
}

/// A directory; few commits stay in front of the tables, so that both are in use.
pub(crate) struct Disk(TempDir);

impl Default for Disk {
    fn default() -> Self {
        Self(scratch())
    }
}

impl Disk {
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Place for Disk {
    fn open(&self) -> Journal {
        let store = DiskStore::with_fresh(self.0.path(), 4096).unwrap();
        Journal::open(store).unwrap()
    }
}

/// Memory that outlives a journal, with a thread that writes to it.
#[derive(Default)]
pub(crate) struct Memory(Arc<MemoryStore>);

impl Place for Memory {
    fn open(&self) -> Journal {
        Journal::open(Kept::new(&self.0)).unwrap()
    }
}

/// Memory that is written to at once.
#[derive(Default)]
pub(crate) struct Volatile(Arc<MemoryStore>);

impl Place for Volatile {
    fn open(&self) -> Journal {
        let volatile = true;
        let kept = Kept::new(&self.0);
        Journal::open(Kept { volatile, ..kept }).unwrap()
    }
}

type Before = dyn Fn() -> Result<(), StoreError> + Send + Sync;

/// A store in memory, and something that happens before each commit.
pub(crate) struct Kept {
    store: Arc<MemoryStore>,
    volatile: bool,
    pub(crate) before: Box<Before>,
}

impl Kept {
    pub(crate) fn new(store: &Arc<MemoryStore>) -> Self {
        Self {
            store: Arc::clone(store),
            volatile: false,
            before: Box::new(|| Ok(())),
        }
    }
}

impl Store for Kept {
    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        (self.before)()?;
        self.store.commit(writes)
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(table, key)
    }

    fn scan(&self, scan: &Scan) -> Result<Vec<Row>, StoreError> {
        self.store.scan(scan)
    }

    fn put_object(&self, hash: &Hash, bytes: &[u8]) -> Result<(), StoreError> {
        self.store.put_object(hash, bytes)
    }

    fn object(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.object(hash)
    }

    fn objects(&self) -> Result<Vec<Hash>, StoreError> {
        self.store.objects()
    }

    fn remove_object(&self, hash: &Hash) -> Result<(), StoreError> {
        self.store.remove_object(hash)
    }

    fn is_volatile(&self) -> bool {
        self.volatile
    }
}

/// Makes each function, which takes a place, a test of all places.
macro_rules! everywhere {
    ($($name:ident),* $(,)?) => {
        $crate::places::everywhere!(@ memory Memory $($name)*);
        $crate::places::everywhere!(@ volatile Volatile $($name)*);
        $crate::places::everywhere!(@ disk Disk $($name)*);
    };
    (@ $module:ident $place:ident $($name:ident)*) => {
        mod $module {
            $(#[test]
            fn $name() {
                super::$name(&$crate::places::$place::default());
            })*
        }
    };
}

pub(crate) use everywhere;
