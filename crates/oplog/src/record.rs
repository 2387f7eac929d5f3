//! Rows: what is known of a worker without reading its oplog, for lists, filters and restarts; of
//! blobs and components without their bytes.

use uuid::Uuid;

use crate::id::{Hash, Index, Millis, WorkerId};
use crate::wire::{Item, wire_enum, wire_struct};

wire_struct! {
    /// The row of a worker. The runtime keeps it up to date, in the same batches as the entries.
    #[derive(Debug, Clone, PartialEq)]
    pub struct WorkerRecord {
        /// Which worker.
        pub worker: WorkerId,
        /// What it does.
        pub status: Status,
        /// The version of its component.
        pub version: u64,
        /// When it was created.
        pub created: Millis,
        /// Its command line.
        pub args: Vec<String>,
        /// Its environment, in the order given.
        pub env: Vec<(String, String)>,
        /// The worker that created it.
        pub parent: Option<WorkerId>,
        /// When to load it after a restart: 0 at once, later times for timers; none if only a call
        /// from outside makes it go on.
        pub wake: Option<Millis>,
        /// Failures since it last got further.
        pub retry_count: u32,
        /// The last of these failures.
        pub last_error: Option<String>,
        /// How many invocations wait.
        pub pending: u64,
        /// Bytes of its component.
        pub component_size: u64,
        /// Bytes of its memory.
        pub memory: u64,
        /// Updates that were asked for, and what became of them.
        pub updates: Vec<Update>,
        /// Resources that it has handed out.
        pub resources: Vec<Resource>,
        /// The newest [`Kind::Snapshot`](crate::Kind::Snapshot) or successful snapshot update.
        pub snapshot: Option<Index>,
        /// Whatever else the runtime wants to know without reading the oplog.
        pub extra: Vec<u8>,
    }
}

impl WorkerRecord {
    /// The row of a new worker: idle, with nothing.
    #[must_use]
    pub fn new(worker: WorkerId, version: u64, created: Millis) -> Self {
        Self {
            worker,
            status: Status::Idle,
            version,
            created,
            args: Vec::new(),
            env: Vec::new(),
            parent: None,
            wake: None,
            retry_count: 0,
            last_error: None,
            pending: 0,
            component_size: 0,
            memory: 0,
            updates: Vec::new(),
            resources: Vec::new(),
            snapshot: None,
            extra: Vec::new(),
        }
    }
}

wire_enum! {
    /// What a worker does, in the order that filters compare by.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Status {
        /// It executes an invocation, or waits for another worker in one.
        0 Running,
        /// It waits for invocations.
        1 Idle,
        /// It waits for a promise or a timer.
        2 Suspended,
        /// It was interrupted.
        3 Interrupted,
        /// An invocation failed and will be tried again.
        4 Retrying,
        /// An invocation failed for good.
        5 Failed,
        /// It ended itself.
        6 Exited,
    }
}

wire_struct! {
    /// An update of a worker.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Update {
        /// When the outcome, or else the wish, was recorded.
        pub time: Millis,
        /// To which version.
        pub version: u64,
        /// What became of it.
        pub outcome: Outcome,
    }
}

wire_enum! {
    /// What became of an update.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Outcome {
        /// Nothing yet.
        0 Pending,
        /// The worker has the new version.
        1 Successful,
        /// The worker kept the old one.
        2 Failed {
            /// Why.
            details: Option<String>,
        },
    }
}

wire_struct! {
    /// A resource that a worker has handed out.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Resource {
        /// Its id.
        pub id: u64,
        /// When it was handed out.
        pub created: Millis,
        /// Its name and the constructor's parameters, where invocations by text speak of it.
        pub described: Option<(String, Vec<String>)>,
    }
}

impl Item for Update {}

impl Item for Resource {}

wire_struct! {
    /// A blob, without its bytes.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct BlobInfo {
        /// The hash of its bytes.
        pub hash: Hash,
        /// How many bytes.
        pub size: u64,
        /// When it was written.
        pub created: Millis,
    }
}

wire_struct! {
    /// A version of a component, without its bytes.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ComponentVersion {
        /// The component's id, the same for all versions.
        pub id: Uuid,
        /// The component's name.
        pub name: String,
        /// The version, from 0 on.
        pub version: u64,
        /// The hash of its bytes.
        pub hash: Hash,
        /// How many bytes.
        pub size: u64,
        /// When it came.
        pub created: Millis,
        /// Whatever else the runtime wants to know of it.
        pub extra: Vec<u8>,
    }
}
