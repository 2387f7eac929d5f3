//! Interfaces of two packages compared, type by type and by structure: names of types that only
//! stand for others do not count, and neither do functions.

use wit_parser::{Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId};

/// A type or interface that one side has otherwise.
pub(crate) struct Difference {
    pub(crate) item: String,
    pub(crate) needed: String,
    pub(crate) present: String,
}

impl Difference {
    pub(crate) fn missing(interface: &str) -> Difference {
        Difference {
            item: format!("interface {interface}"),
            needed: format!("interface {interface} {{ … }}"),
            present: "no such interface".to_string(),
        }
    }
}

/// The first type of `needed` that `present` lacks or has otherwise, compared by structure.
pub(crate) fn difference(
    needed: (&Resolve, InterfaceId),
    present: (&Resolve, InterfaceId),
) -> Option<Difference> {
    let (mine, theirs) = (
        &needed.0.interfaces[needed.1],
        &present.0.interfaces[present.1],
    );
    mine.types.iter().find_map(|(name, id)| {
        let wanted = structure(needed.0, &Type::Id(*id));
        let found = theirs
            .types
            .get(name)
            .map(|id| structure(present.0, &Type::Id(*id)));
        let found = found.unwrap_or_else(|| "no such type".to_string());
        (wanted != found).then(|| Difference {
            item: name.clone(),
            needed: wanted,
            present: found,
        })
    })
}

/// A type spelled out down to its primitives; a resource is its name.
pub(crate) fn structure(resolve: &Resolve, ty: &Type) -> String {
    let Type::Id(id) = ty else {
        return format!("{ty:?}").to_lowercase();
    };
    let def = &resolve.types[*id];
    let go = |ty: &Type| structure(resolve, ty);
    let optional = |ty: &Option<Type>| ty.as_ref().map_or("_".to_string(), go);
    let body = |word: &str, parts: Vec<String>| format!("{word} {{ {} }}", parts.join(", "));
    match &def.kind {
        TypeDefKind::Type(ty) => go(ty),
        TypeDefKind::Record(r) => body(
            "record",
            r.fields
                .iter()
                .map(|f| format!("{}: {}", f.name, go(&f.ty)))
                .collect(),
        ),
        TypeDefKind::Variant(v) => {
            let case = |c: &wit_parser::Case| format!("{}({})", c.name, optional(&c.ty));
            body("variant", v.cases.iter().map(case).collect())
        }
        TypeDefKind::Enum(e) => body("enum", e.cases.iter().map(|c| c.name.clone()).collect()),
        TypeDefKind::Flags(f) => body("flags", f.flags.iter().map(|c| c.name.clone()).collect()),
        TypeDefKind::Tuple(t) => body("tuple", t.types.iter().map(go).collect()),
        TypeDefKind::List(ty) => format!("list<{}>", go(ty)),
        TypeDefKind::Option(ty) => format!("option<{}>", go(ty)),
        TypeDefKind::Result(r) => format!("result<{}, {}>", optional(&r.ok), optional(&r.err)),
        TypeDefKind::Handle(Handle::Own(id)) => format!("own<{}>", resource(resolve, *id)),
        TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", resource(resolve, *id)),
        other => format!(
            "{} {}",
            other.as_str(),
            def.name.as_deref().unwrap_or_default()
        ),
    }
}

/// The name of a resource, through aliases.
fn resource(resolve: &Resolve, mut id: TypeId) -> &str {
    while let TypeDefKind::Type(Type::Id(target)) = resolve.types[id].kind {
        id = target;
    }
    resolve.types[id].name.as_deref().unwrap_or_default()
}
