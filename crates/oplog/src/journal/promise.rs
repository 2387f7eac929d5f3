//! What is read to be replaced, by one at a time: promises, which are completed once by whoever comes
//! first and then remembered, and values that are counted or compared.

use super::{Appended, Batch, Journal, JournalError, Log, corrupt};
use crate::id::{Index, WorkerId};
use crate::key;
use crate::store::Table;
use crate::sync::lock;
use crate::wire::{self, wire_enum};

wire_enum! {
    /// What is known of a promise.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Promise {
        /// Nobody completed it.
        0 Pending,
        /// It has a value, which stays.
        1 Completed {
            /// The value.
            data: Vec<u8>,
        },
    }
}

/// What became of completing a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// There is no such promise.
    Unknown,
    /// It was completed before; nothing was appended.
    Before,
    /// This completed it.
    Now(Appended),
}

impl Journal {
    /// Creates a promise of a worker, unless it is there, and appends the batch in any case.
    ///
    /// # Errors
    /// The store cannot be read, or the journal has stopped.
    pub fn create_promise(
        &self,
        log: &Log,
        index: Index,
        mut with: Batch,
    ) -> Result<Appended, JournalError> {
        let _alone = lock(&self.replacing);
        let key = key::pair(log.0.number, index);
        if self.get(Table::Promise, &key)?.is_none() && !log.is_deleted() {
            with.put(Table::Promise, key, &Promise::Pending);
        }
        self.append(with)
    }

    /// Completes a promise, together with a batch that is appended only if this completes it.
    ///
    /// # Errors
    /// The store cannot be read, or the journal has stopped.
    pub fn complete_promise(
        &self,
        worker: &WorkerId,
        index: Index,
        data: Vec<u8>,
        mut with: Batch,
    ) -> Result<Completion, JournalError> {
        let _alone = lock(&self.replacing);
        let Some((number, _)) = self.worker_row(worker)? else {
            return Ok(Completion::Unknown);
        };
        match self.promise_row(number, index)? {
            None => Ok(Completion::Unknown),
            Some(Promise::Completed { .. }) => Ok(Completion::Before),
            Some(Promise::Pending) => {
                let key = key::pair(number, index);
                with.put(Table::Promise, key, &Promise::Completed { data });
                self.append(with).map(Completion::Now)
            }
        }
    }

    /// Forgets a promise.
    ///
    /// # Errors
    /// The store cannot be read, or the journal has stopped.
    pub fn delete_promise(
        &self,
        worker: &WorkerId,
        index: Index,
        mut with: Batch,
    ) -> Result<Appended, JournalError> {
        let _alone = lock(&self.replacing);
        if let Some((number, _)) = self.worker_row(worker)? {
            with.set(Table::Promise, key::pair(number, index), None);
        }
        self.append(with)
    }

    /// What is known of a promise; none if there is no such promise.
    ///
    /// # Errors
    /// The store cannot be read, or the row is not what was written.
    pub fn promise(
        &self,
        worker: &WorkerId,
        index: Index,
    ) -> Result<Option<Promise>, JournalError> {
        match self.worker_row(worker)? {
            Some((number, _)) => self.promise_row(number, index),
            None => Ok(None),
        }
    }

    /// Replaces a value of a bucket by what `new` makes of it, together with a batch. Gives what was
    /// there before.
    ///
    /// # Errors
    /// The store cannot be read, or the journal has stopped.
    pub fn update_value(
        &self,
        bucket: &str,
        key: &str,
        new: impl FnOnce(Option<&[u8]>) -> Option<Vec<u8>>,
        mut with: Batch,
    ) -> Result<(Option<Vec<u8>>, Appended), JournalError> {
        let _alone = lock(&self.replacing);
        let old = self.value(bucket, key)?;
        with.set(
            Table::KeyValue,
            key::grouped(bucket, key),
            new(old.as_deref()),
        );
        Ok((old, self.append(with)?))
    }

    fn promise_row(&self, number: u64, index: Index) -> Result<Option<Promise>, JournalError> {
        let value = self.get(Table::Promise, &key::pair(number, index))?;
        let promise = value.map(|value| wire::decode(&value)).transpose();
        promise.map_err(|error| corrupt(Table::Promise, &error))
    }
}
