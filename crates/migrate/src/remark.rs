//! What a person should hear about a migration, beside the plan itself.

use std::fmt;

use camino::Utf8PathBuf;
use golem_rpc_app::Place;
use golem_rpc_stub::GolemRpc;

/// Something worth saying that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// A member may call another one from now on, as it did with the older tool.
    Linked {
        /// The caller.
        caller: String,
        /// The target.
        target: String,
        /// What says so.
        because: &'static str,
    },
    /// The same, as an application manifest says.
    LinkedBy {
        /// The caller.
        caller: String,
        /// The target.
        target: String,
        /// The entry that says so.
        place: Place,
    },
    /// An entry of an application manifest that is no link.
    NotLinked {
        /// The entry.
        place: Place,
        /// What it says.
        entry: String,
        /// Why it is none.
        why: String,
    },
    /// Application manifests stay.
    AppKept {
        /// The entries that are links now.
        entries: Vec<Place>,
    },
    /// The application has a golem:rpc that no stub can call through.
    UnknownGolemRpc {
        /// Its version.
        found: String,
        /// The version that the stubs call through.
        used: GolemRpc,
    },
    /// A target's workers live for one call.
    Ephemeral {
        /// The target.
        target: String,
        /// The golem:rpc that its stub calls through.
        version: GolemRpc,
    },
    /// The code of a member names the WIT that golem-cli generates.
    GeneratedInCode {
        /// The member.
        member: String,
        /// What its code names.
        generated: Utf8PathBuf,
        /// What it should name.
        source: Utf8PathBuf,
    },
    /// A package that a member's WIT needs is nowhere.
    PackageMissing {
        /// The member.
        member: String,
        /// The package.
        package: String,
    },
    /// An option of a call of the older tool.
    Option {
        /// The task that makes the call.
        task: String,
        /// The line, from 1, as the file was.
        line: usize,
        /// The option as it is written.
        option: String,
        /// What becomes of it.
        verdict: String,
    },
    /// A task built a stub without a crate.
    BuiltAlone {
        /// The task.
        task: String,
        /// The line, from 1, as the file was.
        line: usize,
        /// What does that now.
        command: String,
    },
    /// A script of the user's calls the older tool.
    StillCalled {
        /// The task.
        task: String,
        /// The line, from 1, as the file is afterwards.
        line: usize,
    },
    /// The user's WIT named something that has another name, and was rewritten.
    WitRenamed {
        /// The file.
        file: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
        /// What stood there.
        old: String,
        /// What stands there now.
        new: String,
    },
    /// Rust code names a module of the bindings that is called otherwise now.
    Module {
        /// The Rust file.
        file: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
        /// The name.
        old: String,
        /// The new one.
        new: String,
    },
    /// Rust code calls a constructor that takes something else now.
    Constructor {
        /// The Rust file.
        file: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
        /// What it calls.
        call: String,
    },
    /// A package that is not the user's own was rewritten.
    ForeignWit {
        /// The file.
        file: Utf8PathBuf,
        /// A member that could not be read without.
        member: String,
    },
    /// A caller's copy of a target's package stays and is the user's own from now on.
    CopyKept {
        /// Where it is.
        path: Utf8PathBuf,
        /// The caller.
        caller: String,
    },
    /// A stub crate that nobody calls stays.
    Uncalled {
        /// Its directory.
        dir: Utf8PathBuf,
        /// Its target.
        target: String,
    },
    /// A stub that somebody names is not there.
    StubMissing {
        /// The caller.
        caller: String,
        /// The stub's target.
        target: String,
        /// What names it.
        because: &'static str,
    },
    /// A file of the user's in a stub crate stays.
    Unused {
        /// The file.
        file: Utf8PathBuf,
    },
    /// A task of the older tool goes.
    TaskRemoved {
        /// The task.
        task: String,
        /// The file.
        file: Utf8PathBuf,
        /// The line that it had, from 1.
        line: usize,
    },
    /// The whole Makefile.toml was the older tool's.
    MakefileReplaced,
    /// A task of the user's names a path of the older target directory.
    OlderPath {
        /// The task.
        task: String,
        /// The line, from 1, as the file is afterwards.
        line: usize,
    },
    /// Rust code names something of a stub that has another name now, or none.
    Renamed {
        /// The Rust file.
        file: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
        /// The name in Rust.
        old: String,
        /// The new one, if there is one.
        new: Option<String>,
    },
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remark::Linked {
                caller,
                target,
                because,
            } => write!(f, "`{caller}` calls `{target}`: {because}"),
            Remark::LinkedBy {
                caller,
                target,
                place,
            } => write!(f, "`{caller}` calls `{target}`: `{place}` says so"),
            Remark::NotLinked { place, entry, why } => {
                write!(f, "{place}: {entry} is no link: {why}")
            }
            Remark::AppKept { entries } => write!(
                f,
                "golem.yaml is left as it is, since golem-cli deploys with it. What is a link now should go there ({}): golem-cli would generate clients of its own beside our stubs, and lead [package.metadata.component.target] back to the WIT that it generates",
                super::app::lines(entries)
            ),
            Remark::UnknownGolemRpc { found, used } => write!(
                f,
                "the application has golem:rpc {found}, which no stub can call through: the stubs take {used}; `cargo golem-rpc init --golem-rpc` takes another one"
            ),
            Remark::Ephemeral { target, version } => {
                write!(f, "`{target}` is ephemeral: {}", ephemeral(*version))
            }
            Remark::GeneratedInCode {
                member,
                generated,
                source,
            } => write!(
                f,
                "the code of `{member}` has its bindings made from `{generated}`, which golem-cli generates: write the path of `{source}` there, and run this again"
            ),
            Remark::PackageMissing { member, package } => write!(
                f,
                "the WIT of `{member}` names the package `{package}`, which neither its own `deps` nor `witDeps` of golem.yaml has"
            ),
            Remark::Option {
                task,
                line,
                option,
                verdict,
            } => write!(
                f,
                "`{option}` of the task `{task}` (Makefile.toml, line {line}) {verdict}"
            ),
            Remark::BuiltAlone {
                task,
                line,
                command,
            } => write!(
                f,
                "the task `{task}` (Makefile.toml, line {line}) built a stub without a crate: `{command}` does that"
            ),
            Remark::StillCalled { task, line } => write!(
                f,
                "your task `{task}` (Makefile.toml, line {line}) still calls the older tool: take the call out"
            ),
            Remark::WitRenamed {
                file,
                line,
                old,
                new,
            } => write!(f, "{file}:{line}: `{old}` is now `{new}`"),
            Remark::Module {
                file,
                line,
                old,
                new,
            } => write!(f, "{file}:{line}: write `{new}` for `{old}`"),
            Remark::Constructor { file, line, call } => write!(
                f,
                "{file}:{line}: `{call}` took a worker's name or id; the stub's constructor takes what `cargo golem-rpc describe` shows"
            ),
            Remark::ForeignWit { file, member } => write!(
                f,
                "`{file}` is not your own, but is rewritten too: the WIT of `{member}` cannot be read otherwise"
            ),
            Remark::CopyKept { path, caller } => write!(
                f,
                "`{path}` stays and is yours from now on: the WIT of `{caller}` uses more of it than the stub does"
            ),
            Remark::Uncalled { dir, target } => write!(
                f,
                "nobody calls `{target}`: the older tool's stub crate `{dir}` stays as it is; take it out of `members` of [workspace], or link it with `--targets {target} --callers <member>`"
            ),
            Remark::StubMissing {
                caller,
                target,
                because,
            } => write!(
                f,
                "`{caller}` would call `{target}` ({because}), but that has no stub: run `cargo golem-rpc init --targets {target} --callers {caller}`"
            ),
            Remark::Unused { file } => {
                write!(f, "`{file}` is yours and stays, but nothing uses it")
            }
            Remark::TaskRemoved { task, file, line } => write!(
                f,
                "the task `{task}` of the older tool ({file}, line {line}) is removed"
            ),
            Remark::MakefileReplaced => write!(
                f,
                "Makefile.toml was altogether the older tool's and is written anew"
            ),
            Remark::OlderPath { task, line } => write!(
                f,
                "your task `{task}` (Makefile.toml, line {line}) names a path in `wasm32-wasi/`; what is built is now in `wasm32-wasip1/`"
            ),
            Remark::Renamed {
                file,
                line,
                old,
                new: Some(new),
            } => write!(
                f,
                "{file}:{line}: `{old}` of the stub is called `{new}` now"
            ),
            Remark::Renamed {
                file,
                line,
                old,
                new: None,
            } => write!(f, "{file}:{line}: the stub has no `{old}` any more"),
        }
    }
}

/// How workers that live for one call are called.
fn ephemeral(version: GolemRpc) -> &'static str {
    match version {
        GolemRpc::V0_1_0 | GolemRpc::V0_1_1 => {
            "give its constructor a URI without a worker's name, `urn:worker:<component-id>`"
        }
        GolemRpc::V0_2_0 | GolemRpc::V0_2_1 => "call `ephemeral` in the place of its constructor",
        GolemRpc::V0_2_2 => "whatever worker its constructor names, each call has a new one",
    }
}

impl Remark {
    /// Whether code has to be changed by hand before it builds.
    pub fn is_to_do(&self) -> bool {
        matches!(
            self,
            Remark::Renamed { .. }
                | Remark::Module { .. }
                | Remark::Constructor { .. }
                | Remark::GeneratedInCode { .. }
                | Remark::PackageMissing { .. }
        )
    }
}
