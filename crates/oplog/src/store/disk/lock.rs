//! One process has a store: the system's own lock on a file, with the process's id in it for others.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::Path;

use crate::store::StoreError;

/// Released when it is dropped, or when the process ends in whatever way.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join("lock");
        let failed = |source| StoreError::io(&path, source);
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(directory, &mut file)),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0).map_err(failed)?;
        write!(file, "{}", std::process::id()).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

fn held(directory: &Path, file: &mut File) -> StoreError {
    let mut holder = String::new();
    // who it is says only the holder, who may be writing it just now
    let read = file.read_to_string(&mut holder);
    let known = read.is_ok() && !holder.is_empty();
    StoreError::Locked {
        path: directory.to_owned(),
        holder: if known {
            holder
        } else {
            "of unknown id".to_owned()
        },
    }
}
