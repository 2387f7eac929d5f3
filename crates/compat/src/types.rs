//! Two versions of one type, by structure: through aliases and `use`s, by position within.

use std::ops::Range;

use golem_rpc_stub::text;
use wit_parser::{Docs, Type, TypeDefKind, TypeId};

use crate::cases::{Member, Members, Place, cap};
use crate::change::{Class, Subject, What};
use crate::comparison::{Comparison, Draft, Piece, Slot, Version};
use crate::path::{Path, Step};

impl Comparison<'_> {
    pub(crate) fn types(&mut self, slot: &Slot<'_>, old: &Type, new: &Type) {
        if self.fits(slot, old, new) {
            return;
        }
        let (class, reason) = match self.same_wire(old, new) {
            true => (
                Class::Source,
                "another type that is encoded in the same way: only code that names it must change",
            ),
            false => (
                Class::Wire,
                "values carry what kind they are, and the other side refuses another kind than it expects",
            ),
        };
        self.retyped(slot, class, reason.into());
    }

    pub(crate) fn retyped(&mut self, slot: &Slot<'_>, class: Class, reason: String) {
        let (class, reason) = cap((class, reason), slot.directions, slot.subject);
        self.push(
            slot.path.clone(),
            Draft {
                subject: slot.subject,
                what: What::Retyped,
                class,
                old: Some(slot.old.clone()),
                new: Some(slot.new.clone()),
                within: slot.new.span,
                reason,
            },
        );
    }

    /// Compares what is within two types. False if they are different as a whole.
    fn fits(&mut self, slot: &Slot<'_>, old: &Type, new: &Type) -> bool {
        match (self.old.named(old), self.new.named(new)) {
            (Some(a), Some(b)) if self.counterparts(a, b) => self.named(slot, a, b),
            (Some(a), Some(b)) if !is_alias(&self.old, a) || !is_alias(&self.new, b) => {
                return false;
            }
            (Some(a), Some(b)) => return self.aliases(slot, a, b),
            _ => return self.structures(slot, old, new),
        }
        true
    }

    /// Two names for what has none: compared once, wherever else they stand.
    fn aliases(&mut self, slot: &Slot<'_>, old: TypeId, new: TypeId) -> bool {
        if let Some((range, same)) = self.aliases.get(&(old, new)).cloned() {
            self.told_before(range, slot.path);
            return same;
        }
        let start = self.changes.len();
        let same = self.structures(slot, &Type::Id(old), &Type::Id(new));
        let told = (start..self.changes.len(), same);
        self.aliases.insert((old, new), told);
        same
    }

    /// Notes that these changes concern what is at this path too.
    fn told_before(&mut self, changes: Range<usize>, path: &Path) {
        for change in &mut self.changes[changes] {
            if !change.path.steps.starts_with(&path.steps) {
                change.also.push(path.clone());
            }
        }
    }

    /// Whether one named type is what the other has become: the same name, or one that took its
    /// place.
    fn counterparts(&self, old: TypeId, new: TypeId) -> bool {
        let (a, b) = (self.old.identity(old).1, self.new.identity(new).1);
        if a == b || self.keeps_name(old, new) {
            return true;
        }
        let word = text::word(self.old.resolve(), old);
        word == text::word(self.new.resolve(), new)
            && self.new.neighbour(new, &a).is_none()
            && self.old.neighbour(old, &b).is_none()
    }

    /// Whether the old name still leads to the new type.
    fn keeps_name(&self, old: TypeId, new: TypeId) -> bool {
        let name = self.old.identity(old).1;
        let beside = self.new.neighbour(new, &name);
        let structure = |id| self.new.structure(&Type::Id(id));
        beside.is_some_and(|id| structure(id) == structure(new))
    }

    /// Two versions of a named type: told once, wherever else it is carried.
    pub(crate) fn named(&mut self, slot: &Slot<'_>, old: TypeId, new: TypeId) {
        if let Some(range) = self.compared.get(&(old, new)) {
            return self.told_before(range.clone(), slot.path);
        }
        let start = self.changes.len();
        self.paired.0.insert(old);
        self.paired.1.insert(new);
        let step = Step::Type {
            word: text::word(self.old.resolve(), old),
            name: self.old.identity(old).1,
        };
        let path = slot.path.with(step);
        let inner = Slot {
            path: &path,
            subject: Subject::Type,
            directions: self.old.directions(old).or(self.new.directions(new)),
            old: piece(&self.old, old),
            new: piece(&self.new, new),
        };
        self.names(&inner, old, new);
        let (a, b) = (
            &self.old.resolve().types[old],
            &self.new.resolve().types[new],
        );
        self.docs(&path, Subject::Type, (&a.docs, a.span), (&b.docs, b.span));
        match (&a.kind, &b.kind) {
            (TypeDefKind::Type(a), TypeDefKind::Type(b)) => self.types(&inner, a, b),
            _ if self.structures(&inner, &Type::Id(old), &Type::Id(new)) => {}
            _ => {
                let reason = "values carry what kind they are, and the other side refuses another kind than it expects";
                self.retyped(&inner, Class::Wire, reason.into());
            }
        }
        self.compared.insert((old, new), start..self.changes.len());
    }

    /// Another name, or another interface that declares it.
    fn names(&mut self, slot: &Slot<'_>, old: TypeId, new: TypeId) {
        let (was, is) = (self.old.identity(old), self.new.identity(new));
        if was.1 != is.1 && !self.keeps_name(old, new) {
            let reason = "names of types do not travel, but code that names it must change";
            self.name_changed(
                slot,
                What::Renamed,
                slot.old.clone(),
                slot.new.clone(),
                reason,
            );
        }
        let now = self.interfaces.get(&was.0).unwrap_or(&was.0);
        if *now != is.0 && !was.0.is_empty() && !is.0.is_empty() {
            let place = |(interface, name): &(String, String), span| Piece {
                text: format!("use {interface}.{{{name}}}"),
                span,
            };
            let reason =
                "where a type is declared does not travel, but code names it by that interface";
            let (old, new) = (place(&was, slot.old.span), place(&is, slot.new.span));
            self.name_changed(slot, What::Moved, old, new, reason);
        }
    }

    fn name_changed(&mut self, slot: &Slot<'_>, what: What, old: Piece, new: Piece, reason: &str) {
        let draft = Draft {
            subject: Subject::Type,
            what,
            class: Class::Source,
            old: Some(old),
            new: Some(new),
            within: slot.new.span,
            reason: reason.into(),
        };
        self.push(slot.path.clone(), draft);
    }

    /// Compares past all names. False if the kinds differ, or the number of parts of an unnamed type.
    fn structures(&mut self, slot: &Slot<'_>, old: &Type, new: &Type) -> bool {
        let (a, b) = match (self.old.structure(old), self.new.structure(new)) {
            (Type::Id(a), Type::Id(b)) => (a, b),
            (a, b) => return a == b,
        };
        match (self.old.kind(a), self.new.kind(b)) {
            (TypeDefKind::Option(a), TypeDefKind::Option(b))
            | (TypeDefKind::List(a), TypeDefKind::List(b)) => self.fits(slot, a, b),
            (TypeDefKind::FixedLengthList(a, i), TypeDefKind::FixedLengthList(b, j)) => {
                i == j && self.fits(slot, a, b)
            }
            (TypeDefKind::Map(ak, av), TypeDefKind::Map(bk, bv)) => {
                self.fits(slot, ak, bk) & self.fits(slot, av, bv)
            }
            (TypeDefKind::Tuple(a), TypeDefKind::Tuple(b)) => {
                let mut same = a.types.len() == b.types.len();
                for (a, b) in a.types.iter().zip(&b.types) {
                    same &= self.fits(slot, a, b);
                }
                same
            }
            (TypeDefKind::Result(a), TypeDefKind::Result(b)) => {
                self.fits_optional(slot, &a.ok, &b.ok) & self.fits_optional(slot, &a.err, &b.err)
            }
            (TypeDefKind::Future(a), TypeDefKind::Future(b))
            | (TypeDefKind::Stream(a), TypeDefKind::Stream(b)) => self.fits_optional(slot, a, b),
            (TypeDefKind::Handle(a), TypeDefKind::Handle(b)) => self.same_handle(a, b),
            (TypeDefKind::Resource, TypeDefKind::Resource) => self.same_resource(a, b),
            _ => self.lists(slot, a, b),
        }
    }

    fn fits_optional(&mut self, slot: &Slot<'_>, old: &Option<Type>, new: &Option<Type>) -> bool {
        match (old, new) {
            (Some(old), Some(new)) => self.fits(slot, old, new),
            (None, None) => true,
            _ => false,
        }
    }

    /// Records, variants, enums and flags.
    fn lists(&mut self, slot: &Slot<'_>, old: TypeId, new: TypeId) -> bool {
        let word = text::word(self.old.resolve(), old);
        let same_kind = word == text::word(self.new.resolve(), new);
        match (members(&self.old, old), members(&self.new, new)) {
            (Some((subject, old)), Some((_, new))) if same_kind => {
                let place = Place {
                    path: slot.path,
                    subject,
                    directions: slot.directions,
                };
                self.members(place, &old, &new);
                true
            }
            _ => false,
        }
    }
}

