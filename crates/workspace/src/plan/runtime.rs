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
//! The tag stands behind the statement that has the feature. How it was is told by how it is written: in a table that
//! was a plain version, `features` comes first; in a list that was empty, a blank does.

use std::collections::BTreeSet;
use std::str::FromStr;

use cargo_metadata::cargo_platform::{Cfg, Platform};
use golem_rpc_toml::{
    Edits, TAG, TomlText, array_text, insert_strings, remove_strings, string_text,
};
use toml_edit::{InlineTable, Item, TableLike, Value};

use crate::plan::draft::Draft;
use crate::{Member, WorkspaceError};

const RUNTIME: &str = "wit-bindgen-rt";
const FEATURES: &str = "features";
const FEATURE: &str = "bitflags";

/// The path of a dependency in a manifest.
type Path = Vec<String>;

/// Plans whether a member has the feature from us.
pub(crate) fn plan(
    draft: &mut Draft<'_>,
    member: &Member,
    needed: bool,
) -> Result<(), WorkspaceError> {
    let manifest = &member.manifest;
    let text = match draft.text(manifest)? {
        Some(text) => text.to_string(),
        None if !needed => return Ok(()),
        None => draft.text_of(manifest)?,
    };
    let toml = TomlText::parse(manifest, &text)?;
    let ours: Vec<Path> = dependencies(&toml)
        .filter(|path| is_ours(&toml, path))
        .collect();
    let kept = match needed {
        true => wanted(&toml, draft, &ours)?,
        false => None,
    };
    let mut edits = Edits::default();
    for path in ours.iter().filter(|path| kept.as_ref() != Some(path)) {
        remove(&toml, path, &mut edits);
    }
    if let Some(path) = kept.iter().find(|path| !ours.contains(path)) {
        insert(&toml, path, &mut edits)?;
    }
    draft.count(usize::from(kept.is_some()));
    let edited = edits.apply(&toml)?;
    draft.edit(manifest, Some(edited));
    Ok(())
}

/// Whether a dependency has the feature from us: the statement that says so bears the tag.
fn is_ours(toml: &TomlText<'_>, path: &[String]) -> bool {
    let end = statement_end(toml, path);
    toml.get(&strs(path)).is_some_and(has_feature)
        && end.is_some_and(|end| toml.tag_behind(end).is_some())
}

/// The end of the statement that says which features a dependency has: of its list, or of the braces
/// that hold this.
fn statement_end(toml: &TomlText<'_>, path: &[String]) -> Option<usize> {
    let features = [&strs(path)[..], &[FEATURES]].concat();
    let mut depths = 1..=features.len();
    let whole = depths.find_map(|depth| match toml.get(&features[..depth])? {
        Item::Value(value) if !value.as_inline_table().is_some_and(InlineTable::is_dotted) => {
            value.span()
        }
        _ => None,
    });
    whole.map(|span| span.end)
}

/// All dependencies on the runtime's package that name it, by their paths.
fn dependencies<'t>(toml: &'t TomlText<'_>) -> impl Iterator<Item = Path> + 't {
    tables(toml).into_iter().flat_map(|path| {
        let table = toml.get(&strs(&path)).and_then(Item::as_table_like);
        let keys = table.into_iter().flat_map(TableLike::iter);
        let keys = keys.map(|(key, _)| key.to_string());
        keys.map(|key| [&path[..], &[key]].concat())
            .collect::<Vec<_>>()
    })
}

/// The dependency that is to have the feature from us; none if it has it without us, or if there is no
/// such dependency: then the member builds neither with nor without a stub.
fn wanted(
    toml: &TomlText<'_>,
    draft: &Draft<'_>,
    ours: &[Path],
) -> Result<Option<Path>, WorkspaceError> {
    let file = &draft.workspace.manifest;
    let text = draft.text(file)?.unwrap_or_default();
    let root = TomlText::parse(file, text)?;
    let mut found = Vec::new();
    for path in dependencies(toml) {
        let key = path.last().map_or("", String::as_str);
        let Some(item) = toml.get(&strs(&path)) else {
            continue;
        };
        let inherited = is_inherited(item).then(|| root.get(&["workspace", "dependencies", key]));
        let above = inherited.flatten();
        if package(key, above.unwrap_or(item)) == RUNTIME {
            let is_ours = ours.contains(&path);
            if above.is_some_and(has_feature) || has_feature(item) && !is_ours {
                return Ok(None);
            }
            found.push((!is_ours, path));
        }
    }
    // Where it is ours already it stays.
    found.sort_by_key(|(is_new, _)| *is_new);
    Ok(found.into_iter().next().map(|(_, path)| path))
}

/// The tables of dependencies that can be those of a wasm build, the likeliest first.
fn tables(toml: &TomlText<'_>) -> Vec<Path> {
    let of = |keys: &[&str]| keys.iter().map(|key| key.to_string()).collect::<Path>();
    let targets = toml.get(&["target"]).and_then(Item::as_table_like);
    let targets = targets.into_iter().flat_map(TableLike::iter);
    let targets = targets.filter(|(target, _)| is_for_wasm(target));
    let targets = targets.map(|(target, _)| of(&["target", target, "dependencies"]));
    std::iter::once(of(&["dependencies"]))
        .chain(targets)
        .collect()
}

