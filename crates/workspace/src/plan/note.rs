//! What a person should hear about a plan, beside the plan itself.

#![allow(
    missing_docs,
    reason = "a message says what its variant and fields are"
)]

use std::fmt;

use camino::Utf8PathBuf;

/// Something worth saying that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    TaskKept {
        task: String,
        file: Utf8PathBuf,
        line: usize,
    },
    TaskHidden {
        task: String,
        file: Utf8PathBuf,
        line: usize,
    },
    TaskReplaced {
        task: String,
        file: Utf8PathBuf,
        line: usize,
    },
    Overwritten {
        file: Utf8PathBuf,
    },
    SharedWit {
        caller: String,
        root: Utf8PathBuf,
        others: Vec<String>,
    },
    Kept {
        file: Utf8PathBuf,
    },
    EditedKept {
        file: Utf8PathBuf,
    },
    OldLock {
        file: Utf8PathBuf,
    },
    Removed {
        file: Utf8PathBuf,
    },
    JunkRemoved {
        file: Utf8PathBuf,
    },
    Left {
        file: Utf8PathBuf,
    },
    SharedDeps {
        dir: Utf8PathBuf,
        caller: String,
        others: Vec<String>,
    },
}

impl fmt::Display for Note {
    #[rustfmt::skip] // a case is a line
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &[String], between: &str| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(between)
        };
        match self {
            Note::TaskKept { task, file, line } => write!(f, "the task `{task}` ({file}, line {line}) is yours and stays as it is; `--force` replaces it"),
            Note::TaskHidden { task, file, line } => write!(f, "our task `{task}` in Makefile.toml hides the one in {file}, line {line}; remove ours to use that"),
            Note::TaskReplaced { task, file, line } => write!(f, "the task `{task}` ({file}, line {line}) is replaced by ours"),
            Note::Overwritten { file } => write!(f, "`{file}` was edited by hand and is overwritten"),
            Note::SharedWit { caller, root, others } => write!(f, "`{root}`, which changes for `{caller}`, is the WIT of {} as well: what is put in there is in all of their bindings", list(others, ", ")),
            Note::Kept { file } => write!(f, "`{file}` does not begin with our `@generated` line: it is yours, and stays as it is; `--force` replaces it"),
            Note::EditedKept { file } => write!(f, "`{file}` is no longer needed, but was edited by hand and stays"),
            Note::OldLock { file } => write!(f, "`{file}` is removed: generated files now say so in their first line; `regenerate --force` puts that line into the files that it listed"),
            Note::Removed { file } => write!(f, "`{file}` was edited by hand and is removed"),
            Note::JunkRemoved { file } => write!(f, "`{file}` goes with its directory, which was ours"),
            Note::Left { file } => write!(f, "`{file}` stays: nothing else is left in its directory"),
            Note::SharedDeps { dir, caller, others } => {
                let verb = if others.len() == 1 { "reads" } else { "read" };
                write!(f, "the stubs' WIT for `{caller}` is in `{dir}`, which {} also {verb}", list(others, " and "))
            }
        }
    }
}
