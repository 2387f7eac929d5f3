//! A journal whose plan was carried out in part → the disk as it was before.
//!
//! What was done is told from the disk alone, by the names and hashes of the journal: the process
//! that undoes may be another one than the one that began, and an earlier undoing may have been cut
//! off. A file that somebody else has changed meanwhile is never touched.

use std::fs;
use std::io::{self, ErrorKind};

use camino::Utf8PathBuf;
use golem_rpc_plan::ContentHash;

use super::journal::{Journal, Kind};
use super::{FileState, Unrestored, disk};
use crate::read;

/// What undoing does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The plan has not touched it, or that is undone already.
    Leave,
    /// It is still, or again, the old file: its second name goes.
    DropAside,
    /// The old file is renamed back.
    PutBack,
    /// The file goes.
    Remove,
}

/// What undoing `journal` would do, last file first; the files that it must not touch are errors.
pub(super) fn steps(
    journal: &Journal,
) -> impl Iterator<Item = (usize, Result<Step, Unrestored>)> + '_ {
    let files = (0..journal.files.len()).rev();
    files.map(|n| (n, step(journal, n)))
}

fn step(journal: &Journal, n: usize) -> Result<Step, Unrestored> {
    let (record, file, aside) = (&journal.files[n], journal.file(n), journal.aside(n));
    let is_kept = disk::exists(&aside);
    let kept = || is_kept.then(|| aside.clone());
    let edited = || {
        let source = io::Error::other("somebody has changed it since");
        unrestored(journal.path(n), FileState::Edited { aside: kept() }, source)
    };
    let now = match read::file(&file) {
        Ok(content) => content.map(|content| ContentHash::of(&content)),
        Err(_) => return Err(edited()),
    };
    let is_there = disk::exists(&file);
    let becomes = now.as_ref().is_some_and(|now| record.becomes(now));
    let was = now.as_ref().is_some_and(|now| record.was(now));
    let staged = journal.staged(n);
    match record.kind() {
        Kind::Create if !is_there => Ok(Step::Leave),
        Kind::Create if disk::same_file(&file, &staged) => Ok(Step::Remove),
        // Ours would have taken its place: this one is somebody else's.
        Kind::Create if disk::exists(&staged) => Ok(Step::Leave),
        Kind::Create if becomes => Ok(Step::Remove),
        Kind::Create => Err(edited()),
        _ if is_kept && disk::same_file(&file, &aside) => Ok(Step::DropAside),
        _ if is_kept && (!is_there || becomes) => Ok(Step::PutBack),
        _ if is_kept && was => Ok(Step::DropAside),
        _ if is_kept => Err(edited()),
        Kind::Replace if becomes => Err(lost(journal, n, FileState::Changed { aside: None })),
        Kind::Remove if !is_there => Err(lost(journal, n, FileState::Missing { aside: None })),
        _ => Ok(Step::Leave),
    }
}

fn lost(journal: &Journal, n: usize, state: FileState) -> Unrestored {
    let source = io::Error::new(ErrorKind::NotFound, "the old file was removed");
    unrestored(journal.path(n), state, source)
}

/// Undoes what can be undone, and says what that was and what it was not.
///
/// A directory that the plan made and that holds somebody's files by now stays, as one that is not
/// as it was.
pub(super) fn undo(journal: &Journal) -> (Vec<Utf8PathBuf>, Vec<Unrestored>) {
    let (mut undone, mut left) = (Vec::new(), Vec::new());
    for (n, step) in steps(journal) {
        match step.and_then(|step| take(journal, n, step)) {
            Ok(true) => undone.push(journal.path(n)),
            Ok(false) => {}
            Err(unrestored) => left.push(unrestored),
        }
    }
    for n in 0..journal.files.len() {
        let staged = journal.staged(n);
        if let Err(source) = disk::remove(&staged) {
            left.push(unrestored(staged, FileState::Temporary, source));
        }
    }
    for dir in journal.directories().rev() {
        if let Err(source) = disk::remove_dir(&dir) {
            left.push(unrestored(dir, FileState::CreatedDirectory, source));
        }
    }
    undone.reverse();
    (undone, left)
}

/// Takes a step; says whether that changed the file.
fn take(journal: &Journal, n: usize, step: Step) -> Result<bool, Unrestored> {
    let (file, aside) = (journal.file(n), journal.aside(n));
    let (taken, state) = match step {
        Step::Leave => return Ok(false),
        Step::DropAside => {
            let gone = disk::remove(&aside);
            let left = |source| unrestored(aside, FileState::Temporary, source);
            return gone.map(|()| false).map_err(left);
        }
        Step::Remove => (disk::remove(&file), FileState::Created),
        Step::PutBack => {
            let put_back = fs::rename(&aside, &file);
            let aside = Some(aside);
            let state = if disk::exists(&file) {
                FileState::Changed { aside }
            } else {
                FileState::Missing { aside }
            };
            (put_back, state)
        }
    };
    match taken {
        Ok(()) => Ok(true),
        Err(source) => Err(unrestored(journal.path(n), state, source)),
    }
}

pub(super) fn unrestored(path: Utf8PathBuf, state: FileState, source: io::Error) -> Unrestored {
    Unrestored {
        path,
        state,
        source,
    }
}
