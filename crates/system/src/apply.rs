//! A plan → files, all of it or none.
//!
//! | step | what happens | what a failure or a signal leaves |
//! |---|---|---|
//! | check | every file still is what the plan was made from, and may be written | nothing was touched |
//! | begin | the journal says what is about to happen | the journal is removed |
//! | stage | missing directories are made, new contents go to temporary files beside their targets | both are removed |
//! | keep | each file that is to be replaced gets a second name | those go |
//! | commit | per file: the new one is renamed over the old one, or the old one renamed away | old files are renamed back |
//! | done | the journal says so | the plan is applied |
//! | finish | the files kept aside and the directories emptied by a removal go | the plan is applied |
//!
//! Putting a file back is a rename of the original, so it needs no space on a full disk and brings
//! mode and modification time back too. A linked file is written where the link leads; removing one
//! removes the link. The commands of a plan are not run here.
//!
//! What a process that is killed leaves is undone or finished by [`recover`], in the next process
//! that locks the workspace. The module `journal` has the states that it may find.

mod check;
mod disk;
mod error;
mod finish;
mod journal;
mod recover;
mod undo;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Change, Plan};
use tempfile::TempPath;

use crate::error::{At, PathError};
use crate::{interrupt, read};
use check::{Edit, check};
use disk::parent;
pub use error::{ApplyError, FileState, MovedOn, Unrestored};
use journal::{Journal, Kind, Phase, Shelf};
pub use recover::{Outcome, RecoverError, Recovered};
pub(crate) use recover::{is_marked, recover, unfinished};

/// The files of an applied plan, each list in path order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Files that were not there before.
    pub created: Vec<Utf8PathBuf>,
    /// Files that have other content now.
    pub changed: Vec<Utf8PathBuf>,
    /// Files that are gone.
    pub removed: Vec<Utf8PathBuf>,
}

/// Makes all changes of `plan`, or none if one of them fails or a signal arrives.
///
/// Without a journal: for directories that are ours alone. In a workspace it is
/// [`Lock::apply`](crate::Lock::apply).
pub fn apply(plan: &Plan) -> Result<Applied, ApplyError> {
    carry_out(plan, None, &mut interrupt::was_interrupted)
}

/// The same with a journal in `root`, whose lock the caller holds.
pub(crate) fn apply_in(root: &Utf8Path, plan: &Plan) -> Result<Applied, ApplyError> {
    carry_out(plan, Some(root), &mut interrupt::was_interrupted)
}

fn carry_out(
    plan: &Plan,
    root: Option<&Utf8Path>,
    interrupted: &mut dyn FnMut() -> bool,
) -> Result<Applied, ApplyError> {
    let edits = check(plan)?;
    if edits.is_empty() {
        return Ok(Applied::default());
    }
    let _whole = interrupt::hold_off();
    let shelf = Shelf::new(root);
    if let Some((_, journal)) = shelf.find() {
        return Err(ApplyError::Unfinished { journal });
    }
    let journal = Journal::of(&edits, root);
    shelf.begin(&journal)?;
    if let Err(cause) = write(&edits, &journal, &shelf, interrupted) {
        return Err(restore(&journal, &shelf, cause));
    }
    let mut left = finish::finish(&journal);
    if left.is_empty() {
        left.extend(clear(&shelf, Phase::Done));
    }
    if left.is_empty() {
        Ok(applied(plan.changes()))
    } else {
        Err(ApplyError::Leftover { left })
    }
}

fn clear(shelf: &Shelf<'_>, phase: Phase) -> Option<Unrestored> {
    let PathError { path, source, .. } = shelf.clear(phase).err()?;
    Some(undo::unrestored(path, FileState::Temporary, source))
}

/// Takes everything back. The answer is `cause`, with what could not be taken back if anything;
/// the journal stays then, for somebody to try again.
fn restore(journal: &Journal, shelf: &Shelf<'_>, cause: ApplyError) -> ApplyError {
    let (_, mut left) = undo::undo(journal);
    if left.is_empty() {
        left.extend(clear(shelf, Phase::Begun));
    }
    match left.is_empty() {
        true => cause,
        false => ApplyError::NotRestored {
            cause: Box::new(cause),
            left,
        },
    }
}

