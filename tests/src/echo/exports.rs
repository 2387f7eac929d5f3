//! What a world exports: its functions, and the resources that it has to make.

use wit_parser::{Function, Resolve, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey};

/// The exported functions in order, each with the key of its interface.
pub(super) fn functions(resolve: &Resolve, world: WorldId) -> Vec<(Option<&WorldKey>, &Function)> {
    let mut functions = Vec::new();
    for (key, item) in &resolve.worlds[world].exports {
        match item {
            WorldItem::Interface { id, .. } => {
                let all = resolve.interfaces[*id].functions.values();
                functions.extend(all.map(|function| (Some(key), function)));
            }
            WorldItem::Function(function) => functions.push((None, function)),
            WorldItem::Type { .. } => {}
        }
    }
    functions
}

/// The resources of exported interfaces, each with the key of its interface.
pub(super) fn resources(resolve: &Resolve, world: WorldId) -> Vec<(&WorldKey, TypeId)> {
    let mut resources = Vec::new();
    for (key, item) in &resolve.worlds[world].exports {
        if let WorldItem::Interface { id, .. } = item {
            let types = resolve.interfaces[*id].types.values();
            let own = types.filter(|id| matches!(resolve.types[**id].kind, TypeDefKind::Resource));
            resources.extend(own.map(|id| (key, *id)));
        }
    }
    resources
}

/// The name by which golem:rpc finds a function.
pub(super) fn wire_name(
    resolve: &Resolve,
    interface: Option<&WorldKey>,
    function: &Function,
) -> String {
    let name = match (function.name.split_once(']'), function.kind.resource()) {
        (Some((_, name)), Some(_)) if name.contains('.') => name.to_string(),
        (Some((_, resource)), Some(_)) => format!("{resource}.new"),
        _ => function.name.clone(),
    };
    match interface {
        Some(key) => format!("{}.{{{name}}}", resolve.name_world_key(key)),
        None => name,
    }
}
