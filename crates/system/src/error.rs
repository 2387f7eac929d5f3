//! The error of one file operation: what was tried, where, and why it failed.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

/// A file operation that failed.
#[derive(Debug, thiserror::Error)]
#[error("could not {action} `{path}`")]
pub struct PathError {
    /// What was tried, as a verb phrase: `read`, `create the directory`.
    pub action: &'static str,
    /// The file or directory.
    pub path: Utf8PathBuf,
    /// Why it failed.
    pub source: io::Error,
}

impl PathError {
    /// What to do about it, where nothing was written yet.
    pub fn hint(&self) -> String {
        "nothing was changed; once the path can be read and written, run this again".to_string()
    }

    pub(crate) fn new(action: &'static str, path: &Utf8Path, source: io::Error) -> PathError {
        PathError {
            action,
            path: path.to_path_buf(),
            source,
        }
    }
}

/// Attaches what was tried and the path to an IO result.
pub(crate) trait At<T> {
    fn at(self, action: &'static str, path: &Utf8Path) -> Result<T, PathError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, action: &'static str, path: &Utf8Path) -> Result<T, PathError> {
        self.map_err(|source| PathError::new(action, path, source))
    }
}
