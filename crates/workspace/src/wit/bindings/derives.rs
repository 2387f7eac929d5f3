//! The types of a world that cannot derive what they are asked to because they hold a resource.
//!
//! wit-bindgen derives the traits that are asked for on every record and variant that some function uses. `Debug` it
//! implements by itself. An owned resource has no other trait, a borrowed one has `Clone` and `Copy` as well. Whatever
//! else stands in the way (a float for `Eq`, a string for `Copy`) is left to rustc, which names the type.

use std::collections::{BTreeSet, HashMap, HashSet};

use golem_rpc_stub::Source;
use wit_parser::{
    Function, Handle, LiveTypes, Resolve, Type, TypeDef, TypeDefKind, TypeId, TypeOwner, WorldItem,
};

use crate::Underivable;
use crate::members::bindings::Bindings;

/// The types of a source's world that cannot derive what they are asked to.
pub(super) fn underivable(bindings: &Bindings, source: &Source) -> Vec<Underivable> {
    let mut found = BTreeSet::new();
    let types = generated(bindings, source);
    for derive in &bindings.derives {
        let name = derive.rsplit(':').next().unwrap_or(derive).trim();
        let mut search = Search {
            resolve: &source.resolve,
            borrowed_count: !matches!(name, "Clone" | "Copy"),
            known: HashMap::new(),
        };
        if name != "Debug" {
            let failures = types.iter().filter_map(|id| search.failure(*id, derive));
            found.extend(failures.filter(|failure| !bindings.ignored.contains(&failure.name)));
        }
    }
    found.into_iter().collect()
}

/// The types that get bindings of their own.
fn generated(bindings: &Bindings, source: &Source) -> Vec<TypeId> {
    let resolve = &source.resolve;
    let world = &resolve.worlds[source.world];
    let mut functions: Vec<&Function> = Vec::new();
    let mut types: Vec<TypeId> = Vec::new();
    for (key, item) in world.imports.iter().chain(&world.exports) {
        match item {
            WorldItem::Interface { id, .. } => {
                let interface = &resolve.interfaces[*id];
                functions.extend(interface.functions.values());
                let elsewhere = bindings.with.get(&resolve.name_world_key(key)) == Some(&false);
                if !elsewhere {
                    types.extend(interface.types.values());
                }
            }
            WorldItem::Function(function) => functions.push(function),
            WorldItem::Type { id, .. } => types.push(*id),
        }
    }
    let mut live = LiveTypes::default();
    functions
        .iter()
        .for_each(|function| live.add_func(resolve, function));
    let live: HashSet<TypeId> = live.iter().collect();
    types.retain(|id| bindings.unused_types || live.contains(id));
    types
}

/// Looks for types that hold a resource.
struct Search<'a> {
    resolve: &'a Resolve,
    /// Whether a borrowed resource is in the way as well.
    borrowed_count: bool,
    known: HashMap<TypeId, bool>,
}

impl Search<'_> {
    fn failure(&mut self, id: TypeId, derive: &str) -> Option<Underivable> {
        let resolve = self.resolve;
        let ty = &resolve.types[id];
        let part = match &ty.kind {
            TypeDefKind::Record(record) => {
                let mut fields = record.fields.iter();
                let field = fields.find(|field| self.has_resource(&field.ty))?;
                format!("field `{}`", field.name)
            }
            TypeDefKind::Variant(variant) => {
                let mut cases = variant.cases.iter();
                let case = cases.find(|case| case.ty.is_some_and(|ty| self.has_resource(&ty)))?;
                format!("case `{}`", case.name)
            }
            _ => return None,
        };
        Some(Underivable {
            derive: derive.to_string(),
            name: ty.name.clone()?,
            interface: owner(resolve, ty),
            why: format!("its {part} holds a resource"),
        })
    }

    fn has_resource(&mut self, ty: &Type) -> bool {
        let Type::Id(id) = ty else { return false };
        if let Some(known) = self.known.get(id) {
            return *known;
        }
        let inner: Vec<&Type> = match &self.resolve.types[*id].kind {
            TypeDefKind::Record(record) => record.fields.iter().map(|field| &field.ty).collect(),
            TypeDefKind::Variant(variant) => {
                variant.cases.iter().flat_map(|case| &case.ty).collect()
            }
            TypeDefKind::Tuple(tuple) => tuple.types.iter().collect(),
            TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).collect(),
            TypeDefKind::List(ty) | TypeDefKind::Option(ty) | TypeDefKind::Type(ty) => vec![ty],
            _ => Vec::new(),
        };
        let found = match &self.resolve.types[*id].kind {
            TypeDefKind::Handle(Handle::Borrow(_)) => self.borrowed_count,
            TypeDefKind::Handle(Handle::Own(_)) | TypeDefKind::Resource => true,
            _ => inner.into_iter().any(|ty| self.has_resource(ty)),
        };
        self.known.insert(*id, found);
        found
    }
}

fn owner(resolve: &Resolve, ty: &TypeDef) -> String {
    match ty.owner {
        TypeOwner::Interface(id) => resolve.id_of(id).unwrap_or_default(),
        TypeOwner::World(id) => resolve.worlds[id].name.clone(),
        TypeOwner::None => String::new(),
    }
}
