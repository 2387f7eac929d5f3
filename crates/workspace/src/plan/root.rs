//! The root manifest: what is a member, the links, the targets' options, and a release profile where
//! there is none. Without links there is none of that.
//!
//! | what | how it is known to be ours |
//! |---|---|
//! | elements of `members` and `exclude` | they lead to a directory of ours |
//! | `[workspace.metadata.golem-rpc]` | all of it is |
//! | `[profile.release]`, and tables that we had to add | the header bears the tag |

use std::collections::BTreeSet;

use camino::Utf8Path;
use golem_rpc_toml::{Edits, TomlText, array_text, edited, insert_strings, remove_strings};
use toml_edit::{Array, Item, TableLike};

use crate::members::{listed, options};
use crate::plan::draft::Draft;
use crate::plan::failures::Failures;
use crate::plan::lists::{self, StubDirs};
use crate::{Links, Options, Workspace, WorkspaceError};

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
    let (workspace, file) = (draft.workspace, &draft.workspace.manifest);
    let before = Links::of(workspace).unwrap_or_default();
    let present = draft.text_of(file)?;
    let mut text = set(workspace, &present, &before, links, options)?;
    let toml = TomlText::parse(file, &present)?;
    if text != present && toml.get(&LINKS[..1]).is_some_and(Item::is_inline_table) {
        // Within braces nothing is sorted: there all of ours is put in anew.
        let mut without = present.clone();
        for caller in before.callers() {
            without = remove(file, &without, &link_path(caller))?;
        }
        for path in options::keys_of(&before.targets()) {
            without = remove(file, &without, &path)?;
        }
        text = set(workspace, &without, &before, links, options)?;
    }
    listed::read_manifest(&TomlText::parse(file, &text)?)?;
    draft.edit(file, Some(text));
    Ok(())
}

/// The text with these links and options, in which there were others.
fn set(
    workspace: &Workspace,
    text: &str,
    before: &Links,
    links: &Links,
    options: &Options,
) -> Result<String, WorkspaceError> {
    let file = &workspace.manifest;
    let mut text = edited(file, text, |toml, edits| remove_targets(toml, links, edits))?;
    // One by one: where the last entry of a table goes, the table goes with it.
    for caller in before.callers().difference(&links.callers()) {
        text = remove(file, &text, &link_path(caller))?;
    }
    text = edited(file, &text, |toml, edits| add_links(toml, links, edits))?;
    for path in options::unneeded((before, links), options, workspace) {
        text = remove(file, &text, &path.each_ref().map(String::as_str))?;
    }
    edited(file, &text, |toml, edits| {
        if links.is_empty() {
            remove_empty(toml, edits);
        }
        options::write(toml, options, &links.targets(), &LINKS, edits)?;
        // A release profile comes with the first links, and goes with the last.
        if links.is_empty() && toml.is_tagged(&RELEASE) {
            toml.remove_entry(&RELEASE, edits);
        } else if !links.is_empty() && before.is_empty() && toml.get(&RELEASE).is_none() {
            let entries = PROFILE.map(|(key, value)| (key.to_string(), value.to_string()));
            toml.insert_entries(&RELEASE, &entries, true, edits)?;
        }
        Ok(())
    })
}

fn link_path(caller: &str) -> [&str; 5] {
    let [a, b, c, d] = LINKS;
    [a, b, c, d, caller]
}

/// The text without an entry below `[workspace.metadata.golem-rpc]`.
fn remove(file: &Utf8Path, text: &str, path: &[&str]) -> Result<String, WorkspaceError> {
    edited(file, text, |toml, edits| {
        toml.remove_with_table(path, true, edits);
        Ok(())
    })
}

/// Takes the table of links out where somebody has taken out the last of these.
fn remove_empty(toml: &TomlText<'_>, edits: &mut Edits) {
    let table = toml.get(&LINKS).and_then(Item::as_table_like);
    let end = toml.section(&LINKS).map_or(0, |lines| lines.end);
    let is_noted = toml.text[toml.next_line(end)..].starts_with('#');
    if table.is_some_and(TableLike::is_empty) && !is_noted {
        toml.remove_entry(&LINKS, edits);
    }
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
            let gone = strings(array).difference(&targets).copied().collect();
            remove_strings(toml, array, &gone, edits);
        }
    }
    Ok(())
}

/// Puts missing links in; those that are there stay as they are written.
fn add_links(toml: &TomlText<'_>, links: &Links, edits: &mut Edits) -> Result<(), WorkspaceError> {
    let mut new: Vec<(String, String)> = Vec::new();
    for caller in links.callers() {
        let (path, targets) = (link_path(caller), links.targets_of(caller));
        let Some(item) = toml.get(&path) else {
            new.push((caller.to_string(), array_text(&targets)));
            continue;
        };
        let array = item.as_array();
        let array = array.ok_or_else(|| toml.wrong_shape(&path, "an array of strings"))?;
        let missing = targets.difference(&strings(array)).copied().collect();
        insert_strings(toml, array, &missing, edits);
    }
    Ok(toml.insert_entries(&LINKS, &new, false, edits)?)
}

fn strings(array: &Array) -> BTreeSet<&str> {
    array.iter().filter_map(|value| value.as_str()).collect()
}
