//! The one edit that is also made outside of a workspace's plan: dependency entries of a single
//! manifest, without a lock that says whose they are.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use toml_edit::Item;

use crate::WorkspaceError;
use crate::plan::dependencies::TABLE;
use golem_rpc_toml::{Edits, TomlText, string_text, utf8};

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
    let toml = TomlText::parse(manifest, text)?;
    let table = toml.get(&TABLE).and_then(Item::as_table_like);
    let present = |key: &str| table.is_some_and(|table| table.contains_key(key));
    let new = packages.iter().filter(|(key, _)| !present(key));
    let new = new.map(|(key, path)| {
        (
            key.clone(),
            format!("{{ path = {} }}", string_text(path.as_str())),
        )
    });
    let mut edits = Edits::default();
    toml.insert_entries(&TABLE, &new.collect::<Vec<_>>(), false, &mut edits)?;
    Ok(edits.apply(&toml)?)
}
