//! Interfaces of two packages compared, type by type and by structure: names of types that only
//! stand for others do not count, and neither do functions.
//!
//! Two types that were found to be the same are not looked at again, however often they stand in
//! others. Where they differ the innermost types with names are shown, with so much of what is in
//! them as people can read.

use std::collections::BTreeSet;

use wit_parser::{Function, Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId};

use crate::types::parts;

/// How many types a text shows the parts of.
const SHOWN: usize = 60;

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
    let mut pair = Pair::new(needed.0, present.0);
    mine.types.iter().find_map(|(name, id)| {
        let Some(found) = theirs.types.get(name) else {
            return Some(Difference {
                item: name.clone(),
                needed: structure(needed.0, &Type::Id(*id)),
                present: "no such type".to_string(),
            });
        };
        let (id, found) = (Type::Id(*id), Type::Id(*found));
        let at = pair.types(&id, &found).err()?;
        let (id, found) = at.named.unwrap_or((id, found));
        Some(Difference {
            item: name_of(needed.0, &id).unwrap_or(name).to_string(),
            needed: structure(needed.0, &id),
            present: structure(present.0, &found),
        })
    })
}

/// Two packages whose types are compared.
pub(crate) struct Pair<'a> {
    needed: &'a Resolve,
    present: &'a Resolve,
    /// Types that are the same.
    same: BTreeSet<(TypeId, TypeId)>,
}

/// That two types differ: in these with names within them, if there are any.
#[derive(Default)]
struct Differ {
    named: Option<(Type, Type)>,
}

impl<'a> Pair<'a> {
    pub(crate) fn new(needed: &'a Resolve, present: &'a Resolve) -> Pair<'a> {
        Pair {
            needed,
            present,
            same: BTreeSet::new(),
        }
    }

    /// Whether two functions take and give the same.
    pub(crate) fn same_function(&mut self, needed: &Function, present: &Function) -> bool {
        let params = |function: &Function| function.params.iter().map(|param| param.ty).collect();
        let mut lists: [Vec<Type>; 2] = [params(needed), params(present)];
        lists[0].extend(needed.result);
        lists[1].extend(present.result);
        needed.kind.is_async() == present.kind.is_async()
            && needed.params.len() == present.params.len()
            && self.lists(&lists[0], &lists[1]).is_ok()
    }

    fn types(&mut self, needed: &Type, present: &Type) -> Result<(), Differ> {
        let ids = match (behind(self.needed, needed), behind(self.present, present)) {
            (Type::Id(one), Type::Id(other)) => (one, other),
            (one, other) => return check(one == other),
        };
        if self.same.contains(&ids) {
            return Ok(());
        }
        self.definitions(ids.0, ids.1).map_err(|differ| {
            let ids = (Type::Id(ids.0), Type::Id(ids.1));
            let own = name_of(self.needed, &ids.0).map(|_| ids);
            Differ {
                named: differ.named.or(own),
            }
        })?;
        self.same.insert(ids);
        Ok(())
    }

    fn definitions(&mut self, needed: TypeId, present: TypeId) -> Result<(), Differ> {
        let (one, other) = (&self.needed.types[needed], &self.present.types[present]);
        check(members(&one.kind) == members(&other.kind))?;
        match (&one.kind, &other.kind) {
            (TypeDefKind::Handle(Handle::Own(one)), TypeDefKind::Handle(Handle::Own(other)))
            | (
                TypeDefKind::Handle(Handle::Borrow(one)),
                TypeDefKind::Handle(Handle::Borrow(other)),
            ) => check(resource(self.needed, *one) == resource(self.present, *other)),
            (kind, _) if is_shown(kind) => self.lists(&parts(&one.kind), &parts(&other.kind)),
            _ => check(one.kind.as_str() == other.kind.as_str() && one.name == other.name),
        }
    }

    fn lists(&mut self, needed: &[Type], present: &[Type]) -> Result<(), Differ> {
        check(needed.len() == present.len())?;
        let mut pairs = needed.iter().zip(present);
        pairs.try_for_each(|(one, other)| self.types(one, other))
    }
}

fn check(is_same: bool) -> Result<(), Differ> {
    if is_same {
        Ok(())
    } else {
        Err(Differ::default())
    }
}

