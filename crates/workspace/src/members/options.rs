//! What the stub of a target is: `[workspace.metadata.golem-rpc.targets.<name>]` of the root manifest.
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
//! A key that is missing has its default. `misspelt.rs` looks for others.

mod key;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use golem_rpc_stub::{GolemRpc, RpcErrors, StubOptions};
use serde_json::Value;
use wit_parser::PackageName;

use golem_rpc_toml::{Edits, TomlText, key_path};

use crate::{Links, Workspace, WorkspaceError};
use key::{Key, value_text};

/// All keys of a target's table.
pub(crate) const OPTIONS: [&str; 6] = [
    Key::GolemRpc.name(),
    Key::Redeclare.name(),
    Key::RpcErrors.name(),
    Key::SkipUnsupported.name(),
    Key::StubBackend.name(),
    Key::World.name(),
];

pub(crate) const TARGETS: [&str; 4] = ["workspace", "metadata", "golem-rpc", "targets"];

/// How a stub becomes a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StubBackend {
    /// A Rust crate beside the target, a member of the workspace, is compiled.
    #[default]
    Crate,
    /// It is made from the target's WIT without a compiler, when a caller is composed.
    Component,
}

impl StubBackend {
    const ALL: [StubBackend; 2] = [StubBackend::Crate, StubBackend::Component];

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetOptions {
    /// `stub-backend`
    pub backend: StubBackend,
    /// `rpc-errors`
    pub rpc_errors: RpcErrors,
    /// `golem-rpc`
    pub golem_rpc: GolemRpc,
    /// `redeclare`: packages, `ns:name`, whose types the stub declares itself.
    pub redeclare: BTreeSet<String>,
    /// `skip-unsupported`
    pub skip_unsupported: bool,
    /// `world`: the one that callers see, where it is not the one that is compiled.
    pub world: Option<String>,
}

impl TargetOptions {
    /// How the stub is made, when it declares the types of these packages itself.
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
        let packages = self.redeclare.iter();
        packages
            .filter_map(|package| unversioned(package))
            .collect()
    }
}

/// `ns:name` as a package.
fn unversioned(package: &str) -> Option<PackageName> {
    let (namespace, name) = package.split_once(':')?;
    Some(PackageName {
        namespace: namespace.to_string(),
        name: name.to_string(),
        version: None,
    })
}

/// What is to become of options: those that are none stay as they are.
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
    /// `world`; an empty one for that which is compiled.
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
        let not_a_table = |path: &[&str]| WorkspaceError::BrokenTable {
            file: workspace.manifest.clone(),
            key: key_path(path),
            expected: "a table",
        };
        let mut options = Options::default();
        let golem_rpc = workspace.metadata.get("golem-rpc");
        let Some(targets) = golem_rpc.and_then(|table| table.get("targets")) else {
            return Ok(options);
        };
        let targets = targets.as_object().ok_or_else(|| not_a_table(&TARGETS))?;
        for (target, table) in targets {
            let table = table.as_object();
            let table = table.ok_or_else(|| not_a_table(&table_of(target)))?;
            let of_target = options.by_target.entry(target.clone()).or_default();
            for key in Key::ALL {
                if let Some(value) = table.get(key.name()) {
                    read(workspace, target, key, value, of_target)?;
                }
            }
        }
        Ok(options)
    }

    /// The options of a target.
    pub fn get(&self, target: &str) -> TargetOptions {
        self.by_target.get(target).cloned().unwrap_or_default()
    }

    /// Changes the options of a target.
    pub fn change(&mut self, target: &str, changes: OptionChanges) {
        let now = self.get(target);
        let changed = TargetOptions {
            backend: changes.backend.unwrap_or(now.backend),
            rpc_errors: changes.rpc_errors.unwrap_or(now.rpc_errors),
            golem_rpc: changes.golem_rpc.unwrap_or(now.golem_rpc),
            redeclare: changes.redeclare.unwrap_or(now.redeclare),
            skip_unsupported: changes.skip_unsupported.unwrap_or(now.skip_unsupported),
            world: match changes.world {
                Some(none) if none.is_empty() => None,
                world => world.or(now.world),
            },
        };
        self.by_target.insert(target.to_string(), changed);
    }
}

/// Reads one value.
fn read(
    workspace: &Workspace,
    target: &str,
    key: Key,
    value: &Value,
    options: &mut TargetOptions,
) -> Result<(), WorkspaceError> {
    if key.read(value, options).is_some() {
        return Ok(());
    }
    let (manifest, path) = (workspace.manifest.clone(), key_path(&path_of(target, key)));
    Err(match key.shape() {
        Some(expected) => WorkspaceError::BrokenTable {
            file: manifest,
            key: path,
            expected,
        },
        None => WorkspaceError::UnknownOption {
            manifest,
            key: path,
            found: value.to_string(),
            known: key.known(),
        },
    })
}

fn table_of(target: &str) -> [&str; 5] {
    let [a, b, c, d] = TARGETS;
    [a, b, c, d, target]
}

fn path_of(target: &str, key: Key) -> [&str; 6] {
    let [a, b, c, d, target] = table_of(target);
    [a, b, c, d, target, key.name()]
}

/// All keys of these targets' tables.
pub(crate) fn keys_of<'a>(targets: &BTreeSet<&'a str>) -> impl Iterator<Item = [&'a str; 6]> {
    let targets = targets.iter().copied();
    targets.flat_map(|target| Key::ALL.map(|key| path_of(target, key)))
}

/// The keys that go: those of targets that nobody calls any more, and those that are to have their default
/// again.
pub(crate) fn unneeded(
    (before, now): (&Links, &Links),
    options: &Options,
    workspace: &Workspace,
) -> Vec<[String; 6]> {
    let known = Options::of(workspace).unwrap_or_default();
    let (before, now) = (before.targets(), now.targets());
    let mut paths = Vec::new();
    for target in &known
        .by_target
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
    {
        let is_gone = before.contains(target) && !now.contains(target);
        for key in Key::ALL {
            let (was, wanted) = (
                key.value(&known.get(target)),
                key.value(&options.get(target)),
            );
            if is_gone || wanted != was && wanted == key.default_value() {
                paths.push(path_of(target, key).map(str::to_string));
            }
        }
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
    for target in targets.iter().copied() {
        let mut new = Vec::new();
        for key in Key::ALL {
            let (path, wanted) = (path_of(target, key), key.value(&options.get(target)));
            match toml.get(&path) {
                None if wanted == key.default_value() => {}
                None => new.push((key.name().to_string(), wanted)),
                Some(present) if value_text(present).as_ref() == Some(&wanted) => {}
                Some(present) => {
                    let place = present.span();
                    edits.replace(
                        place.ok_or_else(|| toml.wrong_shape(&path, "a value"))?,
                        wanted,
                    );
                }
            }
        }
        if !new.is_empty() {
            toml.insert_beside(&table_of(target), links, &new, edits)?;
        }
    }
    Ok(())
}
