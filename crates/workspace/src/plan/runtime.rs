//! The feature `bitflags` of wit-bindgen-rt in a caller's Cargo.toml.
//!
//! cargo-component's bindings define flags by a macro that wit-bindgen-rt has with this feature alone,
//! which is not one of its defaults. A caller whose stubs bring flags gets it, where it stands nowhere
//! yet. wit-bindgen itself defines flags with any features, so members that cargo alone builds need
//! nothing.
//!
//! | the dependency is written as | it becomes |
//! |---|---|
//! | `wit-bindgen-rt = "…"` | `wit-bindgen-rt = { features = ["bitflags"], version = "…" } # golem-rpc` |
//! | a table, in whatever way, inherited or not | the same with `features`, or one more of these, and the tag |
//!
//! The tag stands behind the statement that has the feature. In a table that was a plain version, `features` comes
//! first; a list that was empty begins with a blank.

use std::collections::BTreeSet;

use golem_rpc_toml::{
    Edits, TAG, TomlText, array_text, edited, insert_strings, remove_strings, string_text,
};
use toml_edit::{InlineTable, Item, TableLike, Value};

use crate::plan::draft::Draft;
use crate::{Member, WorkspaceError};

const RUNTIME: &str = "wit-bindgen-rt";
const FEATURES: &str = "features";
const FEATURE: &str = "bitflags";

/// A dependency in a manifest: the path of its features.
type Path<'t> = Vec<&'t str>;

/// Plans whether a member has the feature from us.
pub(crate) fn plan(
    draft: &mut Draft<'_>,
    member: &Member,
    needed: bool,
) -> Result<(), WorkspaceError> {
    let manifest = &member.manifest;
    if !needed && draft.text(manifest)?.is_none() {
        return Ok(());
    }
    let root = draft.text(&draft.workspace.manifest)?.unwrap_or_default();
    let root = TomlText::parse(&draft.workspace.manifest, root)?;
    let text = draft.text_of(manifest)?;
    let mut has_ours = false;
    let text = edited(manifest, &text, |toml, edits| {
        let ours = |path: &Path<'_>| {
            let end = statement_end(toml, path);
            has_feature(toml.get(path)) && end.is_some_and(|end| toml.tag_behind(end).is_some())
        };
        let all = dependencies(toml);
        let is_there = |path: &Path<'_>| {
            inherits_feature(toml, &root, path) || has_feature(toml.get(path)) && !ours(path)
        };
        let mut runtimes: Vec<&Path<'_>> = all.iter().collect();
        runtimes.retain(|path| package(toml, &root, path) == RUNTIME);
        // Where it is ours already it stays.
        runtimes.sort_by_key(|path| !ours(path));
        let is_missing = needed && !runtimes.iter().any(|path| is_there(path));
        // Without such a dependency the member builds neither with nor without a stub.
        let wanted = runtimes.first().copied().filter(|_| is_missing);
        has_ours = wanted.is_some();
        for path in all.iter().filter(|path| ours(path) && wanted != Some(path)) {
            remove(toml, path, edits);
        }
        match wanted {
            Some(path) if !ours(path) => insert(toml, path, edits),
            _ => Ok(()),
        }
    })?;
    draft.count(usize::from(has_ours));
    draft.edit(manifest, Some(text));
    Ok(())
}

/// All dependencies of a wasm build, as far as the name of a target tells.
fn dependencies<'t>(toml: &'t TomlText<'_>) -> Vec<Path<'t>> {
    let is_wasm = |target: &&str| target.contains("was") && !target.contains("not(");
    let targets = keys(toml, &["target"]).filter(is_wasm);
    let of_target = |target| vec!["target", target, "dependencies"];
    let tables = std::iter::once(vec!["dependencies"]).chain(targets.map(of_target));
    let of_table = |table: Path<'t>| {
        let keys: Vec<&str> = keys(toml, &table).collect();
        let path = move |key| [&table[..], &[key, FEATURES]].concat();
        keys.into_iter().map(path)
    };
    tables.flat_map(of_table).collect()
}

fn keys<'t>(toml: &'t TomlText<'_>, path: &[&str]) -> impl Iterator<Item = &'t str> {
    let table = toml.get(path).and_then(Item::as_table_like);
    let entries = table.into_iter().flat_map(TableLike::iter);
    entries.map(|(key, _)| key)
}

