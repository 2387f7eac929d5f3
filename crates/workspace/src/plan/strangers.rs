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
pub(crate) struct Strangers {
    /// Nobody misses these.
    pub(crate) junk: BTreeSet<Utf8PathBuf>,
    /// These stay.
    pub(crate) kept: BTreeSet<Utf8PathBuf>,
    /// These cannot stay, each with a member whose bindings would fail; none where cargo would.
    pub(crate) stray: BTreeSet<(Utf8PathBuf, Option<String>)>,
}

/// Finds out what a plan leaves.
pub(crate) fn of(workspace: &Workspace, disk: &Snapshot, plan: &Plan) -> Strangers {
    let mut left = Strangers::default();
    let removed = plan.changes().filter(|change| change.after.is_none());
    let removed: Vec<&Utf8Path> = removed.map(|change| change.path.as_path()).collect();
    if removed.is_empty() {
        return left;
    }
    let (after, shares) = (disk.after(plan), Shares::of(workspace, disk));
    let mut stubs = owner::stub_dirs(disk);
    stubs.retain(|dir| removed.iter().any(|file| file.starts_with(dir)));
    let table = workspace.workspace_table(&after);
    let is_found = |dir: &Utf8Path| {
        let table = table.as_ref();
        table.is_some_and(|table| listed::is_found(table, &workspace.relative(dir)))
    };
    let parents = removed.iter().filter_map(|file| file.parent());
    let dirs: BTreeSet<&Utf8Path> = parents
        .chain(stubs.iter().map(|dir| dir.as_path()))
        .collect();
    for dir in dirs.into_iter().filter(|dir| *dir != workspace.root) {
        let files = after.under(dir).map(|(file, _)| file.to_path_buf());
        let files: Vec<Utf8PathBuf> = files.chain(empty_dirs(disk, dir)).collect();
        if files.iter().all(|file| is_junk(file)) {
            left.junk.extend(files);
            continue;
        }
        let keeps_dir = |file: &Utf8PathBuf| {
            let is_wit = file.parent() == Some(dir) && file.file_name().is_some_and(is_wit);
            is_wit || owner::is_ours(disk, file)
        };
        if files.iter().any(keeps_dir) {
            continue;
        }
        let reader = dir.parent().and_then(|deps| shares.reader_of(deps));
        let reader = reader.map(|member| member.name.clone());
        let mut stub = stubs.iter().filter(|stub| dir.starts_with(stub));
        let is_missed = reader.is_some() || stub.any(|stub| is_found(stub));
        for file in files.into_iter().filter(|file| !is_junk(file)) {
            if is_missed {
                left.stray.insert((file, reader.clone()));
            } else {
                left.kept.insert(file);
            }
        }
    }
    left
}

/// Empty directories in a directory: they are no files that a plan could remove.
fn empty_dirs(disk: &Snapshot, dir: &Utf8Path) -> impl Iterator<Item = Utf8PathBuf> {
    let mut entries = disk.entries(dir);
    entries.retain(|entry| entry.kind == EntryKind::Directory && !disk.contains_dir(&entry.path));
    entries.into_iter().map(|entry| entry.path)
}

/// Whether a file is one that the system, or git's habit, drops into directories.
fn is_junk(file: &Utf8Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_ascii_lowercase();
    let known = ".ds_store .localized .directory thumbs.db ehthumbs.db desktop.ini .gitkeep .keep";
    known.split(' ').any(|known| known == name) || name.starts_with("._")
}
