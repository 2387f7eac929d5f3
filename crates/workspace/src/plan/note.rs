//! What a person should hear about a plan, beside the plan itself.

use std::fmt;

use camino::Utf8PathBuf;

/// Something worth saying that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// A task of the user's has one of our names and was left as it is.
    TaskKept {
        /// The task.
        task: String,
        /// The file.
        file: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A task of ours hides one of the same name in a file that Makefile.toml extends.
    TaskHidden {
        /// The task.
        task: String,
        /// The file of the other one.
        file: Utf8PathBuf,
        /// Its line, from 1.
        line: usize,
    },
    /// A task of the user's was replaced, as was forced.
    TaskReplaced {
        /// The task.
        task: String,
        /// The file.
        file: Utf8PathBuf,
        /// The line that it had, from 1.
        line: usize,
    },
    /// A file that somebody had changed is overwritten, as was forced.
    Overwritten {
        /// The file.
        file: Utf8PathBuf,
    },
    /// A caller's WIT root, in which something changes, is other members' as well.
    SharedWit {
        /// The caller.
        caller: String,
        /// The WIT root.
        root: Utf8PathBuf,
        /// The others.
        others: Vec<String>,
    },
    /// A file stands where we generate one, and is the user's.
    Kept {
        /// The file.
        file: Utf8PathBuf,
    },
    /// A file of ours that is no longer needed stays, since somebody edited it.
    EditedKept {
        /// The file.
        file: Utf8PathBuf,
    },
    /// The lock of an earlier version goes.
    OldLock {
        /// The file.
        file: Utf8PathBuf,
    },
    /// A file of ours that is no longer needed goes although somebody had changed it, as was forced.
    Removed {
        /// The file.
        file: Utf8PathBuf,
    },
    /// A file that the system had put into a directory of ours goes with that.
    JunkRemoved {
        /// The file.
        file: Utf8PathBuf,
    },
    /// A file of the user's stays in a directory of which all that is ours goes.
    Left {
        /// The file.
        file: Utf8PathBuf,
    },
    /// Members that call nobody read what is put into a caller's directory of dependencies.
    SharedDeps {
        /// The directory.
        dir: Utf8PathBuf,
        /// The caller.
        caller: String,
        /// The others.
        others: Vec<String>,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::TaskKept { task, file, line } => write!(
                f,
                "the task `{task}` ({file}, line {line}) is yours and stays as it is; `--force` replaces it"
            ),
            Note::TaskHidden { task, file, line } => write!(
                f,
                "our task `{task}` in Makefile.toml hides the one in {file}, line {line}; remove ours to use that"
            ),
            Note::TaskReplaced { task, file, line } => {
                write!(
                    f,
                    "the task `{task}` ({file}, line {line}) is replaced by ours"
                )
            }
            Note::Overwritten { file } => {
                write!(f, "`{file}` was edited by hand and is overwritten")
            }
            Note::SharedWit {
                caller,
                root,
                others,
            } => {
                let others: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
                let others = others.join(", ");
                write!(
                    f,
                    "`{root}`, which changes for `{caller}`, is the WIT of {others} as well: what is put in there is in all of their bindings"
                )
            }
            Note::Kept { file } => write!(
                f,
                "`{file}` does not begin with our `@generated` line: it is yours, and stays as it is; `--force` replaces it"
            ),
            Note::EditedKept { file } => write!(
                f,
                "`{file}` is no longer needed, but was edited by hand and stays"
            ),
            Note::OldLock { file } => {
                write!(
                    f,
                    "`{file}` is removed: generated files now say so in their first line; `regenerate --force` puts that line into the files that it listed"
                )
            }
            Note::Removed { file } => {
                write!(f, "`{file}` was edited by hand and is removed")
            }
            Note::JunkRemoved { file } => {
                write!(f, "`{file}` goes with its directory, which was ours")
            }
            Note::Left { file } => {
                write!(f, "`{file}` stays: nothing else is left in its directory")
            }
            Note::SharedDeps {
                dir,
                caller,
                others,
            } => {
                let others: Vec<String> = others.iter().map(|o| format!("`{o}`")).collect();
                write!(
                    f,
                    "the stubs' WIT for `{caller}` is in `{dir}`, which {} also {}",
                    others.join(" and "),
                    if others.len() == 1 { "reads" } else { "read" }
                )
            }
        }
    }
}
