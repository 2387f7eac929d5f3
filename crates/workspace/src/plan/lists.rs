//! `members` and `exclude` of the root manifest.
//!
//! | the stub's directory is | in `members` | in `exclude` |
//! |---|---|---|
//! | a crate | listed, unless a glob covers it | not listed by us |
//! | WIT alone | not listed | listed, where a glob covers it: cargo wants a manifest in all that a glob finds |
//!
//! An element is ours if it leads to a directory of ours. Where another one comes or goes, all of ours are
//! taken out and put in again, so that their order does not depend on that in which they came.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use golem_rpc_toml::{Edits, TAG, TomlText, array_text, insert_strings, remove_strings};
use toml_edit::{Array, Item};

use crate::members::listed::{self, Entry, Listed, entry, named};
use crate::plan::draft::Draft;
use crate::plan::failures::{Failures, Role};
use crate::{Member, WorkspaceError, wit::owner};

/// The targets whose stub directory the plan knows, by what that holds.
#[derive(Default)]
pub(crate) struct StubDirs<'a> {
    pub(crate) crates: BTreeSet<&'a str>,
    pub(crate) wit_alone: BTreeSet<&'a str>,
    /// The stub directories that go, from the root.
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
    let file = draft.workspace.manifest.clone();
    let text = draft.text_of(&file)?;
    let toml = TomlText::parse(&file, &text).map_err(WorkspaceError::from)?;
    let table = listed::read_manifest(&toml)?.workspace;
    let table = table.unwrap_or_else(listed::no_workspace);
    let known = Listed::new(&table);
    let mut lists = Lists::new(draft, dirs)?;
    for dir in &dirs.gone {
        failures.take(Role::Target, dir, lists.list_nothing(draft, &known, dir))?;
    }
    for target in &dirs.crates {
        let result = lists.list_crate(draft, &known, draft.workspace.linked(target)?);
        failures.take(Role::Target, target, result)?;
    }
    for target in &dirs.wit_alone {
        let result = lists.list_wit(draft, &known, draft.workspace.linked(target)?);
        failures.take(Role::Target, target, result)?;
    }
    draft.count(lists.members.len() + lists.exclude.len());
    let text = lists.set(&file, text, "members", &lists.members)?;
    let text = lists.set(&file, text, "exclude", &lists.exclude)?;
    draft.edit(&file, Some(text));
    Ok(())
}

impl Lists {
    /// Nothing is to stand in the arrays because of us; what is there is known.
    fn new(draft: &Draft<'_>, dirs: &StubDirs<'_>) -> Result<Lists, WorkspaceError> {
        let (workspace, there) = (draft.workspace, owner::stub_dirs(draft.disk));
        let mut ours = dirs.gone.clone();
        for target in dirs.crates.iter().chain(&dirs.wit_alone) {
            let dir = workspace.stub_dir(workspace.linked(target)?);
            if there.contains(&dir) {
                ours.insert(workspace.relative(&dir));
            }
        }
        Ok(Lists {
            members: BTreeSet::new(),
            exclude: BTreeSet::new(),
            ours,
        })
    }

    /// A stub directory goes: cargo would look for it.
    fn list_nothing(
        &self,
        draft: &Draft<'_>,
        listed: &Listed<'_>,
        dir: &str,
    ) -> Result<(), WorkspaceError> {
        match named(&listed.default_members, dir) {
            Some(entry) => Err(WorkspaceError::StubListed {
                manifest: draft.workspace.manifest.clone(),
                target: dir.to_string(),
                list: "default-members",
                entry: entry.to_string(),
            }),
            None => Ok(()),
        }
    }

    fn list_crate(
        &mut self,
        draft: &Draft<'_>,
        listed: &Listed<'_>,
        target: &Member,
    ) -> Result<(), WorkspaceError> {
        let workspace = draft.workspace;
        let dir = workspace.relative(&workspace.stub_dir(target));
        let others = listed.without_excluding(&self.ours);
        if let Some(pattern) = others.excluded_itself(&dir) {
            return Err(WorkspaceError::StubExcluded {
                manifest: workspace.manifest.clone(),
                target: target.name.clone(),
                pattern: pattern.to_string(),
            });
        }
        if !others.by_glob(&dir) || others.by_name(&dir) {
            self.members.insert(dir);
        }
        Ok(())
    }

