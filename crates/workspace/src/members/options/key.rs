//! The keys of a target's table: their names, and their values as TOML writes them.

use std::collections::BTreeSet;

use golem_rpc_stub::{GolemRpc, RpcErrors};
use golem_rpc_toml::string_text;
use serde_json::Value;
use toml_edit::{Array, Item};

use super::{StubBackend, TargetOptions, unversioned};

/// A key of a target's table.
#[derive(Clone, Copy)]
pub(super) enum Key {
    GolemRpc,
    Redeclare,
    RpcErrors,
    SkipUnsupported,
    StubBackend,
    World,
}

impl Key {
    /// In the order of their names.
    pub(super) const ALL: [Key; 6] = [
        Key::GolemRpc,
        Key::Redeclare,
        Key::RpcErrors,
        Key::SkipUnsupported,
        Key::StubBackend,
        Key::World,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Key::GolemRpc => "golem-rpc",
            Key::Redeclare => "redeclare",
            Key::RpcErrors => "rpc-errors",
            Key::SkipUnsupported => "skip-unsupported",
            Key::StubBackend => "stub-backend",
            Key::World => "world",
        }
    }

    /// The value as TOML writes it.
    pub(super) fn value(self, options: &TargetOptions) -> String {
        match self {
            Key::GolemRpc => string_text(options.golem_rpc.name()),
            Key::Redeclare => array_text(options.redeclare.iter().map(String::as_str)),
            Key::RpcErrors => string_text(options.rpc_errors.name()),
            Key::SkipUnsupported => options.skip_unsupported.to_string(),
            Key::StubBackend => string_text(options.backend.name()),
            Key::World => string_text(options.world.as_deref().unwrap_or_default()),
        }
    }

    pub(super) fn default_value(self) -> String {
        self.value(&TargetOptions::default())
    }

    /// Takes a value in; none if the key cannot have it.
    pub(super) fn read(self, value: &Value, options: &mut TargetOptions) -> Option<()> {
        match self {
            Key::GolemRpc => options.golem_rpc = named(&GolemRpc::ALL, GolemRpc::name, value)?,
            Key::Redeclare => options.redeclare = packages(value)?,
            Key::RpcErrors => options.rpc_errors = named(&RpcErrors::ALL, RpcErrors::name, value)?,
            Key::SkipUnsupported => options.skip_unsupported = value.as_bool()?,
            Key::StubBackend => {
                options.backend = named(&StubBackend::ALL, StubBackend::name, value)?
            }
            Key::World => {
                let world = value.as_str().filter(|world| !world.is_empty())?;
                options.world = Some(world.to_string());
            }
        }
        Some(())
    }

    /// What its value is, where it can be any text of a kind.
    pub(super) fn shape(self) -> Option<&'static str> {
        match self {
            Key::Redeclare => Some("a list of WIT packages such as `[\"shopping:cart\"]`"),
            Key::World => Some("the name of a world"),
            _ => None,
        }
    }

    /// The values that it can have otherwise, the default first.
    pub(super) fn known(self) -> Vec<String> {
        match self {
            Key::GolemRpc => texts(GolemRpc::ALL.map(GolemRpc::name)),
            Key::RpcErrors => texts(RpcErrors::ALL.map(RpcErrors::name)),
            Key::SkipUnsupported => vec!["false".to_string(), "true".to_string()],
            Key::StubBackend => texts(StubBackend::ALL.map(StubBackend::name)),
            Key::Redeclare | Key::World => Vec::new(),
        }
    }
}

/// The value of a key as it stands in a manifest, as [`Key::value`] writes it.
pub(super) fn value_text(item: &Item) -> Option<String> {
    let array = |array: &Array| array_text(array.iter().filter_map(|value| value.as_str()));
    let text = item.as_str().map(string_text);
    let text = text.or_else(|| item.as_bool().map(|value| value.to_string()));
    text.or_else(|| item.as_array().map(array))
}

fn named<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str, value: &Value) -> Option<T> {
    let text = value.as_str()?;
    all.iter().copied().find(|known| name(*known) == text)
}

fn packages(value: &Value) -> Option<BTreeSet<String>> {
    let packages: BTreeSet<String> = serde_json::from_value(value.clone()).ok()?;
    let is_package = |text: &String| unversioned(text).is_some();
    packages.iter().all(is_package).then_some(packages)
}

fn texts<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(string_text).into()
}

fn array_text<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let values: Vec<String> = values.map(string_text).collect();
    format!("[{}]", values.join(", "))
}
