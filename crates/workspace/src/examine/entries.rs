//! The entries of a TOML file that a plan changes.
//!
//! A plan changes nothing but what is ours, so that each key that comes, goes or changes is one of ours.

use std::collections::BTreeMap;

use camino::Utf8Path;
use golem_rpc_toml::{key_path, utf8};
use serde_json::Value;

use super::FindingKind;
use crate::WorkspaceError;

/// A path of keys; for an element of an array of strings it ends with the element.
pub(super) type Keys = Vec<String>;

/// The entries that are missing, stale or not needed in a file, by path.
pub(super) fn compare(
    path: &Utf8Path,
    before: &[u8],
    after: &[u8],
) -> Result<Vec<(FindingKind, Keys)>, WorkspaceError> {
    let (before, after) = (entries(path, before)?, entries(path, after)?);
    let mut found = Vec::new();
    for (keys, value) in &after {
        match before.get(keys) {
            None => found.push((FindingKind::Missing, keys.clone())),
            Some(there) if there != value => found.push((FindingKind::Stale, keys.clone())),
            Some(_) => {}
        }
    }
    let gone = before.keys().filter(|keys| !after.contains_key(*keys));
    found.extend(gone.map(|keys| (FindingKind::Unneeded, keys.clone())));
    found.retain(|(_, keys)| !is_asked_for(keys));
    Ok(found)
}

/// Links and options: whoever changes them by hand changes what is wanted.
fn is_asked_for(keys: &[String]) -> bool {
    let asked_for = ["workspace", "metadata", "golem-rpc"];
    keys.len() > 3
        && keys
            .iter()
            .zip(asked_for)
            .all(|(key, asked_for)| key == asked_for)
}

/// A path of keys as TOML writes it.
pub(super) fn name_of(keys: &[String]) -> String {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    key_path(&keys)
}

/// What a file says, by path: tasks, profiles and dependencies as a whole.
fn entries(path: &Utf8Path, text: &[u8]) -> Result<BTreeMap<Keys, Value>, WorkspaceError> {
    let mut entries = BTreeMap::new();
    // What does not parse is said elsewhere.
    if let Ok(value) = toml_edit::de::from_str::<Value>(utf8(path, text)?) {
        collect(&value, &mut Vec::new(), &mut entries);
    }
    Ok(entries)
}

fn collect(value: &Value, path: &mut Keys, entries: &mut BTreeMap<Keys, Value>) {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let is_whole = matches!(
        keys[..],
        ["tasks" | "profile", _] | [.., "target", "dependencies", _]
    );
    match value {
        Value::Object(table) if !is_whole => {
            for (key, value) in table {
                path.push(key.clone());
                collect(value, path, entries);
                path.pop();
            }
        }
        Value::Array(list) if list.iter().all(Value::is_string) && !is_whole => {
            for element in list.iter().filter_map(Value::as_str) {
                path.push(element.to_string());
                entries.insert(path.clone(), Value::Null);
                path.pop();
            }
        }
        value => drop(entries.insert(path.clone(), value.clone())),
    }
}
