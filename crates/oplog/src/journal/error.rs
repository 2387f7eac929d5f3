//! What becomes of a batch, and what can go wrong.

use std::sync::Arc;

use crate::id::{Index, WorkerId};
use crate::store::{StoreError, Table};
use crate::wire::DecodeError;

/// The place of a batch in the order of all batches since the journal was opened.
pub type Seq = u64;

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Its place, to wait for.
    pub seq: Seq,
    /// The index of the last entry in it; 0 if it has none.
    pub last: Index,
}

/// Why the journal does not do what it is asked for.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// A commit failed. Nothing that was appended since the last one is on disk.
    #[error("the state can no longer be written")]
    Stopped {
        /// What happened.
        source: Arc<StoreError>,
    },
    /// It was closed.
    #[error("the state is closed")]
    Closed,
    /// The store cannot be read.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// The row or the oplog of a worker is not what was written.
    #[error("the state of worker `{worker}` is damaged: {detail}")]
    CorruptWorker {
        /// The worker, as far as it is known.
        worker: String,
        /// What is wrong.
        detail: String,
    },
    /// Something else is not what was written.
    #[error("the state is damaged: {detail} in table `{table}`")]
    Corrupt {
        /// Where.
        table: Table,
        /// What is wrong.
        detail: String,
    },
    /// A worker of that name exists.
    #[error("worker `{worker}` exists")]
    Exists {
        /// Which.
        worker: WorkerId,
    },
}

impl From<StoreError> for JournalError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

pub(super) fn corrupt(table: Table, error: &DecodeError) -> JournalError {
    JournalError::Corrupt {
        table,
        detail: error.to_string(),
    }
}
