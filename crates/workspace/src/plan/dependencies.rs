//! A caller's `[package.metadata.component.target.dependencies]`: an entry for each package that its
//! WIT needs because of the stubs.
//!
//! An entry that leads to a package already, whatever its key, is left as it is. An entry is ours, and goes when
//! nothing needs it any more, if it leads to a copy of ours, or to nothing where one would be, or if it bears the
//! tag, because it leads to a package of the user's. Within braces no tag can stand: there such an entry stays.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;
use golem_rpc_toml::{TAG, TomlText, edited, string_text};
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

/// An entry that is there.
struct Entry {
    /// The name of what it leads to; none if it is a registry package.
    path: Option<Utf8PathBuf>,
    ours: bool,
    /// Its value as TOML, with its tag.
    value: String,
}

/// Plans the entries of a member.
pub(crate) fn plan(
    draft: &mut Draft<'_>,
    member: &Member,
    needed: &[Needed],
) -> Result<(), WorkspaceError> {
    let manifest = &member.manifest;
    if needed.is_empty() && draft.text(manifest)?.is_none() {
        return Ok(());
    }
    let text = draft.text_of(manifest)?;
    let toml = TomlText::parse(manifest, &text)?;
    let entries = entries(&toml, member, draft.disk);
    let mut wanted = BTreeMap::new();
    let mut is_new = false;
    for package in needed {
        let name = draft.disk.name_of(&package.path);
        let mut there = entries.iter();
        if let Some((key, entry)) = there.find(|(_, entry)| entry.path.as_ref() == Some(&name)) {
            if entry.ours {
                wanted.insert(key.clone(), entry.value.clone());
            }
            continue;
        }
        let key = format!("{}:{}", package.name.namespace, package.name.name);
        let path = relative(&member.dir, &package.path);
        if entries.get(&key).is_some_and(|entry| !entry.ours) {
            return Err(WorkspaceError::DependencyTaken {
                file: manifest.clone(),
                line: toml.line(toml.start_of(&path_of(&key)).unwrap_or(0)),
                key,
                path,
            });
        }
        let value = value_of(&path);
        wanted.insert(
            key,
            if package.ours {
                value
            } else {
                format!("{value} {TAG}")
            },
        );
        is_new = true;
    }
    draft.count(needed.len());
    let ours: Vec<&String> = entries
        .iter()
        .filter(|(_, e)| e.ours)
        .map(|(key, _)| key)
        .collect();
    if !is_new && ours.iter().all(|key| wanted.contains_key(*key)) {
        return Ok(());
    }
    // All of ours are put in anew: so their order does not depend on that in which they came.
    let mut text = text.clone();
    for key in ours {
        text = edited(manifest, &text, |toml, edits| {
            toml.remove_with_table(&path_of(key), false, edits);
            Ok::<_, WorkspaceError>(())
        })?;
    }
    let wanted: Vec<(String, String)> = wanted.into_iter().collect();
    text = edited(manifest, &text, |toml, edits| {
        toml.insert_entries(&TABLE, &wanted, true, edits)
    })?;
    draft.edit(manifest, Some(text));
    Ok(())
}

/// The entries that are there, by key.
fn entries(toml: &TomlText<'_>, member: &Member, disk: &Snapshot) -> BTreeMap<String, Entry> {
    let table = toml.get(&TABLE).and_then(Item::as_table_like);
    let entries = table.into_iter().flat_map(|table| table.iter());
    let entry = |key: &str, item: &Item| {
        let path = item
            .as_table_like()
            .and_then(|table| table.get("path")?.as_str());
        let path = path.map(|path| disk.name_of(normal(&member.dir.join(path))));
        let span = item.span().filter(|_| item.is_value());
        let tag = span.as_ref().and_then(|span| toml.tag_behind(span.end));
        let leads_to_us = path
            .as_ref()
            .is_some_and(|path| owner::is_package(disk, path) || dangles(disk, key, path));
        let value = match (span, &path) {
            (Some(span), _) => toml.text[span].to_string(),
            (None, Some(path)) => value_of(&relative(&member.dir, path)),
            (None, None) => value_of(""),
        };
        let is_tagged = tag.is_some();
        Entry {
            ours: leads_to_us || is_tagged,
            value: if is_tagged {
                format!("{value} {TAG}")
            } else {
                value
            },
            path,
        }
    };
    entries
        .map(|(key, item)| (key.to_string(), entry(key, item)))
        .collect()
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

fn value_of(path: &str) -> String {
    format!("{{ path = {} }}", string_text(path))
}

fn path_of(key: &str) -> [&str; 6] {
    let [a, b, c, d, e] = TABLE;
    [a, b, c, d, e, key]
}
