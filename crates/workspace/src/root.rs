//! The root manifest: the stub crates as members, the links, and a release profile where there is none.

use std::collections::{BTreeMap, BTreeSet};

use cargo_util_schemas::manifest::{TomlManifest, TomlWorkspace};
use glob::{MatchOptions, Pattern};
use golem_rpc_plan::ContentHash;
use toml_edit::{Array, Item};

use crate::ledger::Ledger;
use crate::paths::normal;
use crate::toml::{Edits, TomlText, hash_text, insert_strings, string_text};
use crate::{Links, Workspace, WorkspaceError};

const MEMBERS: [&str; 2] = ["workspace", "members"];
const LINKS: [&str; 4] = ["workspace", "metadata", "golem-rpc", "links"];
const RELEASE: [&str; 2] = ["profile", "release"];

/// Plans the root manifest. `stubs` are the targets that have a stub crate now.
pub(crate) fn plan(
    ledger: &mut Ledger<'_>,
    links: &Links,
    stubs: &BTreeSet<&str>,
) -> Result<(), WorkspaceError> {
    let workspace = ledger.workspace;
    let file = &workspace.manifest;
    let text = ledger
        .text(file)?
        .ok_or_else(|| WorkspaceError::Missing { file: file.clone() })?;
    let toml = TomlText::parse(file, &text)?;
    let mut edits = Edits::default();
    let added = add_members(workspace, &toml, stubs, &mut edits)?;
    add_links(&toml, links, &mut edits)?;
    let profile = wants_profile(ledger, &toml);
    if profile {
        let entries = [("opt-level", "\"s\""), ("lto", "true"), ("strip", "true")];
        let entries = entries.map(|(key, value)| (key.to_string(), value.to_string()));
        toml.insert_entries(&RELEASE, &entries, &mut edits)?;
    }
    let edited = edits.apply(&toml)?;
    let toml = TomlText::parse(file, &edited)?;
    read_manifest(&toml)?;
    for dir in &added {
        let path = [MEMBERS[0], MEMBERS[1], dir];
        ledger
            .new
            .record_key("Cargo.toml", &path, hash_text(&string_text(dir)));
    }
    record(ledger, "Cargo.toml", &toml, &RELEASE, profile);
    for (caller, _) in links.iter() {
        let [a, b, c, d] = LINKS;
        record(ledger, "Cargo.toml", &toml, &[a, b, c, d, caller], true);
    }
    ledger.set_text(file, edited);
    Ok(())
}

fn record(ledger: &mut Ledger<'_>, file: &str, toml: &TomlText<'_>, path: &[&str], ours: bool) {
    let hash: Option<ContentHash> = toml.hash_at(path).filter(|_| ours);
    if let Some(hash) = hash {
        ledger.new.record_key(file, path, hash);
    }
}

/// The manifest as cargo reads it, which is also a check of what was edited.
fn read_manifest(toml: &TomlText<'_>) -> Result<TomlManifest, WorkspaceError> {
    toml_edit::de::from_str(toml.text).map_err(|error| WorkspaceError::BrokenManifest {
        file: toml.path.to_path_buf(),
        message: error.message().trim_end().replace('\n', "; "),
    })
}

/// Puts the stub crates into `members`, unless they are members already; gives those put in.
fn add_members(
    workspace: &Workspace,
    toml: &TomlText<'_>,
    stubs: &BTreeSet<&str>,
    edits: &mut Edits,
) -> Result<BTreeSet<String>, WorkspaceError> {
    let cargo = read_manifest(toml)?.workspace.unwrap_or_else(no_workspace);
    let listed = Listed::new(&cargo);
    let mut new = BTreeSet::new();
    for target in stubs {
        let target = workspace.linked(target)?;
        let dir = workspace.relative(&workspace.stub_dir(target));
        if let Some(pattern) = listed.excluded_itself(&dir) {
            return Err(WorkspaceError::StubExcluded {
                manifest: workspace.manifest.clone(),
                target: target.name.clone(),
                pattern: pattern.to_string(),
            });
        }
        if !listed.has(&dir) {
            new.insert(dir);
        }
    }
    let names: BTreeSet<&str> = new.iter().map(String::as_str).collect();
    match toml.get(&MEMBERS) {
        _ if names.is_empty() => {}
        Some(item) => {
            let array = item.as_array();
            let array = array.ok_or_else(|| toml.wrong_shape(&MEMBERS, "an array of strings"))?;
            insert_strings(toml, array, &names, edits);
        }
        None => {
            let entry = [("members".to_string(), array_text(&names))];
            toml.insert_entries(&MEMBERS[..1], &entry, edits)?;
        }
    }
    Ok(new)
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

/// What `members` and `exclude` list, as cargo matches them: a member by name is one even below an
/// excluded directory, a member by glob is not.
struct Listed<'a> {
    names: BTreeSet<String>,
    globs: Vec<Pattern>,
    exclude: Vec<(&'a str, String)>,
}

impl<'a> Listed<'a> {
    fn new(workspace: &'a TomlWorkspace) -> Listed<'a> {
        let plain = |entry: &str| normal(entry.into()).into_string();
        let members = workspace.members.iter().flatten().map(|entry| plain(entry));
        let names: BTreeSet<String> = members.collect();
        let is_glob = |name: &&String| name.contains(['*', '?', '[']);
        let globs = names
            .iter()
            .filter(is_glob)
            .filter_map(|name| Pattern::new(name).ok());
        let exclude = workspace.exclude.iter().flatten();
        Listed {
            globs: globs.collect(),
            names,
            exclude: exclude
                .map(|entry| (entry.as_str(), plain(entry)))
                .collect(),
        }
    }

    fn has(&self, dir: &str) -> bool {
        let options = MatchOptions {
            require_literal_separator: true,
            ..MatchOptions::new()
        };
        let excluded = self
            .exclude
            .iter()
            .any(|(_, path)| camino::Utf8Path::new(dir).starts_with(path));
        let by_glob = || {
            self.globs
                .iter()
                .any(|glob| glob.matches_with(dir, options))
        };
        self.names.contains(dir) || (!excluded && by_glob())
    }

    /// The entry of `exclude` that names exactly this directory, unless `members` names it too.
    fn excluded_itself(&self, dir: &str) -> Option<&'a str> {
        let mut exclude = self.exclude.iter().filter(|_| !self.names.contains(dir));
        exclude
            .find(|(_, path)| path == dir)
            .map(|(entry, _)| *entry)
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

fn array_text(strings: &BTreeSet<&str>) -> String {
    let strings: Vec<String> = strings.iter().map(|text| string_text(text)).collect();
    format!("[{}]", strings.join(", "))
}

/// Whether to add a release profile: there is none, and the user has not taken ours out.
fn wants_profile(ledger: &Ledger<'_>, toml: &TomlText<'_>) -> bool {
    toml.get(&RELEASE).is_none() && ledger.old.key("Cargo.toml", &RELEASE).is_none()
}
