//! What can be known before the first write: that every file still is what the plan was made from,
//! and that the existing ones may be written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Change, Plan};

use super::disk::parent;
use super::error::{ApplyError, MovedOn};
use crate::error::{At, PathError};
use crate::read;

/// A change together with the file it really touches.
pub(super) struct Edit<'a> {
    /// The path as planned, which messages name.
    pub(super) path: &'a Utf8Path,
    /// The file itself: where a link leads if its content changes, the link if it goes.
    pub(super) file: Utf8PathBuf,
    pub(super) before: Option<&'a [u8]>,
    pub(super) after: Option<&'a [u8]>,
}

/// The edits of a plan, if all of them can be made as far as one can tell.
pub(super) fn check(plan: &Plan) -> Result<Vec<Edit<'_>>, ApplyError> {
    let mut files = Vec::new();
    for change in plan.changes() {
        let on_disk = read::file(&change.path)?;
        let before = change.before.as_deref();
        files.extend(MovedOn::since(&change.path, before, on_disk.as_deref()));
    }
    if !files.is_empty() {
        return Err(ApplyError::MovedOn { files });
    }
    let mut edits = plan.changes().map(edit).collect::<Result<Vec<_>, _>>()?;
    drop_doubles(&mut edits);
    Ok(edits)
}

/// Two paths of a plan may lead to one file; if they want the same of it, one will do.
fn drop_doubles(edits: &mut Vec<Edit<'_>>) {
    let (mut dirs, mut seen) = (BTreeMap::new(), BTreeSet::new());
    edits.retain(|edit| {
        let dir = parent(&edit.file).to_path_buf();
        let real = dirs.entry(dir).or_insert_with_key(|dir| real_dir(dir));
        seen.insert((
            real.join(edit.file.file_name().unwrap_or_default()),
            edit.after,
        ))
    });
}

/// A directory's path without links, as far as it exists.
fn real_dir(dir: &Utf8Path) -> Utf8PathBuf {
    match (dir.canonicalize_utf8(), dir.parent(), dir.file_name()) {
        (Ok(real), _, _) => real,
        (Err(_), Some(parent), Some(name)) => real_dir(parent).join(name),
        _ => dir.to_path_buf(),
    }
}

fn edit(change: &Change) -> Result<Edit<'_>, PathError> {
    let file = match change.after {
        Some(_) => link_target(&change.path)?,
        None => change.path.clone(),
    };
    if change.before.is_some() {
        // Replacing a file needs no permission on the file; a read-only one means to stay as it is.
        let writable = OpenOptions::new().write(true).open(&change.path);
        writable.at("write", &change.path)?;
    }
    Ok(Edit {
        path: &change.path,
        file,
        before: change.before.as_deref(),
        after: change.after.as_deref(),
    })
}

/// Where the links at `path` lead in the end; `path` itself if it is none.
fn link_target(path: &Utf8Path) -> Result<Utf8PathBuf, PathError> {
    let mut file = path.to_path_buf();
    // As many links as Linux itself follows.
    for _ in 0..40 {
        let Ok(target) = fs::read_link(&file) else {
            return Ok(file);
        };
        let target = Utf8PathBuf::try_from(target)
            .map_err(|error| error.into_io_error())
            .at("follow the link", &file)?;
        file = parent(&file).join(target);
    }
    let endless = io::Error::other("too many levels of symbolic links");
    Err(PathError::new("follow the link", path, endless))
}
