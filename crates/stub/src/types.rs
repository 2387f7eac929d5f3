//! The named types of a target's signatures: which ones the stub interface `use`s, which ones it must
//! declare itself, and how types are written there.
//!
//! A type is declared again where nothing can `use` it (it stands in a world or an inline
//! interface), where it holds a handle (the stub's own resource stands for the target's), and where
//! its package must not be depended on. Names of handles are looked through: a handle is always
//! written as `own<…>` or `borrow<…>` of the stub's resource.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;
use wit_parser::{
    Function, Handle, Interface, InterfaceId, PackageId, Resolve, Span, Type, TypeDef, TypeDefKind,
    TypeId, TypeOwner,
};

use crate::names::{self, Candidates};

/// The named types of a target's signatures, each once and after those it is made of.
#[derive(Default)]
pub(crate) struct NamedTypes {
    /// Types of a package's interface: the stub interface `use`s them.
    pub(crate) used: IndexSet<TypeId>,
    /// Types that the stub interface declares itself.
    pub(crate) redeclared: IndexSet<TypeId>,
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

/// The handle that a type is, through aliases.
pub(crate) fn handle_of(resolve: &Resolve, mut id: TypeId) -> Option<Handle> {
    loop {
        match &resolve.types[id].kind {
            TypeDefKind::Handle(handle) => return Some(*handle),
            TypeDefKind::Type(Type::Id(target)) => id = *target,
            _ => return None,
        }
    }
}

/// Whether a type is a handle, through aliases.
pub(crate) fn is_handle(resolve: &Resolve, ty: &Type) -> bool {
    matches!(ty, Type::Id(id) if handle_of(resolve, *id).is_some())
}

/// The resource of a handle, through aliases.
pub(crate) fn resource_of(resolve: &Resolve, handle: Handle) -> TypeId {
    let (Handle::Own(mut id) | Handle::Borrow(mut id)) = handle;
    while let TypeDefKind::Type(Type::Id(target)) = resolve.types[id].kind {
        id = target;
    }
    id
}

/// The types that a type is directly made of; of a handle none.
pub fn parts(kind: &TypeDefKind) -> Vec<Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|f| f.ty).collect(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|c| c.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => vec![*ty],
        TypeDefKind::Map(key, value) => vec![*key, *value],
        TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => ty.iter().copied().collect(),
        TypeDefKind::Result(result) => result.ok.into_iter().chain(result.err).collect(),
        _ => vec![],
    }
}

/// The types that a type is directly made of, each with its place; `span` is that of the whole.
pub(crate) fn placed_parts(kind: &TypeDefKind, span: Span) -> Vec<(Type, Span)> {
    let placed = |ty: Type, own: Span| (ty, if own.is_known() { own } else { span });
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|f| placed(f.ty, f.span)).collect(),
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter();
            cases
                .filter_map(|c| c.ty.map(|ty| placed(ty, c.span)))
                .collect()
        }
        kind => parts(kind).into_iter().map(|ty| (ty, span)).collect(),
    }
}

/// The interfaces that the stub must not `use` from: those that reach one of `packages`.
pub(crate) fn avoided(resolve: &Resolve, packages: &BTreeSet<PackageId>) -> BTreeSet<InterfaceId> {
    let mut users = BTreeMap::<InterfaceId, Vec<InterfaceId>>::new();
    for (id, _) in &resolve.interfaces {
        for dep in resolve.interface_direct_deps(id) {
            users.entry(dep).or_default().push(id);
        }
    }
    let is_in = |id: &InterfaceId| {
        let package = resolve.interfaces[*id].package;
        package.is_some_and(|package| packages.contains(&package))
    };
    let all = resolve.interfaces.iter().map(|(id, _)| id);
    let mut next: Vec<InterfaceId> = all.filter(is_in).collect();
    let mut avoided = BTreeSet::new();
    while let Some(id) = next.pop() {
        if avoided.insert(id) {
            next.extend(users.get(&id).into_iter().flatten());
        }
    }
    avoided
}

