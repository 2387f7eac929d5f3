//! Whether two types travel in the same way, whatever their names and those of their members are.

use wit_parser::{Handle, Type, TypeDefKind, TypeId};

use crate::comparison::Comparison;

impl Comparison<'_> {
    /// Whether every value of the one type is encoded as the same value of the other is.
    pub(crate) fn same_wire(&self, old: &Type, new: &Type) -> bool {
        let ids = match (self.old.structure(old), self.new.structure(new)) {
            (Type::Id(old), Type::Id(new)) => (old, new),
            (old, new) => return old == new,
        };
        let known = self.same_wire.borrow().get(&ids).copied();
        known.unwrap_or_else(|| {
            let same = self.same_definitions(ids);
            self.same_wire.borrow_mut().insert(ids, same);
            same
        })
    }

    fn same_definitions(&self, ids: (TypeId, TypeId)) -> bool {
        let all = |old: Vec<Type>, new: Vec<Type>| {
            old.len() == new.len() && old.iter().zip(&new).all(|(o, n)| self.same_wire(o, n))
        };
        match (self.old.kind(ids.0), self.new.kind(ids.1)) {
            (TypeDefKind::Record(o), TypeDefKind::Record(n)) => {
                let types = |r: &wit_parser::Record| r.fields.iter().map(|f| f.ty).collect();
                all(types(o), types(n))
            }
            (TypeDefKind::Variant(o), TypeDefKind::Variant(n)) => {
                let pairs = o.cases.iter().zip(&n.cases);
                o.cases.len() == n.cases.len()
                    && pairs
                        .into_iter()
                        .all(|(o, n)| self.same_optional(&o.ty, &n.ty))
            }
            (TypeDefKind::Enum(o), TypeDefKind::Enum(n)) => o.cases.len() == n.cases.len(),
            (TypeDefKind::Flags(o), TypeDefKind::Flags(n)) => o.flags.len() == n.flags.len(),
            (TypeDefKind::Tuple(o), TypeDefKind::Tuple(n)) => all(o.types.clone(), n.types.clone()),
            (TypeDefKind::Option(o), TypeDefKind::Option(n))
            | (TypeDefKind::List(o), TypeDefKind::List(n)) => self.same_wire(o, n),
            (TypeDefKind::FixedLengthList(o, i), TypeDefKind::FixedLengthList(n, j)) => {
                i == j && self.same_wire(o, n)
            }
            (TypeDefKind::Map(ok, ov), TypeDefKind::Map(nk, nv)) => {
                self.same_wire(ok, nk) && self.same_wire(ov, nv)
            }
            (TypeDefKind::Result(o), TypeDefKind::Result(n)) => {
                self.same_optional(&o.ok, &n.ok) && self.same_optional(&o.err, &n.err)
            }
            (TypeDefKind::Future(o), TypeDefKind::Future(n))
            | (TypeDefKind::Stream(o), TypeDefKind::Stream(n)) => self.same_optional(o, n),
            (TypeDefKind::Handle(o), TypeDefKind::Handle(n)) => self.same_handle(o, n),
            (TypeDefKind::Resource, TypeDefKind::Resource) => self.same_resource(ids.0, ids.1),
            _ => false,
        }
    }

    pub(crate) fn same_optional(&self, old: &Option<Type>, new: &Option<Type>) -> bool {
        match (old, new) {
            (Some(old), Some(new)) => self.same_wire(old, new),
            (None, None) => true,
            _ => false,
        }
    }

    pub(crate) fn same_handle(&self, old: &Handle, new: &Handle) -> bool {
        match (old, new) {
            (Handle::Own(old), Handle::Own(new)) | (Handle::Borrow(old), Handle::Borrow(new)) => {
                self.same_resource(*old, *new)
            }
            _ => false,
        }
    }

    /// Whether the new resource is what the old one has become.
    pub(crate) fn same_resource(&self, old: TypeId, new: TypeId) -> bool {
        let was = self.old.identity(old);
        let name = self.resources.get(&was).unwrap_or(&was.1);
        let interface = self.interfaces.get(&was.0).unwrap_or(&was.0);
        let is = self.new.identity(new);
        (interface, name) == (&is.0, &is.1)
    }
}
