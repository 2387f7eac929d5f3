//! Small questions and steps on the disk that applying, undoing and finishing share.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{At, PathError};

/// Whether there is anything at `path`, a link that leads nowhere included.
pub(super) fn exists(path: &Utf8Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether two paths are names of one file.
pub(super) fn same_file(one: &Utf8Path, other: &Utf8Path) -> bool {
    let identity = |path| fs::symlink_metadata(path).map(|file| (file.dev(), file.ino()));
    matches!((identity(one), identity(other)), (Ok(one), Ok(other)) if one == other)
}

/// Removes a file that may be gone already.
pub(super) fn remove(path: &Utf8Path) -> io::Result<()> {
    unless_absent(fs::remove_file(path), path)
}

/// Removes an empty directory that may be gone already, or never have been made: a file in its
/// place may be why.
pub(super) fn remove_dir(path: &Utf8Path) -> io::Result<()> {
    match fs::remove_dir(path) {
        Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(()),
        removed => unless_absent(removed, path),
    }
}

/// What is not there needs no removal, whatever the system says about the attempt: a read-only disk
/// refuses that too. A path through a file is as absent as any other.
fn unless_absent(removed: io::Result<()>, path: &Utf8Path) -> io::Result<()> {
    let absence = [ErrorKind::NotFound, ErrorKind::NotADirectory];
    removed.or_else(|error| match fs::symlink_metadata(path) {
        Err(missing) if absence.contains(&missing.kind()) => Ok(()),
        _ => Err(error),
    })
}

/// Makes sure that a file's content or a directory's names are on the disk, as far as its file system
/// offers that.
pub(super) fn sync(path: &Utf8Path) -> io::Result<()> {
    let synced = match File::open(path) {
        Ok(file) => file.sync_all(),
        // It may be writable and not readable.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Ok(()),
        Err(error) => return Err(error),
    };
    match synced {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        synced => synced,
    }
}

/// The most files and directories of one file system that are synced one by one.
const MANY: usize = 16;

/// Makes sure that files and directories are on the disk: path → the path that messages name.
///
/// Each one by itself costs a wait for the disk. Where there are many, the file system as a whole is
/// synced, if the system offers that: one wait, which may be a longer one if others write much.
pub(super) fn sync_all(paths: BTreeMap<Utf8PathBuf, Utf8PathBuf>) -> Result<(), PathError> {
    let mut devices: BTreeMap<u64, Vec<(Utf8PathBuf, Utf8PathBuf)>> = BTreeMap::new();
    for (path, named) in paths {
        // Somebody may have removed it since; then there is nothing to be made sure of.
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        devices
            .entry(metadata.dev())
            .or_default()
            .push((path, named));
    }
    for paths in devices.into_values() {
        if paths.len() > MANY && sync_file_system(&paths[0].0) {
            continue;
        }
        for (path, named) in paths {
            sync(&path).at("write", &named)?;
        }
    }
    Ok(())
}

/// Syncs the file system that `path` lies on; says whether that was possible.
fn sync_file_system(path: &Utf8Path) -> bool {
    #[cfg(target_os = "linux")]
    return File::open(path).is_ok_and(|file| rustix::fs::syncfs(file).is_ok());
    #[cfg(not(target_os = "linux"))]
    return false;
}

pub(super) fn parent(file: &Utf8Path) -> &Utf8Path {
    file.parent().expect("a plan's paths are absolute files")
}
