//! `members` and `exclude` of the root manifest.
//!
//! | the stub's directory is | in `members` | in `exclude` |
//! |---|---|---|
//! | a crate | listed, unless a glob covers it | not listed by us |
//! | WIT alone | not listed | listed, where a glob covers it: cargo wants a manifest in all that a glob finds |
//!
//! The lock knows the elements that we put in, and an array that is ours altogether.

use std::collections::BTreeSet;

use cargo_util_schemas::manifest::TomlWorkspace;
use glob::{MatchOptions, Pattern};
use toml_edit::Key;

use crate::edited::Draft;
use crate::ledger::Ledger;
use crate::lock::Keys;
use crate::paths::normal;
use crate::toml::{Edits, TomlText, hash_text, key_path, remove_strings, string_text};
use crate::toml::{array_text, insert_strings};
use crate::{Member, WorkspaceError};

/// The targets whose stub directory the plan knows, by what that holds.
#[derive(Default)]
pub(crate) struct Stubs<'a> {
    pub(crate) crates: BTreeSet<&'a str>,
    pub(crate) wit_alone: BTreeSet<&'a str>,
    /// The stub directories that go, from the root.
    pub(crate) gone: BTreeSet<String>,
}

/// What becomes of both arrays.
pub(crate) struct Lists {
    members: List,
    exclude: List,
}

/// What becomes of one array.
struct List {
    key: &'static str,
    /// Whether the array itself is ours.
    ours: bool,
    add: BTreeSet<String>,
    /// Directories that stand in it and become ours.
    adopt: BTreeSet<String>,
    /// Elements as they are written.
    remove: BTreeSet<String>,
    /// Directories that are no longer ours in this array, whether they stand in it or not.
    forget: BTreeSet<String>,
    /// The directories that are ours in it.
    known: BTreeSet<String>,
}

impl Lists {
    /// Decides what goes and what comes.
    pub(crate) fn new(
        ledger: &Ledger<'_>,
        old: &Keys,
        toml: &TomlText<'_>,
        cargo: &TomlWorkspace,
        stubs: &Stubs<'_>,
    ) -> Result<Lists, WorkspaceError> {
        let mut listed = Listed::new(cargo);
        let mut lists = Lists {
            members: List::new("members", old, toml),
            exclude: List::new("exclude", old, toml),
        };
        for dir in &stubs.gone {
            lists.list_nothing(ledger, &listed, dir)?;
        }
        for target in &stubs.crates {
            let target = ledger.workspace.linked(target)?;
            lists.list_crate(ledger, &mut listed, target)?;
        }
        for target in &stubs.wit_alone {
            let target = ledger.workspace.linked(target)?;
            lists.list_wit(ledger, &listed, target)?;
        }
        Ok(lists)
    }

    /// A stub directory goes, and with it whatever names it: cargo would look for it.
    fn list_nothing(
        &mut self,
        ledger: &Ledger<'_>,
        listed: &Listed<'_>,
        dir: &str,
    ) -> Result<(), WorkspaceError> {
        if let Some(entry) = named(&listed.default_members, dir) {
            return Err(WorkspaceError::StubListed {
                manifest: ledger.workspace.manifest.clone(),
                target: dir.to_string(),
                list: "default-members",
                entry: entry.to_string(),
            });
        }
        let members = named(&listed.members, dir).map(str::to_string);
        self.members.remove.extend(members);
        if self.exclude.has_ours(dir) {
            let exclude = named(&listed.exclude, dir).map(str::to_string);
            self.exclude.remove.extend(exclude);
        }
        self.members.forget.insert(dir.to_string());
        self.exclude.forget.insert(dir.to_string());
        Ok(())
    }

    fn list_crate(
        &mut self,
        ledger: &Ledger<'_>,
        listed: &mut Listed<'_>,
        target: &Member,
    ) -> Result<(), WorkspaceError> {
        let dir_path = ledger.workspace.stub_dir(target);
        let dir = ledger.workspace.relative(&dir_path);
        if self.exclude.has_ours(&dir) {
            let excluded = listed.exclude.iter().filter(|(_, path)| *path == dir);
            self.exclude
                .remove
                .extend(excluded.map(|(entry, _)| entry.to_string()));
            listed.exclude.retain(|(_, path)| *path != dir);
        }
        if let Some(pattern) = listed.excluded_itself(&dir) {
            return Err(WorkspaceError::StubExcluded {
                manifest: ledger.workspace.manifest.clone(),
                target: target.name.clone(),
                pattern: pattern.to_string(),
            });
        }
        if !listed.has(&dir) {
            self.members.add.insert(dir.clone());
        } else if ledger.is_taken_over(&dir_path) && listed.by_name(&dir) {
            // The older tool made the crate a member.
            self.members.adopt.insert(dir.clone());
        }
        self.exclude.forget.insert(dir);
        Ok(())
    }