/// Whether cargo takes the dependencies of `[target.…]` where it builds wasm.
fn is_for_wasm(target: &str) -> bool {
    let Ok(platform) = Platform::from_str(target) else {
        // What cargo does not understand either.
        return true;
    };
    ["p1", "p2"].iter().any(|env| {
        let is = |key: &str, value: &str| Cfg::from_str(&format!("{key} = \"{value}\""));
        let cfg = [
            is("panic", "abort"),
            is("target_arch", "wasm32"),
            is("target_endian", "little"),
            is("target_env", env),
            is("target_family", "wasm"),
            is("target_os", "wasi"),
            is("target_pointer_width", "32"),
            is("target_vendor", "unknown"),
        ];
        let cfg: Vec<Cfg> = cfg.into_iter().flatten().collect();
        platform.matches(&format!("wasm32-wasi{env}"), &cfg)
    })
}

fn is_inherited(item: &Item) -> bool {
    let inherits = item
        .as_table_like()
        .and_then(|table| table.get("workspace"));
    inherits.and_then(Item::as_bool) == Some(true)
}

/// The package that a dependency is.
fn package<'i>(key: &'i str, item: &'i Item) -> &'i str {
    let package = item.as_table_like().and_then(|table| table.get("package"));
    package.and_then(Item::as_str).unwrap_or(key)
}

fn has_feature(item: &Item) -> bool {
    let features = item.as_table_like().and_then(|table| table.get(FEATURES));
    let features = features.and_then(Item::as_array).into_iter().flatten();
    features
        .filter_map(|value| value.as_str())
        .any(|f| f == FEATURE)
}

/// Gives a dependency the feature.
fn insert(toml: &TomlText<'_>, path: &[String], edits: &mut Edits) -> Result<(), WorkspaceError> {
    let path = strs(path);
    let feature = BTreeSet::from([FEATURE]);
    let list = array_text(&feature);
    let features = [&path[..], &[FEATURES]].concat();
    let item = toml.get(&path);
    if let Some((true, version)) = item.map(|item| (item.is_str(), item.span()))
        && let Some(version) = version
    {
        edits.inline(version.start, format!("{{ {FEATURES} = {list}, version = "));
        edits.inline(version.end, format!(" }} {TAG}"));
        return Ok(());
    }
    let owned: Path = path.iter().map(ToString::to_string).collect();
    match toml.get(&features) {
        Some(item) => {
            let array = item.as_array();
            let array = array.ok_or_else(|| toml.wrong_shape(&features, "an array of strings"))?;
            match array.span().filter(|_| array.is_empty()) {
                Some(span) if toml.text[span.start..].starts_with("[]") => {
                    edits.inline(span.start + 1, format!(" {}", string_text(FEATURE)));
                }
                _ => insert_strings(toml, array, &feature, edits),
            }
            let end = statement_end(toml, &owned).or(array.span().map(|span| span.end));
            end.into_iter()
                .for_each(|end| edits.inline(end, format!(" {TAG}")));
        }
        None => {
            let entry = [(FEATURES.to_string(), format!("{list} {TAG}"))];
            toml.insert_entries(&path, &entry, false, edits)?;
            // Within braces the tag stands behind these.
            let end = statement_end(toml, &owned);
            end.into_iter()
                .for_each(|end| edits.inline(end, format!(" {TAG}")));
        }
    }
    Ok(())
}

/// Takes the feature out, with `features` where that holds nothing else, and the tag.
fn remove(toml: &TomlText<'_>, path: &[String], edits: &mut Edits) {
    let features = [&strs(path)[..], &[FEATURES]].concat();
    let (item, list) = (toml.get(&strs(path)), toml.get(&features));
    let Some(list) = list.and_then(Item::as_array) else {
        return;
    };
    let braces = item.and_then(Item::as_inline_table);
    let version = braces.filter(|braces| {
        let mut keys = braces.iter().map(|(key, _)| key);
        braces.len() == 2 && list.len() == 1 && keys.next() == Some(FEATURES)
    });
    let version = version.and_then(|braces| braces.get("version"));
    let end = statement_end(toml, path);
    let tag = end.and_then(|end| toml.tag_behind(end));
    let first = list.iter().next().and_then(Value::span);
    let lead = list.span().map_or("", |span| &toml.text[span.start + 1..]);
    match (
        version.and_then(Value::span),
        braces.and_then(InlineTable::span),
    ) {
        _ if list.len() == 1 && !lead.starts_with('"') => {
            let blanks = lead.len() - lead.trim_start_matches(' ').len();
            let first = first.expect("a list with an element");
            edits.remove(first.start - blanks..first.end);
        }
        (Some(version), Some(braces)) => {
            edits.remove(braces.start..version.start);
            edits.remove(version.end..braces.end);
        }
        _ if list.len() > 1 => remove_strings(toml, list, &BTreeSet::from([FEATURE]), edits),
        // A line of its own goes with its tag.
        _ if braces.is_none() => return toml.remove_entry(&features, edits),
        _ => toml.remove_entry(&features, edits),
    }
    tag.into_iter().for_each(|tag| edits.remove(tag));
}

fn strs(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}