    fn list_wit(
        &mut self,
        draft: &Draft<'_>,
        listed: &Listed<'_>,
        target: &Member,
    ) -> Result<(), WorkspaceError> {
        let workspace = draft.workspace;
        let dir = workspace.relative(&workspace.stub_dir(target));
        let may_go = draft.force || self.ours.contains(&dir);
        if let Some((list, entry)) = listed.user_entry(&dir, may_go) {
            return Err(WorkspaceError::StubListed {
                manifest: workspace.manifest.clone(),
                target: target.name.clone(),
                list,
                entry: entry.to_string(),
            });
        }
        if listed.without_excluding(&self.ours).by_glob(&dir) {
            self.exclude.insert(dir.clone());
        }
        self.ours.insert(dir);
        Ok(())
    }

    /// Makes the elements of ours in an array those that are wanted.
    fn set(
        &self,
        file: &Utf8PathBuf,
        text: String,
        key: &str,
        wanted: &BTreeSet<String>,
    ) -> Result<String, WorkspaceError> {
        let path = ["workspace", key];
        let toml = TomlText::parse(file, &text)?;
        let shape = || toml.wrong_shape(&path, "an array of strings");
        let array = match toml.get(&path) {
            Some(item) => Some(item.as_array().ok_or_else(shape)?),
            None => None,
        };
        let entries = array.map(entries).unwrap_or_default();
        let is_wanted = |entry: &&Entry<'_>| wanted.contains(&entry.1);
        let is_known = |entry: &&Entry<'_>| self.ours.contains(&entry.1) || is_wanted(entry);
        let there: BTreeSet<&String> = entries
            .iter()
            .filter(is_known)
            .map(|(_, dir)| dir)
            .collect();
        if there.iter().copied().eq(wanted) {
            return Ok(text);
        }
        let ours = entries.iter().filter(|(_, dir)| self.ours.contains(dir));
        let ours: BTreeSet<&str> = ours.map(|(text, _)| *text).collect();
        let without = remove(&toml, (&path, array), &ours)?;
        let toml = TomlText::parse(file, &without)?;
        let array = toml.get(&path).and_then(Item::as_array);
        let known = array.map(self::entries).unwrap_or_default();
        let missing = wanted.iter().filter(|dir| named(&known, dir).is_none());
        let missing: BTreeSet<&str> = missing.map(String::as_str).collect();
        let mut edits = Edits::default();
        match array {
            _ if missing.is_empty() => {}
            Some(array) => insert_strings(&toml, array, &missing, &mut edits),
            None => {
                let value = format!("{} {TAG}", array_text(&missing));
                toml.insert_entries(&path[..1], &[(key.to_string(), value)], true, &mut edits)?;
            }
        }
        Ok(edits.apply(&toml)?)
    }
}

/// The text without some elements of an array, nor the array if that is ours and empty then.
fn remove(
    toml: &TomlText<'_>,
    (path, array): (&[&str; 2], Option<&Array>),
    old: &BTreeSet<&str>,
) -> Result<String, WorkspaceError> {
    let mut edits = Edits::default();
    if let (false, Some(array)) = (old.is_empty(), array) {
        let end = array.span().map_or(0, |span| span.end);
        // No tag can stand within braces.
        let in_braces = toml.get(&path[..1]).is_some_and(Item::is_inline_table);
        let is_ours = in_braces || toml.tag_behind(end).is_some();
        match is_ours && array.len() == old.len() {
            true => toml.remove_with_table(path, false, &mut edits),
            false => remove_strings(toml, array, old, &mut edits),
        }
    }
    Ok(edits.apply(toml)?)
}

/// The elements of an array, each as it is written and as the path that it means.
fn entries(array: &Array) -> Vec<Entry<'_>> {
    let texts = array.iter().filter_map(|value| value.as_str());
    texts.map(entry).collect()
}
