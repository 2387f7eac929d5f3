//! A caller's `[package.metadata.component.target.dependencies]`: an entry for each package that its
//! WIT needs because of the stubs.
//!
//! An entry that leads to a package already, whatever its key, is left as it is. Entries of ours
//! that nothing needs any more go.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use toml_edit::Item;
use wit_parser::PackageName;

use crate::edited::{Draft, Entries};
use crate::ledger::Ledger;
use crate::paths::{normal, relative};
use crate::toml::{Edits, Marked, TomlText, key_path, string_text};
use crate::{Member, WorkspaceError};

pub(crate) const TABLE: [&str; 5] = ["package", "metadata", "component", "target", "dependencies"];

/// A package that a caller's table has to lead to.
pub(crate) struct Needed {
    pub(crate) name: PackageName,
    pub(crate) path: Utf8PathBuf,
    /// Whether the package is a copy of ours.
    pub(crate) ours: bool,
}

/// The entries of a caller.
pub(crate) struct Dependencies<'a> {
    pub(crate) caller: &'a Member,
    pub(crate) needed: Vec<Needed>,
}

impl Entries for Dependencies<'_> {
    fn write(&self, ledger: &Ledger<'_>, draft: &mut Draft) -> Result<(), WorkspaceError> {
        let manifest = &self.caller.manifest;
        let mut marked = draft.marked(manifest)?;
        let (mut kept, mut new) = (BTreeSet::new(), BTreeMap::new());
        let mut unneeded = Vec::new();
        let is_lost = ledger.is_lost(self.caller);
        {
            let toml = TomlText::parse(manifest, &marked.text)?;
            let table = Table::read(&toml, &self.caller.dir, ledger.disk);
            let is_ours = |key: &str| is_ours(ledger, draft, &toml, &table, key);
            let mut edits = Edits::default();
            let mut used = BTreeSet::new();
            for package in &self.needed {
                if let Some(key) = table.leading_to(&ledger.disk.name_of(&package.path)) {
                    // One that the lock does not know stood here before us.
                    let is_known = is_lost || draft.old.get(&path_of(key)).is_some();
                    if package.ours && is_known || is_ours(key) {
                        kept.insert(key.to_string());
                    }
                    used.insert(key.to_string());
                    continue;
                }
                let key = format!("{}:{}", package.name.namespace, package.name.name);
                let path = relative(&self.caller.dir, &package.path);
                let value = format!("{{ path = {} }}", string_text(&path));
                if is_ours(&key) {
                    replace(&toml, &key, value, &mut new, &mut edits);
                } else if table.paths.contains_key(&key) {
                    return Err(taken(&toml, key, path));
                } else {
                    new.insert(key.clone(), value);
                }
                used.insert(key.clone());
                kept.insert(key);
            }
            let rest = table.paths.keys().filter(|key| !used.contains(*key));
            unneeded.extend(rest.filter(|key| is_ours(key)).cloned());
            let new: Vec<(String, String)> = new.into_iter().collect();
            toml.insert_entries(&TABLE, &new, &mut edits)?;
            marked = edits.apply_to(&toml, &marked.ours)?;
        }
        // One by one: where the last entry of a table goes, the table goes with it.
        for key in unneeded {
            marked = without(manifest, marked, &path_of(&key))?;
        }
        record(draft, manifest, &marked.text, &kept)?;
        draft.text = Some(marked);
        Ok(())
    }

    fn nothing<'s>(&'s self, _: &Ledger<'_>) -> Box<dyn Entries + 's> {
        let (caller, needed) = (self.caller, Vec::new());
        Box::new(Dependencies { caller, needed })
    }
}

/// A manifest without an entry, nor its table if that holds nothing else.
pub(crate) fn without(
    file: &Utf8Path,
    marked: Marked,
    path: &[&str],
) -> Result<Marked, WorkspaceError> {
    let toml = TomlText::parse(file, &marked.text)?;
    let mut edits = Edits::default();
    toml.remove_with_table(path, &mut edits);
    edits.apply_to(&toml, &marked.ours)
}

/// Whether an entry is as we wrote it, or was only written in another way since.
fn is_ours(
    ledger: &Ledger<'_>,
    draft: &Draft,
    toml: &TomlText<'_>,
    table: &Table,
    key: &str,
) -> bool {
    let path = path_of(key);
    let Some(recorded) = draft.old.get(&path) else {
        return false;
    };
    let leads_to = table.paths.get(key).and_then(Option::as_ref);
    Some(recorded) == toml.hash_at(&path).as_ref()
        || leads_to.is_some_and(|path| ledger.has_ours(path))
}

/// The entries of a table.
struct Table {
    /// Key → the name of what the entry leads to; none if it is a registry package.
    paths: BTreeMap<String, Option<Utf8PathBuf>>,
}

impl Table {
    fn read(toml: &TomlText<'_>, dir: &Utf8Path, disk: &Snapshot) -> Table {
        let table = toml.get(&TABLE).and_then(Item::as_table_like);
        let entries = table.into_iter().flat_map(|table| table.iter());
        let path = |item: &Item| {
            let path = item.as_table_like()?.get("path")?.as_str()?;
            Some(disk.name_of(normal(&dir.join(path))))
        };
        Table {
            paths: entries
                .map(|(key, item)| (key.to_string(), path(item)))
                .collect(),
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

/// Makes `kept` the entries of ours.
fn record(
    draft: &mut Draft,
    manifest: &Utf8Path,
    text: &str,
    kept: &BTreeSet<String>,
) -> Result<(), WorkspaceError> {
    let table = format!("{}.", key_path(&TABLE));
    let recorded = draft.old.iter().filter(|key| key.starts_with(&table));
    for key in recorded {
        draft.new.forget(key);
    }
    let toml = TomlText::parse(manifest, text)?;
    for key in kept {
        // An entry in dotted keys has no text of its own.
        let hash = toml.hash_at(&path_of(key));
        if let Some(hash) = hash.or_else(|| draft.old.get(&path_of(key)).cloned()) {
            draft.new.record(&path_of(key), hash);
        }
    }
    Ok(())
}
