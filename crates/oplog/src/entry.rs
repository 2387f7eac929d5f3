//! What a worker did, as data: the kinds of entries of Golem's engine.
//!
//! Parameters, results, requests and responses are bytes here; who writes them knows their form. An
//! entry has no index of its own: that is its place in the oplog. Hints tell people and the next
//! start something; replay skips them, so they can stand anywhere.

use std::borrow::Cow;

use crate::id::{IdempotencyKey, Index, Millis, WorkerId};
use crate::wire::{self, DecodeError, wire_enum, wire_struct};

wire_struct! {
    /// One entry of an oplog.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Entry {
        /// When it was written.
        pub time: Millis,
        /// What happened.
        pub kind: Kind,
    }
}

impl Entry {
    /// The entry's binary form.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// The entry with this binary form.
    ///
    /// # Errors
    /// Bytes that are no entry of a kind which this version knows.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::decode(bytes)
    }
}

wire_enum! {
    /// What happened.
    #[derive(Debug, Clone, PartialEq)]
    pub enum Kind {
        /// The worker was created: always entry 1.
        1 Create {
            /// Which worker.
            worker: WorkerId,
            /// The version of its component.
            version: u64,
            /// Its command line.
            args: Vec<String>,
            /// Its environment, in the order given.
            env: Vec<(String, String)>,
            /// The worker that created it.
            parent: Option<WorkerId>,
            /// Bytes of the component.
            component_size: u64,
            /// Bytes of memory that it begins with.
            memory: u64,
        },
        /// An invocation begins.
        2 ExportedFunctionInvoked {
            /// Of which function, with what.
            call: Call,
        },
        /// The invocation returned.
        3 ExportedFunctionCompleted {
            /// The result.
            response: Vec<u8>,
            /// Fuel that it took.
            fuel: u64,
        },
        /// A host function was called, and this is what replay returns for it.
        4 ImportedFunctionInvoked {
            /// The name of the function; names of the engine take one byte.
            function: Cow<'static, str>,
            /// The request or its hash, against which replay is checked.
            request: Vec<u8>,
            /// The response.
            response: Vec<u8>,
            /// What the call touches.
            effect: Effect,
        },
        /// A remote write begins which must not be repeated unnoticed.
        5 BeginRemoteWrite,
        /// It is complete.
        6 EndRemoteWrite {
            /// The entry of its beginning.
            begin: Index,
        },
        /// A region begins that is executed as a whole or again.
        7 BeginAtomicRegion,
        /// It is complete.
        8 EndAtomicRegion {
            /// The entry of its beginning.
            begin: Index,
        },
        /// Replay skips a part of the oplog from now on.
        9 Jump {
            /// The first entry that is skipped.
            start: Index,
            /// The last one.
            end: Index,
        },
        /// Nothing; its index is what was wanted.
        10 NoOp,
        /// From here on failures are retried so.
        11 ChangeRetryPolicy {
            /// The policy.
            policy: RetryPolicy,
        },
        /// Hint: the invocation waits for a promise or for a long time.
        12 Suspend,
        /// Hint: the invocation was interrupted from outside.
        13 Interrupted,
        /// Hint: the worker ended itself.
        14 Exited,
        /// Hint: the invocation failed.
        15 Error {
            /// Why: the text, then what the invocation wrote to stderr.
            error: String,
            /// Whether it is tried again.
            retried: bool,
        },
        /// Hint: the instance of an ephemeral worker begins anew.
        16 Restart,
        /// Hint: an invocation waits for its turn.
        17 PendingWorkerInvocation {
            /// Which.
            invocation: Pending,
        },
        /// Hint: an update was asked for.
        18 PendingUpdate {
            /// To which version.
            version: u64,
            /// How.
            how: UpdateKind,
        },
        /// Hint: the worker has the new version.
        19 SuccessfulUpdate {
            /// Which.
            version: u64,
            /// Bytes of the new component.
            component_size: u64,
        },
        /// Hint: the worker keeps the old version.
        20 FailedUpdate {
            /// To which version it should have gone.
            version: u64,
            /// Why it did not.
            details: Option<String>,
        },
        /// Hint: the worker took more memory.
        21 GrowMemory {
            /// So many bytes.
            delta: u64,
        },
        /// Hint: an exported resource was handed out.
        22 CreateResource {
            /// Its id.
            id: u64,
        },
        /// Hint: an exported resource was dropped.
        23 DropResource {
            /// Its id.
            id: u64,
        },
        /// Hint: what a resource is called in invocations by text.
        24 DescribeResource {
            /// Its id.
            id: u64,
            /// The resource's name.
            resource: String,
            /// The parameters of its constructor.
            params: Vec<String>,
        },
        /// Hint: a line of output or of a log.
        25 Log {
            /// Where to.
            level: LogLevel,
            /// What the guest says it belongs to; empty for stdout and stderr.
            context: String,
            /// The text.
            message: String,
        },
        /// Hint: a plugin was switched on. Read, never written.
        26 ActivatePlugin {
            /// Which.
            plugin: String,
        },
        /// Hint: a plugin was switched off. Read, never written.
        27 DeactivatePlugin {
            /// Which.
            plugin: String,
        },
        /// The guest's state as it saved it itself: replay may begin here.
        28 Snapshot {
            /// What its `save` returned.
            data: Vec<u8>,
        },
    }
}

