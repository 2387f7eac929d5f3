//! WIT types as Rust text.
//!
//! A record, variant, enum, flags or resource type is written through golem:rpc's module where it
//! is one of golem:rpc's own (`rpc::Uri`), through the stub interface's module where that brings it
//! in (`stub::Order`), else by its full path; so is a list, tuple or the like that WIT gives a name,
//! and everything else is written by its structure. So no type of a user's, whatever its name, can be
//! taken for one of Rust's or ours, and no type is written out more often than in WIT.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_stub::{Stub, compatible, parts};
use wit_parser::{Handle, InterfaceId, PackageName, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

use crate::names;

/// Writes the types of one stub.
pub(crate) struct Speller<'a> {
    resolve: &'a Resolve,
    /// The interface of golem:rpc that the stub calls through.
    rpc: InterfaceId,
    /// Types that have a name in the stub interface.
    local: BTreeMap<TypeId, &'a str>,
    /// Types that hold a borrowed handle: their Rust types have a lifetime.
    lending: BTreeSet<TypeId>,
}

impl<'a> Speller<'a> {
    /// Looks up which types the stub interface names.
    pub(crate) fn new(stub: &'a Stub) -> Speller<'a> {
        let resolve = &stub.resolve;
        let mut local = BTreeMap::new();
        for (name, id) in &resolve.interfaces[stub.interface].types {
            if let Type::Id(id) = dealias(resolve, Type::Id(*id)) {
                local.entry(id).or_insert(name.as_str());
            }
        }
        Speller {
            resolve,
            rpc: golem_rpc(stub),
            local,
            lending: lending(resolve),
        }
    }

    /// A type as an owned Rust value; a borrowed handle in it has the lifetime of the call.
    pub(crate) fn owned(&self, ty: &Type) -> String {
        let ty = dealias(self.resolve, *ty);
        let Type::Id(id) = ty else {
            return primitive(&ty).expect("refused before").0.to_string();
        };
        let def = &self.resolve.types[id];
        match &def.kind {
            TypeDefKind::Handle(Handle::Own(resource)) => self.owned(&Type::Id(*resource)),
            TypeDefKind::Handle(Handle::Borrow(resource)) => {
                format!("{}Borrow<'_>", self.owned(&Type::Id(*resource)))
            }
            _ if def.name.is_some() => self.named(id),
            TypeDefKind::List(ty) => format!("Vec<{}>", self.owned(ty)),
            TypeDefKind::Option(ty) => format!("Option<{}>", self.owned(ty)),
            TypeDefKind::Result(result) => {
                let side = |ty: &Option<Type>| match ty {
                    Some(ty) => self.owned(ty),
                    None => "()".into(),
                };
                format!("Result<{}, {}>", side(&result.ok), side(&result.err))
            }
            TypeDefKind::Tuple(tuple) => match tuple.types.as_slice() {
                [one] => format!("({},)", self.owned(one)),
                types => {
                    let types: Vec<String> = types.iter().map(|ty| self.owned(ty)).collect();
                    format!("({})", types.join(", "))
                }
            },
            _ => unreachable!("all other types have names"),
        }
    }

    /// The path of a type with a name.
    pub(crate) fn named(&self, id: TypeId) -> String {
        let lifetime = if self.lending.contains(&id) {
            "<'_>"
        } else {
            ""
        };
        let interface = owner(self.resolve, id);
        let own = self.resolve.types[id].name.as_deref();
        let own = names::type_name(own.expect("such a type has a name"));
        match self.local.get(&id) {
            _ if interface == self.rpc => format!("rpc::{own}"),
            Some(local) => format!("stub::{}{lifetime}", names::type_name(local)),
            None => {
                let module = names::interface_module(self.resolve, interface, false);
                format!("{module}::{own}")
            }
        }
    }
}

/// A primitive type: its Rust name, its node and what an error message calls it.
pub(crate) type Primitive = (&'static str, &'static str, &'static str);

/// A primitive's Rust type, node case and description.
pub(crate) fn primitive(ty: &Type) -> Result<Primitive, &'static str> {
    Ok(match ty {
        Type::Bool => ("bool", "PrimBool", "a bool"),
        Type::U8 => ("u8", "PrimU8", "a u8"),
        Type::U16 => ("u16", "PrimU16", "a u16"),
        Type::U32 => ("u32", "PrimU32", "a u32"),
        Type::U64 => ("u64", "PrimU64", "a u64"),
        Type::S8 => ("i8", "PrimS8", "an s8"),
        Type::S16 => ("i16", "PrimS16", "an s16"),
        Type::S32 => ("i32", "PrimS32", "an s32"),
        Type::S64 => ("i64", "PrimS64", "an s64"),
        Type::F32 => ("f32", "PrimFloat32", "an f32"),
        Type::F64 => ("f64", "PrimFloat64", "an f64"),
        Type::Char => ("char", "PrimChar", "a char"),
        Type::String => ("String", "PrimString", "a string"),
        Type::ErrorContext => return Err("error-context"),
        Type::Id(_) => unreachable!("a named type is not a primitive"),
    })
}

/// The types that hold a borrowed handle. The parts of a type stand before it.
fn lending(resolve: &Resolve) -> BTreeSet<TypeId> {
    let mut lending = BTreeSet::new();
    for (id, def) in &resolve.types {
        let mut parts = parts(&def.kind).into_iter();
        let lends = |ty: Type| matches!(ty, Type::Id(id) if lending.contains(&id));
        if matches!(def.kind, TypeDefKind::Handle(Handle::Borrow(_))) || parts.any(lends) {
            lending.insert(id);
        }
    }
    lending
}

/// The interface of golem:rpc with the resource `wasm-rpc` that the stub calls through.
pub(crate) fn golem_rpc(stub: &Stub) -> InterfaceId {
    let wanted = PackageName {
        namespace: "golem".into(),
        name: "rpc".into(),
        version: semver::Version::parse(stub.options.golem_rpc.name()).ok(),
    };
    let mut packages = stub.resolve.packages.iter().map(|(_, package)| package);
    let package = packages.find(|package| compatible(&package.name, &wanted));
    package.expect("a stub depends on golem:rpc").interfaces["types"]
}

/// The type behind all aliases.
pub(crate) fn dealias(resolve: &Resolve, mut ty: Type) -> Type {
    while let Type::Id(id) = ty {
        match resolve.types[id].kind {
            TypeDefKind::Type(target) => ty = target,
            _ => break,
        }
    }
    ty
}

/// The interface that a type stands in.
pub(crate) fn owner(resolve: &Resolve, id: TypeId) -> InterfaceId {
    match resolve.types[id].owner {
        TypeOwner::Interface(id) => id,
        _ => unreachable!("the types of a stub's WIT stand in interfaces"),
    }
}
