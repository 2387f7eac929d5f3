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
use cargo_util_schemas::manifest::TomlWorkspace;
use glob::{MatchOptions, Pattern};
use golem_rpc_toml::{Edits, TAG, TomlText, array_text, insert_strings, remove_strings};
use toml_edit::{Array, Item};

use crate::draft::Draft;
use crate::failures::{Failures, Role};
use crate::paths::normal;
use crate::{Member, WorkspaceError, owner, root};

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
    let table = root::read_manifest(&toml)?.workspace;
    let table = table.unwrap_or_else(root::no_workspace);
    let listed = Listed::new(&table);
    let mut lists = Lists::new(draft, dirs)?;
    for dir in &dirs.gone {
        failures.take(Role::Target, dir, lists.list_nothing(draft, &listed, dir))?;
    }
    for target in &dirs.crates {
        let result = lists.list_crate(draft, &listed, draft.workspace.linked(target)?);
        failures.take(Role::Target, target, result)?;
    }
    for target in &dirs.wit_alone {
        let result = lists.list_wit(draft, &listed, draft.workspace.linked(target)?);
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

fn entry(text: &str) -> Entry<'_> {
    (text, normal(text.into()).into_string())
}

/// The element that names a directory.
fn named<'a>(list: &[Entry<'a>], dir: &str) -> Option<&'a str> {
    let mut list = list.iter();
    list.find(|(_, path)| path == dir).map(|(entry, _)| *entry)
}

/// Whether `members` has a directory, by name or by a glob, if `exclude` does not count.
pub(crate) fn is_listed(workspace: &TomlWorkspace, dir: &str) -> bool {
    let all = TomlWorkspace {
        exclude: None,
        ..workspace.clone()
    };
    Listed::new(&all).has(dir)
}

/// Whether a glob of `members` finds a directory: cargo fails on one without a manifest.
pub(crate) fn is_found(workspace: &TomlWorkspace, dir: &str) -> bool {
    Listed::new(workspace).by_glob(dir)
}

/// An element as it is written, and the path that it means.
type Entry<'a> = (&'a str, String);

/// What the manifest lists, as cargo matches it: a member by name is one even below an excluded
/// directory, a member by glob is not.
#[derive(Clone)]
struct Listed<'a> {
    members: Vec<Entry<'a>>,
    default_members: Vec<Entry<'a>>,
    globs: Vec<Pattern>,
    exclude: Vec<Entry<'a>>,
}

impl<'a> Listed<'a> {
    fn new(workspace: &'a TomlWorkspace) -> Listed<'a> {
        let entries = |list: &'a Option<Vec<String>>| -> Vec<Entry<'a>> {
            list.iter().flatten().map(|text| entry(text)).collect()
        };
        let members: Vec<Entry<'a>> = entries(&workspace.members);
        let globs = members
            .iter()
            .filter(|(_, path)| path.contains(['*', '?', '[']));
        Listed {
            globs: globs
                .filter_map(|(_, path)| Pattern::new(path).ok())
                .collect(),
            members,
            default_members: entries(&workspace.default_members),
            exclude: entries(&workspace.exclude),
        }
    }

    fn has(&self, dir: &str) -> bool {
        self.by_name(dir) || self.by_glob(dir)
    }

    /// The same if these directories were not excluded.
    fn without_excluding(&self, dirs: &BTreeSet<String>) -> Listed<'a> {
        let mut listed = self.clone();
        listed.exclude.retain(|(_, path)| !dirs.contains(path));
        listed
    }

    fn by_name(&self, dir: &str) -> bool {
        self.members.iter().any(|(_, path)| path == dir)
    }

    fn by_glob(&self, dir: &str) -> bool {
        let options = MatchOptions {
            require_literal_separator: true,
            ..MatchOptions::new()
        };
        let below = |(_, path): &Entry<'_>| camino::Utf8Path::new(dir).starts_with(path);
        let mut globs = self.globs.iter();
        !self.exclude.iter().any(below) && globs.any(|glob| glob.matches_with(dir, options))
    }

    /// The entry of `exclude` that names exactly this directory, unless `members` names it too.
    fn excluded_itself(&self, dir: &str) -> Option<&'a str> {
        let mut exclude = self.exclude.iter().filter(|_| !self.by_name(dir));
        exclude
            .find(|(_, path)| path == dir)
            .map(|(entry, _)| *entry)
    }

    /// An element of the user's that makes a directory a member by name; one in `members` counts
    /// only if it may not go.
    fn user_entry(&self, dir: &str, may_go: bool) -> Option<(&'static str, &'a str)> {
        let member = named(&self.members, dir).filter(|_| !may_go);
        let member = member.map(|entry| ("members", entry));
        member.or_else(|| Some(("default-members", named(&self.default_members, dir)?)))
    }
}
