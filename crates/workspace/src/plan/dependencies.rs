//! A caller's `[package.metadata.component.target.dependencies]`: an entry for each package that its
//! WIT needs because of the stubs.
//!
//! An entry that leads to a package already, whatever its key, is left as it is. An entry is ours, and goes when
//! nothing needs it any more, if it leads to a copy of ours, or to nothing where one would be, or if it bears the
//! tag, because it leads to a package of the user's. Within braces no tag can stand: there such an entry stays.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;
use golem_rpc_toml::{Edits, TAG, TomlText, string_text};
use toml_edit::Item;
use wit_parser::PackageName;

use crate::members::paths::{normal, relative};
use crate::plan::draft::Draft;
use crate::{Member, WorkspaceError, wit::owner};

pub(crate) const TABLE: [&str; 5] = ["package", "metadata", "component", "target", "dependencies"];

/// A package that a caller's table has to lead to.
pub(crate) struct Needed {
    pub(crate) name: PackageName,
    pub(crate) path: Utf8PathBuf,
    /// Whether the package is a copy of ours.
    pub(crate) ours: bool,
}

/// Plans the entries of a member.
pub(crate) fn plan(
    draft: &mut Draft<'_>,
    member: &Member,
    needed: &[Needed],
) -> Result<(), WorkspaceError> {
    let manifest = &member.manifest;
    let text = match draft.text(manifest)? {
        Some(text) => text.to_string(),
        None if needed.is_empty() => return Ok(()),
        None => draft.text_of(manifest)?,
    };
    let toml = TomlText::parse(manifest, &text)?;
    let table = Table::read(&toml, member, draft.disk);
    let (mut wanted, mut kept) = (BTreeMap::new(), BTreeSet::new());
    for package in needed {
        if let Some(key) = table.leading_to(&draft.disk.name_of(&package.path)) {
            kept.insert(key.to_string());
            continue;
        }
        let key = format!("{}:{}", package.name.namespace, package.name.name);
        let path = relative(&member.dir, &package.path);
        if table.entries.get(&key).is_some_and(|entry| !entry.ours) {
            return Err(taken(&toml, key, path));
        }
        wanted.insert(key, value_of(&path, package.ours));
    }
    draft.count(needed.len());
    let ours = table.entries.iter().filter(|(_, entry)| entry.ours);
    let ours: BTreeSet<&String> = ours.map(|(key, _)| key).collect();
    if wanted.is_empty() && ours.iter().all(|key| kept.contains(*key)) {
        return Ok(());
    }
    // All of ours are put in anew: so their order does not depend on that in which they came.
    for key in ours.iter().filter(|key| kept.contains(**key)) {
        wanted.insert(key.to_string(), table.entries[*key].value.clone());
    }
    let mut edited = text.clone();
    for key in ours {
        let toml = TomlText::parse(manifest, &edited)?;
        let mut edits = Edits::default();
        toml.remove_with_table(&path_of(key), false, &mut edits);
        edited = edits.apply(&toml)?;
    }
    let toml = TomlText::parse(manifest, &edited)?;
    let mut edits = Edits::default();
    let wanted: Vec<(String, String)> = wanted.into_iter().collect();
    toml.insert_entries(&TABLE, &wanted, true, &mut edits)?;
    let edited = edits.apply(&toml)?;
    draft.edit(manifest, Some(edited));
    Ok(())
}

struct Entry {
    /// The name of what it leads to; none if it is a registry package.
    path: Option<Utf8PathBuf>,
    ours: bool,
    /// Its value as TOML, with its tag.
    value: String,
}

/// The entries of a table.
struct Table {
    entries: BTreeMap<String, Entry>,
}

impl Table {
    fn read(toml: &TomlText<'_>, member: &Member, disk: &Snapshot) -> Table {
        let table = toml.get(&TABLE).and_then(Item::as_table_like);
        let entries = table.into_iter().flat_map(|table| table.iter());
        let entry = |key: &str, item: &Item| {
            let path = item
                .as_table_like()
                .and_then(|table| table.get("path")?.as_str());
            let path = path.map(|path| disk.name_of(normal(&member.dir.join(path))));
            let span = item.span().filter(|_| item.is_value());
            let end = span.as_ref().map_or(0, |span| span.end);
            let is_tagged = end > 0 && toml.tag_behind(end).is_some();
            let leads_to_us =
                |path: &Utf8PathBuf| owner::is_package(disk, path) || dangles(disk, key, path);
            let way = path
                .as_deref()
                .map_or(String::new(), |path| relative(&member.dir, path));
            let (text, tag) = match span {
                Some(span) if is_tagged => (toml.text[span].to_string(), format!(" {TAG}")),
                Some(span) => (toml.text[span].to_string(), String::new()),
                None => (value_of(&way, true), String::new()),
            };
            Entry {
                ours: path.as_ref().is_some_and(leads_to_us) || is_tagged,
                path,
                value: text + &tag,
            }
        };
        Table {
            entries: entries
                .map(|(key, item)| (key.to_string(), entry(key, item)))
                .collect(),
        }
    }

    fn leading_to(&self, path: &Utf8Path) -> Option<&str> {
        let mut entries = self.entries.iter();
        let found = entries.find(|(_, entry)| entry.path.as_deref() == Some(path));
        found.map(|(key, _)| key.as_str())
    }
}

/// Whether an entry leads to where our copy of that package would be, and there is nothing.
fn dangles(disk: &Snapshot, key: &str, path: &Utf8Path) -> bool {
    let Some((namespace, name)) = key.split_once(':') else {
        return false;
    };
    let package = PackageName {
        namespace: namespace.to_string(),
        name: name.to_string(),
        version: None,
    };
    let is_copy = path.file_name() == Some(names::dep_path(&package).0.as_str())
        && path.parent().and_then(Utf8Path::file_name) == Some("deps");
    is_copy && !disk.contains(path) && !disk.contains_dir(path)
}

/// An entry that leads to a package of ours, or of the user's.
fn value_of(path: &str, is_ours: bool) -> String {
    let value = format!("{{ path = {} }}", string_text(path));
    match is_ours {
        true => value,
        false => format!("{value} {TAG}"),
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
