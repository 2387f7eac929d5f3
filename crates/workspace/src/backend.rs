//! What the stub of a target is: `[workspace.metadata.golem-rpc.targets.<name>]` of the root manifest.
//!
//! ```toml
//! [workspace.metadata.golem-rpc.targets.purchase-history]
//! stub-backend = "component"
//! ```
//!
//! A target without that key has a stub crate. The table's other keys are not looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::ledger::Ledger;
use crate::toml::{Edits, TomlText, key_path, string_text};
use crate::{Workspace, WorkspaceError};

const TARGETS: [&str; 4] = ["workspace", "metadata", "golem-rpc", "targets"];
const KEY: &str = "stub-backend";

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

/// The backend of each target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backends {
    by_target: BTreeMap<String, StubBackend>,
}

impl Backends {
    /// The backends that the root manifest names.
    ///
    /// # Errors
    /// If a table has another shape than the one above, or a value is not known.
    pub fn of(workspace: &Workspace) -> Result<Backends, WorkspaceError> {
        let not_a_table = |path: &[&str]| WorkspaceError::BrokenTable {
            file: workspace.manifest.clone(),
            key: key_path(path),
            expected: "a table",
        };
        let mut backends = Backends::default();
        let golem_rpc = workspace.metadata.get("golem-rpc");
        let Some(targets) = golem_rpc.and_then(|table| table.get("targets")) else {
            return Ok(backends);
        };
        let targets = targets.as_object().ok_or_else(|| not_a_table(&TARGETS))?;
        for (target, options) in targets {
            let [a, b, c, d] = TARGETS;
            let options = options.as_object();
            let options = options.ok_or_else(|| not_a_table(&[a, b, c, d, target]))?;
            if let Some(value) = options.get(KEY) {
                backends.set(target, backend(workspace, target, value)?);
            }
        }
        Ok(backends)
    }

    /// The backend of a target.
    pub fn get(&self, target: &str) -> StubBackend {
        self.by_target.get(target).copied().unwrap_or_default()
    }

    /// Chooses the backend of a target.
    pub fn set(&mut self, target: &str, backend: StubBackend) {
        self.by_target.insert(target.to_string(), backend);
    }
}

fn backend(
    workspace: &Workspace,
    target: &str,
    value: &Value,
) -> Result<StubBackend, WorkspaceError> {
    let mut all = StubBackend::ALL.into_iter();
    let known = all.find(|backend| value.as_str() == Some(backend.name()));
    known.ok_or_else(|| WorkspaceError::UnknownBackend {
        manifest: workspace.manifest.clone(),
        key: key_path(&path_of(target)),
        found: value.to_string(),
    })
}

fn path_of(target: &str) -> [&str; 6] {
    let [a, b, c, d] = TARGETS;
    [a, b, c, d, target, KEY]
}

/// Whether the key of a target stands in the manifest as we wrote it.
fn is_ours(ledger: &Ledger<'_>, toml: &TomlText<'_>, target: &str) -> bool {
    let path = path_of(target);
    let recorded = ledger.old.key("Cargo.toml", &path);
    recorded.is_some() && recorded == toml.hash_at(&path).as_ref()
}

/// Takes the keys of ours out that only say the default.
pub(crate) fn remove(
    ledger: &Ledger<'_>,
    toml: &TomlText<'_>,
    backends: &Backends,
    targets: &BTreeSet<&str>,
    edits: &mut Edits,
) {
    for target in targets {
        if backends.get(target) == StubBackend::default() && is_ours(ledger, toml, target) {
            toml.remove_with_table(&path_of(target), edits);
        }
    }
}

/// Writes what is not the default, and what differs from a key that is there. A key of the user's
/// stays the user's. Gives the targets whose key is ours.
pub(crate) fn write<'a>(
    ledger: &Ledger<'_>,
    toml: &TomlText<'_>,
    backends: &Backends,
    targets: &BTreeSet<&'a str>,
    edits: &mut Edits,
) -> Result<BTreeSet<&'a str>, WorkspaceError> {
    let mut ours = BTreeSet::new();
    for target in targets.iter().copied() {
        let (path, wanted) = (path_of(target), backends.get(target));
        let value = string_text(wanted.name());
        match toml.get(&path) {
            None if wanted == StubBackend::default() => {}
            None => {
                let entry = [(KEY.to_string(), value)];
                toml.insert_beside(&path[..5], &super::root::LINKS, &entry, edits)?;
                ours.insert(target);
            }
            Some(present) if present.as_str() == Some(wanted.name()) => {
                ours.extend(is_ours(ledger, toml, target).then_some(target));
            }
            Some(present) => {
                let span = present.span();
                let place = span.ok_or_else(|| toml.wrong_shape(&path, "a string"))?;
                edits.replace(place, value);
            }
        }
    }
    Ok(ours)
}

/// Makes the keys of `ours`, of these targets, those of ours in the lock.
pub(crate) fn record(
    ledger: &mut Ledger<'_>,
    toml: &TomlText<'_>,
    targets: &BTreeSet<&str>,
    ours: &BTreeSet<&str>,
) {
    for target in targets {
        let path = path_of(target);
        match toml.hash_at(&path).filter(|_| ours.contains(target)) {
            Some(hash) => ledger.new.record_key("Cargo.toml", &path, hash),
            None => ledger.new.forget_key("Cargo.toml", &key_path(&path)),
        }
    }
}
