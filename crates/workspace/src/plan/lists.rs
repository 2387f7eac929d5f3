//! `members` and `exclude` of the root manifest.
//!
//! | the stub's directory is | in `members` | in `exclude` |
//! |---|---|---|
//! | a crate | listed, unless a glob covers it | not listed by us |
//! | WIT alone | not listed | listed, where a glob covers it: cargo wants a manifest in all that a glob finds |
//!
//! An element is ours if it leads to a directory of ours. Where another one comes or goes, all of ours are
//! taken out and put in again, so that their order does not depend on that in which they came.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use golem_rpc_toml::{Edits, TAG, TomlText, array_text, edited, insert_strings, remove_strings};
use toml_edit::{Array, Item};

use crate::members::listed::{self, Entry, Listed, entry, named};
use crate::plan::draft::Draft;
use crate::plan::failures::{Failures, Role};
use crate::{StubBackend, WorkspaceError, wit::owner};

/// The stub directories that the plan knows.
#[derive(Default)]
pub(crate) struct StubDirs<'a> {
    /// Those of targets, by what they hold: a crate, or the WIT alone.
    pub(crate) there: BTreeMap<&'a str, StubBackend>,
    /// Those that go, from the root.
    pub(crate) gone: BTreeSet<String>,
}

/// What becomes of both arrays.
struct Lists {
    members: BTreeSet<String>,
    exclude: BTreeSet<String>,
    /// The directories that are ours, from the root.
    ours: BTreeSet<String>,
}

/// Plans both arrays.
pub(crate) fn plan<E: From<WorkspaceError>>(
    draft: &mut Draft<'_>,
    dirs: &StubDirs<'_>,
    failures: &mut Failures<E>,
) -> Result<(), E> {
    let (workspace, file) = (draft.workspace, draft.workspace.manifest.clone());
    let text = draft.text_of(&file)?;
    let toml = TomlText::parse(&file, &text).map_err(WorkspaceError::from)?;
    let table = listed::read_manifest(&toml)?.workspace;
    let table = table.unwrap_or_else(listed::no_workspace);
    let listed = Listed::new(&table);
    let stubs = owner::stub_dirs(draft.disk);
    let mut lists = Lists {
        members: BTreeSet::new(),
        exclude: BTreeSet::new(),
        ours: dirs.gone.clone(),
    };
    for dir in &dirs.gone {
        // cargo would look for it.
        let default = named(&listed.default_members, dir).map(|entry| ("default-members", entry));
        failures.take(Role::Target, dir, not_listed(&file, dir, default))?;
    }
    let mut there = Vec::new();
    for (target, backend) in &dirs.there {
        let dir = workspace.stub_dir(workspace.linked(target)?);
        let name = workspace.relative(&dir);
        if stubs.contains(&dir) {
            lists.ours.insert(name.clone());
        }
        there.push((*target, *backend, name));
    }
    for (target, backend, dir) in there {
        let result = match backend {
            StubBackend::Crate => lists.list_crate(&file, &listed, target, dir),
            StubBackend::Component => {
                let may_go = draft.force || lists.ours.contains(&dir);
                let entry = listed.user_entry(&dir, may_go);
                not_listed(&file, target, entry).map(|()| lists.list_wit(&listed, dir))
            }
        };
        failures.take(Role::Target, target, result)?;
    }
    draft.count(lists.members.len() + lists.exclude.len());
    let text = lists.set(&file, text, "members", &lists.members)?;
    let text = lists.set(&file, text, "exclude", &lists.exclude)?;
    draft.edit(&file, Some(text));
    Ok(())
}

