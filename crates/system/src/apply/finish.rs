//! A journal whose plan is carried out → nothing left of what it needed meanwhile.

use std::fs;
use std::io::{self, ErrorKind};

use camino::Utf8Path;

use super::disk::{self, parent};
use super::error::{FileState, Unrestored};
use super::journal::{Journal, Kind};
use super::undo::unrestored;

/// Lets the old files go, and then the directories that are empty without the removed ones; says
/// what would not go.
pub(super) fn finish(journal: &Journal) -> Vec<Unrestored> {
    let mut left = Vec::new();
    for (n, record) in journal.files.iter().enumerate() {
        if record.kind() != Kind::Create {
            let aside = journal.aside(n);
            if let Err(source) = disk::remove(&aside) {
                left.push(unrestored(aside, FileState::Temporary, source));
            }
        }
    }
    for (n, record) in journal.files.iter().enumerate() {
        if record.kind() == Kind::Remove {
            left.extend(remove_emptied(parent(&journal.file(n))));
        }
    }
    left
}

/// Removes `dir` and its parents up to the first one that still holds something, is a link, or may
/// not go.
fn remove_emptied(dir: &Utf8Path) -> Option<Unrestored> {
    for dir in dir.ancestors() {
        // One that an earlier process removed has parents that it may not have come to.
        if !disk::exists(dir) {
            continue;
        }
        match fs::remove_dir(dir) {
            Ok(()) => {}
            Err(error) if is_to_stay(&error) => return None,
            Err(source) => return Some(unrestored(dir.into(), FileState::Temporary, source)),
        }
    }
    None
}

fn is_to_stay(error: &io::Error) -> bool {
    use ErrorKind as K;
    let kinds = [
        K::DirectoryNotEmpty,
        K::NotADirectory,
        K::PermissionDenied,
        K::ResourceBusy,
        K::InvalidInput,
    ];
    kinds.contains(&error.kind())
}
