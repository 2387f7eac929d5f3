//! How deep and how large types are, as the component format counts them: a type with all types that
//! it is made of, each as often as it stands there. A name adds nothing.
//!
//! Input: a kind of type, with the extents of its parts. Every validator refuses what is beyond the
//! limits here, in the target's own component as well.

use std::collections::BTreeMap;

use wit_parser::{InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

use crate::types::parts;

/// How deep types may nest. The format allows 100, and counts what a stub puts around a type too: the
/// future's `option` and `result`, the function, the interface, the world.
pub(crate) const MAX_DEPTH: usize = 90;

/// What stands around a type in a stub: the function, its future's `option` and `result`, the interface.
const STUB_DEPTH: usize = 4;

/// What all that a component imports or exports may add up to: less than this.
pub(crate) const MAX_SIZE: usize = 1_000_000;

/// How many fields, cases or items a type may have.
pub(crate) const MAX_MEMBERS: usize = 10_000;

/// How deep and how large a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) depth: usize,
    pub(crate) size: usize,
}

impl Extent {
    /// That of a type without parts.
    pub(crate) const ONE: Extent = Extent { depth: 1, size: 1 };

    /// That of a type with one more part.
    pub(crate) fn with(self, part: Extent) -> Extent {
        Extent {
            depth: self.depth.max(part.depth + 1),
            size: self.size.saturating_add(part.size),
        }
    }
}

/// How many fields, cases or items a type has.
pub(crate) fn members(kind: &TypeDefKind) -> usize {
    match kind {
        TypeDefKind::Record(record) => record.fields.len(),
        TypeDefKind::Variant(variant) => variant.cases.len(),
        TypeDefKind::Enum(cases) => cases.cases.len(),
        TypeDefKind::Tuple(tuple) => tuple.types.len(),
        _ => 0,
    }
}

/// The extents of all types. The parts of a type stand before it.
pub(crate) fn all(resolve: &Resolve) -> BTreeMap<TypeId, Extent> {
    let mut all = BTreeMap::new();
    for (id, def) in &resolve.types {
        let mut extent = match def.kind {
            TypeDefKind::Type(ty) => of(&all, &ty),
            _ => Extent::ONE,
        };
        if !matches!(def.kind, TypeDefKind::Type(_)) {
            for part in parts(&def.kind) {
                extent = extent.with(of(&all, &part));
            }
        }
        all.insert(id, extent);
    }
    all
}

fn of(all: &BTreeMap<TypeId, Extent>, ty: &Type) -> Extent {
    match ty {
        Type::Id(id) => all.get(id).copied().unwrap_or(Extent::ONE),
        _ => Extent::ONE,
    }
}

/// Whether a component can hold a stub whose interface is `stub`. What is largest in it is the part that
/// makes that interface out of the functions of the core module: it has the named types of all other
/// interfaces and, twice, these functions and the types of the interface.
pub(crate) fn fits(resolve: &Resolve, stub: InterfaceId) -> bool {
    let all = all(resolve);
    let functions = resolve.interfaces[stub].functions.values();
    let functions = functions.map(|function| {
        let types = function.params.iter().map(|param| param.ty);
        let types = types.chain(function.result);
        types.fold(Extent::ONE, |whole, ty| whole.with(of(&all, &ty)))
    });
    let own = resolve.interfaces[stub].types.values();
    let own = own.map(|id| all[id]);
    let twice: Vec<Extent> = functions.chain(own).collect();
    let others = resolve.types.iter();
    let others =
        others.filter(|(_, def)| def.name.is_some() && def.owner != TypeOwner::Interface(stub));
    let others: Vec<Extent> = others.map(|(id, _)| all[&id]).collect();
    let whole = others.iter().chain(&twice).chain(&twice);
    let whole = whole.fold(Extent::ONE, |whole, part| whole.with(*part));
    whole.depth <= MAX_DEPTH + STUB_DEPTH && whole.size < MAX_SIZE
}
