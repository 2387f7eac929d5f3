//! A store on disk: a file of commits in front of an SQLite database.
//!
//! # The directory
//!
//! | file | what it is |
//! |---|---|
//! | `lock` | locked by the process that has the store, whose id is in it |
//! | `commits` | the newest commits, one behind the other; a commit is one write and one `fdatasync` |
//! | `committed` | the number of the last commit, not synchronized: tells that commits are missing |
//! | `tables.sqlite` | everything that is older, one table of keys and values for each [`Table`]; SQLite's own `-wal` and `-shm` lie beside it |
//! | `objects/` | large things, each a file with its hash as its name |
//!
//! Commits stay in memory as well until there are some megabytes of them; then the tables take them
//! in one transaction, and the file is written again from its beginning. By then many rows have been
//! replaced or belong together, and the tables see only what is left: this, and that a commit writes
//! no pages, is why SQLite is not used alone.
//!
//! # Nothing wrong is ever read
//!
//! Each commit and each row has a mark, the beginning of a BLAKE3 hash of all of it with its key and
//! table. That rows are missing is found by the sum of all marks of a table, which every transaction
//! keeps and opening compares; the one table that opening does not read, that of entries, has the
//! index of each worker's last entry in another. That commits at the end are missing is found by
//! `committed`: a half-written commit that nobody was told of is no damage, and is forgotten. Whoever wants to go on
//! without commits that are missing removes `committed`.
//!
//! # Why SQLite, and why not alone
//!
//! What `benches/compare` says on two cores: commits of 1, 16 and 256 entries of 70 bytes by 64 workers,
//! each with the row of a worker, and each entry a row of its own. The rates are those of a directory in
//! memory; what a disk adds is one `fdatasync` a commit at least.
//!
//! | | SQLite (rusqlite 0.43) | redb 4.6 | fjall 3.1 | this store |
//! |---|---|---|---|---|
//! | entries/s by 1 | 26,700 | 10,900 | 81,900 | 46,100 |
//! | by 16 | 82,900 | 28,600 | 298,300 | 102,400 |
//! | by 256 | 114,900 | 54,500 | 382,500 | 140,300 |
//! | bytes an entry | 107 | 180 | 160–310 | 130–160 |
//! | opens after that in | 0.4 ms | 2–34 ms | 250–920 ms | about 1 ms per 1,000 workers |
//! | lost by 20 × SIGKILL | nothing | nothing | nothing | nothing |
//! | a flipped bit, closed before: wrong or missing rows, silently | 337 of 400 | 132 of 400 | 15 of 400, and 10 panics | 0 of 200 |
//! | the same, not closed before | 399 of 400 | 44 of 400 | not measured | 0 of 200 |
//! | compiling, optimized (CPU) | 88 s | 48 s | 57 s | |
//! | the program | 2.9 MB | 2.4 MB | 2.8 MB | |
//!
//! None of them keeps what is damaged from being read, so that marks are ours in any case. fjall is the
//! fastest, but replays its journal when it is opened, which a command would have to wait for. SQLite
//! opens at once, is the most tested, and any tool can look into it. What it lacks is taken from it: a
//! commit here writes no pages, and the journal joins entries to rows, so that 1.4 to 2 million of them a
//! second get to the tables (`benches/compare journal`), at some 165 bytes of the store a call.

mod commits;
mod fresh;
mod lock;
mod mark;
mod objects;
mod tables;

use std::fs::{self, File};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use commits::Commits;
use fresh::Fresh;
use lock::Lock;
use objects::Objects;
use tables::Tables;

use super::{Row, Scan, Store, StoreError, Table, Write};
use crate::id::Hash;

/// So many bytes of commits stay in front of the tables.
const FRESH: u64 = 4 << 20;

/// A store in a directory. See the module.
pub struct DiskStore {
    commits: Mutex<Commits>,
    /// What the commits in front of the tables say.
    fresh: RwLock<Fresh>,
    tables: Tables,
    objects: Objects,
    /// So many bytes of commits stay in front of the tables.
    bytes: u64,
    // released last
    _lock: Lock,
}

impl DiskStore {
    /// Opens the store in a directory, which is made if it is not there.
    ///
    /// # Errors
    /// The directory cannot be used, another process has it, a newer version wrote it, or something
    /// in it is not what was written.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        Self::with_fresh(directory, FRESH)
    }

    /// As [`Self::open`], with so many bytes of commits in front of the tables.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn with_fresh(directory: &Path, bytes: u64) -> Result<Self, StoreError> {
        // the store is a room of its own, as `system` is for all other files
        #[expect(clippy::disallowed_methods)]
        fs::create_dir_all(directory).map_err(|source| StoreError::io(directory, source))?;
        let lock = Lock::take(directory)?;
        let is_new = !directory.join("commits").exists();
        let tables = Tables::open(directory)?;
        let (commits, fresh) = Commits::open(directory, tables.applied())?;
        if is_new {
            sync(directory)?;
        }
        Ok(Self {
            commits: Mutex::new(commits),
            fresh: RwLock::new(fresh),
            tables,
            objects: Objects::open(directory)?,
            bytes,
            _lock: lock,
        })
    }

    /// Has the tables take all commits in front of them.
    fn settle(&self, commits: &mut Commits) -> Result<(), StoreError> {
        let last = commits.last();
        // only commits change what is fresh, and the caller has them
        let fresh = self.fresh();
        let transaction = self.tables.take(fresh.rows(), last)?;
        drop(fresh);
        // from here to the end readers must see neither both nor none
        let mut fresh = self.fresh_mut();
        transaction.commit()?;
        *fresh = Fresh::default();
        drop(fresh);
        self.tables.checkpoint()?;
        commits.rewind()
    }

    fn commits(&self) -> MutexGuard<'_, Commits> {
        self.commits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self) -> RwLockReadGuard<'_, Fresh> {
        self.fresh.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh_mut(&self) -> RwLockWriteGuard<'_, Fresh> {
        self.fresh.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for DiskStore {
    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let mut commits = self.commits();
        if commits.length() >= self.bytes {
            self.settle(&mut commits)?;
        }
        commits.append(&writes)?;
        self.fresh_mut().apply(writes);
        Ok(())
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let fresh = self.fresh();
        match fresh.get(table, key) {
            Some(known) => Ok(known.clone()),
            None => self.tables.get(table, key),
        }
    }

    fn scan(&self, scan: &Scan) -> Result<Vec<Row>, StoreError> {
        let fresh = self.fresh();
        fresh.over(scan, |scan| self.tables.scan(scan))
    }

    fn put_object(&self, hash: &Hash, bytes: &[u8]) -> Result<(), StoreError> {
        self.objects.put(hash, bytes)
    }

    fn object(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.objects.get(hash)
    }

    fn objects(&self) -> Result<Vec<Hash>, StoreError> {
        self.objects.list()
    }

    fn remove_object(&self, hash: &Hash) -> Result<(), StoreError> {
        self.objects.remove(hash)
    }
}

impl Drop for DiskStore {
    fn drop(&mut self) {
        let mut commits = self.commits();
        if commits.length() > 0 && !commits.has_failed() {
            // what the tables do not take is in the commits, where the next process finds it
            let _ = self.settle(&mut commits);
        }
    }
}

/// Has the names of new files survive a power failure, and that of the directory itself.
fn sync(directory: &Path) -> Result<(), StoreError> {
    for path in directory
        .ancestors()
        .take(2)
        .filter(|path| !path.as_os_str().is_empty())
    {
        let synced = File::open(path).and_then(|directory| directory.sync_all());
        synced.map_err(|source| StoreError::io(path, source))?;
    }
    Ok(())
}
