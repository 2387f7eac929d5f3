//! Library errors → what a person sees: message, causes, hint, exit code. The only conversion.

use std::error::Error;
use std::io;

use camino::Utf8PathBuf;
use golem_rpc_compose::{ComposeError, EncodeError};
use golem_rpc_messages::Place;
use golem_rpc_migrate::MigrateError;
use golem_rpc_stub::vendor::VendorError;
use golem_rpc_stub::{StubError, WitError, names};
use golem_rpc_stub_rust::GenerateError;
use golem_rpc_stub_wasm::EmitError;
use golem_rpc_system::cargo::CargoError;
use golem_rpc_system::git::GitError;
use golem_rpc_system::read::ReadError;
use golem_rpc_system::tools::no_toolchain;
use golem_rpc_system::{ApplyError, BuildError, LockError, PathError, RecoverError, RunError};
use golem_rpc_toml::TomlError;
use golem_rpc_workspace::WorkspaceError;

use crate::ops::{AGAINST, Checked};
use crate::place;

/// Everything that ends a command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error("callers break: {} on the wire, {} at the source", crate::report::count(*.on_the_wire, "change"), crate::report::count(*.at_the_source, "change"))]
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
    #[error("`{text}` is no WIT package")]
    NoPackageName { text: String },
    #[error("no member has the package `{package}` among its WIT dependencies")]
    UnknownPackage { package: String, hint: String },
    #[error("nobody calls `{member}`")]
    NotATarget { member: String },
    #[error("interrupted")]
    Interrupted,
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
    #[error("these files exist with other content: {}\n{}", list(.files), .diffs.concat())]
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
    CallWithoutFunction { worker: String },
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
    #[cfg(feature = "local")]
    #[error("{} failed after it was triggered", crate::report::count(*.number, "invocation"))]
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

    /// Where in a file, if it is about one place.
    pub(crate) fn place(&self) -> Option<Place> {
        place::of_error(self)
    }

    /// Whether it is what was asked for, rather than something that went wrong.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(
            self,
            CliError::Check(_) | CliError::Breaking { .. } | CliError::Unwell { .. }
        )
    }

    /// What to type next.
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            CliError::Breaking { .. } => {
                "keep what callers use and add the new beside it; or change all callers with it: `cargo golem-rpc regenerate`, then build and deploy them together".into()
            }
            CliError::CannotTell { .. } => AGAINST.into(),
            CliError::Git(GitError::Missing) => {
                "install git, or name a directory: another checkout, or a WIT root".into()
            }
            CliError::NoBaseline { error: GitError::NoRevision { revision, .. }, .. } => format!(
                "`git rev-parse {revision}` should give a commit; in a shallow clone fetch it first: `git fetch --unshallow`"
            ),
            CliError::NoBaseline { .. } => "name another checkout of the workspace, or a WIT root".into(),
            CliError::Then { .. } => "name another revision".into(),
            CliError::NotThen { .. } => {
                "leave it out: callers of what is new cannot break".into()
            }
            CliError::SeveralTargets { path, targets } => format!(
                "name the one: `cargo golem-rpc check --breaking --against {path} {}`",
                targets.first().map(String::as_str).unwrap_or_default()
            ),
            CliError::ItselfAgainst { .. } => {
                "name an older revision, another checkout, or the WIT root of an older version".into()
            }
            CliError::NothingCompared { hint, .. } => (*hint).into(),
            CliError::InSubmodule { path, .. } => format!(
                "run it in the submodule's own workspace; or check out the older version elsewhere, with `git -C {path} worktree add`, and name that directory"
            ),
            CliError::Unwell { .. } => "each error above is followed by its fix".into(),
            CliError::NoName => "name a member by its package or its directory".into(),
            CliError::NoPackageName { .. } => {
                "write it as `golem:rpc`, or with its version as `golem:rpc@0.1.0`".into()
            }
            CliError::UnknownPackage { hint, .. } => hint.clone(),
            CliError::NotATarget { member } => format!(
                "`--against` compares it with an older version; `cargo golem-rpc init --targets {member} --callers <member>` gives it a caller"
            ),
            CliError::Wit(error) => return error.hint(),
            CliError::Vendor(VendorError::Cycle { package, .. }) => format!(
                "`--redeclare {}:{}` of `generate` or `build` makes a stub that declares those types itself",
                package.namespace, package.name
            ),
            CliError::Vendor(
                VendorError::Differs { path, package, .. }
                | VendorError::Incompatible {
                    path,
                    present: package,
                    ..
                },
            ) if path.ends_with(names::dep_path(package).0) => {
                format!("`--overwrite` replaces `{path}` by what the stub brings")
            }
            CliError::Vendor(error) => return error.hint(),
            CliError::Stub { error, .. } if error.is_skippable() => {
                let instead = error.hint().map_or_else(String::new, |hint| hint + "; or ");
                format!("{instead}leave such functions out with `--skip-unsupported`")
            }
            CliError::Stub { error, .. } => return error.hint(),
            CliError::Workspace(error) => return error.hint(),
            CliError::Check(checked) => return Some(checked.hint()),
            CliError::Migrate(error) => return error.hint(),
            CliError::App(_) => "correct it there; `golem-cli` says more about it".into(),
            CliError::History(_) => {
                "fix what git reports; `--allow-dirty --allow-no-vcs` goes on without git".into()
            }
            CliError::Uncommitted { .. } => "commit them first; `--allow-dirty` goes on all the same".into(),
            CliError::NoHistory { .. } => {
                "keep a copy, then go on with `--allow-no-vcs`; or `git init`, and commit".into()
            }
            CliError::Cargo(CargoError::NoManifest { .. } | CargoError::ManifestMissing { .. }) => {
                "run it in a Cargo workspace, or name one with `--manifest-path`".into()
            }
            CliError::Cargo(CargoError::OtherRoots { manifests, .. }) => {
                let lines = manifests.iter().map(|file| format!("`{file}`"));
                format!("remove [workspace] from {}", lines.collect::<Vec<_>>().join(" and "))
            }
            CliError::Cargo(CargoError::Rejected { stderr }) if is_stub_missing(stderr) => {
                "bring the stub crate back from version control; or take it out of `members`, and `cargo golem-rpc init` makes it again".into()
            }
            CliError::Cargo(CargoError::Rejected { stderr }) => match no_toolchain(stderr) {
                Some(error) => error.hint(),
                None => format!("fix {}, then run this again", rejected_manifest(stderr)),
            },
            CliError::Cargo(CargoError::CargoMissing { .. }) => {
                "install Rust with rustup: https://rustup.rs".into()
            }
            CliError::Build(BuildError::CargoComponentMissing) => {
                "cargo install --locked cargo-component --version 0.21.1".into()
            }
            CliError::Build(BuildError::TargetMissing { target }) => {
                format!("rustup target add {target}")
            }
            CliError::Build(BuildError::BuildFailed { .. }) => {
                "fix what cargo reports above, then run this again".into()
            }
            CliError::Build(BuildError::NoArtifact { .. }) => {
                "write `[lib]` with `crate-type = [\"cdylib\"]` in its Cargo.toml".into()
            }
            CliError::Apply(ApplyError::MovedOn { .. } | ApplyError::Unfinished { .. }) => {
                "run it again".into()
            }
            CliError::Apply(ApplyError::NotRestored { .. }) => {
                "once the files can be read and written, the next command puts them back".into()
            }
            CliError::Recover(error) | CliError::Lock(LockError::Recover(error)) => error.hint(),
            CliError::NotAStubCrate { path } => {
                format!("name another directory, or move `{path}` out of the way")
            }
            CliError::WouldOverwrite { .. } => "`--overwrite` replaces them".into(),
            CliError::NotAStubRoot { .. } => "name a directory of its own for the stub's WIT".into(),
            CliError::NotAnOutput { .. } | CliError::OutputIsInput { .. } => {
                "name another file to write".into()
            }
            CliError::NotLinked { .. } => {
                "[workspace.metadata.golem-rpc.links] in the root manifest says who calls whom".into()
            }
            CliError::NoSuchLink { caller, targets, .. } => match targets.as_slice() {
                [] => format!("`{caller}` calls no other member"),
                targets => format!("it calls: {}", targets.join(", ")),
            },
            CliError::NoManifestAbove { .. } => {
                "`--update-cargo-toml` is for components that are Cargo packages".into()
            }
            CliError::ImportsDenied { hints, .. } => {
                let mut hints = hints.clone();
                hints.dedup();
                hints.join("\n")
            }
            CliError::NothingToRedeclare { packages, .. } => match packages.as_slice() {
                [] => "leave it out: the target uses no other package".into(),
                packages => format!("name one of these: {}", packages.join(", ")),
            },
            CliError::NotACaller { member } => {
                format!("cargo golem-rpc init --targets <member> --callers {member}")
            }
            CliError::NotBuilt { .. } => "run it again without `--no-build`".into(),
            #[cfg(feature = "local")]
            CliError::CallWithoutFunction { worker } => {
                format!("write pairs: `{worker} 'function(arguments)'`")
            }
            CliError::StubCrate { error, .. } => stub_crate_hint(error),
            CliError::TextOfACrate => "leave `--stub-backend crate` out".into(),
            CliError::Compose(error) => return compose_hint(error),
            CliError::Encode(_) => {
                "`target = \"wasm32-wasip2\"` in [package.metadata.golem-rpc] has rustc make the component".into()
            }
            CliError::NoSuchDirectory { .. } => {
                "name the directory that holds the component's `.wit` files".into()
            }
            CliError::NoSuchFile { .. } => "name a file that a build has made".into(),
            CliError::Apply(ApplyError::Io(_)) | CliError::Path(_) => {
                "nothing was changed; once the path can be read and written, run this again".into()
            }
            #[cfg(feature = "local")]
            CliError::WorkerRef(_) => "write it as `purchase-history/user-1`".into(),
            _ => return None,
        };
        Some(hint)
    }

    /// The exit code, as `--help` and the README document it.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            CliError::Interrupted
            | CliError::Apply(ApplyError::Interrupted)
            | CliError::Lock(LockError::Interrupted { .. })
            | CliError::Cargo(CargoError::Interrupted)
            | CliError::Git(GitError::Run(RunError::Interrupted { .. }))
            | CliError::History(RunError::Interrupted { .. })
            | CliError::Tools(RunError::Interrupted { .. })
            | CliError::Build(BuildError::Run(RunError::Interrupted { .. })) => 130,
            CliError::Apply(ApplyError::NotRestored { cause, .. })
                if matches!(**cause, ApplyError::Interrupted) =>
            {
                130
            }
            #[cfg(feature = "local")]
            CliError::WorkerRef(_) => 2,
            #[cfg(feature = "local")]
            CliError::Invoke { error, .. } => invoke_exit_code(error),
            #[cfg(feature = "local")]
            CliError::CallWithoutFunction { .. } => 2,
            CliError::OutputIsInput { .. }
            | CliError::NoName
            | CliError::NoPackageName { .. }
            | CliError::NothingToRedeclare { .. }
            | CliError::SeveralTargets { .. }
            | CliError::ItselfAgainst { .. }
            | CliError::TextOfACrate
            | CliError::StubCrate { .. } => 2,
            CliError::Cargo(
                CargoError::NoManifest { .. }
                | CargoError::ManifestMissing { .. }
                | CargoError::OtherRoots { .. }
                | CargoError::Rejected { .. },
            )
            | CliError::App(_)
            | CliError::Migrate(
                MigrateError::Ambiguous { .. }
                | MigrateError::NoTarget { .. }
                | MigrateError::NoCaller { .. },
            )
            | CliError::NotACaller { .. }
            | CliError::NotATarget { .. }
            | CliError::UnknownPackage { .. }
            | CliError::NoBaseline { .. }
            | CliError::NotThen { .. }
            | CliError::NothingCompared { .. }
            | CliError::CannotTell { .. }
            | CliError::InSubmodule { .. }
            | CliError::NotLinked { .. }
            | CliError::NoSuchLink { .. }
            | CliError::NoManifestAbove { .. }
            | CliError::NoSuchDirectory { .. }
            | CliError::NoSuchFile { .. } => 3,
            CliError::Wit(_)
            | CliError::Stub { .. }
            | CliError::EmitStub {
                error:
                    EmitError::Unsupported { .. } | EmitError::TooLarge { .. } | EmitError::Limit(_),
                ..
            }
            | CliError::Vendor(_) => 4,
            CliError::NotAStubCrate { .. }
            | CliError::NotAStubRoot { .. }
            | CliError::NotAnOutput { .. }
            | CliError::WouldOverwrite { .. }
            | CliError::Migrate(MigrateError::Edited { .. })
            | CliError::Uncommitted { .. }
            | CliError::NoHistory { .. }
            | CliError::Apply(ApplyError::MovedOn { .. } | ApplyError::Unfinished { .. })
            | CliError::Recover(RecoverError::Changed { .. } | RecoverError::Foreign { .. })
            | CliError::Lock(LockError::Recover(
                RecoverError::Changed { .. } | RecoverError::Foreign { .. },
            )) => 5,
            CliError::Build(
                BuildError::CargoComponentMissing | BuildError::TargetMissing { .. },
            )
            | CliError::Cargo(CargoError::CargoMissing { .. })
            | CliError::Git(GitError::Missing) => 6,
            CliError::Workspace(error) => workspace_exit_code(error),
            CliError::Then { error, .. } => error.exit_code(),
            _ => 1,
        }
    }
}