impl Kind {
    /// Whether replay skips entries of this kind.
    #[must_use]
    pub fn is_hint(&self) -> bool {
        matches!(self.tag(), 12..=27)
    }
}

wire_enum! {
    /// What is invoked, as the entry of its beginning says it.
    #[derive(Debug, Clone, PartialEq)]
    pub enum Call {
        /// What a [`Kind::PendingWorkerInvocation`] of the same oplog says.
        0 Queued {
            /// The index of that entry.
            index: Index,
        },
        /// It did not wait in a queue.
        1 Direct {
            /// Which function and what with.
            invocation: Invocation,
        },
    }
}

wire_struct! {
    /// A function with its parameters.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Invocation {
        /// The function's full name.
        pub function: String,
        /// Its parameters.
        pub params: Vec<u8>,
        /// The key under which its result is remembered.
        pub key: IdempotencyKey,
    }
}

wire_enum! {
    /// What can wait in a worker's queue.
    #[derive(Debug, Clone, PartialEq)]
    pub enum Pending {
        /// An invocation.
        0 Call {
            /// Of which function.
            invocation: Invocation,
        },
        /// An update by snapshot.
        1 ManualUpdate {
            /// To which version.
            version: u64,
        },
    }
}

wire_enum! {
    /// What a host call touches, and so when it is on disk and whether it can be repeated.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Effect {
        /// It reads what belongs to the worker.
        0 ReadLocal,
        /// It writes what belongs to the worker.
        1 WriteLocal,
        /// It reads what is elsewhere.
        2 ReadRemote,
        /// It writes what is elsewhere.
        3 WriteRemote,
        /// It is one of several calls that write together.
        4 WriteRemoteBatched {
            /// The entry of their beginning; none for the first.
            begin: Option<Index>,
        },
    }
}

wire_enum! {
    /// How a worker gets to another version.
    #[derive(Debug, Clone, PartialEq)]
    pub enum UpdateKind {
        /// By replaying its oplog.
        0 Automatic,
        /// By loading what the old version saved.
        1 Snapshot {
            /// What it saved.
            data: Vec<u8>,
        },
    }
}

wire_enum! {
    /// Where a line goes.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[allow(missing_docs, reason = "levels are what they are called")]
    pub enum LogLevel {
        0 Stdout,
        1 Stderr,
        2 Trace,
        3 Debug,
        4 Info,
        5 Warn,
        6 Error,
        7 Critical,
    }
}

wire_struct! {
    /// How often and how soon a failed invocation is tried again.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub struct RetryPolicy {
        /// How often it is repeated.
        pub max_attempts: u32,
        /// The first pause, in nanoseconds.
        pub min_delay: u64,
        /// The longest pause, in nanoseconds.
        pub max_delay: u64,
        /// By how much each pause is longer than the one before.
        pub multiplier: f64,
        /// By how much of itself a pause may be longer at random.
        pub max_jitter: Option<f64>,
    }
}
