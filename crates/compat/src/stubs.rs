//! What a caller has of a target, its copy of the stub's WIT, as if it were the target's own.
//!
//! Such a copy has no world, and each function of the target twice, to wait for and to start. Here
//! it gets a world again, and of each function the one that waits, under the target's name for it.
//! Two of these can be compared: the copy, and the stub as it would be made now. Both must be made
//! with the same options: a stub that gives results instead of panicking is another one.

use std::collections::BTreeSet;

use golem_rpc_stub::Source;
use indexmap::IndexMap;
use wit_parser::{
    Function, FunctionKind, InterfaceId, PackageId, Resolve, TypeDefKind, World, WorldItem,
    WorldKey,
};

const WAITS: &str = "blocking-";

/// The stub package as a source whose world exports what the target does; none if it is no stub.
pub fn stub_source(resolve: &Resolve, package: PackageId) -> Option<Source> {
    let interfaces = &resolve.packages[package].interfaces;
    let (name, id) = interfaces
        .iter()
        .find(|(name, _)| name.starts_with("stub-"))?;
    let mut resolve = resolve.clone();
    keep_waiting(&mut resolve, *id);
    let span = resolve.interfaces[*id].span;
    let export = WorldItem::Interface {
        id: *id,
        stability: Default::default(),
        external_id: None,
        docs: Default::default(),
        span,
    };
    let world = resolve.worlds.alloc(World {
        name: name.trim_start_matches("stub-").to_string(),
        imports: IndexMap::default(),
        exports: IndexMap::from_iter([(WorldKey::Interface(*id), export)]),
        package: Some(package),
        docs: Default::default(),
        stability: Default::default(),
        includes: Vec::new(),
        span,
    });
    Some(Source {
        resolve,
        package,
        world,
    })
}

fn keep_waiting(resolve: &mut Resolve, id: InterfaceId) {
    let functions = std::mem::take(&mut resolve.interfaces[id].functions);
    let names: BTreeSet<String> = functions.keys().cloned().collect();
    let mut kept = IndexMap::new();
    for (_, mut function) in functions {
        if let Some(name) = remote_name(&function, &names) {
            function.name = name.clone();
            kept.insert(name, function);
        }
    }
    // Futures and their like have nothing left.
    let used: BTreeSet<_> = kept.values().filter_map(|f| f.kind.resource()).collect();
    let types = &resolve.types;
    let left = |id| used.contains(&id) || !matches!(types[id].kind, TypeDefKind::Resource);
    let interface = &mut resolve.interfaces[id];
    interface.types.retain(|_, id| left(*id));
    interface.functions = kept;
}

/// A constructor's own name; that of the target's function where this one waits for its result.
fn remote_name(function: &Function, all: &BTreeSet<String>) -> Option<String> {
    if let FunctionKind::Constructor(_) = function.kind {
        return Some(function.name.clone());
    }
    let (resource, name) = function.name.split_once('.')?;
    let remote = name.strip_prefix(WAITS)?;
    let starts = |prefix: &str| all.contains(&format!("{resource}.{prefix}{remote}"));
    (starts("") || starts("call-")).then(|| format!("{resource}.{remote}"))
}
