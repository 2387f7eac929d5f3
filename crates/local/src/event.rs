//! What happens while workers run, as data: whoever starts the runtime decides
//! what to show and how. The library itself prints nothing.

use crate::name::WorkerId;

/// Something that happened inside the runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A worker came to be, by its first invocation.
    WorkerCreated {
        /// The new worker.
        worker: WorkerId,
    },
    /// A worker wrote a line, without its line break.
    Output {
        /// The worker that wrote it.
        worker: WorkerId,
        /// Where it wrote.
        stream: Stream,
        /// The line; bytes that are not UTF-8 are replaced.
        line: String,
    },
    /// Something that is otherwise on Golem; each kind is told once.
    Note(Note),
    /// A triggered or scheduled invocation failed, which its caller never learns.
    TriggerFailed(TriggerFailure),
}

/// One of a worker's two output streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// What the local runtime does otherwise than Golem's own engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// A URI in the form of the older documents.
    #[error("`{uri}` is taken here, but Golem 1.1 wants `urn:worker:<component-id>/<worker-name>`")]
    WorkerScheme {
        /// The URI as the worker gave it.
        uri: String,
    },
    /// A package name where the component id belongs.
    #[error("`{uri}` is taken here, but Golem wants the component id in place of `{package}`")]
    PackageName {
        /// The URI as the worker gave it.
        uri: String,
        /// The package name in it.
        package: String,
    },
    /// A handle that a call moves to the worker.
    #[error(
        "`{function}` of `{component}` is given an owned handle: that works here, but Golem drops the \
         handle twice, and the call fails with its worker"
    )]
    OwnedHandle {
        /// The component that was called.
        component: String,
        /// The function's name on the wire.
        function: String,
    },
    /// A call is over but for invocations that were scheduled for later.
    #[error("waiting for {}; on Golem nobody waits for scheduled calls", scheduled(*.calls, *.seconds))]
    Scheduled {
        /// How many of them there are.
        calls: usize,
        /// When the last of them is due, in seconds from now.
        seconds: u64,
    },
}

fn scheduled(calls: usize, seconds: u64) -> String {
    match calls {
        1 => format!("a scheduled call that is due in {seconds} s"),
        _ => format!("{calls} scheduled calls, the last of them due in {seconds} s"),
    }
}

/// A triggered or scheduled invocation that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("triggered call of `{function}` on `{worker}` failed: {cause}")]
pub struct TriggerFailure {
    /// The worker that was called.
    pub worker: WorkerId,
    /// The function's name on the wire.
    pub function: String,
    /// Why it failed.
    pub cause: String,
}
