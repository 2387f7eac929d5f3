//! The entries of a TOML file that a plan changes.
//!
//! A plan changes nothing but what is ours, so that each key that comes, goes or changes is one of ours.

use std::collections::BTreeMap;

use camino::Utf8Path;
use golem_rpc_toml::utf8;
use serde_json::Value;

use super::found::FindingKind;
use crate::WorkspaceError;

/// A path of keys; for an element of an array of strings it ends with the element.
type Keys = Vec<String>;

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
    // Whoever changes links and options by hand changes what is wanted.
    let settings = ["workspace", "metadata", "golem-rpc"];
    found.retain(|(_, keys)| keys.len() <= 3 || keys[..3] != settings);
    Ok(found)
}

/// What a file says, by path: tasks, profiles and dependencies as a whole.
fn entries(path: &Utf8Path, text: &[u8]) -> Result<BTreeMap<Keys, Value>, WorkspaceError> {
    let mut entries = BTreeMap::new();
    // What does not parse is said elsewhere.
    if let Ok(value) = toml_edit::de::from_str::<Value>(utf8(path, text)?) {
        collect(&value, Vec::new(), &mut entries);
    }
    Ok(entries)
}

fn collect(value: &Value, path: Keys, entries: &mut BTreeMap<Keys, Value>) {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let below = |key: &str| [&path[..], &[key.to_string()]].concat();
    match (&keys[..], value) {
        (["tasks" | "profile", _] | [.., "target", "dependencies", _], value) => {
            entries.insert(path, value.clone());
        }
        (_, Value::Object(table)) => {
            for (key, value) in table {
                collect(value, below(key), entries);
            }
        }
        (_, Value::Array(list)) if list.iter().all(Value::is_string) => {
            let elements = list.iter().filter_map(Value::as_str);
            entries.extend(elements.map(|element| (below(element), Value::Null)));
        }
        (_, value) => {
            entries.insert(path, value.clone());
        }
    }
}
