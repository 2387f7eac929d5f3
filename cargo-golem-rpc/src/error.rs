//! Library errors → what a person sees: message, causes, place, hint, exit code. The only conversion.
//!
//! What an error of a library means, and what to do about it, the library says; here are the errors of
//! the commands themselves.

mod checked;
mod class;
mod hint;
mod place;

use std::error::Error;
use std::io;

use camino::Utf8PathBuf;
use golem_rpc_compose::{ComposeError, EncodeError};
use golem_rpc_messages::{self as messages, ErrorKind};
use golem_rpc_migrate::MigrateError;
use golem_rpc_stub::vendor::VendorError;
use golem_rpc_stub::{StubError, WitError};
use golem_rpc_stub_rust::GenerateError;
use golem_rpc_stub_wasm::EmitError;
use golem_rpc_system::cargo::CargoError;
use golem_rpc_system::git::GitError;
use golem_rpc_system::read::ReadError;
use golem_rpc_system::{ApplyError, BuildError, LockError, PathError, RecoverError, RunError};
use golem_rpc_workspace::WorkspaceError;

use crate::report::count;
pub(crate) use checked::{Checked, OVERWRITE, REGENERATE};
pub(crate) use hint::AGAINST;

/// Everything that ends a command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error("callers break: {} on the wire, {} at the source", count(*.on_the_wire, "change"), count(*.at_the_source, "change"))]
    Breaking {
        on_the_wire: usize,
        at_the_source: usize,
    },
    /// What a change breaks is not known: there is nothing to compare with.
    #[error("cannot tell what breaks callers: {}", .untold.join("; "))]
    CannotTell { untold: Vec<String> },
    #[error(transparent)]
    Git(#[from] GitError),
    #[error("`{name}` is neither a directory nor a revision: {error}")]
    NoBaseline { name: String, error: GitError },
    /// What is wrong there is not in the files that are here now.
    #[error("in {baseline}: {error}")]
    Then {
        baseline: String,
        error: Box<CliError>,
    },
    #[error("there was no `{member}` in {baseline}")]
    NotThen { member: String, baseline: String },
    #[error("`{path}` would be compared with itself")]
    ItselfAgainst { path: Utf8PathBuf },
    #[error("nothing was compared with {against}: {}", .missing.join(", "))]
    NothingCompared {
        against: String,
        /// What was not there.
        missing: Vec<String>,
        hint: &'static str,
    },
    #[error(
        "`{path}` is a git submodule, so that git does not know here what `{member}` was in {baseline}"
    )]
    InSubmodule {
        member: String,
        path: Utf8PathBuf,
        baseline: String,
    },
    #[error("`{path}` is the WIT root of one target, and several are to be compared: {}", .targets.join(", "))]
    SeveralTargets {
        path: Utf8PathBuf,
        targets: Vec<String>,
    },
    #[error("{errors} of {all} checks failed")]
    Unwell { errors: usize, all: usize },
    #[error(transparent)]
    Tools(RunError),
    #[error("the name of a member is empty")]
    NoName,
    #[error("`{text}` is not a WIT package")]
    NoPackageName { text: String },
    #[error("no member has the package `{package}` among its WIT dependencies")]
    UnknownPackage { package: String, hint: String },
    #[error("no member calls `{member}`")]
    NotATarget { member: String },
    #[error("cannot watch for signals")]
    Signals(#[source] io::Error),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Path(#[from] PathError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Recover(#[from] RecoverError),
    #[error(transparent)]
    Cargo(#[from] CargoError),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Wit(#[from] WitError),
    #[error(transparent)]
    Vendor(#[from] VendorError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Compose(#[from] ComposeError),
    #[error(transparent)]
    Migrate(MigrateError),
    /// A `golem.yaml` cannot be read.
    #[error(transparent)]
    App(#[from] golem_rpc_app::AppError),
    #[error(transparent)]
    History(RunError),
    #[error("these files would change, and have changes that are not committed:{}", lines(.files))]
    Uncommitted { files: Vec<Utf8PathBuf> },
    #[error("`{root}` is not in a git repository, so nothing could bring back what changes")]
    NoHistory { root: Utf8PathBuf },
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// No stub can be made for a target.
    #[error("cannot generate a stub for `{target}`: {error}")]
    Stub { target: String, error: StubError },
    /// No component can be made of a stub.
    #[error("cannot generate a stub component for `{target}`: {error}")]
    EmitStub { target: String, error: EmitError },
    #[error("`--emit wat` shows the stub component, which has no crate")]
    TextOfACrate,
    /// No crate can be made of a stub.
    #[error("cannot generate the stub crate `{name}`: {error}")]
    StubCrate { name: String, error: GenerateError },
    #[error("there is no directory or file `{path}`")]
    NoSuchDirectory { path: Utf8PathBuf },
    #[error("there is no file `{path}`")]
    NoSuchFile { path: Utf8PathBuf },
    #[error("`{path}` is not empty, and is not a stub crate")]
    NotAStubCrate { path: Utf8PathBuf },
    #[error("`{path}` holds other WIT than an earlier stub's (found `{found}`)")]
    NotAStubRoot {
        path: Utf8PathBuf,
        found: Utf8PathBuf,
    },
    #[error("`{path}` is not an output of an earlier run")]
    NotAnOutput { path: Utf8PathBuf },
    #[error("`{path}` is an input, and cannot be the output as well")]
    OutputIsInput { path: Utf8PathBuf },
    #[error("`{member}` has no such link")]
    NotLinked { member: String },
    #[error("`{caller}` is not linked to `{target}`")]
    NoSuchLink {
        caller: String,
        target: String,
        /// What the caller may call.
        targets: Vec<String>,
    },
    #[error("there is no Cargo.toml above `{path}`")]
    NoManifestAbove { path: Utf8PathBuf },
    #[error("these files exist with different content: {}\n{}", list(.files), .diffs.concat())]
    WouldOverwrite {
        files: Vec<Utf8PathBuf>,
        diffs: Vec<String>,
    },
    /// What `--deny-imports` is there to refuse.
    #[error("{}", .imports.join("\n"))]
    ImportsDenied {
        /// A message each.
        imports: Vec<String>,
        /// What to do about each.
        hints: Vec<String>,
    },
    #[error("`--redeclare {wanted}` names no package that the target uses")]
    NothingToRedeclare {
        wanted: String,
        /// What there is.
        packages: Vec<String>,
    },
    #[error("`{member}` calls no other member")]
    NotACaller { member: String },
    /// What `check` is there to say.
    #[error("{}", .0.message())]
    Check(Checked),
    #[error("`{member}` has not been built yet")]
    NotBuilt { member: String },
    /// Made in memory: a mistake of ours.
    #[error("the manual page could not be made")]
    Page(#[source] io::Error),
    #[cfg(feature = "local")]
    #[error("worker `{worker}` has no call after it")]
    CallWithoutFunction {
        worker: String,
        /// What may have been meant as the directory of `--state`.
        directory: Option<String>,
    },
    #[cfg(feature = "local")]
    #[error("{error}")]
    Invoke {
        call: String,
        error: golem_rpc_local::InvokeError,
    },
    #[cfg(feature = "local")]
    #[error(transparent)]
    WorkerRef(#[from] golem_rpc_local::WorkerRefError),
    #[cfg(feature = "local")]
    #[error(transparent)]
    Local(#[from] golem_rpc_local::StartError),
    /// The workers' state cannot be used.
    #[cfg(feature = "local")]
    #[error(transparent)]
    State(#[from] golem_rpc_oplog::JournalError),
    #[cfg(feature = "local")]
    #[error("{} failed after it was triggered", count(*.number, "invocation"))]
    TriggersFailed { number: usize },
}

fn lines(files: &[Utf8PathBuf]) -> String {
    files.iter().map(|file| format!("\n  `{file}`")).collect()
}

impl From<MigrateError> for CliError {
    fn from(error: MigrateError) -> CliError {
        match error {
            MigrateError::Workspace(error) => CliError::Workspace(*error),
            error => CliError::Migrate(error),
        }
    }
}

fn list(files: &[Utf8PathBuf]) -> String {
    files
        .iter()
        .map(|file| format!("`{file}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl CliError {
    /// The message with its causes, one below the other.
    pub(crate) fn message(&self) -> String {
        let causes = self.causes().into_iter();
        let causes = causes.map(|cause| format!("\n  caused by: {cause}"));
        self.to_string() + &causes.collect::<String>()
    }

    /// What is behind it, the nearest first, without what the message and nearer ones say already.
    pub(crate) fn causes(&self) -> Vec<String> {
        let mut said = self.to_string();
        let mut causes = Vec::new();
        let mut cause = self.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !said.contains(&text) {
                said.push_str(&text);
                causes.push(text);
            }
            cause = error.source();
        }
        causes
    }

    /// Whether it is what was asked for, rather than something that went wrong.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(
            self,
            CliError::Check(_) | CliError::Breaking { .. } | CliError::Unwell { .. }
        )
    }

    /// All of it, as it is told.
    pub(crate) fn told(&self) -> messages::Error {
        let code = self.exit_code();
        messages::Error {
            kind: ErrorKind::of(code),
            code,
            message: self.to_string(),
            causes: self.causes(),
            hint: self.hint(),
            place: self.place(),
        }
    }

    /// The exit code, as `--help` documents it.
    pub(crate) fn exit_code(&self) -> u8 {
        self.class().code()
    }
}
