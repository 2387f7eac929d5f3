//! Reading what was appended, committed or not.
//!
//! A read looks at what is not committed yet before it looks at the store, so that nothing can pass it
//! in between. Rows of several batches that one scan returns may be of different moments.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::shared::Wake;
use super::{Journal, JournalError, Log, corrupt, prefixed};
use crate::entry::Entry;
use crate::id::{Index, Millis, WorkerId};
use crate::key;
use crate::record::WorkerRecord;
use crate::store::{Row, Scan, StoreError, Table};
use crate::wire::{self, Wire as _};

/// How many rows of entries one page of an oplog has at most.
const PAGE: usize = 64;

impl Journal {
    /// A page of a worker's oplog, from an index on. The next page begins behind the last entry; an
    /// empty page is the end.
    ///
    /// # Errors
    /// The store cannot be read, or the oplog is not what was written.
    pub fn read(&self, log: &Log, from: Index) -> Result<Vec<(Index, Entry)>, JournalError> {
        let from = from.max(1);
        let last = log.last();
        let waiting = self.waiting_entries(log.0.number, from);
        let rows = self.runs(log, from)?;
        let full = rows.len() == PAGE;
        let damaged = |detail| damaged_worker(log.worker(), detail);
        let mut page = Page {
            entries: Vec::new(),
            next: from,
        };
        for row in rows {
            page.run(&row).map_err(damaged)?;
        }
        for (indices, bytes) in waiting.iter().filter(|_| !full) {
            page.waiting(indices, bytes).map_err(damaged)?;
        }
        if page.entries.is_empty() && from <= last && !log.is_deleted() {
            Err(damaged(format!("entry {from} of {last} is missing")))
        } else {
            Ok(page.entries)
        }
    }

    /// The rows with a worker's entries from an index on, as many as a page has.
    fn runs(&self, log: &Log, from: Index) -> Result<Vec<Row>, JournalError> {
        let number = log.0.number;
        let scan = Scan {
            table: Table::Log,
            from: key::pair(number, from),
            to: key::after(&key::number(number)),
            limit: PAGE,
        };
        let rows = self.shared.store.scan(&scan);
        rows.map_err(|error| of_worker(log.worker(), error))
    }

    fn waiting_entries(&self, number: u64, from: Index) -> Vec<(Vec<Index>, Vec<u8>)> {
        let state = self.shared.lock();
        let layers = state.layers();
        layers.map(|layer| layer.entries(number, from)).collect()
    }

    /// The index of a worker's last entry.
    pub(super) fn last_index(&self, number: u64) -> Result<Index, JournalError> {
        let waiting = self.waiting_entries(number, 0);
        if let Some(last) = waiting.iter().rev().find_map(|(indices, _)| indices.last()) {
            return Ok(*last);
        }
        let head = self.get(Table::Head, &key::number(number))?;
        let head = head.map(|head| wire::decode(&head)).transpose();
        match head.map_err(|error| corrupt(Table::Head, &error))? {
            // there is always a next one
            Some(Index::MAX) => Err(corrupt(Table::Head, &wire::DecodeError::Range)),
            head => Ok(head.unwrap_or(0)),
        }
    }

    /// The row of a worker.
    ///
    /// # Errors
    /// The store cannot be read, or the row is not what was written.
    pub fn worker(&self, worker: &WorkerId) -> Result<Option<WorkerRecord>, JournalError> {
        Ok(self.worker_row(worker)?.map(|(_, record)| record))
    }

    pub(super) fn worker_row(
        &self,
        worker: &WorkerId,
    ) -> Result<Option<(u64, WorkerRecord)>, JournalError> {
        let value = self.get(Table::Worker, &key::worker(worker));
        let value = value.map_err(|error| of_worker(worker, error))?;
        value.map(|value| worker_record(worker, &value)).transpose()
    }

    /// Workers in the order of their components and names: those of one component, or all; behind
    /// one of them, or from the first; at most `limit`.
    ///
    /// # Errors
    /// The store cannot be read, or a row is not what was written.
    pub fn workers(
        &self,
        component: Option<Uuid>,
        after: Option<&WorkerId>,
        limit: usize,
    ) -> Result<Vec<WorkerRecord>, JournalError> {
        let prefix = component.map_or_else(Vec::new, |component| component.as_bytes().to_vec());
        let mut scan = Scan {
            limit,
            ..prefixed(Table::Worker, &prefix)
        };
        if let Some(after) = after {
            // the least key behind another
            scan.from = [key::worker(after).as_slice(), &[0]].concat().max(prefix);
        }
        let record = |(key, value): Row| {
            let worker = key::split_worker(&key).ok_or_else(|| JournalError::Corrupt {
                table: Table::Worker,
                detail: "a key is no worker".to_owned(),
            })?;
            worker_record(&worker, &value).map(|(_, record)| record)
        };
        self.scan(&scan)?.into_iter().map(record).collect()
    }

    /// All workers that a restart has to load, and when.
    ///
    /// # Errors
    /// The store cannot be read, or a row is not what was written.
    pub fn wakes(&self) -> Result<Vec<(WorkerId, Millis)>, JournalError> {
        let rows = self.wake_rows()?;
        Ok(rows
            .into_iter()
            .map(|(_, wake)| (wake.worker, wake.at))
            .collect())
    }

