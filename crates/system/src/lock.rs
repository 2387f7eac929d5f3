//! One of our processes at a time in a workspace.
//!
//! The lock is the system's own, on the root directory itself: that exists in every workspace, is
//! never replaced, is the same whatever the target directory is, and needs no file that somebody
//! would have to ignore. It ends with the process, however that ends, so it cannot be stale. cargo
//! locks other things, and readers lock nothing.
//!
//! As cargo does, one that finds the lock taken says so and waits; a signal ends the wait. Where the
//! file system has no locks (some network ones) work goes on without: that a file has changed since
//! it was read is noticed all the same.

use std::fs::{File, TryLockError};
use std::thread;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Class, Plan};

use crate::apply::{self, Applied, ApplyError, RecoverError, Recovered};
use crate::error::{At, PathError};
use crate::interrupt;

/// How often a waiting process looks whether the lock is free, and whether it was interrupted.
const POLL: Duration = Duration::from_millis(50);

/// The right to change a workspace, until this is dropped.
#[derive(Debug)]
pub struct Lock {
    root: Utf8PathBuf,
    recovered: Option<Recovered>,
    _held: File,
}

/// A workspace that may not be changed now.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// A signal arrived during the wait.
    #[error("interrupted while another process was at work in `{root}`")]
    Interrupted {
        /// The root of the workspace.
        root: Utf8PathBuf,
    },
    /// The root directory cannot be opened.
    #[error(transparent)]
    Io(#[from] PathError),
    /// An earlier process left something that cannot be undone or finished.
    #[error(transparent)]
    Recover(#[from] RecoverError),
}

impl LockError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        match self {
            LockError::Interrupted { .. } => Class::Interrupted,
            LockError::Io(_) => Class::Failed,
            LockError::Recover(error) => error.class(),
        }
    }

    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            LockError::Recover(error) => Some(error.hint()),
            LockError::Interrupted { .. } | LockError::Io(_) => None,
        }
    }
}

/// Waits until no other process of ours changes the workspace with this root, and then undoes or
/// finishes what one that was killed left there.
///
/// `waiting` is called once if there is a wait. Two locks of one process exclude each other, too.
/// What was read of the workspace before the lock was there may be out of date.
pub fn lock(root: &Utf8Path, waiting: &mut dyn FnMut()) -> Result<Lock, LockError> {
    let dir = File::open(root).at("open", root)?;
    let mut is_first = true;
    while let Err(TryLockError::WouldBlock) = dir.try_lock() {
        if interrupt::was_interrupted() {
            return Err(LockError::Interrupted {
                root: root.to_path_buf(),
            });
        }
        if is_first {
            waiting();
            is_first = false;
        }
        thread::sleep(POLL);
    }
    let _whole = interrupt::hold_off();
    Ok(Lock {
        root: root.to_path_buf(),
        recovered: apply::recover(root)?,
        _held: dir,
    })
}

impl Lock {
    /// What was left by an earlier process and has been undone or finished.
    pub fn recovered(&self) -> Option<&Recovered> {
        self.recovered.as_ref()
    }

    /// Makes all changes of `plan`, or none if one of them fails or a signal arrives; if the
    /// process is killed, the next one that locks the workspace makes all or none of it.
    pub fn apply(&self, plan: &Plan) -> Result<Applied, ApplyError> {
        apply::apply_in(&self.root, plan)
    }
}

/// The files of a plan that a process which is no longer there did not bring to its end; none if
/// all is well. For commands that only read: their answers are about files in between.
///
/// Takes no lock, and changes nothing.
pub fn unfinished(root: &Utf8Path) -> Result<Option<Vec<Utf8PathBuf>>, RecoverError> {
    let dir = File::open(root).at("open", root)?;
    match dir.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Ok(None),
        _ => apply::unfinished(root),
    }
}