/// The error that the user lists a stub directory that is to hold no crate, if he does.
fn not_listed(
    manifest: &Utf8Path,
    target: &str,
    listed: Option<(&'static str, &str)>,
) -> Result<(), WorkspaceError> {
    match listed {
        Some((list, entry)) => Err(WorkspaceError::StubListed {
            manifest: manifest.to_path_buf(),
            target: target.to_string(),
            list,
            entry: entry.to_string(),
        }),
        None => Ok(()),
    }
}

impl Lists {
    fn list_crate(
        &mut self,
        manifest: &Utf8Path,
        listed: &Listed<'_>,
        target: &str,
        dir: String,
    ) -> Result<(), WorkspaceError> {
        let others = listed.without_excluding(&self.ours);
        if let Some(pattern) = others.excluded_itself(&dir) {
            return Err(WorkspaceError::StubExcluded {
                manifest: manifest.to_path_buf(),
                target: target.to_string(),
                pattern: pattern.to_string(),
            });
        }
        if !others.by_glob(&dir) || others.by_name(&dir) {
            self.members.insert(dir);
        }
        Ok(())
    }

    fn list_wit(&mut self, listed: &Listed<'_>, dir: String) {
        if listed.without_excluding(&self.ours).by_glob(&dir) {
            self.exclude.insert(dir.clone());
        }
        self.ours.insert(dir);
    }

    /// Makes the elements of ours in an array those that are wanted.
    fn set(
        &self,
        file: &Utf8Path,
        text: String,
        key: &str,
        wanted: &BTreeSet<String>,
    ) -> Result<String, WorkspaceError> {
        let path = ["workspace", key];
        let toml = TomlText::parse(file, &text)?;
        let array = toml.get(&path).map(Item::as_array);
        let shape = || toml.wrong_shape(&path, "an array of strings");
        let array = array.map(|array| array.ok_or_else(shape)).transpose()?;
        let there = array.map(entries).unwrap_or_default();
        let is_ours = |dir: &String| self.ours.contains(dir);
        let mut known: BTreeSet<&String> = there.iter().map(|(_, dir)| dir).collect();
        known.retain(|dir| is_ours(dir) || wanted.contains(*dir));
        if known.into_iter().eq(wanted) {
            return Ok(text);
        }
        let ours = there.iter().filter(|(_, dir)| is_ours(dir));
        let ours: BTreeSet<&str> = ours.map(|(text, _)| *text).collect();
        let mut edits = Edits::default();
        if let Some(array) = array {
            remove(&toml, (&path, array), &ours, &mut edits);
        }
        edited(file, &edits.apply(&toml)?, |toml, edits| {
            let array = toml.get(&path).and_then(Item::as_array);
            let known = array.map(entries).unwrap_or_default();
            let missing = wanted.iter().filter(|dir| named(&known, dir).is_none());
            let missing: BTreeSet<&str> = missing.map(String::as_str).collect();
            match array {
                _ if missing.is_empty() => {}
                Some(array) => insert_strings(toml, array, &missing, edits),
                None => {
                    let value = format!("{} {TAG}", array_text(&missing));
                    toml.insert_entries(&path[..1], &[(key.to_string(), value)], true, edits)?;
                }
            }
            Ok(())
        })
    }
}

/// Takes elements out of an array, and the array if that is ours and empty then.
fn remove(
    toml: &TomlText<'_>,
    (path, array): (&[&str; 2], &Array),
    old: &BTreeSet<&str>,
    edits: &mut Edits,
) {
    let end = array.span().map_or(0, |span| span.end);
    // No tag can stand within braces.
    let in_braces = toml.get(&path[..1]).is_some_and(Item::is_inline_table);
    let is_ours = in_braces || toml.tag_behind(end).is_some();
    if is_ours && !old.is_empty() && array.len() == old.len() {
        toml.remove_with_table(path, false, edits);
    } else {
        remove_strings(toml, array, old, edits);
    }
}

/// The elements of an array, each as it is written and as the path that it means.
fn entries(array: &Array) -> Vec<Entry<'_>> {
    let texts = array.iter().filter_map(|value| value.as_str());
    texts.map(entry).collect()
}
