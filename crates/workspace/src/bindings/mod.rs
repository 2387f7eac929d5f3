//! How a member's bindings are generated, and whether that goes well for the world that it has.
//!
//! | made by | asked for in |
//! |---|---|
//! | cargo-component | `[package.metadata.component.bindings]` |
//! | `wit_bindgen::generate!` | the call |
//!
//! Two things can go wrong with what a stub brings: the macro makes bindings of other packages'
//! interfaces only where the call says so (`generate_all`, `with`), and types may be asked to derive
//! what they cannot. Whatever else is in the world fails in the same way, and is told as well.

mod derives;
mod error;

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_stub::Source;
use serde_json::Value;
use wit_parser::{WorldItem, WorldKey};

pub use derives::Underivable;
pub use error::BindingsError;

use crate::{Member, WorkspaceError};

/// How a member's bindings are generated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bindings {
    pub(crate) by: By,
    /// Whether there are bindings of whatever the world imports.
    pub(crate) generate_all: bool,
    /// The interfaces of which it is said what stands for them, and whether bindings do.
    pub(crate) with: BTreeMap<String, bool>,
    /// What the types are to derive beside what they derive anyway.
    pub(crate) derives: Vec<String>,
    /// The types that are to derive nothing of that.
    pub(crate) ignored: BTreeSet<String>,
    /// Whether types get bindings that no function uses.
    pub(crate) unused_types: bool,
}

/// What generates bindings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum By {
    /// cargo-component, as the manifest says.
    #[default]
    Manifest,
    /// A call of wit-bindgen's macro.
    Macro {
        /// `file:line:column`
        place: String,
        /// The same call with `generate_all`, if that is easily written.
        with_all: Option<String>,
    },
}

impl Bindings {
    /// What the component section of a manifest asks of cargo-component.
    pub(crate) fn of_section(section: &Value) -> Bindings {
        let table = section.get("bindings");
        let get = |key: &str| table.and_then(|table| table.get(key));
        let is = |key: &str| get(key).and_then(Value::as_bool);
        let with = get("with").and_then(Value::as_object).into_iter().flatten();
        let derives = get("derives").and_then(Value::as_array);
        let derives = derives.into_iter().flatten().filter_map(Value::as_str);
        Bindings {
            generate_all: is("generate_all").unwrap_or(true),
            with: with.map(|(name, _)| (name.clone(), false)).collect(),
            derives: derives.map(str::to_string).collect(),
            unused_types: is("generate_unused_types").unwrap_or_default(),
            ..Bindings::default()
        }
    }

    /// Whether there are bindings of another package's interface, or something that stands for them.
    pub(crate) fn covers(&self, interface: &str) -> bool {
        self.generate_all || self.with.contains_key(interface)
    }

    /// The interfaces that the world imports and that have no bindings.
    fn missing(&self, source: &Source) -> Vec<String> {
        let world = &source.resolve.worlds[source.world];
        let imports = world.imports.iter().filter_map(|(key, item)| match item {
            WorldItem::Interface { id, .. } => Some((key, &source.resolve.interfaces[*id])),
            _ => None,
        });
        let others = imports.filter(|(_, interface)| interface.package != world.package);
        let names = others.map(|(key, _): (&WorldKey, _)| source.resolve.name_world_key(key));
        names.filter(|name| !self.covers(name)).collect()
    }
}

impl Member {
    /// What to write, and where, so that it gets bindings of an interface of another package; none if
    /// it does already, or if that is not known.
    pub fn lacks_bindings_of(&self, interface: &str) -> Option<BindingsError> {
        let bindings = self.bindings.as_ref()?;
        let interfaces = vec![interface.to_string()];
        let is_missing = !bindings.covers(interface);
        is_missing.then(|| BindingsError::missing(self, bindings, interfaces))
    }
}

/// Checks that a member's bindings can be made of what its WIT resolves to, as far as it is known how
/// they are made.
pub(crate) fn check(member: &Member, source: &Source) -> Result<(), WorkspaceError> {
    let Some(bindings) = &member.bindings else {
        return Ok(());
    };
    let missing = bindings.missing(source);
    if !missing.is_empty() {
        return Err(BindingsError::missing(member, bindings, missing).into());
    }
    let underivable = derives::underivable(bindings, source);
    match underivable.is_empty() {
        true => Ok(()),
        false => {
            let ignore = derives::to_ignore(bindings, source);
            Err(BindingsError::underivable(member, bindings, underivable, ignore).into())
        }
    }
}
