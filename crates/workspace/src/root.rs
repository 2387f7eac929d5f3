//! The root manifest: what is a member, the links, the targets' options, and a release profile where
//! there is none. Without links there is none of that.
//!
//! What goes is taken out before anything is put in, so that no edit stands in the way of another.

use std::collections::{BTreeMap, BTreeSet};

use cargo_util_schemas::manifest::{TomlManifest, TomlWorkspace};
use golem_rpc_plan::{ContentHash, Snapshot};
use toml_edit::{Array, Item, TableLike};

use crate::dependencies::without;
use crate::edited::{Draft, Entries};
use crate::ledger::Ledger;
use crate::lists::{Lists, Stubs};
use crate::toml::{
    Edits, Marked, TomlText, array_text, insert_strings, key_path, remove_strings, utf8,
};
use crate::{Links, Options, Workspace, WorkspaceError, options};

/// The root manifest's name in the lock.
pub(crate) const ROOT: &str = "Cargo.toml";
pub(crate) const LINKS: [&str; 4] = ["workspace", "metadata", "golem-rpc", "links"];
const RELEASE: [&str; 2] = ["profile", "release"];
/// What our release profile says, as TOML.
const PROFILE: [(&str, &str); 3] = [("opt-level", "\"s\""), ("lto", "true"), ("strip", "true")];

/// The entries of the root manifest.
pub(crate) struct Root<'a> {
    links: Links,
    options: &'a Options,
    stubs: Stubs<'a>,
    profile: Profile,
    /// The callers that are brought up to date, with all that is theirs.
    callers: &'a BTreeSet<String>,
}

/// What becomes of the release profile.
enum Profile {
    /// There is to be one; ours if there is no other.
    Wanted,
    /// The user has taken ours out, which had this hash.
    TakenOut(ContentHash),
}

/// Plans the root manifest.
pub(crate) fn plan<'a>(
    ledger: &mut Ledger<'a>,
    (links, callers): (&Links, &'a BTreeSet<String>),
    options: &'a Options,
    stubs: Stubs<'a>,
) -> Result<(), WorkspaceError> {
    let file = &ledger.workspace.manifest;
    let text = ledger.text(file)?.unwrap_or_default();
    let is_there = TomlText::parse(file, text)?.get(&RELEASE).is_some();
    let profile = match ledger.old.keys(ROOT).get(&RELEASE) {
        Some(hash) if !is_there => Profile::TakenOut(hash.clone()),
        _ => Profile::Wanted,
    };
    let root = Root {
        links: links.clone(),
        options,
        stubs,
        profile,
        callers,
    };
    ledger.edit(file, root);
    Ok(())
}

impl Entries for Root<'_> {
    fn write(&self, ledger: &Ledger<'_>, draft: &mut Draft) -> Result<(), WorkspaceError> {
        let file = &ledger.workspace.manifest;
        let marked = draft.marked(file)?;
        let (mut lists, marked) = self.remove(ledger, draft, marked)?;
        let (ours, marked) = self.insert(ledger, draft, &mut lists, marked)?;

        let toml = TomlText::parse(file, &marked.text)?;
        read_manifest(&toml)?;
        lists.record(draft, &toml);
        options::record(draft, &toml, &self.links.targets(), &ours);
        self.record_profile(draft, &toml);
        self.record_links(draft, &toml);
        draft.text = Some(marked);
        Ok(())
    }

    fn nothing<'s>(&'s self, ledger: &Ledger<'_>) -> Box<dyn Entries + 's> {
        let Stubs {
            crates, wit_alone, ..
        } = &self.stubs;
        let targets = crates.iter().chain(wit_alone);
        let members = targets.filter_map(|target| ledger.workspace.members.get(*target));
        let dirs = members.map(|member| ledger.workspace.stub_dir(member));
        let stubs = Stubs {
            gone: dirs.map(|dir| ledger.workspace.relative(&dir)).collect(),
            ..Stubs::default()
        };
        Box::new(Root {
            links: Links::new(),
            options: self.options,
            stubs,
            profile: Profile::Wanted,
            callers: self.callers,
        })
    }
}