    fn list_wit(
        &mut self,
        ledger: &Ledger<'_>,
        listed: &Listed<'_>,
        target: &Member,
    ) -> Result<(), WorkspaceError> {
        let dir = ledger
            .workspace
            .relative(&ledger.workspace.stub_dir(target));
        let may_go = ledger.force || self.members.has_ours(&dir);
        let named = listed.user_entry(&dir, may_go);
        if let Some((list, entry)) = named {
            return Err(WorkspaceError::StubListed {
                manifest: ledger.workspace.manifest.clone(),
                target: target.name.clone(),
                list,
                entry: entry.to_string(),
            });
        }
        let named = listed.members.iter().filter(|(_, path)| *path == dir);
        self.members
            .remove
            .extend(named.map(|(entry, _)| entry.to_string()));
        if listed.by_glob(&dir) {
            self.exclude.add.insert(dir.clone());
        }
        self.members.forget.insert(dir);
        Ok(())
    }

    /// Takes out what goes.
    pub(crate) fn remove(
        &self,
        toml: &TomlText<'_>,
        edits: &mut Edits,
    ) -> Result<(), WorkspaceError> {
        self.members.remove(toml, edits)?;
        self.exclude.remove(toml, edits)
    }

    /// Puts in what comes.
    pub(crate) fn insert(
        &mut self,
        toml: &TomlText<'_>,
        edits: &mut Edits,
    ) -> Result<(), WorkspaceError> {
        self.members.insert(toml, edits)?;
        self.exclude.insert(toml, edits)
    }

    /// Brings the lock up to date with the edited manifest.
    pub(crate) fn record(&self, draft: &mut Draft, toml: &TomlText<'_>) {
        self.members.record(draft, toml);
        self.exclude.record(draft, toml);
    }
}

impl List {
    fn new(key: &'static str, old: &Keys, toml: &TomlText<'_>) -> List {
        let path = ["workspace", key];
        let recorded = old.get(&path);
        List {
            known: elements(old, key),
            key,
            ours: recorded.is_some() && recorded == toml.hash_at(&path).as_ref(),
            add: BTreeSet::new(),
            adopt: BTreeSet::new(),
            remove: BTreeSet::new(),
            forget: BTreeSet::new(),
        }
    }

    fn path(&self) -> [&'static str; 2] {
        ["workspace", self.key]
    }

    fn has_ours(&self, dir: &str) -> bool {
        self.known.contains(dir)
    }

    fn remove(&self, toml: &TomlText<'_>, edits: &mut Edits) -> Result<(), WorkspaceError> {
        let (path, remove) = (self.path(), texts(&self.remove));
        if let (false, Some(item)) = (remove.is_empty(), toml.get(&path)) {
            let array = item.as_array();
            let array = array.ok_or_else(|| toml.wrong_shape(&path, "an array of strings"))?;
            match self.ours && array.len() == remove.len() {
                true => toml.remove_entry(&path, edits),
                false => remove_strings(toml, array, &remove, edits),
            }
        }
        Ok(())
    }

    fn insert(&mut self, toml: &TomlText<'_>, edits: &mut Edits) -> Result<(), WorkspaceError> {
        let (path, add) = (self.path(), texts(&self.add));
        match toml.get(&path) {
            _ if add.is_empty() => {}
            Some(item) => {
                let array = item.as_array();
                let array = array.ok_or_else(|| toml.wrong_shape(&path, "an array of strings"))?;
                insert_strings(toml, array, &add, edits);
            }
            None => {
                let entry = [(self.key.to_string(), array_text(&add))];
                toml.insert_entries(&path[..1], &entry, edits)?;
                self.ours = true;
            }
        }
        Ok(())
    }

    fn record(&self, draft: &mut Draft, toml: &TomlText<'_>) {
        let [a, b] = self.path();
        for dir in &self.forget {
            draft.new.forget(&key_path(&[a, b, dir]));
        }
        for dir in self.add.iter().chain(&self.adopt) {
            let hash = hash_text(&string_text(dir));
            draft.new.record(&[a, b, dir], hash);
        }
        match toml.hash_at(&[a, b]).filter(|_| self.ours) {
            Some(hash) => draft.new.record(&[a, b], hash),
            None => draft.new.forget(&key_path(&[a, b])),
        }
    }
}

/// The directories that are ours in one of the arrays, as the lock says.
fn elements(keys: &Keys, array: &str) -> BTreeSet<String> {
    let below = format!("{}.", key_path(&["workspace", array]));
    let elements = keys.iter().filter_map(|known| known.strip_prefix(&below));
    let elements = elements.filter_map(|text| Key::parse(text).ok()?.pop());
    elements.map(|key| key.get().to_string()).collect()
}

/// The directories that are ours in any of them.
pub(crate) fn recorded(keys: &Keys) -> BTreeSet<String> {
    let lists = ["members", "exclude"].into_iter();
    lists.flat_map(|array| elements(keys, array)).collect()
}

fn texts(strings: &BTreeSet<String>) -> BTreeSet<&str> {
    strings.iter().map(String::as_str).collect()
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
struct Listed<'a> {
    members: Vec<Entry<'a>>,
    default_members: Vec<Entry<'a>>,
    globs: Vec<Pattern>,
    exclude: Vec<Entry<'a>>,
}

impl<'a> Listed<'a> {
    fn new(workspace: &'a TomlWorkspace) -> Listed<'a> {
        let entry = |text: &'a String| (text.as_str(), normal(text.as_str().into()).into_string());
        let entries = |list: &'a Option<Vec<String>>| list.iter().flatten().map(entry).collect();
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
