//! The packages that a stub brings along, cut to their types.
//!
//! The stub calls every function by itself, so that a caller needs none of the target's. Left in its
//! copies, they would be imported by generators that bind whole interfaces (Python's, JavaScript's),
//! and nothing on Golem provides them. For the same reason no resource stays, nor a type that holds
//! one: the stub declares such types itself. What the host provides stays whole.

use std::collections::BTreeMap;

use wit_parser::{InterfaceId, PackageName, Resolve, Type, TypeDefKind, TypeId};

use crate::types::parts;

/// The same packages without functions and resources. All ids stay as they are.
pub(crate) fn types_only(resolve: &Resolve) -> Resolve {
    let mut cut = resolve.clone();
    let mut resources = Resources {
        resolve,
        known: BTreeMap::new(),
    };
    let all: Vec<InterfaceId> = resolve.interfaces.iter().map(|(id, _)| id).collect();
    for id in all {
        let package = resolve.interfaces[id].package;
        if package.is_some_and(|package| is_hosts(&resolve.packages[package].name)) {
            continue;
        }
        let interface = &mut cut.interfaces[id];
        interface.functions.clear();
        interface.types.retain(|_, ty| !resources.are_in(*ty));
    }
    cut
}

/// Whether Golem provides the package: a caller may import its functions.
fn is_hosts(package: &PackageName) -> bool {
    let name = (package.namespace.as_str(), package.name.as_str());
    matches!(name, ("wasi", _) | ("golem", "api" | "rpc"))
}

/// Which types are or hold a resource.
struct Resources<'a> {
    resolve: &'a Resolve,
    known: BTreeMap<TypeId, bool>,
}

impl Resources<'_> {
    fn are_in(&mut self, id: TypeId) -> bool {
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        let kind = &self.resolve.types[id].kind;
        let is_in = matches!(kind, TypeDefKind::Resource | TypeDefKind::Handle(_))
            || parts(kind)
                .iter()
                .any(|part| matches!(part, Type::Id(id) if self.are_in(*id)));
        self.known.insert(id, is_in);
        is_in
    }
}