/// The type behind all names for it.
fn behind(resolve: &Resolve, ty: &Type) -> Type {
    let mut ty = *ty;
    while let Type::Id(id) = ty
        && let TypeDefKind::Type(target) = resolve.types[id].kind
    {
        ty = target;
    }
    ty
}

fn name_of<'a>(resolve: &'a Resolve, ty: &Type) -> Option<&'a str> {
    match ty {
        Type::Id(id) => resolve.types[*id].name.as_deref(),
        _ => None,
    }
}

/// What kind of type it is and what its members are called, with whether each has a type.
fn members(kind: &TypeDefKind) -> (&'static str, Vec<(&str, bool)>) {
    let members = match kind {
        TypeDefKind::Record(r) => r.fields.iter().map(|f| (&*f.name, true)).collect(),
        TypeDefKind::Variant(v) => {
            let cases = v.cases.iter();
            cases.map(|case| (&*case.name, case.ty.is_some())).collect()
        }
        TypeDefKind::Enum(e) => e.cases.iter().map(|c| (&*c.name, false)).collect(),
        TypeDefKind::Flags(f) => f.flags.iter().map(|c| (&*c.name, false)).collect(),
        TypeDefKind::Result(r) => vec![("ok", r.ok.is_some()), ("err", r.err.is_some())],
        _ => vec![],
    };
    (kind.as_str(), members)
}

/// Whether a type is what it is made of; others are their names.
fn is_shown(kind: &TypeDefKind) -> bool {
    matches!(
        kind,
        TypeDefKind::Record(_)
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Tuple(_)
            | TypeDefKind::List(_)
            | TypeDefKind::Option(_)
            | TypeDefKind::Result(_)
    )
}

/// A type spelled out down to its primitives, or as far as people can read; a resource is its name.
pub(crate) fn structure(resolve: &Resolve, ty: &Type) -> String {
    let mut left = SHOWN;
    spell(resolve, ty, &mut left)
}

fn spell(resolve: &Resolve, ty: &Type, left: &mut usize) -> String {
    let Type::Id(id) = behind(resolve, ty) else {
        return format!("{:?}", behind(resolve, ty)).to_lowercase();
    };
    let def = &resolve.types[id];
    *left = match left.checked_sub(1) {
        Some(left) => left,
        None => return def.name.clone().unwrap_or_else(|| "…".to_string()),
    };
    let mut go = |ty: &Type| spell(resolve, ty, left);
    let body = |word: &str, parts: Vec<String>| format!("{word} {{ {} }}", parts.join(", "));
    match &def.kind {
        TypeDefKind::Record(r) => {
            let fields = r.fields.iter();
            let fields = fields.map(|f| format!("{}: {}", f.name, go(&f.ty)));
            body("record", fields.collect())
        }
        TypeDefKind::Variant(v) => {
            let cases = v.cases.iter();
            let cases = cases.map(|c| format!("{}({})", c.name, or_blank(&c.ty, &mut go)));
            body("variant", cases.collect())
        }
        TypeDefKind::Enum(e) => body("enum", e.cases.iter().map(|c| c.name.clone()).collect()),
        TypeDefKind::Flags(f) => body("flags", f.flags.iter().map(|c| c.name.clone()).collect()),
        TypeDefKind::Tuple(t) => body("tuple", t.types.iter().map(go).collect()),
        TypeDefKind::List(ty) => format!("list<{}>", go(ty)),
        TypeDefKind::Option(ty) => format!("option<{}>", go(ty)),
        TypeDefKind::Result(r) => {
            let ok = or_blank(&r.ok, &mut go);
            format!("result<{ok}, {}>", or_blank(&r.err, &mut go))
        }
        TypeDefKind::Handle(Handle::Own(id)) => format!("own<{}>", resource(resolve, *id)),
        TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", resource(resolve, *id)),
        other => {
            let name = def.name.as_deref().unwrap_or_default();
            format!("{} {name}", other.as_str())
        }
    }
}

fn or_blank(ty: &Option<Type>, go: &mut dyn FnMut(&Type) -> String) -> String {
    ty.as_ref().map_or_else(|| "_".to_string(), go)
}

/// The name of a resource, through aliases.
fn resource(resolve: &Resolve, id: TypeId) -> &str {
    let id = match behind(resolve, &Type::Id(id)) {
        Type::Id(id) => id,
        _ => id,
    };
    resolve.types[id].name.as_deref().unwrap_or_default()
}
