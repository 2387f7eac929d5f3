//! What the types of a world are asked to derive and cannot.
//!
//! wit-bindgen derives the traits that are asked for on every record, variant and enum that some
//! function uses; not on flags and resources. Fields decide whether that compiles:
//!
//! | a field holds | and has none of |
//! |---|---|
//! | an owned resource | all traits but `Debug` |
//! | a borrowed resource | all traits but `Debug`, `Clone`, `Copy` |
//! | flags | other traits than those that bitflags derives, such as `Default` or serde's |
//! | a float | `Eq`, `Ord`, `Hash` |
//! | a string or a list | `Copy` |
//! | a `result` | `Default` |

use std::collections::{BTreeSet, HashSet};

use golem_rpc_stub::Source;
use wit_parser::{
    Function, Handle, LiveTypes, Resolve, Type, TypeDef, TypeDefKind, TypeId, TypeOwner, WorldItem,
};

use crate::Underivable;
use crate::members::bindings::Bindings;

/// The types of a source's world that cannot derive what they are asked to.
pub(super) fn underivable(bindings: &Bindings, source: &Source) -> Vec<Underivable> {
    if bindings.derives.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Underivable> = Vec::new();
    for id in generated(bindings, source) {
        let asked = Asked {
            bindings,
            resolve: &source.resolve,
        };
        let failures = bindings
            .derives
            .iter()
            .filter_map(|derive| asked.failure(id, derive));
        found.extend(failures);
    }
    found.sort();
    found.dedup();
    found
}

/// The types to leave out, with those that are left out already, so that all others derive what they are
/// asked to: what holds such a type cannot derive it either.
pub(super) fn to_ignore(bindings: &Bindings, source: &Source) -> BTreeSet<String> {
    let mut bindings = bindings.clone();
    loop {
        let found = underivable(&bindings, source);
        if found.is_empty() {
            return bindings.ignored;
        }
        let names = found.into_iter().map(|found| found.name);
        bindings.ignored.extend(names);
    }
}

