//! What a person should hear about a migration, beside the plan itself.

use std::fmt;

use camino::Utf8PathBuf;

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
