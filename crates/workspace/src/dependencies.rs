//! A caller's `[package.metadata.component.target.dependencies]`: an entry for each package that its
//! WIT needs because of the stubs.
//!
//! An entry that leads to a package already, whatever its key, is left as it is. Entries of ours
//! that nothing needs any more go.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use toml_edit::Item;
use wit_parser::PackageName;

use crate::ledger::Ledger;
use crate::paths::{normal, relative};
use crate::toml::{Edits, TomlText, key_path, string_text};
use crate::{Member, WorkspaceError};

pub(crate) const TABLE: [&str; 5] = ["package", "metadata", "component", "target", "dependencies"];

/// A package that a caller's table has to lead to.
pub(crate) struct Needed {
    pub(crate) name: PackageName,
    pub(crate) path: Utf8PathBuf,
    /// Whether the package is a copy of ours.
    pub(crate) ours: bool,
}

/// Plans the entries of `caller`.
pub(crate) fn plan(
    ledger: &mut Ledger<'_>,
    caller: &Member,
    needed: &[Needed],
) -> Result<(), WorkspaceError> {
    let manifest = &caller.manifest;
    let text = ledger
        .text(manifest)?
        .ok_or_else(|| WorkspaceError::Missing {
            file: manifest.clone(),
        })?;
    let toml = TomlText::parse(manifest, &text)?;
    let name = ledger.workspace.relative(manifest);
    let mut table = Entries::read(&toml, &caller.dir);
    let is_ours = |key: &str| {
        let path = path_of(key);
        let recorded = ledger.old.key(&name, &path);
        recorded.is_some() && recorded == toml.hash_at(&path).as_ref()
    };
    let mut edits = Edits::default();
    let (mut kept, mut new) = (BTreeSet::new(), BTreeMap::new());
    for package in needed {
        if let Some(key) = table.leading_to(&package.path) {
            if package.ours || is_ours(key) {
                kept.insert(key.to_string());
            }
            table.used.insert(key.to_string());
            continue;
        }
        let key = format!("{}:{}", package.name.namespace, package.name.name);
        let path = relative(&caller.dir, &package.path);
        let value = format!("{{ path = {} }}", string_text(&path));
        if is_ours(&key) {
            replace(&toml, &key, value, &mut new, &mut edits);
        } else if table.paths.contains_key(&key) {
            return Err(taken(&toml, key, path));
        } else {
            new.insert(key.clone(), value);
        }
        table.used.insert(key.clone());
        kept.insert(key);
    }
    for key in table.paths.keys().filter(|key| !table.used.contains(*key)) {
        if is_ours(key) {
            toml.remove_entry(&path_of(key), &mut edits);
        }
    }
    let new: Vec<(String, String)> = new.into_iter().collect();
    toml.insert_entries(&TABLE, &new, &mut edits)?;
    let edited = edits.apply(&toml)?;
    record(ledger, manifest, &name, &edited, &kept)?;
    ledger.set_text(manifest, edited);
    Ok(())
}

/// The entries of a table.
struct Entries {
    /// Key → the path that the entry leads to; none if it is a registry package.
    paths: BTreeMap<String, Option<Utf8PathBuf>>,
    used: BTreeSet<String>,
}

impl Entries {
    fn read(toml: &TomlText<'_>, dir: &Utf8Path) -> Entries {
        let table = toml.get(&TABLE).and_then(Item::as_table_like);
        let entries = table.into_iter().flat_map(|table| table.iter());
        let path = |item: &Item| {
            let path = item.as_table_like()?.get("path")?.as_str()?;
            Some(normal(&dir.join(path)))
        };
        Entries {
            paths: entries
                .map(|(key, item)| (key.to_string(), path(item)))
                .collect(),
            used: BTreeSet::new(),
        }
    }

    fn leading_to(&self, path: &Utf8Path) -> Option<&str> {
        let mut paths = self.paths.iter();
        let found = paths.find(|(_, other)| other.as_deref() == Some(path));
        found.map(|(key, _)| key.as_str())
    }
}

/// Replaces an entry of ours where it stands; one with a header of its own becomes a `new` one.
fn replace(
    toml: &TomlText<'_>,
    key: &str,
    value: String,
    new: &mut BTreeMap<String, String>,
    edits: &mut Edits,
) {
    match toml.get(&path_of(key)) {
        Some(Item::Value(present)) => {
            edits.replace(present.span().expect("a value read from text"), value);
        }
        _ => {
            toml.remove_entry(&path_of(key), edits);
            new.insert(key.to_string(), value);
        }
    }
}

fn path_of(key: &str) -> [&str; 6] {
    let [a, b, c, d, e] = TABLE;
    [a, b, c, d, e, key]
}

fn taken(toml: &TomlText<'_>, key: String, path: String) -> WorkspaceError {
    WorkspaceError::DependencyTaken {
        file: toml.path.to_path_buf(),
        line: toml.line(toml.start_of(&path_of(&key)).unwrap_or(0)),
        key,
        path,
    }
}

/// Makes `kept` the entries of ours in the lock.
fn record(
    ledger: &mut Ledger<'_>,
    manifest: &Utf8Path,
    name: &str,
    text: &str,
    kept: &BTreeSet<String>,
) -> Result<(), WorkspaceError> {
    let table = format!("{}.", key_path(&TABLE));
    let recorded = ledger.old.keys(name).filter(|key| key.starts_with(&table));
    let recorded: Vec<String> = recorded.map(str::to_string).collect();
    for key in recorded {
        ledger.new.forget_key(name, &key);
    }
    let toml = TomlText::parse(manifest, text)?;
    for key in kept {
        if let Some(hash) = toml.hash_at(&path_of(key)) {
            ledger.new.record_key(name, &path_of(key), hash);
        }
    }
    Ok(())
}
