//! Whether a member's bindings can be generated for its world.
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

use golem_rpc_stub::Source;
use wit_parser::{WorldItem, WorldKey};

use crate::members::bindings::{Bindings, By};
use crate::{BindingsError, Member, Underivable, WorkspaceError};

impl Bindings {
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
        is_missing.then(|| no_bindings(self, bindings, interfaces))
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
        return Err(no_bindings(member, bindings, missing).into());
    }
    let underivable = derives::underivable(bindings, source);
    if underivable.is_empty() {
        return Ok(());
    }
    Err(not_derivable(member, bindings, underivable).into())
}

fn no_bindings(member: &Member, bindings: &Bindings, interfaces: Vec<String>) -> BindingsError {
    let (call, place) = place(member, bindings);
    let write = match &bindings.by {
        By::Macro {
            with_all: Some(with_all),
            ..
        } => format!("write `{with_all}`"),
        By::Macro { .. } => "write `generate_all,` between its braces".to_string(),
        By::Manifest => "write `generate_all = true` there, or remove the line".to_string(),
    };
    BindingsError::Missing {
        member: member.name.clone(),
        call,
        place,
        interfaces,
        write,
    }
}

fn not_derivable(member: &Member, bindings: &Bindings, types: Vec<Underivable>) -> BindingsError {
    let all = bindings
        .ignored
        .iter()
        .chain(types.iter().map(|ty| &ty.name));
    let ignore = (bindings.by != By::Manifest).then(|| all.cloned().collect());
    BindingsError::Underivable {
        member: member.name.clone(),
        option: match ignore {
            Some(_) => "`additional_derives` of `wit_bindgen::generate!`",
            None => "`derives` of [package.metadata.component.bindings]",
        },
        place: place(member, bindings).1,
        types,
        ignore,
    }
}

/// What asks for the bindings, and where.
fn place(member: &Member, bindings: &Bindings) -> (&'static str, String) {
    match &bindings.by {
        By::Macro { place, .. } => ("wit_bindgen::generate!", place.clone()),
        By::Manifest => (
            "[package.metadata.component.bindings]",
            member.manifest.to_string(),
        ),
    }
}
