//! Why an invocation of a worker failed, and what its caller hears of it.
//!
//! The wording and the choice of `rpc-error` case follow the Golem 1.1 engine:
//! whatever goes wrong behind the call is a `remote-internal-error`; values that
//! cannot travel at all are a `protocol-error`.

use crate::bindings::types::RpcError;
use crate::name::WorkerId;

/// Why an invocation failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// Something that this runtime does not carry, such as a resource handle.
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
    /// An earlier invocation failed, and a failed worker stays failed.
    #[error("Previous invocation failed: {cause}")]
    PreviousInvocationFailed {
        /// Which function the earlier invocation was of, and how it failed.
        cause: String,
    },
}

impl CallError {
    /// Whether the worker can take no further invocation after this.
    pub(crate) fn fails_worker(&self) -> bool {
        matches!(
            self,
            Self::Mismatch { .. } | Self::Trap { .. } | Self::NotCreated { .. }
        )
    }
}

impl From<CallError> for RpcError {
    fn from(error: CallError) -> Self {
        let text = error.to_string();
        match error {
            CallError::Malformed { .. } | CallError::Unsupported { .. } => {
                Self::ProtocolError(text)
            }
            _ => Self::RemoteInternalError(text),
        }
    }
}
