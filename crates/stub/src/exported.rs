//! What a world exports, before anything of it has a name in the stub: one part for each exported
//! resource, for each exported interface that has functions of its own, and for the world's.

use wit_parser::{
    Docs, Function, FunctionKind, InterfaceId, Resolve, TypeDefKind, TypeId, WorldItem, WorldKey,
};

use crate::carry::{Carrier, Unsupported};
use crate::names::{self, Added, Candidates, RemoteName};
use crate::options::StubOptions;
use crate::source::Source;

/// What a resource of the stub will stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// An exported interface's own functions.
    Interface(InterfaceId),
    /// An exported resource.
    Resource(TypeId),
    /// The world's own functions.
    World,
}

/// A part of what the world exports.
pub(crate) struct Part<'a> {
    pub(crate) holder: Holder,
    /// What wire names have before `.{f}`; none for the world's own functions.
    pub(crate) wire_prefix: Option<String>,
    /// Names for the stub's resource, the plainest first.
    pub(crate) candidates: Candidates,
    /// The remote resource's constructor.
    pub(crate) constructor: Option<&'a Function>,
    pub(crate) functions: Vec<&'a Function>,
    /// The remote resource's documentation.
    pub(crate) docs: Option<&'a Docs>,
}

/// The parts of a world, and what was refused of it.
pub(crate) struct Exported<'a> {
    pub(crate) parts: Vec<Part<'a>>,
    /// Wire names with the reason, in the world's order.
    pub(crate) refused: Vec<(String, Unsupported)>,
}

impl Part<'_> {
    /// Whether it is a resource, which lives in a worker.
    pub(crate) fn is_remote(&self) -> bool {
        matches!(self.holder, Holder::Resource(_))
    }

    /// Whether the stub's resource has a constructor.
    pub(crate) fn is_constructed(&self) -> bool {
        !self.is_remote() || self.constructor.is_some()
    }

    /// What the stub's resource has beside the usual.
    pub(crate) fn added(&self, options: &StubOptions) -> Added {
        Added {
            schedule: options.golem_rpc.has_schedule(),
            ephemeral: options.golem_rpc.has_ephemeral() && self.is_constructed(),
        }
    }

    /// The functions, to be named.
    pub(crate) fn remote_names(&self) -> Vec<RemoteName<'_>> {
        let functions = self.functions.iter();
        let named = functions.map(|function| RemoteName {
            name: function.item_name(),
            is_static: matches!(function.kind, FunctionKind::Static(_)),
        });
        named.collect()
    }

    /// The name of a function of this part on the wire. A method called `new` or `drop` has the
    /// long form: the short one means the constructor, or the end of the resource.
    pub(crate) fn wire_name(&self, function: &Function) -> String {
        let name = function.item_name();
        match (name, &function.kind) {
            ("new" | "drop", FunctionKind::Method(_)) => self.wire("[method]", name),
            ("new" | "drop", FunctionKind::Static(_)) => self.wire("[static]", name),
            _ => self.wire("", name),
        }
    }

    /// The wire name of the remote resource's constructor.
    pub(crate) fn wire_new(&self) -> String {
        self.wire("", "new")
    }

    /// The wire name of the remote resource's end.
    pub(crate) fn wire_drop(&self) -> String {
        self.wire("", "drop")
    }

    fn wire(&self, kind: &str, name: &str) -> String {
        let inner = if self.is_remote() {
            format!("{kind}{}.{name}", self.candidates[0])
        } else {
            name.to_string()
        };
        match &self.wire_prefix {
            Some(prefix) => format!("{prefix}.{{{inner}}}"),
            None => inner,
        }
    }
}

/// Collects what the selected world exports; functions that a stub cannot carry stand apart.
pub(crate) fn collect(source: &Source) -> Exported<'_> {
    let resolve = &source.resolve;
    let world = &resolve.worlds[source.world];
    let mut parts = Vec::new();
    let mut own = Vec::new();
    for (key, item) in &world.exports {
        match item {
            WorldItem::Interface { id, .. } => add_interface(resolve, key, *id, &mut parts),
            WorldItem::Function(function) => own.push(function),
            WorldItem::Type { .. } => {}
        }
    }
    parts.push(Part {
        holder: Holder::World,
        wire_prefix: None,
        candidates: vec![world.name.clone(), format!("{}-world", world.name)],
        constructor: None,
        functions: own,
        docs: None,
    });
    let carrier = Carrier::new(resolve, source.world);
    let mut refused = Vec::new();
    for part in &mut parts {
        sift(&carrier, part, &mut refused);
    }
    parts.retain(|part| part.is_remote() || !part.functions.is_empty());
    Exported { parts, refused }
}

/// Adds the resources of an exported interface and then the interface itself.
fn add_interface<'a>(
    resolve: &'a Resolve,
    key: &WorldKey,
    id: InterfaceId,
    parts: &mut Vec<Part<'a>>,
) {
    let interface = &resolve.interfaces[id];
    let wire_prefix = resolve.name_world_key(key);
    let package = interface.package.map(|id| &resolve.packages[id].name);
    let named = match (key, &interface.name) {
        (WorldKey::Interface(_), Some(name)) => Some(name.as_str()),
        _ => None,
    };
    for (name, resource) in &interface.types {
        let def = &resolve.types[*resource];
        if !matches!(def.kind, TypeDefKind::Resource) {
            continue;
        }
        let of_it = |f: &&Function| f.kind.resource() == Some(*resource);
        let is_new = |f: &&Function| matches!(f.kind, FunctionKind::Constructor(_));
        let functions: Vec<&Function> = interface.functions.values().filter(of_it).collect();
        parts.push(Part {
            holder: Holder::Resource(*resource),
            wire_prefix: Some(wire_prefix.clone()),
            candidates: match named {
                Some(_) => names::candidates(name, named, package),
                None => names::candidates(name, Some(&wire_prefix), None),
            },
            constructor: functions.iter().copied().find(is_new),
            functions: functions.into_iter().filter(|f| !is_new(f)).collect(),
            docs: Some(&def.docs),
        });
    }
    let free = |f: &&Function| f.kind.resource().is_none();
    parts.push(Part {
        holder: Holder::Interface(id),
        candidates: match named {
            Some(name) => names::candidates(name, None, package),
            None => vec![wire_prefix.clone()],
        },
        wire_prefix: Some(wire_prefix),
        constructor: None,
        functions: interface.functions.values().filter(free).collect(),
        docs: None,
    });
}

/// Takes out of a part what a stub cannot carry.
fn sift(carrier: &Carrier<'_>, part: &mut Part<'_>, refused: &mut Vec<(String, Unsupported)>) {
    let of_world = part.holder == Holder::World;
    let mut carried =
        |wire_name: String, function: &Function| match carrier.check(function, of_world) {
            Ok(()) => true,
            Err(mut error) => {
                // An encoded package has no lines to show.
                if !error.rendered.contains("-->") {
                    error.rendered.push_str(&format!(", in `{wire_name}`"));
                }
                refused.push((wire_name, error));
                false
            }
        };
    if let Some(constructor) = part.constructor
        && !carried(part.wire_new(), constructor)
    {
        part.constructor = None;
    }
    let mut functions = std::mem::take(&mut part.functions);
    functions.retain(|function| carried(part.wire_name(function), function));
    part.functions = functions;
}
