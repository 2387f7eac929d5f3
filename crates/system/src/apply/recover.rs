//! What an earlier process left in a workspace → the state before its plan, or after it.
//!
//! The module `journal` says which of the two. Nothing is touched if one of the files cannot be
//! brought back because somebody else has changed it since.

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Class;

use super::error::listed;
use super::finish::finish;
use super::journal::{Journal, Kind, Phase, Shelf, Unreadable};
use super::undo;
use super::{FileState, Unrestored, disk};
use crate::error::PathError;

/// What was done about a plan that an earlier process had not brought to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Whether the plan was undone or finished.
    pub outcome: Outcome,
    /// The files that are as they were before (if undone), or that the plan has written and removed
    /// (if finished), in path order. Empty if the earlier process had not changed any yet.
    pub files: Vec<Utf8PathBuf>,
}

/// What became of a plan that was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every file is as it was before the plan.
    Undone,
    /// Every file is as the plan wanted it.
    Finished,
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            Outcome::Undone if self.files.is_empty() => {
                return f.write_str("an earlier command was cut off before it changed any file");
            }
            Outcome::Undone => {
                f.write_str("undid the changes of an earlier command that was cut off:")?
            }
            Outcome::Finished => {
                f.write_str("an earlier command was cut off after it had made all its changes:")?
            }
        }
        let files = self.files.iter();
        f.write_str(&listed(
            &files.map(|file| format!("`{file}`")).collect::<Vec<_>>(),
        ))
    }
}

/// What an earlier process left and nothing could be done about.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// Files were changed by somebody else after the earlier process was cut off. Nothing is
    /// touched.
    #[error(
        "an earlier command was cut off, and these files have been changed since:{}",
        listed(files)
    )]
    Changed {
        /// Each of the files, in path order.
        files: Vec<Unrestored>,
        /// The journal.
        journal: Utf8PathBuf,
    },
    /// Files could not be put back, or what was needed meanwhile not be removed. Trying again does
    /// no harm.
    #[error(
        "an earlier command was cut off, and not everything could be put back:{}",
        listed(left)
    )]
    NotRestored {
        /// What is not as it was.
        left: Vec<Unrestored>,
    },
    /// The journal is not one that this version writes.
    #[error("`{journal}` was written by another version")]
    Foreign {
        /// The journal.
        journal: Utf8PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] PathError),
}

impl RecoverError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        match self {
            RecoverError::Changed { .. } | RecoverError::Foreign { .. } => Class::Refused,
            RecoverError::NotRestored { .. } | RecoverError::Io(_) => Class::Failed,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            RecoverError::Changed { journal, .. } => format!(
                "move your version of each away (bring back one that is missing), and run this \
                 again: the old ones are put back; or remove `{journal}`, and the files \
                 `.golem-rpc-*.tmp`, to leave everything as it is now"
            ),
            RecoverError::NotRestored { .. } | RecoverError::Io(_) => {
                "once the files can be read and written, run this again".to_string()
            }
            RecoverError::Foreign { journal, .. } => format!(
                "run the version that was cut off once more; or remove `{journal}` to leave \
                 everything as it is now"
            ),
        }
    }
}

impl From<Unreadable> for RecoverError {
    fn from(error: Unreadable) -> RecoverError {
        match error {
            Unreadable::Io(error) => RecoverError::Io(error),
            Unreadable::Foreign(journal, source) => RecoverError::Foreign { journal, source },
        }
    }
}

/// Undoes or finishes what an earlier process left in `root`. Only the holder of its lock may.
pub(crate) fn recover(root: &Utf8Path) -> Result<Option<Recovered>, RecoverError> {
    let shelf = Shelf::new(Some(root));
    shelf.clear_unwritten()?;
    let Some((phase, path)) = shelf.find() else {
        return Ok(None);
    };
    let journal = shelf.read(&path)?;
    let recovered = match phase {
        Phase::Begun => undo_all(&journal, path)?,
        Phase::Done => finish_all(&journal)?,
    };
    shelf.clear(phase)?;
    Ok(Some(recovered))
}

/// The files of a plan that an earlier process did not bring to its end; none if there is none.
pub(crate) fn unfinished(root: &Utf8Path) -> Result<Option<Vec<Utf8PathBuf>>, RecoverError> {
    let shelf = Shelf::new(Some(root));
    let Some((_, path)) = shelf.find() else {
        return Ok(None);
    };
    let journal = shelf.read(&path)?;
    Ok(Some(paths(&journal)))
}

/// Whether an earlier process left a plan in `root`.
pub(crate) fn is_marked(root: &Utf8Path) -> bool {
    Shelf::new(Some(root)).find().is_some()
}

fn undo_all(journal: &Journal, path: Utf8PathBuf) -> Result<Recovered, RecoverError> {
    let steps: Vec<_> = undo::steps(journal).collect();
    let mut files: Vec<_> = steps
        .into_iter()
        .filter_map(|(_, step)| step.err())
        .collect();
    if !files.is_empty() {
        files.reverse();
        return Err(RecoverError::Changed {
            files,
            journal: path,
        });
    }
    let (undone, mut left) = undo::undo(journal);
    // A directory of ours in which somebody keeps files now is theirs.
    left.retain(|left| left.state != FileState::CreatedDirectory);
    if !left.is_empty() {
        return Err(RecoverError::NotRestored { left });
    }
    // Before the journal goes, which is what would be needed to put them back again.
    disk::sync_all(journal.dirs_of(&[Kind::Replace, Kind::Remove]))?;
    Ok(Recovered {
        outcome: Outcome::Undone,
        files: undone,
    })
}

fn finish_all(journal: &Journal) -> Result<Recovered, RecoverError> {
    let left = finish(journal);
    match left.is_empty() {
        true => Ok(Recovered {
            outcome: Outcome::Finished,
            files: paths(journal),
        }),
        false => Err(RecoverError::NotRestored { left }),
    }
}

fn paths(journal: &Journal) -> Vec<Utf8PathBuf> {
    (0..journal.files.len()).map(|n| journal.path(n)).collect()
}
