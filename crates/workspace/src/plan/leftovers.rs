//! What others have put into directories of ours that a plan empties.
//!
//! | what is left there | what becomes of it |
//! |---|---|
//! | files that the system drops into directories | they go with the directory, which is said |
//! | the user's, where wit-bindgen reads the directory as a package, or a glob of `members` finds it | the plan is refused, unless it is forced |
//! | the user's elsewhere | they stay, which is said |
//!
//! wit-bindgen fails on a directory below `deps` that holds no WIT, cargo on one without a manifest that a glob
//! finds.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{EntryKind, Plan, Snapshot};
use golem_rpc_stub::loaders::is_wit;

use crate::wit::shares::Shares;
use crate::{Workspace, members::listed, wit::owner};

/// What a plan leaves in directories that it empties.
#[derive(Default)]
pub(crate) struct Leftovers {
    /// Nobody misses these.
    pub(crate) junk: BTreeSet<Utf8PathBuf>,
    /// These stay.
    pub(crate) kept: BTreeSet<Utf8PathBuf>,
    /// These cannot stay, each with a member whose bindings would fail; none where cargo would.
    pub(crate) stray: BTreeSet<(Utf8PathBuf, Option<String>)>,
}

/// Finds out what a plan leaves.
pub(crate) fn of(workspace: &Workspace, disk: &Snapshot, plan: &Plan) -> Leftovers {
    let mut left = Leftovers::default();
    let removed: Vec<&Utf8Path> = plan
        .changes()
        .filter(|change| change.after.is_none())
        .map(|change| change.path.as_path())
        .collect();
    if removed.is_empty() {
        return left;
    }
    let (after, shares) = (disk.after(plan), Shares::of(workspace, disk));
    let stubs = owner::stub_dirs(disk).into_iter();
    let stubs = stubs.filter(|dir| removed.iter().any(|file| file.starts_with(dir)));
    let stubs: Vec<Utf8PathBuf> = stubs.collect();
    let table = workspace.workspace_table(&after);
    let is_found = |dir: &&Utf8PathBuf| {
        let name = workspace.relative(dir);
        table
            .as_ref()
            .is_some_and(|table| listed::is_found(table, &name))
    };
    let found: Vec<&Utf8PathBuf> = stubs.iter().filter(is_found).collect();
    let parents = removed.iter().filter_map(|file| file.parent());
    let dirs: BTreeSet<Utf8PathBuf> = parents
        .map(Utf8Path::to_path_buf)
        .chain(stubs.iter().cloned())
        .collect();
    for dir in dirs.iter().filter(|dir| **dir != workspace.root) {
        let files: Vec<Utf8PathBuf> = after
            .under(dir)
            .map(|(file, _)| file.to_path_buf())
            .chain(empty_dirs(disk, dir))
            .collect();
        if files.iter().all(|file| is_junk(file)) {
            left.junk.extend(files);
            continue;
        }
        let is_package = files
            .iter()
            .any(|file| file.parent() == Some(dir) && file.file_name().is_some_and(is_wit));
        let has_ours = files.iter().any(|file| owner::is_ours(disk, file));
        if is_package || has_ours {
            continue;
        }
        let reader = dir.parent().and_then(|deps| shares.reader_of(deps));
        let is_found = || found.iter().any(|stub| dir.starts_with(stub));
        let users = files.into_iter().filter(|file| !is_junk(file));
        match reader {
            None if !is_found() => left.kept.extend(users),
            reader => {
                let reader = reader.map(|member| member.name.clone());
                left.stray.extend(users.map(|file| (file, reader.clone())));
            }
        }
    }
    left
}

/// Empty directories in a directory: they are no files that a plan could remove.
fn empty_dirs(disk: &Snapshot, dir: &Utf8Path) -> impl Iterator<Item = Utf8PathBuf> {
    let dirs = disk.entries(dir).into_iter();
    let dirs = dirs.filter(|entry| entry.kind == EntryKind::Directory);
    let empty = dirs.map(|entry| entry.path);
    empty.filter(|path| !disk.contains_dir(path))
}

/// Whether a file is one that the system, or git's habit, drops into directories.
fn is_junk(file: &Utf8Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_ascii_lowercase();
    let known = [
        ".ds_store",
        ".localized",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        ".directory",
        ".gitkeep",
        ".keep",
    ];
    known.contains(&name.as_str()) || name.starts_with("._")
}
