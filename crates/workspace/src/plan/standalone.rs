//! The one edit that is also made outside of a workspace's plan: dependency entries of a single manifest.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_toml::{edited, string_text, utf8};
use toml_edit::Item;

use crate::WorkspaceError;
use crate::plan::dependencies::TABLE;

/// The text of `manifest` with `[package.metadata.component.target.dependencies]` entries for
/// packages at paths from its directory. Keys that are there already stay as they are.
///
/// # Errors
/// If the manifest was not read, is no TOML, or has something else where the table belongs.
pub fn add_component_dependencies(
    disk: &Snapshot,
    manifest: &Utf8Path,
    packages: &[(String, Utf8PathBuf)],
) -> Result<String, WorkspaceError> {
    let missing = || WorkspaceError::Missing {
        file: manifest.to_path_buf(),
    };
    let text = utf8(manifest, disk.get(manifest).ok_or_else(missing)?)?;
    edited(manifest, text, |toml, edits| {
        let table = toml.get(&TABLE).and_then(Item::as_table_like);
        let mut new = packages.to_vec();
        new.retain(|(key, _)| !table.is_some_and(|table| table.contains_key(key)));
        let entry = |(key, path): (String, Utf8PathBuf)| {
            (key, format!("{{ path = {} }}", string_text(path.as_str())))
        };
        let new: Vec<_> = new.into_iter().map(entry).collect();
        Ok(toml.insert_entries(&TABLE, &new, false, edits)?)
    })
}
