//! The root manifest: what is a member, the links, the targets' options, and a release profile where
//! there is none. Without links there is none of that.
//!
//! | what | how it is known to be ours |
//! |---|---|
//! | elements of `members` and `exclude` | they lead to a directory of ours |
//! | `[workspace.metadata.golem-rpc]` | all of it is |
//! | `[profile.release]`, and tables that we had to add | the header bears the tag |

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use golem_rpc_toml::{Edits, TomlText, array_text, insert_strings, remove_strings};
use toml_edit::{Array, Item, TableLike};

use crate::members::listed;
use crate::plan::draft::Draft;
use crate::plan::failures::Failures;
use crate::plan::lists::{self, StubDirs};
use crate::{Links, Options, Workspace, WorkspaceError, members::options};

const LINKS: [&str; 4] = ["workspace", "metadata", "golem-rpc", "links"];
const RELEASE: [&str; 2] = ["profile", "release"];
/// What our release profile says, as TOML.
const PROFILE: [(&str, &str); 3] = [("opt-level", "\"s\""), ("lto", "true"), ("strip", "true")];

/// Plans the root manifest.
pub(crate) fn plan<E: From<WorkspaceError>>(
    draft: &mut Draft<'_>,
    links: &Links,
    options: &Options,
    dirs: &StubDirs<'_>,
    failures: &mut Failures<E>,
) -> Result<(), E> {
    lists::plan(draft, dirs, failures)?;
    Ok(plan_tables(draft, links, options)?)
}

fn plan_tables(
    draft: &mut Draft<'_>,
    links: &Links,
    options: &Options,
) -> Result<(), WorkspaceError> {
    let file = draft.workspace.manifest.clone();
    let change = Change {
        before: Links::of(draft.workspace).unwrap_or_default(),
        links,
        options,
    };
    let text = draft.text_of(&file)?;
    let mut edited = change.apply(&file, text.clone(), draft.workspace)?;
    let toml = TomlText::parse(&file, &text)?;
    if edited != text && toml.get(&LINKS[..1]).is_some_and(Item::is_inline_table) {
        // Within braces nothing is sorted: there all of ours is put in anew.
        let without = change.without_ours(&file, text)?;
        edited = change.apply(&file, without, draft.workspace)?;
    }
    listed::read_manifest(&TomlText::parse(&file, &edited)?)?;
    draft.edit(&file, Some(edited));
    Ok(())
}

/// What becomes of links and options.
struct Change<'a> {
    before: Links,
    links: &'a Links,
    options: &'a Options,
}

impl Change<'_> {
    fn apply(
        &self,
        file: &Utf8Path,
        text: String,
        workspace: &Workspace,
    ) -> Result<String, WorkspaceError> {
        let Change {
            before,
            links,
            options,
        } = self;
        let [a, b, c, d] = LINKS;
        let mut text = edit(file, &text, |toml, edits| {
            remove_targets(toml, links, edits)
        })?;
        // One by one: where the last entry of a table goes, the table goes with it.
        for caller in before.callers().difference(&links.callers()) {
            text = remove(file, &text, &[a, b, c, d, caller])?;
        }
        text = edit(file, &text, |toml, edits| add_links(toml, links, edits))?;
        if links.is_empty() {
            text = edit(file, &text, remove_empty)?;
        }
        for path in options::unneeded((before, links), options, workspace) {
            text = remove(file, &text, &path.each_ref().map(String::as_str))?;
        }
        text = edit(file, &text, |toml, edits| {
            options::write(toml, options, &links.targets(), &LINKS, edits)
        })?;
        edit(file, &text, |toml, edits| {
            set_profile(toml, (links, before.is_empty()), edits)
        })
    }

    fn without_ours(&self, file: &Utf8Path, mut text: String) -> Result<String, WorkspaceError> {
        let [a, b, c, d] = LINKS;
        for caller in self.before.callers() {
            text = remove(file, &text, &[a, b, c, d, caller])?;
        }
        for path in options::keys_of(&self.before.targets()) {
            text = remove(file, &text, &path)?;
        }
        Ok(text)
    }
}

fn edit(
    file: &Utf8Path,
    text: &str,
    edit: impl FnOnce(&TomlText<'_>, &mut Edits) -> Result<(), WorkspaceError>,
) -> Result<String, WorkspaceError> {
    let toml = TomlText::parse(file, text)?;
    let mut edits = Edits::default();
    edit(&toml, &mut edits)?;
    Ok(edits.apply(&toml)?)
}

/// The text without an entry below `[workspace.metadata.golem-rpc]`.
fn remove(file: &Utf8Path, text: &str, path: &[&str]) -> Result<String, WorkspaceError> {
    edit(file, text, |toml, edits| {
        toml.remove_with_table(path, true, edits);
        Ok(())
    })
}

/// Puts a release profile in with the first links, and takes it out with the last.
fn set_profile(
    toml: &TomlText<'_>,
    (links, is_first): (&Links, bool),
    edits: &mut Edits,
) -> Result<(), WorkspaceError> {
    let is_there = toml.get(&RELEASE).is_some();
    if links.is_empty() && toml.is_tagged(&RELEASE) {
        toml.remove_entry(&RELEASE, edits);
    } else if !links.is_empty() && is_first && !is_there {
        let entries = PROFILE.map(|(key, value)| (key.to_string(), value.to_string()));
        toml.insert_entries(&RELEASE, &entries, true, edits)?;
    }
    Ok(())
}

/// Takes the table of links out where somebody has taken out the last of these.
fn remove_empty(toml: &TomlText<'_>, edits: &mut Edits) -> Result<(), WorkspaceError> {
    let table = toml.get(&LINKS).and_then(Item::as_table_like);
    let end = toml.section(&LINKS).map_or(0, |lines| lines.end);
    let is_noted = toml.text[toml.next_line(end)..].starts_with('#');
    if table.is_some_and(TableLike::is_empty) && !is_noted {
        toml.remove_entry(&LINKS, edits);
    }
    Ok(())
}

/// Takes targets out of the lines of callers that keep others.
fn remove_targets(
    toml: &TomlText<'_>,
    links: &Links,
    edits: &mut Edits,
) -> Result<(), WorkspaceError> {
    let table = toml.get(&LINKS).and_then(Item::as_table_like);
    for (caller, item) in table.into_iter().flat_map(|table| table.iter()) {
        let targets = links.targets_of(caller);
        if let (false, Some(array)) = (targets.is_empty(), item.as_array()) {
            let gone: BTreeSet<&str> = strings(array).difference(&targets).copied().collect();
            remove_strings(toml, array, &gone, edits);
        }
    }
    Ok(())
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
                return Err(toml
                    .wrong_shape(&[a, b, c, d, caller], "an array of strings")
                    .into());
            }
        }
    }
    let new: Vec<(String, String)> = new.into_iter().collect();
    Ok(toml.insert_entries(&LINKS, &new, false, edits)?)
}

fn strings(array: &Array) -> BTreeSet<&str> {
    array.iter().filter_map(|value| value.as_str()).collect()
}
