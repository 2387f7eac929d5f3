//! The entries of a TOML file that are ours, each compared with what the plan makes of it.
//!
//! | in the lock before | after | in the file | it is |
//! |---|---|---|---|
//! | | an entry | as planned | as it should be |
//! | | an entry | not there | missing |
//! | as in the file | another one | | stale |
//! | another one than in the file | an entry | | edited by hand |
//! | as in the file | none | | unneeded |
//! | another one than in the file | none | a task with a name of ours | edited by hand |

use camino::Utf8Path;
use golem_rpc_plan::ContentHash;
use toml_edit::Key;

use super::FindingKind;
use crate::ledger::Outlook;
use crate::paths::normal;
use crate::toml::{TomlText, hash_text, string_text, utf8};
use crate::{MAKEFILE, Note, WorkspaceError, makefile};

/// The entries of a file that is partly ours and not as planned, by key. `name` is what the lock
/// calls the file.
pub(super) fn compare(
    outlook: &Outlook,
    name: &str,
    path: &Utf8Path,
    before: &[u8],
) -> Result<Vec<(FindingKind, String)>, WorkspaceError> {
    let toml = TomlText::parse(path, utf8(path, before)?)?;
    let (new, old) = (outlook.new.keys(name), outlook.old.keys(name));
    let mut found = Vec::new();
    for key in new.iter() {
        let keys = keys_of(key);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let stands =
            |hash: Option<&ContentHash>| hash.is_some_and(|hash| holds(&toml, name, &keys, hash));
        if is_asked_for(&keys) || stands(new.get(&keys)) {
            continue;
        }
        let old = old.get(&keys);
        let kind = match is_there(&toml, &keys) {
            false => FindingKind::Missing,
            // A task of the older tool is not ours, and gives way all the same.
            true if stands(old) || old.is_none() => FindingKind::Stale,
            true => FindingKind::Edited,
        };
        found.push((kind, key.to_string()));
    }
    for key in old.iter() {
        let keys = keys_of(key);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let is_ours = old
            .get(&keys)
            .is_some_and(|hash| holds(&toml, name, &keys, hash));
        if new.get(&keys).is_none() && is_ours {
            found.push((FindingKind::Unneeded, key.to_string()));
        }
    }
    Ok(found)
}

/// The tasks of ours that were changed by hand since, and that the plan therefore leaves alone.
pub(super) fn kept_tasks(
    outlook: &Outlook,
    path: &Utf8Path,
    text: &[u8],
) -> Result<Vec<(FindingKind, String)>, WorkspaceError> {
    let toml = TomlText::parse(path, utf8(path, text)?)?;
    let kept = |name: &str| {
        let mut notes = outlook.notes.iter();
        notes.any(|note| matches!(note, Note::TaskKept { task, .. } if task == name))
    };
    let (new, old) = (outlook.new.keys(MAKEFILE), outlook.old.keys(MAKEFILE));
    let mut found = Vec::new();
    for key in old.iter() {
        let keys = keys_of(key);
        let is_kept = keys.last().is_some_and(|name| kept(name));
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        if is_kept && new.get(&keys).is_none() && is_there(&toml, &keys) {
            found.push((FindingKind::Edited, key.to_string()));
        }
    }
    Ok(found)
}

/// Links and options: whoever changes them by hand changes what is wanted.
fn is_asked_for(keys: &[&str]) -> bool {
    keys.starts_with(&["workspace", "metadata", "golem-rpc"])
}

/// The keys of a path, as TOML writes it.
pub(super) fn keys_of(path: &str) -> Vec<String> {
    let keys = Key::parse(path).unwrap_or_default();
    keys.iter().map(|key| key.get().to_string()).collect()
}

/// Whether what stands at a path has this hash.
fn holds(toml: &TomlText<'_>, name: &str, keys: &[&str], hash: &ContentHash) -> bool {
    match list_element(toml, keys) {
        Some(there) => there && *hash == hash_text(&string_text(keys[keys.len() - 1])),
        None if name == MAKEFILE => makefile::holds(toml, keys, hash),
        None => toml.hash_at(keys).as_ref() == Some(hash),
    }
}

fn is_there(toml: &TomlText<'_>, keys: &[&str]) -> bool {
    list_element(toml, keys).unwrap_or_else(|| toml.get(keys).is_some())
}

/// Whether a directory or a feature is in the list that a path leads to; none if it leads to no list.
fn list_element(toml: &TomlText<'_>, keys: &[&str]) -> Option<bool> {
    let (element, path) = keys.split_last()?;
    let list = match path {
        ["workspace", "members" | "exclude"] | [.., "dependencies", _, "features"] => {
            toml.get(path).and_then(toml_edit::Item::as_array)
        }
        _ => return None,
    };
    let mut listed = list
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str());
    Some(listed.any(|entry| normal(entry.into()) == *element))
}