fn is_alias(version: &Version<'_>, id: TypeId) -> bool {
    text::word(version.resolve(), id) == "type"
}

fn piece(version: &Version<'_>, id: TypeId) -> Piece {
    Piece {
        text: text::declared(version.resolve(), id),
        span: version.resolve().types[id].span,
    }
}

fn members<'a>(version: &Version<'a>, id: TypeId) -> Option<(Subject, Members<'a>)> {
    let resolve = version.resolve();
    let member = |name: &'a str, ty, text, span, docs: &'a Docs| Member {
        name,
        ty,
        piece: Piece { text, span },
        docs: Some(docs),
    };
    let (subject, list) = match version.kind(id) {
        TypeDefKind::Record(r) => {
            let fields = r.fields.iter().map(|f| {
                let text = format!("{}: {}", f.name, text::spell_out(resolve, &f.ty));
                member(&f.name, Some(&f.ty), text, f.span, &f.docs)
            });
            (Subject::Field, fields.collect())
        }
        TypeDefKind::Variant(v) => {
            let cases = v.cases.iter().map(|c| {
                let text = text::case(resolve, &c.name, c.ty.as_ref());
                member(&c.name, c.ty.as_ref(), text, c.span, &c.docs)
            });
            (Subject::Case, cases.collect())
        }
        TypeDefKind::Enum(e) => {
            let cases = e.cases.iter();
            let cases = cases.map(|c| member(&c.name, None, c.name.clone(), c.span, &c.docs));
            (Subject::Case, cases.collect())
        }
        TypeDefKind::Flags(f) => {
            let flags = f.flags.iter();
            let flags = flags.map(|c| member(&c.name, None, c.name.clone(), c.span, &c.docs));
            (Subject::Flag, flags.collect())
        }
        _ => return None,
    };
    let whole = piece(version, id);
    Some((subject, Members { list, whole }))
}
