//! What a person should hear about a migration, beside the plan itself.

use std::fmt;

use camino::Utf8PathBuf;

/// Something worth saying that stops nothing. What programs can use has fields; the rest is text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// A task of the older tool goes.
    TaskRemoved {
        /// The task.
        task: String,
        /// The file.
        file: Utf8PathBuf,
        /// The line that it had, from 1.
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
    /// Rust code names a module of the bindings that has another name now.
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
    /// Anything else.
    Said(String),
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remark::TaskRemoved { task, file, line } => write!(
                f,
                "the task `{task}` of the older tool ({file}, line {line}) is removed"
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
            Remark::Said(text) => f.write_str(text),
        }
    }
}

impl Remark {
    /// Whether code has to be changed by hand before it builds.
    pub fn is_to_do(&self) -> bool {
        matches!(self, Remark::Renamed { .. } | Remark::Module { .. })
    }
}
