//! The types that remote functions carry: which ones the protocol takes, which named types the stub
//! interface must bring in, and how they are written there.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;
use wit_parser::{Handle, Interface, Resolve, Span, Type, TypeDef, TypeDefKind, TypeId, TypeOwner};

use crate::derive::Unsupported;
use crate::names::{self, Candidates};

/// The named types of a target's signatures, each once and after those it is made of.
#[derive(Default)]
pub(crate) struct NamedTypes {
    /// Types of a package's interface: the stub interface `use`s them.
    pub(crate) used: IndexSet<TypeId>,
    /// Types of a world or an inline interface, which nothing can `use`: declared again.
    pub(crate) redeclared: IndexSet<TypeId>,
    /// Types seen already, named or not.
    seen: BTreeSet<TypeId>,
}

/// The type that `id` stands for: `use` in another interface is looked through, `type a = b` in one
/// interface is a type of its own.
pub(crate) fn origin(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(target)) = &resolve.types[id].kind {
        let (alias, aliased) = (&resolve.types[id], &resolve.types[*target]);
        let local = usable_interface(resolve, alias).is_some() && alias.owner == aliased.owner;
        if local || aliased.name.is_none() {
            break;
        }
        id = *target;
    }
    id
}

/// The interface that a type can be `use`d from; none for a world's or an inline interface's.
pub(crate) fn usable_interface<'a>(resolve: &'a Resolve, ty: &TypeDef) -> Option<&'a Interface> {
    match ty.owner {
        TypeOwner::Interface(id) => {
            let interface = &resolve.interfaces[id];
            interface.name.is_some().then_some(interface)
        }
        TypeOwner::World(_) | TypeOwner::None => None,
    }
}

impl NamedTypes {
    /// Adds the named types of which `ty` is made; `span` is where it is asked for.
    pub(crate) fn add(
        &mut self,
        resolve: &Resolve,
        ty: &Type,
        span: Span,
    ) -> Result<(), Unsupported> {
        self.walk(resolve, ty, span, true)
    }

    /// Walks `ty`. A type that is `use`d brings its parts along: they are walked only for what the
    /// protocol cannot carry, with `wanted` false.
    fn walk(
        &mut self,
        resolve: &Resolve,
        ty: &Type,
        span: Span,
        wanted: bool,
    ) -> Result<(), Unsupported> {
        let id = match ty {
            Type::Id(id) => origin(resolve, *id),
            Type::ErrorContext => return Err(unsupported(resolve, "error-context", span)),
            _ => return Ok(()),
        };
        let def = &resolve.types[id];
        let used = usable_interface(resolve, def).is_some();
        let known = self.used.contains(&id) || self.redeclared.contains(&id);
        if self.seen.insert(id) || (wanted && !known) {
            let span = if def.span.is_known() { def.span } else { span };
            for part in parts(resolve, &def.kind, span)? {
                self.walk(resolve, &part, span, wanted && !used)?;
            }
        }
        if wanted && def.name.is_some() {
            match used {
                true => self.used.insert(id),
                false => self.redeclared.insert(id),
            };
        }
        Ok(())
    }
}

/// The types that a type is directly made of, or why the protocol cannot carry it.
fn parts(resolve: &Resolve, kind: &TypeDefKind, span: Span) -> Result<Vec<Type>, Unsupported> {
    let refuse = |construct: &'static str| Err(unsupported(resolve, construct, span));
    Ok(match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|f| f.ty).collect(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|c| c.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Option(ty) | TypeDefKind::List(ty) | TypeDefKind::Type(ty) => vec![*ty],
        TypeDefKind::Result(result) => result.ok.into_iter().chain(result.err).collect(),
        TypeDefKind::Enum(_) => vec![],
        TypeDefKind::Flags(flags) if flags.flags.len() <= 32 => vec![],
        TypeDefKind::Flags(_) => return refuse("flags type of more than 32 flags"),
        TypeDefKind::Resource => return refuse("resource"),
        TypeDefKind::Handle(Handle::Own(_)) => return refuse("resource handle"),
        TypeDefKind::Handle(Handle::Borrow(_)) => return refuse("borrowed resource handle"),
        TypeDefKind::Map(..) => return refuse("map"),
        TypeDefKind::FixedLengthList(..) => return refuse("fixed-length list"),
        TypeDefKind::Future(_) => return refuse("future"),
        TypeDefKind::Stream(_) => return refuse("stream"),
        TypeDefKind::Unknown => unreachable!("a resolved type is known"),
    })
}

