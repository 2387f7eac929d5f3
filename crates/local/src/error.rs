//! Why an invocation of a worker failed, and whether the worker fails with it.
//!
//! The wording follows the Golem 1.1 engine. To a caller, values that cannot travel at all are a
//! `protocol-error`; whatever goes wrong behind the call is a `remote-internal-error`.

use golem_rpc_oplog::JournalError;
use serde::{Deserialize, Serialize};

use crate::name::WorkerId;

/// Why an invocation failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum CallError {
    /// The URI's UUID belongs to no component here.
    #[error(
        "Failed to get latest version of component {id}: not one of this workspace's components"
    )]
    UnknownComponent {
        /// The UUID as a URI writes it.
        id: String,
    },
    /// The component cannot be compiled or instantiated.
    #[error("Failed to create worker {worker}: {cause}")]
    NotCreated {
        /// The worker that did not come to be.
        worker: WorkerId,
        /// What stood in the way.
        cause: String,
    },
    /// No such function; the worker stays usable.
    #[error("Invalid request: {reason}")]
    UnknownFunction {
        /// Which function or interface is missing.
        reason: String,
    },
    /// The arguments are not those of the function; the worker has failed.
    #[error("Parameter type mismatch: {reason}")]
    Mismatch {
        /// What was expected and what came.
        reason: String,
    },
    /// A wit-value whose nodes make no value; it never reaches the worker.
    #[error("malformed wit-value: {reason}")]
    Malformed {
        /// Which node is wrong.
        reason: String,
    },
    /// A handle of no resource that the call could be given; it never reaches the worker.
    #[error("Invalid handle: {reason}")]
    Handle {
        /// Which handle is wrong.
        reason: String,
    },
    /// Something that golem:rpc or WAVE does not carry, such as a stream.
    #[error("{reason}")]
    Unsupported {
        /// What and where.
        reason: String,
    },
    /// The function trapped; the worker has failed.
    #[error("{worker} failed in {function}: {cause}")]
    Trap {
        /// The worker.
        worker: WorkerId,
        /// The function's name on the wire.
        function: String,
        /// The trap or the host's error.
        cause: String,
    },
    /// The worker's oplog cannot be read or written, or the worker does not do again what it says.
    #[error("{worker}: {cause}")]
    State {
        /// The worker.
        worker: WorkerId,
        /// What is wrong.
        cause: String,
    },
    /// The state of all workers cannot be read or written.
    #[error("{cause}")]
    Lost {
        /// What is wrong.
        cause: String,
    },
    /// An earlier invocation failed, and a failed worker stays failed.
    #[error("Previous invocation failed: {cause}")]
    PreviousInvocationFailed {
        /// Which function the earlier invocation was of, and how it failed.
        cause: String,
    },
}

impl From<JournalError> for CallError {
    fn from(error: JournalError) -> Self {
        let cause = error.to_string();
        Self::Lost { cause }
    }
}

impl CallError {
    /// Whether the worker can take no further invocation after this.
    pub(crate) fn fails_worker(&self) -> bool {
        matches!(
            self,
            Self::Mismatch { .. }
                | Self::Trap { .. }
                | Self::NotCreated { .. }
                | Self::State { .. }
                | Self::Lost { .. }
        )
    }
}
