//! The application of golem-cli that a workspace is, by its `golem.yaml`s, and the files that taking it
//! over needs.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_app::{App, Includes, MANIFEST};
use golem_rpc_plan::Snapshot;
use golem_rpc_system::read;
use golem_rpc_workspace::Read;

use super::links::Linked;
use crate::error::CliError;

/// The application; none where there is no `golem.yaml`.
pub(super) fn read_app(linked: &Linked) -> Result<Option<App>, CliError> {
    let root = root(&linked.workspace.root);
    let files = match &root {
        Some(root) => included(root)?,
        None => of_members(linked)?,
    };
    match files.iter().next() {
        None => Ok(None),
        Some((first, _)) => {
            let root = root.as_deref().unwrap_or(first);
            Ok(Some(App::read(root, &files)?))
        }
    }
}

/// The manifest in the workspace's directory, or the next one above.
fn root(workspace: &Utf8Path) -> Option<Utf8PathBuf> {
    let mut files = workspace.ancestors().map(|dir| dir.join(MANIFEST));
    files.find(|file| read::is_there(file))
}

/// A manifest and those that it includes.
fn included(root: &Utf8Path) -> Result<Snapshot, CliError> {
    let content = read::file(root)?.unwrap_or_default();
    let includes = Includes::of(root, &String::from_utf8_lossy(&content))?;
    let mut files = read::tree(&includes.dir, |relative| {
        let is_dir = read::is_dir(&includes.dir.join(relative));
        includes.wants(relative, is_dir)
    })?;
    files.insert(root, content);
    Ok(files)
}

fn of_members(linked: &Linked) -> Result<Snapshot, CliError> {
    let mut files = Snapshot::new();
    for member in linked.workspace.members.values() {
        let file = member.dir.join(MANIFEST);
        if let Some(content) = read::file(&file)? {
            files.insert(file, content);
        }
    }
    Ok(files)
}

/// The files of the components and the packages that they share.
pub(super) fn snapshot(app: &App) -> Result<Snapshot, CliError> {
    let mut disk = Snapshot::new();
    let mut dirs: BTreeSet<&Utf8Path> = app.wit_deps.iter().map(Utf8PathBuf::as_path).collect();
    for component in app.components.values() {
        dirs.insert(&component.source_wit);
        dirs.extend(component.generated_wit.as_deref());
        let manifest = component.dir().join("Cargo.toml");
        if let Some(content) = read::file(&manifest)? {
            disk.insert(manifest, content);
        }
    }
    for dir in dirs {
        disk.extend(read::tree(dir, Read::wants)?);
    }
    Ok(disk)
}