/// The types that get bindings of their own.
fn generated(bindings: &Bindings, source: &Source) -> Vec<TypeId> {
    let resolve = &source.resolve;
    let world = &resolve.worlds[source.world];
    let items = || world.imports.iter().chain(&world.exports);
    let mut functions: Vec<&Function> = Vec::new();
    let mut types: Vec<TypeId> = Vec::new();
    for (key, item) in items() {
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

/// What is asked of types.
struct Asked<'a> {
    bindings: &'a Bindings,
    resolve: &'a Resolve,
}

impl Asked<'_> {
    /// Why a type cannot derive a trait.
    fn failure(&self, id: TypeId, derive: &str) -> Option<Underivable> {
        let ty = &self.resolve.types[id];
        let name = ty.name.clone()?;
        if self.is_ignored(ty) {
            return None;
        }
        let why = self.reason(ty, last(derive))?;
        Some(Underivable {
            derive: derive.to_string(),
            name,
            interface: self.owner(ty),
            why,
        })
    }

    fn reason(&self, ty: &TypeDef, derive: &str) -> Option<String> {
        let fields: Vec<(&str, &Type)> = match &ty.kind {
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter();
                fields
                    .map(|field| (field.name.as_str(), &field.ty))
                    .collect()
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter();
                cases
                    .filter_map(|case| Some((case.name.as_str(), case.ty.as_ref()?)))
                    .collect()
            }
            TypeDefKind::Enum(_) => Vec::new(),
            _ => return None,
        };
        let is_record = matches!(ty.kind, TypeDefKind::Record(_));
        match derive {
            "Debug" => return Some("the bindings implement it already".to_string()),
            "Default" if !is_record => return Some("no case of it is the default".to_string()),
            _ => {}
        }
        if !matches!(ty.kind, TypeDefKind::Enum(_))
            && let Some(needed) = self.lacks(derive)
        {
            return Some(format!("without `{needed}` beside it"));
        }
        fields.into_iter().find_map(|(field, ty)| {
            let what = self.in_the_way(ty, derive)?;
            let part = if is_record { "field" } else { "case" };
            Some(format!("its {part} `{field}` holds {what}"))
        })
    }

    /// The trait that a trait builds upon and that is not asked for.
    fn lacks(&self, derive: &str) -> Option<&'static str> {
        let needed: &[&str] = match derive {
            "Eq" | "PartialOrd" => &["PartialEq"],
            "Ord" => &["PartialEq", "Eq", "PartialOrd"],
            _ => &[],
        };
        let asked = |needed: &&&str| self.bindings.derives.iter().any(|d| last(d) == **needed);
        needed.iter().find(|needed| !asked(needed)).copied()
    }

    /// What of a type has no implementation of a trait.
    fn in_the_way(&self, ty: &Type, derive: &str) -> Option<String> {
        let holds = |what: &str| Some(what.to_string());
        match ty {
            Type::F32 | Type::F64 if matches!(derive, "Eq" | "Ord" | "Hash") => holds("a float"),
            Type::String if derive == "Copy" => holds("a string"),
            Type::ErrorContext => Some("an error context".to_string()),
            Type::Id(id) => self.in_the_way_of(&self.resolve.types[*id], derive),
            _ => None,
        }
    }

    fn in_the_way_of(&self, ty: &TypeDef, derive: &str) -> Option<String> {
        let inner = |ty: &Type| self.in_the_way(ty, derive);
        match &ty.kind {
            TypeDefKind::Handle(Handle::Borrow(_)) if matches!(derive, "Clone" | "Copy") => None,
            TypeDefKind::Handle(_) => Some("a resource".to_string()),
            TypeDefKind::Resource | TypeDefKind::Future(_) | TypeDefKind::Stream(_) => {
                Some("a resource".to_string())
            }
            TypeDefKind::Flags(_) => (!FLAGS_DERIVE.contains(&derive)).then(|| "flags".to_string()),
            TypeDefKind::Record(_) | TypeDefKind::Variant(_) | TypeDefKind::Enum(_) => {
                let is_auto = matches!(derive, "Clone" | "Copy")
                    || matches!(ty.kind, TypeDefKind::Enum(_)) && ENUMS_DERIVE.contains(&derive);
                let name = ty.name.as_deref().unwrap_or_default();
                (self.is_ignored(ty) && !is_auto).then(|| format!("`{name}`, which is left out"))
            }
            TypeDefKind::List(_) | TypeDefKind::Map(..) if derive == "Copy" => {
                Some("a list".to_string())
            }
            TypeDefKind::Result(_) if derive == "Default" => Some("a result".to_string()),
            TypeDefKind::Result(result) => {
                let both = result.ok.iter().chain(&result.err);
                both.into_iter().find_map(inner)
            }
            TypeDefKind::Tuple(tuple) => tuple.types.iter().find_map(inner),
            // One that holds nothing is the default.
            TypeDefKind::List(_) | TypeDefKind::Map(..) | TypeDefKind::Option(_)
                if derive == "Default" =>
            {
                None
            }
            TypeDefKind::List(ty) | TypeDefKind::Option(ty) | TypeDefKind::Type(ty) => inner(ty),
            TypeDefKind::FixedLengthList(ty, _) => inner(ty),
            TypeDefKind::Map(key, value) => inner(key).or_else(|| inner(value)),
            TypeDefKind::Unknown => None,
        }
    }

    fn is_ignored(&self, ty: &TypeDef) -> bool {
        let name = ty.name.as_deref();
        name.is_some_and(|name| self.bindings.ignored.contains(name))
    }

    fn owner(&self, ty: &TypeDef) -> String {
        match ty.owner {
            TypeOwner::Interface(id) => self.resolve.id_of(id).unwrap_or_default(),
            TypeOwner::World(id) => self.resolve.worlds[id].name.clone(),
            TypeOwner::None => String::new(),
        }
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
/// What enums derive in any case.
const ENUMS_DERIVE: [&str; 6] = ["Clone", "Copy", "PartialEq", "Eq", "PartialOrd", "Ord"];

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit(':').next().unwrap_or(path).trim()
}