/// The end of the statement that says which features a dependency has: of its list, or of the braces
/// that hold this.
fn statement_end(toml: &TomlText<'_>, path: &[&str]) -> Option<usize> {
    let whole = |depth| match toml.get(&path[..depth])? {
        Item::Value(value) if !value.as_inline_table().is_some_and(InlineTable::is_dotted) => {
            value.span()
        }
        _ => None,
    };
    Some((1..=path.len()).find_map(whole)?.end)
}

/// What the root manifest says of a dependency that is inherited.
fn inherited<'r>(toml: &TomlText<'_>, root: &'r TomlText<'_>, path: &[&str]) -> Option<&'r Item> {
    let (_, path) = path.split_last()?;
    let inherits = toml.get(&[path, &["workspace"]].concat())?.as_bool()?;
    root.get(&["workspace", "dependencies", path.last()?])
        .filter(|_| inherits)
}

fn inherits_feature(toml: &TomlText<'_>, root: &TomlText<'_>, path: &[&str]) -> bool {
    let above = inherited(toml, root, path).and_then(Item::as_table_like);
    has_feature(above.and_then(|above| above.get(FEATURES)))
}

/// The package that a dependency is.
fn package<'i>(toml: &'i TomlText<'_>, root: &'i TomlText<'_>, path: &[&'i str]) -> &'i str {
    let dependency = &path[..path.len() - 1];
    let item = inherited(toml, root, path).or_else(|| toml.get(dependency));
    let package = item.and_then(|item| item.as_table_like()?.get("package")?.as_str());
    package.or(dependency.last().copied()).unwrap_or_default()
}

fn has_feature(features: Option<&Item>) -> bool {
    let features = features.and_then(Item::as_array);
    let mut features = features.into_iter().flatten();
    features.any(|feature| feature.as_str() == Some(FEATURE))
}

/// Gives a dependency the feature.
fn insert(toml: &TomlText<'_>, path: &[&str], edits: &mut Edits) -> Result<(), WorkspaceError> {
    let feature = BTreeSet::from([FEATURE]);
    let list = array_text(&feature);
    let dependency = &path[..path.len() - 1];
    let version = toml.get(dependency).filter(|item| item.is_str());
    if let Some(version) = version.and_then(Item::span) {
        edits.inline(version.start, format!("{{ {FEATURES} = {list}, version = "));
        edits.inline(version.end, format!(" }} {TAG}"));
        return Ok(());
    }
    match toml.get(path) {
        Some(item) => {
            let array = item.as_array();
            let array = array.ok_or_else(|| toml.wrong_shape(path, "an array of strings"))?;
            match array.span().filter(|_| array.is_empty()) {
                Some(span) => edits.inline(span.start + 1, format!(" {}", string_text(FEATURE))),
                None => insert_strings(toml, array, &feature, edits),
            }
        }
        None => {
            let entry = [(FEATURES.to_string(), format!("{list} {TAG}"))];
            toml.insert_entries(dependency, &entry, false, edits)?;
        }
    }
    // Within braces the tag stands behind these.
    if let Some(end) = statement_end(toml, path) {
        edits.inline(end, format!(" {TAG}"));
    }
    Ok(())
}

/// Takes the feature out, with `features` where that holds nothing else, and the tag.
fn remove(toml: &TomlText<'_>, path: &[&str], edits: &mut Edits) {
    let Some(list) = toml.get(path).and_then(Item::as_array) else {
        return;
    };
    let braces = toml
        .get(&path[..path.len() - 1])
        .and_then(Item::as_inline_table);
    let first = list
        .iter()
        .next()
        .and_then(Value::span)
        .map_or(0..0, |span| span);
    let was_empty = toml.text[..first.start].ends_with("[ ");
    let was_version = braces.filter(|braces| {
        let is_first = braces.iter().next().is_some_and(|(key, _)| key == FEATURES);
        is_first && braces.len() == 2
    });
    let version =
        was_version.and_then(|braces| Some((braces.span()?, braces.get("version")?.span()?)));
    let tag = statement_end(toml, path).and_then(|end| toml.tag_behind(end));
    if list.len() > 1 {
        remove_strings(toml, list, &BTreeSet::from([FEATURE]), edits);
    } else if was_empty {
        edits.remove(first.start - 1..first.end);
    } else if let Some((braces, version)) = version {
        edits.remove(braces.start..version.start);
        edits.remove(version.end..braces.end);
    } else {
        toml.remove_entry(path, edits);
        if braces.is_none() {
            return; // a line of its own goes with its tag
        }
    }
    tag.into_iter().for_each(|tag| edits.remove(tag));
}
