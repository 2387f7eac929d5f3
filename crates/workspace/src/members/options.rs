//! The options of a target's stub: `[workspace.metadata.golem-rpc.targets.<name>]` of the root manifest.
//!
//! ```toml
//! [workspace.metadata.golem-rpc.targets.purchase-history]
//! golem-rpc = "0.2.0"
//! rpc-errors = "result"
//! redeclare = ["shopping:shared"]
//! skip-unsupported = true
//! stub-backend = "component"
//! world = "history-for-shops"
//! ```
//!
//! A missing key has its default. Unknown keys are found in `misspelt.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use golem_rpc_stub::{GolemRpc, RpcErrors, StubOptions};
use golem_rpc_toml::{Edits, TomlText, key_path};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toml_edit::ser::to_document;
use wit_parser::PackageName;

use crate::{Links, Workspace, WorkspaceError};

/// All keys of a target's table, sorted.
pub(crate) const KEYS: [&str; 6] = [
    "golem-rpc",
    "redeclare",
    "rpc-errors",
    "skip-unsupported",
    "stub-backend",
    "world",
];

const TARGETS: [&str; 4] = ["workspace", "metadata", "golem-rpc", "targets"];

/// How a stub becomes a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StubBackend {
    /// A Rust crate beside the target, a member of the workspace, is compiled.
    #[default]
    Crate,
    /// It is made from the target's WIT without a compiler, when a caller is composed.
    Component,
}

impl StubBackend {
    /// The name in manifests and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            StubBackend::Crate => "crate",
            StubBackend::Component => "component",
        }
    }
}

impl fmt::Display for StubBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The options of one target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct TargetOptions {
    /// How the stub becomes a component.
    #[serde(rename = "stub-backend")]
    pub backend: StubBackend,
    /// How failed calls reach the caller.
    pub rpc_errors: RpcErrors,
    /// The golem:rpc that the stub calls through.
    pub golem_rpc: GolemRpc,
    /// The packages, `ns:name`, whose types the stub declares itself.
    pub redeclare: BTreeSet<String>,
    /// Whether functions that a stub cannot carry are left out.
    pub skip_unsupported: bool,
    /// The world that callers see, if it is not the one that is compiled.
    pub world: Option<String>,
}

impl TargetOptions {
    /// How the stub is made if it declares the types of these packages itself.
    pub fn stub(&self, redeclared: BTreeSet<PackageName>) -> StubOptions {
        StubOptions {
            golem_rpc: self.golem_rpc,
            rpc_errors: self.rpc_errors,
            skip_unsupported: self.skip_unsupported,
            redeclared,
        }
    }

    /// The packages of `redeclare`.
    pub fn redeclared(&self) -> BTreeSet<PackageName> {
        let names = self.redeclare.iter();
        let names = names.filter_map(|package| package.split_once(':'));
        let packages = names.map(|(namespace, name)| PackageName {
            namespace: namespace.to_string(),
            name: name.to_string(),
            version: None,
        });
        packages.collect()
    }

    /// The values of its keys, as TOML writes them.
    fn values(&self) -> BTreeMap<String, String> {
        // Plain values only, so that this cannot fail.
        let document = to_document(self).unwrap_or_default();
        let values = document.iter();
        let text = |value: &toml_edit::Item| value.to_string().trim().to_string();
        values
            .map(|(key, value)| (key.to_string(), text(value)))
            .collect()
    }
}

/// Changes of options; `None` leaves one as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptionChanges {
    /// `stub-backend`
    pub backend: Option<StubBackend>,
    /// `rpc-errors`
    pub rpc_errors: Option<RpcErrors>,
    /// `golem-rpc`
    pub golem_rpc: Option<GolemRpc>,
    /// `redeclare`
    pub redeclare: Option<BTreeSet<String>>,
    /// `skip-unsupported`
    pub skip_unsupported: Option<bool>,
    /// `world`; an empty name means the compiled one.
    pub world: Option<String>,
}

/// The options of all targets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    by_target: BTreeMap<String, TargetOptions>,
}

impl Options {
    /// The options that the root manifest names.
    ///
    /// # Errors
    /// If a table has another shape than the one above, or a value is not known.
    pub fn of(workspace: &Workspace) -> Result<Options, WorkspaceError> {
        let golem_rpc = workspace.metadata.get("golem-rpc");
        let Some(targets) = golem_rpc.and_then(|table| table.get("targets")) else {
            return Ok(Options::default());
        };
        let targets = table(workspace, &TARGETS, targets)?.iter();
        let targets = targets.map(|(target, options)| {
            let options = table(workspace, &[&TARGETS[..], &[target]].concat(), options)?;
            for (key, value) in options {
                check(workspace, target, key, value)?;
            }
            let options = TargetOptions::deserialize(options).unwrap_or_default();
            Ok((target.clone(), options))
        });
        let by_target = targets.collect::<Result<_, WorkspaceError>>()?;
        Ok(Options { by_target })
    }

