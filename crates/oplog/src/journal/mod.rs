//! The one order of everything that all workers do, and how it gets to disk.
//!
//! Appending takes a lock for a moment and makes no system call, unless the writer sleeps. One thread
//! takes whatever has come while it committed the last time, and commits it as one transaction; then
//! it moves the watermark. Nobody's commit is another's wait: two workers that call each other append,
//! and only what leaves the process waits, until all that led to it is on disk. Where nobody waits,
//! the writer waits a little for more to come. A commit that fails stops the journal for everybody.

mod batch;
mod durable;
mod error;
mod layer;
mod objects;
mod promise;
mod read;
mod shared;
mod writer;

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;

pub use batch::{Batch, Log};
pub use durable::Durable;
pub use error::{Appended, JournalError, Seq};
pub use promise::{Completion, Promise};

use batch::LogInner;
use error::corrupt;
use shared::Shared;

use crate::id::WorkerId;
use crate::key;
use crate::record::WorkerRecord;
use crate::store::{MemoryStore, Scan, Store, Table};
use crate::sync::lock;
use crate::wire;

/// The journal of a store. See the module.
pub struct Journal {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
    logs: Mutex<Logs>,
    /// Held while something is read to be replaced: a promise, a value, a blob.
    replacing: Mutex<()>,
    /// After how many more entries the process aborts; 0: never.
    #[cfg(feature = "fault")]
    fault: std::sync::atomic::AtomicUsize,
}

/// The oplogs that are open, so that each is open once.
#[derive(Default)]
struct Logs {
    open: HashMap<WorkerId, Weak<LogInner>>,
    /// How many there may be before those that are gone are looked for.
    bound: usize,
    /// The number of the next new worker.
    next: u64,
}

impl Journal {
    /// A journal in memory, where nothing waits.
    #[must_use]
    pub fn memory() -> Self {
        let shared = Shared::new(Box::new(MemoryStore::default()));
        Self::new(
            shared,
            Logs {
                next: 1,
                ..Logs::default()
            },
        )
    }
}

