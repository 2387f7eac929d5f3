//! What `cargo golem-rpc --message-format json` writes: one JSON object a line, each a [`Message`].
//!
//! ```text
//! {"format-version":1,"reason":"artifact","package":"cart","kind":"composed","path":"/w/…","bytes":51200,…}
//! ```
//!
//! Every line has the version of the format and a `reason`, which says what else it has. No object
//! is open: a reader that was made for a version knows every key. Keys that may be unknown are
//! `null`, not absent. Paths are absolute, lines and columns count from 1, columns in bytes; texts
//! for people (messages, hints, causes, diffs) show paths as people see them, from the working
//! directory where they lie below it.
//!
//! Whatever happens, the first line of a command is its one `start` and the last its one `finish`,
//! with the exit code; if that is not 0 there is an `error` before it. Only a command that is killed, or whose reader has gone,
//! ends otherwise.
//!
//! What may stand between them:
//!
//! | line | of |
//! |---|---|
//! | `diagnostic`, `error` | every command |
//! | `plan` | those that write, with `--dry-run` |
//! | `file` | those that write: one for each file, once all of them are written |
//! | `unlinked` | `unlink`, `prune` |
//! | `generating`, `command`, `artifact` | stubs, builds and compositions |
//! | `fresh` | those that found nothing to do |
//! | `text` | those that were asked for a text, `--help` and `--version` among them |
//! | `worker-started`, `worker-output`, `trigger-failed`, `result` | `invoke` |
//! | all others | the command of that name |
//!
//! [`SCHEMA`] is the same as a JSON Schema (draft 2020-12). The crate has types only: it reads and
//! writes nothing.

#[macro_use]
mod data;
mod check;
mod compatibility;
mod describe;
mod diagnostic;
mod line;
mod plan;
mod run;
#[cfg(feature = "schema")]
mod schema;
mod status;

pub use check::{Check, Doctor, DoctorFinding, Examined, Finding, FindingKind, Severity};
pub use compatibility::{Against, Class, Compatibility, CompatibilityChange, Side, Subject, What};
pub use describe::{Describe, Function, Origin, Resource, Uri, Why};
pub use diagnostic::{Cause, Diagnostic, Error, ErrorKind, Finish, Level, Place, Start};
pub use line::LineError;
pub use plan::{Action, Command, File, FileChange, Plan, Variable};
pub use run::{
    Artifact, ArtifactKind, Fresh, FreshKind, Generating, Outcome, Output, Stream, Text, TextKind,
    Trigger, Worker,
};
#[cfg(feature = "schema")]
pub use schema::schema;
pub use status::{
    Graph, GraphLink, GraphMember, LinkReason, LinkState, LinkStatus, Role, Status, Unlinked,
};

/// The version of the format. It grows with every key that a reader may not know.
pub const FORMAT_VERSION: u32 = 1;

/// The JSON Schema of a line.
pub const SCHEMA: &str = include_str!("../schema.json");

message! {
    /// One line.
    pub enum Message {
        /// The first line: which command runs.
        Start(Start),
        /// The last line: how the command ended.
        Finish(Finish),
        /// A note or a warning; the command goes on.
        Diagnostic(Diagnostic),
        /// Why the command fails.
        Error(Error),
        /// What a command would do, with `--dry-run`.
        Plan(Plan),
        /// A file that was written or removed.
        File(FileChange),
        /// A link that is taken back.
        Unlinked(Unlinked),
        /// A process that is started.
        Command(Command),
        /// A stub that is being made.
        Generating(Generating),
        /// A wasm file that was made, or is as it was.
        Artifact(Artifact),
        /// Something that needed no change.
        Fresh(Fresh),
        /// A text that was asked for.
        Text(Text),
        /// A worker that came to be.
        WorkerStarted(Worker),
        /// A line that a worker wrote.
        WorkerOutput(Output),
        /// The end of a call.
        Result(Outcome),
        /// A triggered call that failed, which its caller never learns.
        TriggerFailed(Trigger),
        /// What `status` found.
        Status(Status),
        /// Who calls whom.
        Graph(Graph),
        /// How a target is called.
        Describe(Describe),
        /// Why a WIT package stands below `wit/deps`.
        Why(Why),
        /// What `check` found.
        Check(Check),
        /// What `check --breaking` found for one target.
        Compatibility(Compatibility),
        /// What `doctor` found.
        Doctor(Doctor),
    }
}