/// Collects the named types of functions.
pub(crate) struct Collector<'a> {
    resolve: &'a Resolve,
    avoided: BTreeSet<InterfaceId>,
    /// Whether a type cannot be used, as far as that is known.
    unusable: BTreeMap<TypeId, bool>,
    seen: BTreeSet<TypeId>,
    types: NamedTypes,
}

impl<'a> Collector<'a> {
    /// A collector that uses nothing of the interfaces `avoided` and nothing that holds one of the
    /// types `unusable`.
    pub(crate) fn new(
        resolve: &'a Resolve,
        avoided: BTreeSet<InterfaceId>,
        unusable: &BTreeSet<TypeId>,
    ) -> Collector<'a> {
        Collector {
            resolve,
            avoided,
            unusable: unusable.iter().map(|id| (*id, true)).collect(),
            seen: BTreeSet::new(),
            types: NamedTypes::default(),
        }
    }

    /// Adds the types of a function that a stub can carry.
    pub(crate) fn add(&mut self, function: &Function) {
        let params = function.params.iter().map(|param| &param.ty);
        params
            .chain(&function.result)
            .for_each(|ty| self.add_type(ty));
    }

    pub(crate) fn finish(self) -> NamedTypes {
        self.types
    }

    fn add_type(&mut self, ty: &Type) {
        let Type::Id(id) = ty else { return };
        let id = origin(self.resolve, *id);
        if handle_of(self.resolve, id).is_some() || !self.seen.insert(id) {
            return;
        }
        let def = &self.resolve.types[id];
        // What is used brings its parts along.
        if self.is_used(id) {
            self.types.used.insert(id);
            return;
        }
        parts(&def.kind).iter().for_each(|part| self.add_type(part));
        if def.name.is_some() {
            self.types.redeclared.insert(id);
        }
    }

    fn is_used(&mut self, id: TypeId) -> bool {
        let def = &self.resolve.types[id];
        let TypeOwner::Interface(interface) = def.owner else {
            return false;
        };
        usable_interface(self.resolve, def).is_some()
            && !self.avoided.contains(&interface)
            && !self.is_unusable(id)
    }

    /// Whether a type is or holds a handle, or another type that cannot be used.
    fn is_unusable(&mut self, id: TypeId) -> bool {
        if let Some(known) = self.unusable.get(&id) {
            return *known;
        }
        let kind = &self.resolve.types[id].kind;
        let unusable = matches!(kind, TypeDefKind::Handle(_))
            || parts(kind)
                .iter()
                .any(|part| matches!(part, Type::Id(id) if self.is_unusable(*id)));
        self.unusable.insert(id, unusable);
        unusable
    }
}

/// The names of the named types in the stub interface.
pub(crate) struct LocalNames {
    /// Named types, and the exported resources.
    by_type: BTreeMap<TypeId, String>,
}

impl LocalNames {
    /// Names every type; `resources` are the names of the exported resources in the stub, `taken`
    /// those of all its resources, and `ours` the types of golem:rpc: a name that differs from one
    /// of those in case alone is none.
    pub(crate) fn assign(
        resolve: &Resolve,
        types: &NamedTypes,
        resources: BTreeMap<TypeId, String>,
        taken: &BTreeSet<String>,
        ours: &[&str],
    ) -> LocalNames {
        let ids: Vec<TypeId> = types
            .used
            .iter()
            .chain(&types.redeclared)
            .copied()
            .collect();
        let alike = |name: &str| {
            let mut ours = ours.iter();
            ours.any(|ours| *ours != name && ours.eq_ignore_ascii_case(name))
        };
        let candidates = ids.iter().map(|id| type_candidates(resolve, *id));
        let candidates = candidates.map(|mut names| {
            if names.len() > 1 && alike(&names[0]) {
                names.remove(0);
            }
            names
        });
        let candidates: Vec<Candidates> = candidates.collect();
        let names = names::distinct(&candidates, taken);
        let mut by_type = resources;
        by_type.extend(ids.into_iter().zip(names));
        LocalNames { by_type }
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
        if let Some(handle) = handle_of(resolve, *id) {
            let name = self.of(resource_of(resolve, handle));
            return match handle {
                Handle::Own(_) => format!("own<%{name}>"),
                Handle::Borrow(_) => format!("borrow<%{name}>"),
            };
        }
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