/// Whether cargo misses the manifest of a stub crate.
fn is_stub_missing(stderr: &str) -> bool {
    let mut lines = stderr.lines();
    let names = |line: &str| line.contains("failed to read") && line.contains("-stub/Cargo.toml`");
    lines.any(names) && stderr.contains("os error 2")
}

/// The manifest that cargo means, as far as it says so.
fn rejected_manifest(stderr: &str) -> String {
    let place = place::in_text(stderr).map(|place| place.path);
    let parsed = || {
        let (_, path) = stderr.split_once("failed to parse manifest at `")?;
        Some(path.split_once('`')?.0.to_string())
    };
    match place.or_else(parsed) {
        Some(path) => format!("`{path}`"),
        None => "the manifest that cargo names above".into(),
    }
}

fn stub_crate_hint(error: &GenerateError) -> String {
    match error {
        GenerateError::CrateName { .. } => {
            "the crate is named after its directory: choose another one".into()
        }
        GenerateError::CrateVersion { .. } => "write a version such as `0.1.0`".into(),
        GenerateError::Unsupported { .. }
        | GenerateError::BindingsName { .. }
        | GenerateError::BindingsDigit { .. } => {
            "rename it in the target's WIT: the bindings of cargo-component cannot take it".into()
        }
    }
}

