//! The types of a world that cannot derive what they are asked to.
//!
//! wit-bindgen derives the traits that are asked for on every record, variant and enum that some function uses; not on
//! flags and resources. What a type holds decides whether that compiles:
//!
//! | a type holds | and has none of |
//! |---|---|
//! | an owned resource | all traits |
//! | a borrowed resource | all traits but `Clone`, `Copy` |
//! | flags | other traits than those that bitflags derives, such as `Default` or serde's |
//! | a float | `Eq`, `Ord`, `Hash` |
//! | a string or a list | `Copy` |
//! | a `result`, an enum or a variant | `Default` |
//!
//! What is wrong whatever the type (`Eq` without `PartialEq`, `Debug`, which the bindings implement) is left to rustc.

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
        let mut search = Search {
            resolve: &source.resolve,
            ignored: &bindings.ignored,
            derive: derive.rsplit(':').next().unwrap_or(derive).trim(),
            known: HashMap::new(),
        };
        let failures = types.iter().filter_map(|id| search.failure(*id, derive));
        found.extend(failures.filter(|failure| !bindings.ignored.contains(&failure.name)));
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

/// Looks for types that cannot derive a trait.
struct Search<'a> {
    resolve: &'a Resolve,
    ignored: &'a BTreeSet<String>,
    /// The trait, without its path.
    derive: &'a str,
    /// What of each type has none of it.
    known: HashMap<TypeId, Option<&'static str>>,
}

impl Search<'_> {
    fn failure(&mut self, id: TypeId, derive: &str) -> Option<Underivable> {
        let ty = &self.resolve.types[id];
        let why = match &ty.kind {
            TypeDefKind::Record(record) => {
                let mut fields = record.fields.iter();
                fields.find_map(|field| {
                    let what = self.in_the_way(&field.ty)?;
                    Some(format!("its field `{}` holds {what}", field.name))
                })?
            }
            TypeDefKind::Variant(_) | TypeDefKind::Enum(_) if self.derive == "Default" => {
                "no case of it is the default".to_string()
            }
            TypeDefKind::Variant(variant) => {
                let mut cases = variant.cases.iter();
                cases.find_map(|case| {
                    let what = self.in_the_way(case.ty.as_ref()?)?;
                    Some(format!("its case `{}` holds {what}", case.name))
                })?
            }
            _ => return None,
        };
        Some(Underivable {
            derive: derive.to_string(),
            name: ty.name.clone()?,
            interface: owner(self.resolve, ty),
            why,
        })
    }

    /// What of a type has no implementation of the trait.
    fn in_the_way(&mut self, ty: &Type) -> Option<&'static str> {
        match ty {
            Type::F32 | Type::F64 if matches!(self.derive, "Eq" | "Ord" | "Hash") => {
                Some("a float")
            }
            Type::String if self.derive == "Copy" => Some("a string"),
            Type::Id(id) => match self.known.get(id) {
                Some(known) => *known,
                None => {
                    let found = self.in_the_way_of(&self.resolve.types[*id]);
                    self.known.insert(*id, found);
                    found
                }
            },
            _ => None,
        }
    }

    fn in_the_way_of(&mut self, ty: &TypeDef) -> Option<&'static str> {
        use TypeDefKind as K;
        let is_copy = matches!(self.derive, "Clone" | "Copy");
        let is_ignored = ty
            .name
            .as_ref()
            .is_some_and(|name| self.ignored.contains(name));
        let inner: Vec<&Type> = match &ty.kind {
            K::Handle(Handle::Borrow(_)) if is_copy => return None,
            K::Handle(_) | K::Resource | K::Future(_) | K::Stream(_) => return Some("a resource"),
            K::Flags(_) => return (!FLAGS_DERIVE.contains(&self.derive)).then_some("flags"),
            K::Record(_) | K::Variant(_) if is_ignored && !is_copy => {
                return Some("a type that is left out");
            }
            K::Variant(_) | K::Enum(_) | K::Result(_) if self.derive == "Default" => {
                return Some("a type without a default");
            }
            // One that holds nothing is the default.
            K::List(_) | K::Map(..) | K::Option(_) if self.derive == "Default" => return None,
            K::List(_) | K::Map(..) if self.derive == "Copy" => return Some("a list"),
            K::Record(record) => record.fields.iter().map(|field| &field.ty).collect(),
            K::Variant(variant) => variant.cases.iter().flat_map(|case| &case.ty).collect(),
            K::Tuple(tuple) => tuple.types.iter().collect(),
            K::Result(result) => result.ok.iter().chain(&result.err).collect(),
            K::List(ty) | K::Option(ty) | K::Type(ty) | K::FixedLengthList(ty, _) => vec![ty],
            K::Map(key, value) => vec![key, value],
            K::Enum(_) | K::Unknown => Vec::new(),
        };
        inner.into_iter().find_map(|ty| self.in_the_way(ty))
    }
}

/// What flags derive in any case.
const FLAGS_DERIVE: [&str; 8] = [
    "PartialEq",
    "Eq",
    "PartialOrd",
    "Ord",
    "Hash",
    "Debug",
    "Clone",
    "Copy",
];

fn owner(resolve: &Resolve, ty: &TypeDef) -> String {
    match ty.owner {
        TypeOwner::Interface(id) => resolve.id_of(id).unwrap_or_default(),
        TypeOwner::World(id) => resolve.worlds[id].name.clone(),
        TypeOwner::None => String::new(),
    }
}