    /// The options of a target.
    pub fn get(&self, target: &str) -> TargetOptions {
        self.by_target.get(target).cloned().unwrap_or_default()
    }

    /// Changes the options of a target.
    pub fn change(&mut self, target: &str, changes: OptionChanges) {
        let now = self.by_target.entry(target.to_string()).or_default();
        now.backend = changes.backend.unwrap_or(now.backend);
        now.rpc_errors = changes.rpc_errors.unwrap_or(now.rpc_errors);
        now.golem_rpc = changes.golem_rpc.unwrap_or(now.golem_rpc);
        now.skip_unsupported = changes.skip_unsupported.unwrap_or(now.skip_unsupported);
        if let Some(packages) = changes.redeclare {
            now.redeclare = packages;
        }
        if let Some(world) = changes.world {
            now.world = (!world.is_empty()).then_some(world);
        }
    }

    fn values(&self, target: &str) -> BTreeMap<String, String> {
        self.get(target).values()
    }
}

fn table<'v>(
    workspace: &Workspace,
    path: &[&str],
    value: &'v Value,
) -> Result<&'v serde_json::Map<String, Value>, WorkspaceError> {
    value
        .as_object()
        .ok_or_else(|| WorkspaceError::BrokenTable {
            file: workspace.manifest.clone(),
            key: key_path(path),
            expected: "a table",
        })
}

/// Checks the value of one key, so that an error names the key.
fn check(
    workspace: &Workspace,
    target: &str,
    key: &str,
    value: &Value,
) -> Result<(), WorkspaceError> {
    let read = serde_json::from_value::<TargetOptions>(json!({ key: value }));
    let expected = match read {
        Err(error) => error
            .to_string()
            .replacen("unknown variant", "unknown value", 1),
        Ok(options) if options.redeclared().len() < options.redeclare.len() => {
            "expected WIT packages such as `shopping:cart`".to_string()
        }
        Ok(_) => return Ok(()),
    };
    Err(WorkspaceError::UnknownOption {
        manifest: workspace.manifest.clone(),
        key: key_path(&path_of(target, key)),
        message: expected,
    })
}

fn path_of<'a>(target: &'a str, key: &'a str) -> [&'a str; 6] {
    let [a, b, c, d] = TARGETS;
    [a, b, c, d, target, key]
}

/// All keys of these targets' tables.
pub(crate) fn keys_of<'a>(targets: &BTreeSet<&'a str>) -> impl Iterator<Item = [&'a str; 6]> {
    let targets = targets.iter().copied();
    targets.flat_map(|target| KEYS.map(|key| path_of(target, key)))
}

/// The keys to remove: those of targets that nobody calls any more, and those that get their default back.
pub(crate) fn unneeded(
    (before, now): (&Links, &Links),
    options: &Options,
    workspace: &Workspace,
) -> Vec<[String; 6]> {
    let known = Options::of(workspace).unwrap_or_default();
    let (before, now) = (before.targets(), now.targets());
    let default = TargetOptions::default().values();
    let mut paths = Vec::new();
    for target in known.by_target.keys().map(String::as_str) {
        let is_gone = before.contains(target) && !now.contains(target);
        let (was, wanted) = (known.values(target), options.values(target));
        let is_default_again =
            |key: &str| wanted.get(key) != was.get(key) && wanted.get(key) == default.get(key);
        let keys = KEYS
            .into_iter()
            .filter(|key| is_gone || is_default_again(key));
        paths.extend(keys.map(|key| path_of(target, key).map(str::to_string)));
    }
    paths
}

/// Writes what is not the default, and what differs from a key that is there.
pub(crate) fn write(
    toml: &TomlText<'_>,
    options: &Options,
    targets: &BTreeSet<&str>,
    links: &[&str],
    edits: &mut Edits,
) -> Result<(), WorkspaceError> {
    let default = TargetOptions::default().values();
    for target in targets {
        let mut new = Vec::new();
        for (key, wanted) in options.values(target) {
            let path = path_of(target, &key);
            match toml.get(&path) {
                None if default.get(&key) == Some(&wanted) => {}
                None => new.push((key, wanted)),
                Some(present) if is_value(present, &key, &wanted) => {}
                Some(present) => {
                    let place = present.span();
                    let place = place.ok_or_else(|| toml.wrong_shape(&path, "a value"))?;
                    edits.replace(place, wanted);
                }
            }
        }
        if !new.is_empty() {
            toml.insert_beside(&path_of(target, "")[..5], links, &new, edits)?;
        }
    }
    Ok(())
}

/// Whether a key has a value already, however that is written.
fn is_value(present: &toml_edit::Item, key: &str, wanted: &String) -> bool {
    let text = format!("{key} = {present}");
    let options = toml_edit::de::from_str::<TargetOptions>(&text);
    options.is_ok_and(|options| options.values().get(key) == Some(wanted))
}