fn compose_hint(error: &ComposeError) -> Option<String> {
    Some(match error {
        ComposeError::TypesDiffer { .. } | ComposeError::OtherVersion { .. } => {
            "the caller was built with another WIT of the stub: bring it up to date with `cargo golem-rpc regenerate` (or `add-stub-dependency --overwrite`) and build again".into()
        }
        ComposeError::NotAComponent { .. } | ComposeError::Invalid { .. } => {
            "give the component that `cargo component build` or `wasm-tools component new` made".into()
        }
        ComposeError::NoInterface { .. } => "build the stub with `cargo golem-rpc build`".into(),
        ComposeError::ImportsDiffer { .. } => {
            "bring both sides to one version of that interface's WIT".into()
        }
        _ => return None,
    })
}

/// A call that cannot be made is a wrong argument; one that was made and failed is a failure.
#[cfg(feature = "local")]
fn invoke_exit_code(error: &golem_rpc_local::InvokeError) -> u8 {
    use golem_rpc_local::InvokeError as E;
    match error {
        E::UnknownComponent { .. } => 3,
        E::NotAComponent { .. } | E::Call(_) => 1,
        E::Interrupted => 130,
        _ => 2,
    }
}

fn workspace_exit_code(error: &WorkspaceError) -> u8 {
    use WorkspaceError as E;
    match error {
        E::Wit(_)
        | E::SeveralWorlds { .. }
        | E::Unresolved { .. }
        | E::Dangling { .. }
        | E::Stub { .. }
        | E::Vendor { .. }
        | E::Versions { .. } => 4,
        E::NotAStub { .. }
        | E::OlderStub { .. }
        | E::Edited { .. }
        | E::StillUsed { .. }
        | E::Stray { .. } => 5,
        E::Toml(TomlError::Mistake { .. }) => 1,
        _ => 3,
    }
}