fn write(
    edits: &[Edit<'_>],
    journal: &Journal,
    shelf: &Shelf<'_>,
    interrupted: &mut dyn FnMut() -> bool,
) -> Result<(), ApplyError> {
    let mut go_on = || match interrupted() {
        true => Err(ApplyError::Interrupted),
        false => Ok(()),
    };
    for dir in journal.directories() {
        make_dir(&dir)?;
    }
    for (n, edit) in edits.iter().enumerate() {
        go_on()?;
        stage(edit, &journal.staged(n))?;
    }
    keep_old(journal)?;
    for (n, edit) in edits.iter().enumerate() {
        go_on()?;
        commit(edit, journal, n)?;
    }
    go_on()?;
    if journal.is_kept() {
        disk::sync_all(journal.dirs_of(&[Kind::Replace, Kind::Remove]))?;
    }
    Ok(shelf.done()?)
}

fn make_dir(dir: &Utf8Path) -> Result<(), PathError> {
    match fs::create_dir(dir) {
        Err(_) if dir.is_dir() => Ok(()),
        Err(_) if dir.is_symlink() => {
            let error = io::Error::other("it is a symbolic link that leads to no directory");
            Err(error).at("create the directory", dir)
        }
        made => made.at("create the directory", dir),
    }
}

/// Writes what the file should hold to a temporary file in the same directory.
fn stage(edit: &Edit<'_>, staged: &Utf8Path) -> Result<(), PathError> {
    let Some(content) = edit.after else {
        return Ok(());
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    if edit.before.is_some() {
        // Until it has the mode of the file that it replaces, which may be a private one.
        options.mode(0o600);
    }
    let dir = parent(&edit.file);
    let mut file = options.open(staged).at("create a file in", dir)?;
    file.write_all(content).at("write", edit.path)?;
    if edit.before.is_some() {
        imitate(&edit.file, &file).at("write", edit.path)?;
    }
    Ok(())
}

/// Gives the replacement of a file the file's owner and mode.
fn imitate(file: &Utf8Path, staged: &File) -> io::Result<()> {
    let (old, new) = (fs::metadata(file)?, staged.metadata()?);
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        // Only root may give files away; anybody else's replacement is their own, as with an editor.
        let _ = fchown(staged, Some(old.uid()), Some(old.gid()));
    }
    staged.set_permissions(old.permissions())
}

/// Gives the files that are to be replaced second names, and makes sure that these and the new
/// content are on the disk before the old ones go: after a power cut a generated file can be made
/// again, a user's manifest cannot.
///
/// Where the file system has no hard links a file gets another name instead, when its turn comes,
/// and is absent for the moment until it is replaced.
fn keep_old(journal: &Journal) -> Result<(), PathError> {
    let mut to_sync = BTreeMap::new();
    for (n, record) in journal.files.iter().enumerate() {
        if record.kind() == Kind::Replace {
            let _ = fs::hard_link(journal.file(n), journal.aside(n));
            to_sync.insert(journal.staged(n), journal.path(n));
        }
    }
    if journal.is_kept() {
        to_sync.extend(journal.dirs_of(&[Kind::Replace]));
    }
    disk::sync_all(to_sync)
}

/// Puts the staged content in its place.
fn commit(edit: &Edit<'_>, journal: &Journal, n: usize) -> Result<(), ApplyError> {
    let on_disk = read::file(edit.path)?;
    if let Some(moved_on) = MovedOn::since(edit.path, edit.before, on_disk.as_deref()) {
        return Err(ApplyError::MovedOn {
            files: vec![moved_on],
        });
    }
    let (file, staged, aside) = (&edit.file, journal.staged(n), journal.aside(n));
    match journal.files[n].kind() {
        Kind::Remove => fs::rename(file, &aside).at("remove", edit.path)?,
        Kind::Create => create(&staged, file).at("create", edit.path)?,
        Kind::Replace => {
            if !disk::exists(&aside) {
                fs::rename(file, &aside).at("write", edit.path)?;
            }
            fs::rename(&staged, file).at("write", edit.path)?;
        }
    }
    Ok(())
}

/// Renames a file to a name that must be free.
fn create(staged: &Utf8Path, file: &Utf8Path) -> io::Result<()> {
    let persisted = TempPath::try_from_path(staged)?.persist_noclobber(file);
    persisted.map_err(|error| {
        // Whether it is still there tells who made a file of that name.
        let _ = error.path.keep();
        error.error
    })
}

fn applied<'a>(changes: impl Iterator<Item = &'a Change>) -> Applied {
    let mut applied = Applied::default();
    for change in changes {
        let list = match (&change.before, &change.after) {
            (None, _) => &mut applied.created,
            (Some(_), Some(_)) => &mut applied.changed,
            (Some(_), None) => &mut applied.removed,
        };
        list.push(change.path.clone());
    }
    applied
}

#[cfg(test)]
mod tests;