impl Journal {
    fn new(shared: Shared, logs: Logs) -> Self {
        let shared = Arc::new(shared);
        Self {
            shared,
            writer: Mutex::default(),
            logs: Mutex::new(logs),
            replacing: Mutex::default(),
            #[cfg(feature = "fault")]
            fault: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// The journal of this store, and a thread that writes to it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn open(store: impl Store) -> Result<Self, JournalError> {
        let next = match store.get(Table::Meta, NEXT)? {
            Some(value) => wire::decode(&value).map_err(|error| corrupt(Table::Meta, &error))?,
            None => 1,
        };
        let volatile = store.is_volatile();
        let shared = Shared::new(Box::new(store));
        let journal = Self::new(
            shared,
            Logs {
                next,
                ..Logs::default()
            },
        );
        let woken = journal.wake_rows()?;
        let woken = woken.into_iter().map(|(number, wake)| (number, wake.at));
        journal.shared.lock().woken = woken.collect();
        if !volatile {
            *lock(&journal.writer) = Some(writer::spawn(Arc::clone(&journal.shared)));
        }
        Ok(journal)
    }

    /// Creates a worker: its row, and an oplog without entries.
    ///
    /// # Errors
    /// It exists, or the journal has stopped.
    pub fn create(&self, record: &WorkerRecord) -> Result<Log, JournalError> {
        let mut logs = lock(&self.logs);
        if self.find(&mut logs, &record.worker)?.is_some() {
            let worker = record.worker.clone();
            return Err(JournalError::Exists { worker });
        }
        let log = Log::new(record.worker.clone(), logs.next, 0);
        let mut batch = Batch::default();
        batch.put(Table::Meta, NEXT.to_vec(), &logs.next.saturating_add(1));
        batch.worker(&log, record);
        self.append(batch)?;
        logs.next += 1;
        logs.remember(&log);
        Ok(log)
    }

    /// The oplog of a worker, if it exists.
    ///
    /// # Errors
    /// Its row cannot be read.
    pub fn log(&self, worker: &WorkerId) -> Result<Option<Log>, JournalError> {
        self.find(&mut lock(&self.logs), worker)
    }

    fn find(&self, logs: &mut Logs, worker: &WorkerId) -> Result<Option<Log>, JournalError> {
        let Some((number, _)) = self.worker_row(worker)? else {
            return Ok(None);
        };
        let open = logs.open.get(worker).and_then(Weak::upgrade);
        if let Some(open) = open.filter(|open| open.number == number) {
            return Ok(Some(Log(open)));
        }
        let log = Log::new(worker.clone(), number, self.last_index(number)?);
        logs.remember(&log);
        Ok(Some(log))
    }

    /// Appends a batch behind all others. Blocks only while the disk is far behind.
    ///
    /// # Errors
    /// The journal has stopped, or is closed.
    pub fn append(&self, batch: Batch) -> Result<Appended, JournalError> {
        #[cfg(feature = "fault")]
        let count = batch.entries.len();
        let mut state = self.shared.room()?;
        let mut last = 0;
        let mut bytes = batch.bytes.as_slice();
        for (log, length) in batch.entries {
            let entry = bytes.split_off(..length).unwrap_or_default();
            if !log.is_deleted() {
                last = log.last() + 1;
                log.0.last.store(last, Ordering::Release);
                state.queue.push(log.0.number, last, entry);
            }
        }
        for put in batch.puts {
            state.queue.set(put.table, put.key, put.value);
        }
        for (log, change) in batch.workers {
            state.change(&log, change);
        }
        state.appended += 1;
        let seq = state.appended;
        self.shared.appended(state)?;
        #[cfg(feature = "fault")]
        self.fault(count, seq);
        Ok(Appended { seq, last })
    }

    /// Has the process abort as soon as so many more entries are on disk, and before the thread that
    /// appended the last of them goes on.
    #[cfg(feature = "fault")]
    pub fn abort_after(&self, entries: usize) {
        self.fault.store(entries, Ordering::Relaxed);
    }

    #[cfg(feature = "fault")]
    fn fault(&self, count: usize, seq: Seq) {
        let less = |left: usize| (left > 0).then(|| left.saturating_sub(count));
        let before = self
            .fault
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        if before.is_ok_and(|left| left <= count) {
            // an error is on its way to everybody else, too
            let _ = self.wait_durable(seq);
            std::process::abort();
        }
    }

    /// Appends one entry.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn write(&self, log: &Log, entry: &crate::Entry) -> Result<Appended, JournalError> {
        let mut batch = Batch::default();
        batch.entry(log, entry);
        self.append(batch)
    }

    /// The last batch that was appended.
    #[must_use]
    pub fn appended(&self) -> Seq {
        self.shared.lock().appended
    }

    /// The last batch that is on disk, with all before it.
    #[must_use]
    pub fn watermark(&self) -> Seq {
        self.shared.watermark.load(Ordering::Acquire)
    }

    /// Waits until a batch is on disk, and blocks the thread.
    ///
    /// # Errors
    /// The journal stopped before.
    pub fn wait_durable(&self, seq: Seq) -> Result<(), JournalError> {
        self.shared.wait(seq)
    }

    /// Waits until a batch is on disk. The future belongs to no particular executor.
    #[must_use]
    pub fn durable(&self, seq: Seq) -> Durable {
        Durable::new(Arc::clone(&self.shared), seq)
    }

    /// Commits all that was appended, and takes no more. Dropping the journal does the same, and
    /// cannot say what went wrong.
    ///
    /// # Errors
    /// It is not all on disk.
    pub fn close(&self) -> Result<(), JournalError> {
        self.shared.close();
        if let Some(writer) = lock(&self.writer).take() {
            // a panic of the writer has stopped the journal, which the next line says
            let _ = writer.join();
        }
        self.shared.outcome()
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // who wants to know calls `close`
        let _ = self.close();
    }
}

impl Logs {
    fn remember(&mut self, log: &Log) {
        if self.open.len() >= self.bound {
            self.open.retain(|_, log| log.strong_count() > 0);
            self.bound = 2 * self.open.len() + 64;
        }
        self.open
            .insert(log.worker().clone(), Arc::downgrade(&log.0));
    }
}

const NEXT: &[u8] = b"next worker";

/// All rows of a table whose keys begin so.
fn prefixed(table: Table, prefix: &[u8]) -> Scan {
    let to = key::after(prefix);
    Scan {
        table,
        from: prefix.to_vec(),
        to,
        limit: usize::MAX,
    }
}
