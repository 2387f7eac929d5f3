//! The root manifest: what is a member, the links, the targets' options, and a release profile where
//! there is none.
//!
//! What goes is taken out before anything is put in, so that no edit stands in the way of another.

use std::collections::{BTreeMap, BTreeSet};

use cargo_util_schemas::manifest::{TomlManifest, TomlWorkspace};
use golem_rpc_plan::ContentHash;
use toml_edit::{Array, Item};

use crate::ledger::Ledger;
use crate::lists::{Lists, Stubs};
use crate::toml::{Edits, TomlText, array_text, insert_strings};
use crate::{Links, Options, WorkspaceError, options};

pub(crate) const LINKS: [&str; 4] = ["workspace", "metadata", "golem-rpc", "links"];
const RELEASE: [&str; 2] = ["profile", "release"];

/// Plans the root manifest.
pub(crate) fn plan(
    ledger: &mut Ledger<'_>,
    links: &Links,
    wanted: &Options,
    stubs: &Stubs<'_>,
) -> Result<(), WorkspaceError> {
    let workspace = ledger.workspace;
    let file = &workspace.manifest;
    let text = ledger
        .text(file)?
        .ok_or_else(|| WorkspaceError::Missing { file: file.clone() })?;
    let toml = TomlText::parse(file, &text)?;
    let cargo = read_manifest(&toml)?.workspace.unwrap_or_else(no_workspace);
    let mut lists = Lists::new(ledger, &toml, &cargo, stubs)?;
    let targets = links.targets();
    let mut edits = Edits::default();
    lists.remove(&toml, &mut edits)?;
    let without = edits.apply(&toml)?;
    let without = options::remove(ledger, without, wanted, &targets)?;

    let toml = TomlText::parse(file, &without)?;
    let mut edits = Edits::default();
    lists.insert(&toml, &mut edits)?;
    add_links(&toml, links, &mut edits)?;
    let ours = options::write(ledger, &toml, wanted, &targets, &mut edits)?;
    let profile = wants_profile(ledger, &toml);
    if profile {
        let entries = [("opt-level", "\"s\""), ("lto", "true"), ("strip", "true")];
        let entries = entries.map(|(key, value)| (key.to_string(), value.to_string()));
        toml.insert_entries(&RELEASE, &entries, &mut edits)?;
    }
    let edited = edits.apply(&toml)?;

    let toml = TomlText::parse(file, &edited)?;
    read_manifest(&toml)?;
    lists.record(ledger, &toml);
    options::record(ledger, &toml, &targets, &ours);
    record(ledger, "Cargo.toml", &toml, &RELEASE, profile);
    for (caller, _) in links.iter() {
        let [a, b, c, d] = LINKS;
        record(ledger, "Cargo.toml", &toml, &[a, b, c, d, caller], true);
    }
    ledger.set_text(file, edited);
    Ok(())
}

fn record(ledger: &mut Ledger<'_>, file: &str, toml: &TomlText<'_>, path: &[&str], ours: bool) {
    let hash: Option<ContentHash> = toml.hash_at(path).filter(|_| ours);
    if let Some(hash) = hash {
        ledger.new.record_key(file, path, hash);
    }
}

/// The manifest as cargo reads it, which is also a check of what was edited.
fn read_manifest(toml: &TomlText<'_>) -> Result<TomlManifest, WorkspaceError> {
    toml_edit::de::from_str(toml.text).map_err(|error| WorkspaceError::BrokenManifest {
        file: toml.path.to_path_buf(),
        message: error.message().trim_end().replace('\n', "; "),
    })
}

fn no_workspace() -> TomlWorkspace {
    TomlWorkspace {
        members: None,
        exclude: None,
        default_members: None,
        resolver: None,
        metadata: None,
        package: None,
        dependencies: None,
        lints: None,
    }
}

/// Puts missing links in; those that are there stay as they are written.
fn add_links(toml: &TomlText<'_>, links: &Links, edits: &mut Edits) -> Result<(), WorkspaceError> {
    let mut new: BTreeMap<String, String> = BTreeMap::new();
    let [a, b, c, d] = LINKS;
    for (caller, targets) in links.iter() {
        let targets: BTreeSet<&str> = targets.iter().map(String::as_str).collect();
        match toml.get(&[a, b, c, d, caller]).map(Item::as_array) {
            None => {
                new.insert(caller.to_string(), array_text(&targets));
            }
            Some(Some(array)) => {
                let known = strings(array);
                let missing = targets.difference(&known).copied().collect();
                insert_strings(toml, array, &missing, edits);
            }
            Some(None) => {
                return Err(toml.wrong_shape(&[a, b, c, d, caller], "an array of strings"));
            }
        }
    }
    let new: Vec<(String, String)> = new.into_iter().collect();
    toml.insert_entries(&LINKS, &new, edits)
}

fn strings(array: &Array) -> BTreeSet<&str> {
    array.iter().filter_map(|value| value.as_str()).collect()
}

/// Whether to add a release profile: there is none, and the user has not taken ours out.
fn wants_profile(ledger: &Ledger<'_>, toml: &TomlText<'_>) -> bool {
    toml.get(&RELEASE).is_none() && ledger.old.key("Cargo.toml", &RELEASE).is_none()
}
