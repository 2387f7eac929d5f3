//! WIT types as Rust text.
//!
//! A record, variant, enum or flags type is written through the stub interface's module where that
//! brings it in (`stub::Order`), else by its full path; everything else by its structure. So no
//! type of a user's, whatever its name, can be taken for one of Rust's or ours.

use std::collections::BTreeMap;

use golem_rpc_stub::Stub;
use wit_parser::{InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

use crate::names;
use crate::reach::primitive;

/// Writes the types of one stub.
pub(crate) struct Speller<'a> {
    resolve: &'a Resolve,
    /// Types that have a name in the stub interface.
    local: BTreeMap<TypeId, &'a str>,
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
        Speller { resolve, local }
    }

    /// A type as an owned Rust value.
    pub(crate) fn owned(&self, ty: &Type) -> String {
        let ty = dealias(self.resolve, *ty);
        let Type::Id(id) = ty else {
            return primitive(&ty).expect("refused before").0.to_string();
        };
        match &self.resolve.types[id].kind {
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
            _ => self.named(id),
        }
    }

    /// The path of a record, variant, enum or flags type.
    pub(crate) fn named(&self, id: TypeId) -> String {
        if let Some(name) = self.local.get(&id) {
            return format!("stub::{}", names::type_name(name));
        }
        let ty = &self.resolve.types[id];
        let name = names::type_name(ty.name.as_deref().expect("such a type has a name"));
        let module = names::interface_module(self.resolve, owner(self.resolve, id), false);
        format!("{module}::{name}")
    }
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
