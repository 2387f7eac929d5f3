//! What is appended together: a batch happens as a whole or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::entry::Entry;
use crate::id::{Index, Millis, WorkerId};
use crate::key;
use crate::record::{BlobInfo, WorkerRecord};
use crate::store::Table;
use crate::wire::{self, Wire as _};

/// The oplog of one worker, to append to and to read. Clones are the same oplog.
#[derive(Debug, Clone)]
pub struct Log(pub(super) Arc<LogInner>);

#[derive(Debug)]
pub(super) struct LogInner {
    pub(super) worker: WorkerId,
    /// The worker's number: never given to another, not even to one of the same name.
    pub(super) number: u64,
    /// The index of the last entry; changes only while the journal's state is locked.
    pub(super) last: AtomicU64,
    /// The worker is deleted, and nothing is appended any more; changes as `last` does.
    pub(super) deleted: AtomicBool,
}

impl Log {
    pub(super) fn new(worker: WorkerId, number: u64, last: Index) -> Self {
        Self(Arc::new(LogInner {
            worker,
            number,
            last: AtomicU64::new(last),
            deleted: AtomicBool::new(false),
        }))
    }

    /// Whose it is.
    #[must_use]
    pub fn worker(&self) -> &WorkerId {
        &self.0.worker
    }

    /// Whether the worker was deleted since.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.0.deleted.load(Ordering::Acquire)
    }

    /// The index of the last entry, on disk or not; 0 if there is none.
    #[must_use]
    pub fn last(&self) -> Index {
        self.0.last.load(Ordering::Acquire)
    }
}

/// Changes that are appended together.
#[derive(Debug, Default)]
pub struct Batch {
    pub(super) entries: Vec<(Log, usize)>,
    /// The entries' bytes, one behind the other.
    pub(super) bytes: Vec<u8>,
    pub(super) puts: Vec<Put>,
    pub(super) workers: Vec<(Log, Change)>,
}

/// What becomes of a worker's row.
#[derive(Debug)]
pub(super) enum Change {
    Set { wake: Option<Millis>, row: Vec<u8> },
    Delete,
}

#[derive(Debug)]
pub(super) struct Put {
    pub(super) table: Table,
    pub(super) key: Vec<u8>,
    pub(super) value: Option<Vec<u8>>,
}

impl Batch {
    /// Adds an entry to the end of an oplog.
    pub fn entry(&mut self, log: &Log, entry: &Entry) {
        self.bytes.reserve(128);
        let before = self.bytes.len();
        entry.put(&mut self.bytes);
        self.entries.push((log.clone(), self.bytes.len() - before));
    }

    /// Replaces the row of a worker, whose oplog this is.
    pub fn worker(&mut self, log: &Log, record: &WorkerRecord) {
        let mut row = Vec::with_capacity(128);
        log.0.number.put(&mut row);
        record.put(&mut row);
        let wake = record.wake;
        self.workers.push((log.clone(), Change::Set { wake, row }));
    }

    /// Removes a worker with its row, oplog and promises. Values and blobs stay. What is appended to
    /// the oplog later, or in this batch, is forgotten.
    pub fn delete_worker(&mut self, log: &Log) {
        self.workers.push((log.clone(), Change::Delete));
    }

    /// Sets a value of a bucket.
    pub fn set_value(&mut self, bucket: &str, key: &str, value: Vec<u8>) {
        self.set(Table::KeyValue, key::grouped(bucket, key), Some(value));
    }

    /// Removes a value of a bucket.
    pub fn delete_value(&mut self, bucket: &str, key: &str) {
        self.set(Table::KeyValue, key::grouped(bucket, key), None);
    }

    /// Creates a container, or sets its time.
    pub fn create_container(&mut self, name: &str, now: Millis) {
        self.put(Table::Container, name.as_bytes().to_vec(), &now);
    }

    /// Removes a container. Its blobs have to be deleted with it.
    pub fn delete_container(&mut self, name: &str) {
        self.set(Table::Container, name.as_bytes().to_vec(), None);
    }

    /// Gives a blob what another has, as a copy of it.
    pub fn set_blob(&mut self, container: &str, name: &str, info: &BlobInfo) {
        self.put(Table::Blob, key::grouped(container, name), info);
    }

    /// Removes a blob.
    pub fn delete_blob(&mut self, container: &str, name: &str) {
        self.set(Table::Blob, key::grouped(container, name), None);
    }

    pub(super) fn set(&mut self, table: Table, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.puts.push(Put { table, key, value });
    }

    pub(super) fn put<T: wire::Wire>(&mut self, table: Table, key: Vec<u8>, value: &T) {
        self.set(table, key, Some(wire::encode(value)));
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.puts.is_empty() && self.workers.is_empty()
    }
}
