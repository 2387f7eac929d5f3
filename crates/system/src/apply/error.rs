//! Why a plan was not applied, and what is left of the attempt.

use std::fmt;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use golem_rpc_plan::Class;

use crate::error::PathError;

/// A plan that was not applied. Unless it is `NotRestored` or `Leftover`, every file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Files are not what they were when the plan was made.
    #[error("files have changed since they were read:{}", listed(files))]
    MovedOn {
        /// Each of the files.
        files: Vec<MovedOn>,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] PathError),
    /// A signal arrived.
    #[error("interrupted")]
    Interrupted,
    /// Something failed, and then not everything could be put back.
    #[error("not everything could be put back:{}", listed(left))]
    NotRestored {
        /// What failed first.
        #[source]
        cause: Box<ApplyError>,
        /// What is not as it was.
        left: Vec<Unrestored>,
    },
    /// The plan is applied, but files that were kept aside meanwhile could not be removed.
    #[error("everything is written, but temporary files remain:{}", listed(left))]
    Leftover {
        /// The files that may be removed.
        left: Vec<Unrestored>,
    },
    /// An earlier process left a plan half carried out, and the workspace was not locked since.
    #[error("an earlier command was cut off: `{journal}` is still there")]
    Unfinished {
        /// The journal of that plan.
        journal: Utf8PathBuf,
    },
}

impl ApplyError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        match self {
            ApplyError::MovedOn { .. } | ApplyError::Unfinished { .. } => Class::Refused,
            ApplyError::Interrupted => Class::Interrupted,
            ApplyError::NotRestored { cause, .. } => match **cause {
                ApplyError::Interrupted => Class::Interrupted,
                _ => Class::Failed,
            },
            ApplyError::Io(_) | ApplyError::Leftover { .. } => Class::Failed,
        }
    }

    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            ApplyError::MovedOn { .. } | ApplyError::Unfinished { .. } => "run it again".into(),
            ApplyError::NotRestored { .. } => {
                "once the files can be read and written, the next command puts them back".into()
            }
            ApplyError::Io(error) => error.hint(),
            ApplyError::Interrupted | ApplyError::Leftover { .. } => return None,
        })
    }
}

/// A file that is not what it was when somebody read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MovedOn {
    /// A file that was not there before.
    Appeared(Utf8PathBuf),
    /// A file with other content.
    Changed(Utf8PathBuf),
    /// A file that is no longer there.
    Disappeared(Utf8PathBuf),
}

impl MovedOn {
    pub(super) fn since(
        path: &Utf8Path,
        before: Option<&[u8]>,
        now: Option<&[u8]>,
    ) -> Option<MovedOn> {
        let moved_on = match (before, now) {
            _ if before == now => return None,
            (None, _) => MovedOn::Appeared,
            (_, None) => MovedOn::Disappeared,
            (Some(_), Some(_)) => MovedOn::Changed,
        };
        Some(moved_on(path.to_path_buf()))
    }
}

impl fmt::Display for MovedOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MovedOn::Appeared(path) => write!(f, "`{path}` was created"),
            MovedOn::Changed(path) => write!(f, "`{path}` has changed"),
            MovedOn::Disappeared(path) => write!(f, "`{path}` is gone"),
        }
    }
}

/// A file or directory that is not as it was before a plan failed.
#[derive(Debug)]
pub struct Unrestored {
    /// The file or directory.
    pub path: Utf8PathBuf,
    /// What it is now.
    pub state: FileState,
    /// Why it could not be put back.
    pub source: io::Error,
}

/// What an unrestored file or directory is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// A file of the plan that was not there before.
    Created,
    /// A directory that was not there before.
    CreatedDirectory,
    /// A file of the plan with its new content.
    Changed {
        /// Where the old file is kept, if it still is.
        aside: Option<Utf8PathBuf>,
    },
    /// No file.
    Missing {
        /// Where the old file is kept, if it still is.
        aside: Option<Utf8PathBuf>,
    },
    /// A file of the plan with content that is neither its old nor its new one.
    Edited {
        /// Where the old file is kept, if there was one.
        aside: Option<Utf8PathBuf>,
    },
    /// A file that was needed only meanwhile.
    Temporary,
}

impl fmt::Display for Unrestored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        let aside = match &self.state {
            FileState::Created => {
                write!(f, "`{path}` is new")?;
                &None
            }
            FileState::CreatedDirectory => {
                write!(f, "the directory `{path}` is new")?;
                &None
            }
            FileState::Temporary => {
                write!(f, "`{path}` is no longer needed")?;
                &None
            }
            FileState::Changed { aside } => {
                write!(f, "`{path}` holds its new content")?;
                aside
            }
            FileState::Missing { aside } => {
                write!(f, "`{path}` is missing")?;
                aside
            }
            FileState::Edited { aside } => {
                write!(f, "`{path}` was changed after it was written")?;
                aside
            }
        };
        if let Some(aside) = aside {
            write!(f, ", the old file is `{aside}`")?;
        }
        write!(f, " ({})", self.source)
    }
}

/// One item per line, each line indented.
pub(super) fn listed(items: &[impl fmt::Display]) -> String {
    items.iter().map(|item| format!("\n  {item}")).collect()
}
