//! Types whose names differ only in case or hyphens.
//!
//! The encoder of components gives every type that a stub reaches an import name of its own, made
//! of the type's name where it is declared. Two that differ only in that are one name to a
//! component, whatever they are called in the stub interface: so the stub declares such types, and
//! what holds them, itself, under names of its choice.

use std::collections::{BTreeMap, BTreeSet};

use wit_parser::{Function, Handle, Resolve, Type, TypeDefKind, TypeId};

use crate::names::folded;
use crate::types::{origin, parts, resource_of};

/// The types of these functions that have such names; `ours` are names of types of golem:rpc.
pub(crate) fn alike<'a>(
    resolve: &Resolve,
    functions: impl Iterator<Item = &'a Function>,
    ours: &[&str],
) -> BTreeSet<TypeId> {
    let mut named = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for function in functions {
        let params = function.params.iter().map(|param| &param.ty);
        let types = params.chain(&function.result);
        types.for_each(|ty| walk(resolve, ty, &mut named, &mut seen));
    }
    let name = |id: &TypeId| resolve.types[*id].name.as_deref().unwrap_or_default();
    let mut spellings = BTreeMap::<String, BTreeSet<&str>>::new();
    for name in named.iter().map(name).chain(ours.iter().copied()) {
        spellings.entry(folded(name)).or_default().insert(name);
    }
    named.retain(|id| spellings[&folded(name(id))].len() > 1);
    named
}

/// Collects the named types and resources of which `ty` is made.
fn walk(resolve: &Resolve, ty: &Type, named: &mut BTreeSet<TypeId>, seen: &mut BTreeSet<TypeId>) {
    let Type::Id(id) = ty else { return };
    let id = origin(resolve, *id);
    if !seen.insert(id) {
        return;
    }
    let def = &resolve.types[id];
    if let TypeDefKind::Handle(handle @ (Handle::Own(_) | Handle::Borrow(_))) = def.kind {
        named.insert(resource_of(resolve, handle));
        return;
    }
    if def.name.is_some() {
        named.insert(id);
    }
    for part in parts(&def.kind) {
        walk(resolve, &part, named, seen);
    }
}
