//! The feature `bitflags` of wit-bindgen-rt in a caller's Cargo.toml.
//!
//! cargo-component's bindings define flags by a macro that wit-bindgen-rt has with this feature alone,
//! which is not one of its defaults. A caller whose stubs bring flags gets it, where it stands nowhere
//! yet. wit-bindgen itself defines flags with any features, so members that cargo alone builds need
//! nothing.
//!
//! | the dependency is written as | it becomes |
//! |---|---|
//! | `wit-bindgen-rt = "…"` | `wit-bindgen-rt = { version = "…", features = ["bitflags"] }` |
//! | a table, in whatever way, inherited or not | the same with `features`, or one more of these |

use std::collections::BTreeSet;
use std::str::FromStr;

use cargo_metadata::cargo_platform::{Cfg, Platform};
use toml_edit::{Item, Key, TableLike};

use crate::edited::{Draft, Entries};
use crate::ledger::Ledger;
use crate::toml::{
    Edits, TomlText, array_text, hash_text, insert_strings, key_path, remove_strings, string_text,
};
use crate::{Member, WorkspaceError};

const RUNTIME: &str = "wit-bindgen-rt";
const FEATURES: &str = "features";
const FEATURE: &str = "bitflags";

/// Whether a caller is to have the feature.
pub(crate) struct RuntimeFeature<'a> {
    pub(crate) caller: &'a Member,
    pub(crate) needed: bool,
}

impl Entries for RuntimeFeature<'_> {
    fn write(&self, ledger: &Ledger<'_>, draft: &mut Draft) -> Result<(), WorkspaceError> {
        let manifest = &self.caller.manifest;
        let marked = draft.marked(manifest)?;
        let ours = recorded(draft);
        let toml = TomlText::parse(manifest, &marked.text)?;
        let kept = match self.needed {
            true => wanted(&toml, ledger, &ours)?,
            false => None,
        };
        let mut edits = Edits::default();
        for path in ours.iter().filter(|path| kept.as_ref() != Some(path)) {
            remove(&toml, path, &mut edits);
        }
        if let Some(path) = &kept {
            insert(&toml, path, &mut edits)?;
        }
        let marked = edits.apply_to(&toml, &marked.ours)?;
        for path in &ours {
            draft.new.forget(&key_path(&element(path)));
        }
        if let Some(path) = &kept {
            let hash = hash_text(&string_text(FEATURE));
            draft.new.record(&element(path), hash);
        }
        draft.text = Some(marked);
        Ok(())
    }

    fn nothing<'s>(&'s self, _: &Ledger<'_>) -> Box<dyn Entries + 's> {
        Box::new(RuntimeFeature {
            caller: self.caller,
            needed: false,
        })
    }
}

/// The path of a dependency in a manifest.
type Path = Vec<String>;

/// The dependencies that have the feature from us, as the lock says.
fn recorded(draft: &Draft) -> Vec<Path> {
    let paths = draft.old.iter().filter_map(|key| {
        let keys = Key::parse(key).ok()?;
        let keys: Path = keys.iter().map(|key| key.get().to_string()).collect();
        let path = keys.strip_suffix(&[FEATURES.to_string(), FEATURE.to_string()])?;
        path.iter()
            .any(|key| key == "dependencies")
            .then(|| path.to_vec())
    });
    paths.collect()
}

/// The dependency that is to have the feature from us; none if it has it without us, or if there is no
/// such dependency: then the member builds neither with nor without a stub.
fn wanted(
    toml: &TomlText<'_>,
    ledger: &Ledger<'_>,
    ours: &[Path],
) -> Result<Option<Path>, WorkspaceError> {
    let root = &ledger.workspace.manifest;
    let text = ledger.text(root)?.unwrap_or_default();
    let root = TomlText::parse(root, text)?;
    let inherited = |key: &str| root.get(&["workspace", "dependencies", key]);
    let mut found = Vec::new();
    for path in tables(toml) {
        let table = toml.get(&strs(&path)).and_then(Item::as_table_like);
        for (key, item) in table.into_iter().flat_map(TableLike::iter) {
            let above = is_inherited(item).then(|| inherited(key)).flatten();
            if package(key, above.unwrap_or(item)) == RUNTIME {
                let path = [&path[..], &[key.to_string()]].concat();
                let is_ours = ours.contains(&path);
                if above.is_some_and(has_feature) || has_feature(item) && !is_ours {
                    return Ok(None);
                }
                found.push((!is_ours, path));
            }
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

/// Gives a dependency the feature, if it does not have it.
fn insert(toml: &TomlText<'_>, path: &[String], edits: &mut Edits) -> Result<(), WorkspaceError> {
    let path = strs(path);
    let Some(item) = toml.get(&path).filter(|item| !has_feature(item)) else {
        return Ok(());
    };
    let feature = BTreeSet::from([FEATURE]);
    let features = [&path[..], &[FEATURES]].concat();
    if let (Some(_), Some(version)) = (item.as_str(), item.span()) {
        edits.inline(version.start, "{ version = ");
        let features = array_text(&feature);
        edits.inline(version.end, format!(", {FEATURES} = {features} }}"));
        return Ok(());
    }
    match toml.get(&features) {
        Some(item) => {
            let array = item.as_array();
            let array = array.ok_or_else(|| toml.wrong_shape(&features, "an array of strings"))?;
            insert_strings(toml, array, &feature, edits);
            Ok(())
        }
        None => {
            let entry = [(FEATURES.to_string(), array_text(&feature))];
            toml.insert_entries(&path, &entry, edits)
        }
    }
}

/// Takes the feature out, with `features` where that holds nothing else.
fn remove(toml: &TomlText<'_>, path: &[String], edits: &mut Edits) {
    let features = [&strs(path)[..], &[FEATURES]].concat();
    let item = toml.get(&features);
    match item.and_then(Item::as_array) {
        Some(array) if array.len() > 1 => {
            remove_strings(toml, array, &BTreeSet::from([FEATURE]), edits);
        }
        Some(_) if toml.get(&strs(path)).is_some_and(has_feature) => {
            toml.remove_entry(&features, edits);
        }
        _ => {}
    }
}

fn strs(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

fn element(path: &[String]) -> Vec<&str> {
    [&strs(path)[..], &[FEATURES, FEATURE]].concat()
}
