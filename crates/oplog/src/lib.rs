//! What durable workers did, as entries; the journal that keeps them; its stores.
//!
//! In: [`Batch`]es of what belongs together: entries of oplogs, rows of workers, promises, values. A
//! [`Journal`] puts them into one order for all workers, hands out a [`Seq`] for each batch, and
//! commits in groups: what is on disk is always a beginning of that order. Whoever tells the outside
//! something waits until the watermark has passed its batch ([`Journal::durable`]). Reads see all that
//! was appended, on disk or not. Below it is a [`Store`]: [`MemoryStore`] or [`DiskStore`].
//! Payloads are bytes, and nothing here runs or knows a worker.
//!
//! ```
//! use golem_rpc_oplog::{Batch, Entry, Journal, Kind, WorkerId, WorkerRecord};
//!
//! # fn main() -> Result<(), golem_rpc_oplog::JournalError> {
//! let journal = Journal::memory();
//! let worker = WorkerId::new(uuid::Uuid::nil(), "cart");
//! let log = journal.create(&WorkerRecord::new(worker, 0, 1_700_000_000_000))?;
//! let mut batch = Batch::default();
//! batch.entry(&log, &Entry { time: 1_700_000_000_001, kind: Kind::NoOp });
//! let appended = journal.append(batch)?;
//! journal.wait_durable(appended.seq)?;
//! assert_eq!(journal.read(&log, 1)?.len(), 1);
//! # Ok(())
//! # }
//! ```

mod entry;
mod id;
mod journal;
mod key;
mod record;
mod run;
mod store;
mod sync;
mod wire;

pub use entry::{
    Call, Effect, Entry, Invocation, Kind, LogLevel, Pending, RetryPolicy, UpdateKind,
};
pub use id::{Hash, IdempotencyKey, Index, Millis, WorkerId};
pub use journal::{Appended, Batch, Completion, Durable, Journal, JournalError, Log, Promise, Seq};
pub use record::{BlobInfo, ComponentVersion, Outcome, Resource, Status, Update, WorkerRecord};
pub use store::{DiskStore, MemoryStore, Row, Scan, Store, StoreError, Table, Write};
pub use wire::DecodeError;
