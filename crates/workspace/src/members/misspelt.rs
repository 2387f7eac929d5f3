//! Unknown keys below `[workspace.metadata.golem-rpc]`. They are errors, because a misspelt option would be ignored
//! otherwise. Options of a target that is not a member only cause a warning.

use golem_rpc_plan::Snapshot;
use serde_json::Value;

use crate::members::options::KEYS;
use crate::{Workspace, WorkspaceError};
use golem_rpc_toml::{TomlText, key_path, utf8};

const TABLE: [&str; 3] = ["workspace", "metadata", "golem-rpc"];
const TABLES: [&str; 2] = ["links", "targets"];

impl Workspace {
    /// Checks the keys; `disk` has the root manifest. Gives the names that have a table of options
    /// and are no member.
    ///
    /// # Errors
    /// If a key is not known.
    pub fn check_keys(&self, disk: &Snapshot) -> Result<Vec<&str>, WorkspaceError> {
        let mut strays = Vec::new();
        let Some(Value::Object(table)) = self.metadata.get("golem-rpc") else {
            return Ok(strays);
        };
        self.check_table(disk, &TABLE, table.keys(), &TABLES)?;
        let Some(Value::Object(targets)) = table.get("targets") else {
            return Ok(strays);
        };
        for (target, options) in targets {
            if let Value::Object(options) = options {
                let path = [&TABLE[..], &["targets", target]].concat();
                self.check_table(disk, &path, options.keys(), &KEYS)?;
            }
            if !self.members.contains_key(target) {
                strays.push(target.as_str());
            }
        }
        Ok(strays)
    }

    fn check_table<'k>(
        &self,
        disk: &Snapshot,
        path: &[&str],
        mut keys: impl Iterator<Item = &'k String>,
        known: &[&str],
    ) -> Result<(), WorkspaceError> {
        let Some(key) = keys.find(|key| !known.contains(&key.as_str())) else {
            return Ok(());
        };
        Err(WorkspaceError::UnknownKey {
            file: self.manifest.clone(),
            line: self.line_of(disk, &[path, &[key.as_str()]].concat())?,
            table: key_path(path),
            key: key.clone(),
            near: near(key, known.iter().copied()),
            known: known.iter().map(ToString::to_string).collect(),
        })
    }

    /// The line of a key in the root manifest, from 1.
    fn line_of(&self, disk: &Snapshot, path: &[&str]) -> Result<usize, WorkspaceError> {
        let text = utf8(&self.manifest, disk.get(&self.manifest).unwrap_or_default())?;
        let toml = TomlText::parse(&self.manifest, text)?;
        Ok(toml.line(toml.start_of(path).unwrap_or(0)))
    }
}

/// The name that was probably meant.
pub(super) fn near<'n>(asked: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let distance = |name: &&str| strsim::damerau_levenshtein(asked, name);
    let near = names.into_iter().min_by_key(distance)?;
    (distance(&near) <= asked.len().max(near.len()) / 3).then(|| near.to_string())
}