    pub(super) fn wake_rows(&self) -> Result<Vec<(u64, Wake)>, JournalError> {
        let row = |(key, value): Row| {
            let mut number = [0; 8];
            if key.len() == number.len() {
                number.copy_from_slice(&key)
            } else {
                return Err(wire::DecodeError::Range);
            }
            Ok((u64::from_be_bytes(number), wire::decode(&value)?))
        };
        let rows = self.scan(&prefixed(Table::Wake, &[]))?.into_iter().map(row);
        rows.collect::<Result<_, _>>()
            .map_err(|error| corrupt(Table::Wake, &error))
    }

    /// A value of a bucket.
    ///
    /// # Errors
    /// The store cannot be read, or the row is not what was written.
    pub fn value(&self, bucket: &str, key: &str) -> Result<Option<Vec<u8>>, JournalError> {
        self.get(Table::KeyValue, &key::grouped(bucket, key))
    }

    /// The keys of a bucket, in order.
    ///
    /// # Errors
    /// The store cannot be read, or a row is not what was written.
    pub fn value_keys(&self, bucket: &str) -> Result<Vec<String>, JournalError> {
        self.names(Table::KeyValue, &key::group(bucket))
    }

    /// What stands behind a prefix in the keys of a table.
    pub(super) fn names(&self, table: Table, prefix: &[u8]) -> Result<Vec<String>, JournalError> {
        let name = |(key, _): Row| {
            let name = String::from_utf8(key[prefix.len()..].to_vec());
            name.map_err(|_| corrupt(table, &wire::DecodeError::Text))
        };
        self.scan(&prefixed(table, prefix))?
            .into_iter()
            .map(name)
            .collect()
    }

    pub(super) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, JournalError> {
        let state = self.shared.lock();
        let committing = || state.committing.as_deref()?.get(table, key);
        let waiting = state.queue.get(table, key).or_else(committing);
        drop(state);
        match waiting {
            Some(waiting) => Ok(waiting),
            None => Ok(self.shared.store.get(table, key)?),
        }
    }

    pub(super) fn scan(&self, scan: &Scan) -> Result<Vec<Row>, JournalError> {
        let state = self.shared.lock();
        let rows = state.layers().flat_map(|layer| layer.rows(scan));
        let waiting: BTreeMap<_, _> = rows.collect();
        drop(state);
        Ok(scan.merge(waiting.into_iter(), |scan| self.shared.store.scan(scan))?)
    }
}

fn worker_record(worker: &WorkerId, value: &[u8]) -> Result<(u64, WorkerRecord), JournalError> {
    let damaged =
        |detail: String| damaged_worker(worker, format!("its row cannot be read: {detail}"));
    let row: (u64, WorkerRecord) =
        wire::decode(value).map_err(|error| damaged(error.to_string()))?;
    if row.1.worker == *worker {
        Ok(row)
    } else {
        Err(damaged(format!("it is that of `{}`", row.1.worker)))
    }
}

/// An error of the store, with the worker if it is about its rows.
fn of_worker(worker: &WorkerId, error: impl Into<JournalError>) -> JournalError {
    match error.into() {
        JournalError::Store(error) => match Arc::as_ref(&error) {
            StoreError::Corrupt { detail, .. } => damaged_worker(worker, detail.clone()),
            _ => JournalError::Store(error),
        },
        other => other,
    }
}

fn damaged_worker(worker: &WorkerId, detail: String) -> JournalError {
    let worker = worker.to_string();
    JournalError::CorruptWorker { worker, detail }
}

/// Entries that follow each other.
struct Page {
    entries: Vec<(Index, Entry)>,
    next: Index,
}

impl Page {
    /// Adds a row of entries, as [`crate::run`] tells.
    fn run(&mut self, (key, value): &Row) -> Result<(), String> {
        let (_, last) = key::split_pair(key).ok_or("a key is none of entries")?;
        let mut bytes = value.as_slice();
        let first = Index::take(&mut bytes).map_err(|error| error.to_string())?;
        if first > self.next {
            return Err(format!("entry {} is missing", self.next));
        }
        let mut index = first;
        while !bytes.is_empty() {
            self.entry(index, &mut bytes)?;
            index = index.checked_add(1).ok_or("an index is out of range")?;
        }
        match last.checked_add(1) == Some(index) {
            true => Ok(()),
            false => Err(format!(
                "there are entries before {index}, not up to {last}"
            )),
        }
    }

    fn waiting(&mut self, indices: &[Index], mut bytes: &[u8]) -> Result<(), String> {
        indices
            .iter()
            .try_for_each(|index| self.entry(*index, &mut bytes))
    }

    /// Reads an entry, and adds it unless it is there already.
    fn entry(&mut self, index: Index, bytes: &mut &[u8]) -> Result<(), String> {
        let entry = Entry::take(bytes).map_err(|error| format!("entry {index}: {error}"))?;
        if index > self.next {
            return Err(format!("entry {} is missing", self.next));
        }
        if index == self.next {
            self.entries.push((index, entry));
            self.next += 1;
        }
        Ok(())
    }
}
