//! A temporary directory of one's own.

use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use crate::error::At;
use crate::read::ReadError;

/// A directory below the system's one for temporary files, removed with all its content on drop.
///
/// It is gone as well when a signal ends the process by [`interrupt::watch`](crate::interrupt::watch).
#[derive(Debug)]
pub struct Scratch {
    path: Utf8PathBuf,
    _dir: TempDir,
}

impl Scratch {
    /// A new, empty directory.
    pub fn new() -> Result<Scratch, ReadError> {
        let root = std::path::absolute(std::env::temp_dir()).at("find", Utf8Path::new("."))?;
        let root = Utf8PathBuf::try_from(root).map_err(|error| ReadError::NotUtf8 {
            path: error.into_path_buf(),
        })?;
        let dir = tempfile::Builder::new()
            .prefix("golem-rpc-")
            .tempdir_in(&root)
            .at("create a directory in", &root)?;
        let path = Utf8Path::from_path(dir.path())
            .expect("a UTF-8 directory and a name of ASCII letters")
            .to_path_buf();
        open().push(path.clone());
        Ok(Scratch { path, _dir: dir })
    }

    /// The directory.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        open().retain(|path| *path != self.path);
    }
}

/// The directories that are not dropped yet.
fn open() -> MutexGuard<'static, Vec<Utf8PathBuf>> {
    static OPEN: Mutex<Vec<Utf8PathBuf>> = Mutex::new(Vec::new());
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes them all, before the process ends without dropping anything.
pub(crate) fn remove_all() {
    for path in open().drain(..) {
        let _ = fs::remove_dir_all(path);
    }
}
