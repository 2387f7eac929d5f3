//! What a comparison knows while it walks both versions, and how a change is written down.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use golem_rpc_stub::Source;
use wit_parser::{Docs, InterfaceId, Resolve, Span, Type, TypeDefKind, TypeId, TypeOwner};

use crate::change::{Change, Class, Place, Side, Subject, What};
use crate::directions::{self, Directions};
use crate::path::Path;

/// One of the two versions.
pub(crate) struct Version<'a> {
    pub(crate) source: &'a Source,
    directions: BTreeMap<TypeId, Directions>,
}

/// Both versions, and what was found so far.
pub(crate) struct Comparison<'a> {
    pub(crate) old: Version<'a>,
    pub(crate) new: Version<'a>,
    /// Whether these are stubs as `stub_source` gives them, which nobody calls by their own names.
    pub(crate) of_stubs: bool,
    pub(crate) changes: Vec<Change>,
    /// What old exported interfaces are called now, both without version.
    pub(crate) interfaces: BTreeMap<String, String>,
    /// What old resources (interface without version, name) are called now.
    pub(crate) resources: BTreeMap<(String, String), String>,
    /// Pairs of types that were compared, with the changes that were found in them.
    pub(crate) compared: BTreeMap<(TypeId, TypeId), Range<usize>>,
    /// Pairs of types, with whether they travel in the same way.
    pub(crate) same_wire: RefCell<BTreeMap<(TypeId, TypeId), bool>>,
    /// The same of names for what has none that took no other's place, with whether they are the same.
    pub(crate) aliases: BTreeMap<(TypeId, TypeId), (Range<usize>, bool)>,
    /// Old and new types that have a counterpart.
    pub(crate) paired: (BTreeSet<TypeId>, BTreeSet<TypeId>),
}

/// What has a type: a field, a parameter, a result, or a named type itself.
pub(crate) struct Slot<'p> {
    pub(crate) path: &'p Path,
    pub(crate) subject: Subject,
    pub(crate) directions: Directions,
    pub(crate) old: Piece,
    pub(crate) new: Piece,
}

/// A text and where it stands.
#[derive(Clone)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// A change before its places are looked up.
pub(crate) struct Draft {
    pub(crate) subject: Subject,
    pub(crate) what: What,
    pub(crate) class: Class,
    pub(crate) old: Option<Piece>,
    pub(crate) new: Option<Piece>,
    /// What it stands in, in the new version.
    pub(crate) within: Span,
    pub(crate) reason: String,
}

impl<'a> Version<'a> {
    fn new(source: &'a Source) -> Version<'a> {
        Version {
            source,
            directions: directions::of(source),
        }
    }

    pub(crate) fn resolve(&self) -> &'a Resolve {
        &self.source.resolve
    }

    pub(crate) fn kind(&self, id: TypeId) -> &'a TypeDefKind {
        &self.resolve().types[id].kind
    }

    pub(crate) fn directions(&self, id: TypeId) -> Directions {
        self.directions.get(&id).copied().unwrap_or_default()
    }

    /// What a type is, past all names.
    pub(crate) fn structure(&self, ty: &Type) -> Type {
        let mut ty = *ty;
        while let Type::Id(id) = ty
            && let TypeDefKind::Type(target) = self.kind(id)
        {
            ty = *target;
        }
        ty
    }

    /// The named type that is meant, past every `use`.
    pub(crate) fn named(&self, ty: &Type) -> Option<TypeId> {
        let Type::Id(mut id) = *ty else { return None };
        let types = &self.resolve().types;
        while let TypeDefKind::Type(Type::Id(target)) = types[id].kind
            && types[target].name.is_some()
            && types[target].owner != types[id].owner
        {
            id = target;
        }
        types[id].name.as_ref().map(|_| id)
    }

    /// The interface, without version, and the name of a named type, past every `use`.
    pub(crate) fn identity(&self, id: TypeId) -> (String, String) {
        let id = self.named(&Type::Id(id)).unwrap_or(id);
        let def = &self.resolve().types[id];
        let interface = match def.owner {
            TypeOwner::Interface(id) => self.bare(id),
            TypeOwner::World(_) | TypeOwner::None => String::new(),
        };
        (interface, def.name.clone().unwrap_or_default())
    }

    /// The interface's id without version; empty for an inline interface.
    pub(crate) fn bare(&self, id: InterfaceId) -> String {
        let interface = &self.resolve().interfaces[id];
        match (interface.package, &interface.name) {
            (Some(package), Some(name)) => {
                let package = &self.resolve().packages[package].name;
                format!("{}:{}/{name}", package.namespace, package.name)
            }
            _ => String::new(),
        }
    }

    /// The type `name` beside `id`, in the same interface or world.
    pub(crate) fn neighbour(&self, id: TypeId, name: &str) -> Option<TypeId> {
        match self.resolve().types[id].owner {
            TypeOwner::Interface(owner) => {
                let types = &self.resolve().interfaces[owner].types;
                types.get(name).copied()
            }
            TypeOwner::World(_) | TypeOwner::None => None,
        }
    }
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(old: &'a Source, new: &'a Source) -> Comparison<'a> {
        Comparison {
            old: Version::new(old),
            new: Version::new(new),
            of_stubs: false,
            changes: Vec::new(),
            interfaces: BTreeMap::new(),
            resources: BTreeMap::new(),
            compared: BTreeMap::new(),
            same_wire: RefCell::default(),
            aliases: BTreeMap::new(),
            paired: Default::default(),
        }
    }

    pub(crate) fn push(&mut self, path: Path, draft: Draft) {
        let side = |source: &Source, piece: Piece| Side {
            place: Place::of(source, piece.span),
            text: piece.text,
        };
        let old = draft.old.map(|piece| side(self.old.source, piece));
        let new = draft.new.map(|piece| side(self.new.source, piece));
        let place = new.as_ref().and_then(|new| new.place.clone());
        self.changes.push(Change {
            class: draft.class,
            subject: draft.subject,
            what: draft.what,
            path,
            also: Vec::new(),
            old,
            new,
            place: place.or_else(|| Place::of(self.new.source, draft.within)),
            reason: draft.reason,
        });
    }

    /// Notes documentation that differs.
    pub(crate) fn docs(
        &mut self,
        path: &Path,
        subject: Subject,
        old: (&Docs, Span),
        new: (&Docs, Span),
    ) {
        if old.0.contents == new.0.contents {
            return;
        }
        let text = |docs: &Docs| docs.contents.clone().unwrap_or_default();
        let piece = |(docs, span): (&Docs, Span)| Piece {
            text: text(docs).trim_end().replace('\n', " "),
            span,
        };
        self.push(
            path.clone(),
            Draft {
                subject,
                what: What::Documented,
                class: Class::Compatible,
                old: Some(piece(old)),
                new: Some(piece(new)),
                within: new.1,
                reason: "documentation does not travel".into(),
            },
        );
    }
}