fn unsupported(resolve: &Resolve, construct: &'static str, span: Span) -> Unsupported {
    Unsupported::at(resolve, construct, span)
}

/// The names of the named types in the stub interface.
pub(crate) struct LocalNames {
    by_type: BTreeMap<TypeId, String>,
}

impl LocalNames {
    /// Names every type; `taken` are the names of the stub's resources.
    pub(crate) fn assign(
        resolve: &Resolve,
        types: &NamedTypes,
        taken: &BTreeSet<String>,
    ) -> LocalNames {
        let ids: Vec<TypeId> = types
            .used
            .iter()
            .chain(&types.redeclared)
            .copied()
            .collect();
        let candidates: Vec<Candidates> =
            ids.iter().map(|id| type_candidates(resolve, *id)).collect();
        let names = names::distinct(&candidates, taken);
        LocalNames {
            by_type: ids.into_iter().zip(names).collect(),
        }
    }

    /// All names.
    pub(crate) fn all(&self) -> impl Iterator<Item = &String> {
        self.by_type.values()
    }

    /// The name of a type that was assigned one.
    pub(crate) fn of(&self, id: TypeId) -> &str {
        &self.by_type[&id]
    }

    /// A type as WIT text in the stub interface.
    pub(crate) fn write(&self, resolve: &Resolve, ty: &Type) -> String {
        let Type::Id(id) = ty else {
            return primitive(ty).to_string();
        };
        let id = origin(resolve, *id);
        match self.by_type.get(&id) {
            Some(name) => format!("%{name}"),
            None => self.write_kind(resolve, &resolve.types[id].kind),
        }
    }

    /// The structure of an unnamed type, or of an alias.
    pub(crate) fn write_kind(&self, resolve: &Resolve, kind: &TypeDefKind) -> String {
        let write = |ty: &Type| self.write(resolve, ty);
        match kind {
            TypeDefKind::Type(ty) => write(ty),
            TypeDefKind::List(ty) => format!("list<{}>", write(ty)),
            TypeDefKind::Option(ty) => format!("option<{}>", write(ty)),
            TypeDefKind::Tuple(tuple) => {
                format!(
                    "tuple<{}>",
                    tuple.types.iter().map(write).collect::<Vec<_>>().join(", ")
                )
            }
            TypeDefKind::Result(result) => match (&result.ok, &result.err) {
                (None, None) => "result".to_string(),
                (Some(ok), None) => format!("result<{}>", write(ok)),
                (None, Some(err)) => format!("result<_, {}>", write(err)),
                (Some(ok), Some(err)) => format!("result<{}, {}>", write(ok), write(err)),
            },
            _ => unreachable!("only named types have other kinds, and the rest was refused"),
        }
    }
}

fn type_candidates(resolve: &Resolve, id: TypeId) -> Candidates {
    let def = &resolve.types[id];
    let name = def.name.as_deref().expect("a named type");
    match (usable_interface(resolve, def), def.owner) {
        (Some(interface), _) => {
            let package = interface.package.map(|p| &resolve.packages[p].name);
            names::candidates(name, interface.name.as_deref(), package)
        }
        (None, TypeOwner::World(world)) => {
            names::candidates(name, Some(&resolve.worlds[world].name), None)
        }
        (None, owner) => names::candidates(name, inline_name(resolve, owner), None),
    }
}

/// The name under which some world exports an inline interface.
fn inline_name(resolve: &Resolve, owner: TypeOwner) -> Option<&str> {
    let TypeOwner::Interface(id) = owner else {
        return None;
    };
    resolve.worlds.iter().find_map(|(_, world)| {
        world
            .exports
            .iter()
            .find_map(|(key, item)| match (key, item) {
                (
                    wit_parser::WorldKey::Name(name),
                    wit_parser::WorldItem::Interface { id: i, .. },
                ) if *i == id => Some(name.as_str()),
                _ => None,
            })
    })
}

fn primitive(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(_) => unreachable!("not a primitive"),
    }
}
