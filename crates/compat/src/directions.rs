//! Which way the types of a world travel: to the target as parameters, back from it as results.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_stub::Source;
use wit_parser::{Handle, Resolve, Type, TypeDefKind, TypeId, WorldItem};

/// The ways that a type travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Directions {
    /// Callers send it.
    pub(crate) param: bool,
    /// Callers get it.
    pub(crate) result: bool,
}

impl Directions {
    pub(crate) const PARAM: Directions = Directions {
        param: true,
        result: false,
    };
    pub(crate) const RESULT: Directions = Directions {
        param: false,
        result: true,
    };

    pub(crate) fn or(self, other: Directions) -> Directions {
        Directions {
            param: self.param || other.param,
            result: self.result || other.result,
        }
    }

    /// Whether no exported function carries it.
    pub(crate) fn none(self) -> bool {
        self == Directions::default()
    }
}

/// The directions of all types that a world's exported functions reach.
pub(crate) fn of(source: &Source) -> BTreeMap<TypeId, Directions> {
    let resolve = &source.resolve;
    let mut params = BTreeSet::new();
    let mut results = BTreeSet::new();
    let world = &resolve.worlds[source.world];
    let functions = world.exports.values().flat_map(|item| match item {
        WorldItem::Interface { id, .. } => resolve.interfaces[*id].functions.values().collect(),
        WorldItem::Function(function) => vec![function],
        WorldItem::Type { .. } => vec![],
    });
    for function in functions {
        for param in &function.params {
            reach(resolve, &param.ty, &mut params);
        }
        if let Some(result) = &function.result {
            reach(resolve, result, &mut results);
        }
    }
    let mut all = BTreeMap::<TypeId, Directions>::new();
    for (ids, direction) in [(params, Directions::PARAM), (results, Directions::RESULT)] {
        for id in ids {
            let known = all.entry(id).or_default();
            *known = known.or(direction);
        }
    }
    all
}

fn reach(resolve: &Resolve, ty: &Type, reached: &mut BTreeSet<TypeId>) {
    let Type::Id(id) = ty else { return };
    if !reached.insert(*id) {
        return;
    }
    let go = |ty: &Type, reached: &mut _| reach(resolve, ty, reached);
    match &resolve.types[*id].kind {
        TypeDefKind::Record(r) => r.fields.iter().for_each(|f| go(&f.ty, reached)),
        TypeDefKind::Variant(v) => {
            let payloads = v.cases.iter().filter_map(|c| c.ty.as_ref());
            payloads.for_each(|ty| go(ty, reached));
        }
        TypeDefKind::Tuple(t) => t.types.iter().for_each(|ty| go(ty, reached)),
        TypeDefKind::Result(r) => r.ok.iter().chain(&r.err).for_each(|ty| go(ty, reached)),
        TypeDefKind::Map(key, value) => [key, value].iter().for_each(|ty| go(ty, reached)),
        TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => {
            ty.iter().for_each(|ty| go(ty, reached));
        }
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => go(ty, reached),
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => {
            reached.insert(*id);
        }
        TypeDefKind::Enum(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Resource
        | TypeDefKind::Unknown => {}
    }
}