impl Root<'_> {
    /// Takes out what is not wanted.
    fn remove(
        &self,
        ledger: &Ledger<'_>,
        draft: &Draft,
        marked: Marked,
    ) -> Result<(Lists, Marked), WorkspaceError> {
        let file = &ledger.workspace.manifest;
        let toml = TomlText::parse(file, &marked.text)?;
        let cargo = read_manifest(&toml)?.workspace.unwrap_or_else(no_workspace);
        let lists = Lists::new(ledger, &draft.old, &toml, &cargo, &self.stubs)?;
        let mut edits = Edits::default();
        lists.remove(&toml, &mut edits)?;
        let unlinked = self.remove_targets(&toml, &mut edits)?;
        let mut marked = edits.apply_to(&toml, &marked.ours)?;
        let [a, b, c, d] = LINKS;
        for caller in unlinked {
            marked = without(file, marked, &[a, b, c, d, &caller])?;
        }
        if self.links.is_empty() {
            let toml = TomlText::parse(file, &marked.text)?;
            let recorded = draft.old.get(&RELEASE);
            if recorded.is_some() && recorded == toml.hash_at(&RELEASE).as_ref() {
                let mut edits = Edits::default();
                toml.remove_entry(&RELEASE, &mut edits);
                marked = edits.apply_to(&toml, &marked.ours)?;
            }
        }
        let targets = self.links.targets();
        let marked = options::remove(ledger, &draft.old, marked, self.options, &targets)?;
        Ok((lists, marked))
    }

    /// Takes targets out of the lines of callers that keep others; gives the callers that keep none.
    fn remove_targets(
        &self,
        toml: &TomlText<'_>,
        edits: &mut Edits,
    ) -> Result<Vec<String>, WorkspaceError> {
        let table = toml.get(&LINKS).and_then(Item::as_table_like);
        let mut unlinked = Vec::new();
        for (caller, item) in table.into_iter().flat_map(|table| table.iter()) {
            let targets = self.links.targets_of(caller);
            if targets.is_empty() {
                unlinked.push(caller.to_string());
            } else if let Some(array) = item.as_array() {
                let gone: BTreeSet<&str> = strings(array).difference(&targets).copied().collect();
                remove_strings(toml, array, &gone, edits);
            }
        }
        Ok(unlinked)
    }

    /// Puts in what is missing; gives the options that are ours.
    fn insert(
        &self,
        ledger: &Ledger<'_>,
        draft: &Draft,
        lists: &mut Lists,
        marked: Marked,
    ) -> Result<(options::Ours<'_>, Marked), WorkspaceError> {
        let toml = TomlText::parse(&ledger.workspace.manifest, &marked.text)?;
        let mut edits = Edits::default();
        lists.insert(&toml, &mut edits)?;
        add_links(&toml, &self.links, &mut edits)?;
        let targets = self.links.targets();
        let ours = options::write(&draft.old, &toml, self.options, &targets, &mut edits)?;
        if self.adds_profile(&toml) {
            let entries = PROFILE.map(|(key, value)| (key.to_string(), value.to_string()));
            toml.insert_entries(&RELEASE, &entries, &mut edits)?;
        }
        Ok((ours, edits.apply_to(&toml, &marked.ours)?))
    }

    /// Whether to add a release profile: there is none, and the user has not taken ours out.
    fn adds_profile(&self, toml: &TomlText<'_>) -> bool {
        let wanted = matches!(self.profile, Profile::Wanted) && !self.links.is_empty();
        wanted && toml.get(&RELEASE).is_none()
    }

    fn record_profile(&self, draft: &mut Draft, toml: &TomlText<'_>) {
        let before = draft.text.as_ref().and_then(|before| {
            let before = TomlText::parse(toml.path, &before.text).ok()?;
            before.hash_at(&RELEASE)
        });
        let recorded = draft.old.get(&RELEASE).cloned();
        match (&self.profile, toml.hash_at(&RELEASE)) {
            _ if self.links.is_empty() => draft.new.forget(&key_path(&RELEASE)),
            (Profile::TakenOut(hash), None) => draft.new.record(&RELEASE, hash.clone()),
            // Ours: just put in, or there as it was.
            (_, Some(hash)) if before.is_none() || recorded.as_ref() == Some(&hash) => {
                draft.new.record(&RELEASE, hash);
            }
            _ => {}
        }
    }

    fn record_links(&self, draft: &mut Draft, toml: &TomlText<'_>) {
        let [a, b, c, d] = LINKS;
        let below = format!("{}.", key_path(&LINKS));
        for key in draft.old.iter().filter(|key| key.starts_with(&below)) {
            draft.new.forget(key);
        }
        for (caller, _) in self.links.iter() {
            let path = [a, b, c, d, caller];
            // Of a link that was lost with the lock, the lock learns with all that belongs to it.
            if !self.callers.contains(caller) && draft.old.get(&path).is_none() {
                continue;
            }
            if let Some(hash) = toml.hash_at(&path) {
                draft.new.record(&path, hash);
            }
        }
    }
}

