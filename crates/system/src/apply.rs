//! A plan → files, all of it or none.
//!
//! | step | what happens | what a failure or a signal leaves |
//! |---|---|---|
//! | check | every file still is what the plan was made from, and may be written | nothing was touched |
//! | stage | missing directories are made, new contents go to temporary files beside their targets | both are removed |
//! | commit | per file: the old one is kept aside under a second name, the new one is renamed over it | old files are renamed back |
//! | finish | the files kept aside and the directories emptied by a removal go | the plan is applied |
//!
//! Putting a file back is a rename of the original, so it needs no space on a full disk and brings
//! mode and modification time back too. A linked file is written where the link leads; removing one
//! removes the link. The commands of a plan are not run here.

mod check;
mod error;
mod undo;

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, fchown};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Change, Plan};
use tempfile::{NamedTempFile, TempPath};

use crate::error::{At, PathError};
use crate::{interrupt, read};
use check::{Edit, check};
pub use error::{ApplyError, FileState, MovedOn, Unrestored};
use undo::Undo;

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
pub fn apply(plan: &Plan) -> Result<Applied, ApplyError> {
    carry_out(plan, &mut interrupt::was_interrupted)
}

fn carry_out(plan: &Plan, interrupted: &mut dyn FnMut() -> bool) -> Result<Applied, ApplyError> {
    let edits = check(plan)?;
    let mut undo = Undo::default();
    match write(&edits, &mut undo, interrupted) {
        Ok(()) => undo.forget()?,
        Err(cause) => return Err(undo.restore(cause)),
    }
    Ok(applied(plan.changes()))
}

fn write(
    edits: &[Edit<'_>],
    undo: &mut Undo,
    interrupted: &mut dyn FnMut() -> bool,
) -> Result<(), ApplyError> {
    let mut go_on = || match interrupted() {
        true => Err(ApplyError::Interrupted),
        false => Ok(()),
    };
    let mut staged = Vec::with_capacity(edits.len());
    for edit in edits {
        go_on()?;
        staged.push(stage(edit, undo)?);
    }
    for (edit, staged) in edits.iter().zip(staged) {
        go_on()?;
        commit(edit, staged, undo)?;
    }
    go_on()
}

/// Writes what the file should hold to a temporary file in the same directory.
fn stage(edit: &Edit<'_>, undo: &mut Undo) -> Result<Option<TempPath>, PathError> {
    let Some(content) = edit.after else {
        return Ok(None);
    };
    let dir = parent(&edit.file);
    undo.make_dirs(dir)?;
    let temp = temporary()
        .make_in(dir, |path| File::create_new(path))
        .at("create a file in", dir)?;
    // Not through `temp` itself, whose errors would name the temporary file.
    let mut file = temp.as_file();
    file.write_all(content).at("write", edit.path)?;
    if edit.before.is_some() {
        imitate(&edit.file, &temp).at("write", edit.path)?;
    }
    Ok(Some(temp.into_temp_path()))
}

/// Gives the replacement of a file the file's owner and mode, and makes sure that its content is on
/// the disk before the old one goes: after a power cut a generated file can be made again, a user's
/// manifest cannot.
fn imitate(file: &Utf8Path, temp: &NamedTempFile) -> io::Result<()> {
    let (old, new) = (fs::metadata(file)?, temp.as_file().metadata()?);
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        // Only root may give files away; anybody else's replacement is their own, as with an editor.
        let _ = fchown(temp.as_file(), Some(old.uid()), Some(old.gid()));
    }
    temp.as_file().set_permissions(old.permissions())?;
    temp.as_file().sync_all()
}

/// Puts the staged content in its place, unless the file holds it already: two paths of a plan may
/// lead to one file.
fn commit(edit: &Edit<'_>, staged: Option<TempPath>, undo: &mut Undo) -> Result<(), ApplyError> {
    let on_disk = read::file(edit.path)?;
    if on_disk.as_deref() == edit.after {
        return Ok(());
    }
    if let Some(moved_on) = MovedOn::since(edit.path, edit.before, on_disk.as_deref()) {
        return Err(ApplyError::MovedOn {
            files: vec![moved_on],
        });
    }
    match staged {
        None => undo.take_away(&edit.file)?,
        Some(temp) if edit.before.is_none() => {
            let persisted = temp.persist_noclobber(&edit.file);
            persisted.map_err(io::Error::from).at("create", edit.path)?;
            undo.created(&edit.file);
        }
        Some(temp) => {
            undo.keep_aside(&edit.file)?;
            let persisted = temp.persist(&edit.file);
            persisted.map_err(io::Error::from).at("write", edit.path)?;
        }
    }
    Ok(())
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

/// Names of files that are ours for a moment. They end in `.tmp` so that nobody who looks for
/// `*.wit` or `*.rs` meanwhile takes them for sources.
fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".golem-rpc-").suffix(".tmp");
    builder
}

fn parent(file: &Utf8Path) -> &Utf8Path {
    file.parent().expect("a plan's paths are absolute files")
}

#[cfg(test)]
mod tests;