impl Workspace {
    /// What in the root manifest looks like ours: options of targets, and, if the lock `was_lost`, a
    /// release profile that says what ours does; each as its header with its line.
    ///
    /// # Errors
    /// If the manifest cannot be read.
    pub fn unclaimed(
        &self,
        disk: &Snapshot,
        was_lost: bool,
    ) -> Result<Vec<(String, usize)>, WorkspaceError> {
        let text = utf8(&self.manifest, disk.get(&self.manifest).unwrap_or_default())?;
        let toml = TomlText::parse(&self.manifest, text)?;
        let options = toml.get(&options::TARGETS).and_then(Item::as_table_like);
        let targets = options.into_iter().flat_map(|table| table.iter());
        let mut tables: Vec<Vec<&str>> = targets
            .map(|(target, _)| [&options::TARGETS[..], &[target]].concat())
            .collect();
        let release = toml.get(&RELEASE).and_then(Item::as_table_like);
        if was_lost && release.is_some_and(is_our_profile) {
            tables.push(RELEASE.into());
        }
        let place = |path: Vec<&str>| {
            let line = toml.line(toml.start_of(&path)?);
            Some((format!("[{}]", key_path(&path)), line))
        };
        Ok(tables.into_iter().filter_map(place).collect())
    }
}

fn is_our_profile(release: &dyn TableLike) -> bool {
    let says = |(key, value): &(&str, &str)| {
        let there = release.get(key).and_then(Item::as_value);
        there.is_some_and(|there| there.clone().decorated("", "").to_string() == *value)
    };
    release.len() == PROFILE.len() && PROFILE.iter().all(says)
}

/// The manifest as cargo reads it, which is also a check of what was edited.
fn read_manifest(toml: &TomlText<'_>) -> Result<TomlManifest, WorkspaceError> {
    toml_edit::de::from_str(toml.text).map_err(|error| WorkspaceError::BrokenManifest {
        file: toml.path.to_path_buf(),
        message: error.message().trim_end().replace('\n', "; "),
    })
}

fn no_workspace() -> TomlWorkspace {
    TomlWorkspace {
        members: None,
        exclude: None,
        default_members: None,
        resolver: None,
        metadata: None,
        package: None,
        dependencies: None,
        lints: None,
    }
}

/// Puts missing links in; those that are there stay as they are written.
fn add_links(toml: &TomlText<'_>, links: &Links, edits: &mut Edits) -> Result<(), WorkspaceError> {
    let mut new: BTreeMap<String, String> = BTreeMap::new();
    let [a, b, c, d] = LINKS;
    for (caller, targets) in links.iter() {
        let targets: BTreeSet<&str> = targets.iter().map(String::as_str).collect();
        match toml.get(&[a, b, c, d, caller]).map(Item::as_array) {
            None => {
                new.insert(caller.to_string(), array_text(&targets));
            }
            Some(Some(array)) => {
                let known = strings(array);
                let missing = targets.difference(&known).copied().collect();
                insert_strings(toml, array, &missing, edits);
            }
            Some(None) => {
                return Err(toml.wrong_shape(&[a, b, c, d, caller], "an array of strings"));
            }
        }
    }
    let new: Vec<(String, String)> = new.into_iter().collect();
    toml.insert_entries(&LINKS, &new, edits)
}

fn strings(array: &Array) -> BTreeSet<&str> {
    array.iter().filter_map(|value| value.as_str()).collect()
}
