//! What a world exports, as remote functions: their names on the wire and in the stub.

use std::collections::BTreeSet;

use wit_parser::{
    Function, FunctionKind, InterfaceId, Resolve, ResolveError, Span, WorldItem, WorldKey,
};

use crate::names::{self, Candidates};
use crate::source::Source;
use crate::types::{LocalNames, NamedTypes};

/// Something that WIT can say and the stub cannot carry.
#[derive(Debug, thiserror::Error)]
#[error("{rendered}")]
pub struct Unsupported {
    /// What it is: `resource`, `stream`, ….
    pub construct: &'static str,
    /// The message with file, line and caret.
    pub rendered: String,
}

impl Unsupported {
    /// What to write instead, where there is such a thing.
    pub fn hint(&self) -> Option<String> {
        let instead = match self.construct {
            "map" => "write `list<tuple<K, V>>`",
            "fixed-length list" => "write `list<T>` or a `tuple`",
            "async function" => "write `func`: a caller can still start it without waiting",
            "future" => "return the value itself: the stub returns a future of it",
            "stream" => "write `list<T>`, or a function that returns the next part",
            "property" => "write a function",
            "flags type of more than 32 flags" => "split it in two",
            "resource" | "resource handle" | "borrowed resource handle" => {
                "export functions that take and return values, with an id in the handle's place"
            }
            _ => return None,
        };
        Some(instead.to_string())
    }

    pub(crate) fn at(resolve: &Resolve, construct: &'static str, span: Span) -> Unsupported {
        let message = format!("a stub cannot carry a {construct} yet");
        let rendered = ResolveError::new_semantic(span, message).render(&resolve.source_map);
        Unsupported {
            construct,
            rendered,
        }
    }
}

/// An exported interface with functions, or the world with functions of its own.
pub(crate) struct Export<'a> {
    /// Name of its resource in the stub interface.
    pub(crate) resource: String,
    pub(crate) functions: Vec<Remote<'a>>,
}

/// A remote function.
pub(crate) struct Remote<'a> {
    pub(crate) function: &'a Function,
    pub(crate) wire_name: String,
    pub(crate) blocking: String,
    pub(crate) start: String,
    /// Name of the future resource, if the function has a result.
    pub(crate) future: Option<String>,
}

/// All that the stub WIT is rendered from.
pub(crate) struct Derived<'a> {
    pub(crate) exports: Vec<Export<'a>>,
    pub(crate) types: NamedTypes,
    pub(crate) local: LocalNames,
    pub(crate) uri: String,
    pub(crate) pollable: String,
}

/// Derives the names of everything that the selected world exports.
pub(crate) fn derive(source: &Source) -> Result<Derived<'_>, Unsupported> {
    let resolve = &source.resolve;
    let raw = exported(source);
    let mut types = NamedTypes::default();
    for function in raw.iter().flat_map(|r| &r.functions) {
        check(resolve, function)?;
        for param in &function.params {
            types.add(resolve, &param.ty, param.span)?;
        }
        if let Some(result) = &function.result {
            types.add(resolve, result, function.span)?;
        }
    }
    let resources = resource_names(source, &raw);
    let mut taken: BTreeSet<String> = resources.iter().cloned().collect();
    let local = LocalNames::assign(resolve, &types, &taken);
    taken.extend(local.all().cloned());
    let uri = names::ours("uri", "golem-rpc", &taken);
    let pollable = names::ours("pollable", "wasi-io", &taken);
    taken.extend([uri.clone(), pollable.clone()]);
    let exports = name_functions(&raw, &resources, &taken);
    Ok(Derived {
        exports,
        types,
        local,
        uri,
        pollable,
    })
}

/// An export before anything has a name.
struct Raw<'a> {
    interface: Option<InterfaceId>,
    /// The part of wire names before `.{f}`; none for world-level functions.
    wire_prefix: Option<String>,
    candidates: Candidates,
    functions: Vec<&'a Function>,
}

fn exported(source: &Source) -> Vec<Raw<'_>> {
    let resolve = &source.resolve;
    let world = &resolve.worlds[source.world];
    let mut exports = Vec::new();
    let mut own = Vec::new();
    for (key, item) in &world.exports {
        match item {
            WorldItem::Interface { id, .. } => exports.push(raw_interface(resolve, key, *id)),
            WorldItem::Function(function) => own.push(function),
            WorldItem::Type { .. } => {}
        }
    }
    exports.push(Raw {
        interface: None,
        wire_prefix: None,
        candidates: vec![world.name.clone(), format!("{}-world", world.name)],
        functions: own,
    });
    exports.retain(|export| !export.functions.is_empty());
    exports
}

fn raw_interface<'a>(resolve: &'a Resolve, key: &WorldKey, id: InterfaceId) -> Raw<'a> {
    let interface = &resolve.interfaces[id];
    let candidates = match (key, interface.package, &interface.name) {
        (WorldKey::Interface(_), Some(package), Some(name)) => {
            names::candidates(name, None, Some(&resolve.packages[package].name))
        }
        (key, ..) => vec![resolve.name_world_key(key)],
    };
    Raw {
        interface: Some(id),
        wire_prefix: Some(resolve.name_world_key(key)),
        candidates,
        functions: interface.functions.values().collect(),
    }
}

/// Interfaces first: the world's own resource makes room for one of them.
fn resource_names(source: &Source, raw: &[Raw<'_>]) -> Vec<String> {
    let interfaces: Vec<Candidates> = raw
        .iter()
        .filter(|r| r.interface.is_some())
        .map(|r| r.candidates.clone())
        .collect();
    let mut names = names::distinct(&interfaces, &BTreeSet::new());
    if raw.len() > names.len() {
        let world = &source.resolve.worlds[source.world].name;
        let own = match names.contains(world) {
            true => format!("{world}-world"),
            false => world.clone(),
        };
        names.push(own);
    }
    names
}

fn name_functions<'a>(
    raw: &[Raw<'a>],
    resources: &[String],
    taken: &BTreeSet<String>,
) -> Vec<Export<'a>> {
    let futures: Vec<Candidates> = raw
        .iter()
        .zip(resources)
        .flat_map(|(raw, resource)| raw.functions.iter().map(move |f| (resource, f)))
        .filter(|(_, function)| function.result.is_some())
        .map(|(resource, f)| {
            let (f, plain) = (&f.name, format!("future-{}-result", f.name));
            vec![plain, format!("future-{resource}-{f}-result")]
        })
        .collect();
    let mut futures = names::distinct(&futures, taken).into_iter();
    let mut exports = Vec::new();
    for (raw, resource) in raw.iter().zip(resources) {
        let starts = names::starts(raw.functions.iter().map(|f| f.name.as_str()));
        let functions = raw
            .functions
            .iter()
            .zip(starts)
            .map(|(function, start)| Remote {
                function,
                wire_name: wire_name(raw.wire_prefix.as_deref(), &function.name),
                blocking: names::blocking(&function.name),
                start,
                future: function.result.and_then(|_| futures.next()),
            });
        exports.push(Export {
            resource: resource.clone(),
            functions: functions.collect(),
        });
    }
    exports
}

fn wire_name(prefix: Option<&str>, function: &str) -> String {
    match prefix {
        Some(prefix) => format!("{prefix}.{{{function}}}"),
        None => function.to_string(),
    }
}

/// Refuses functions of kinds that golem:rpc does not know (yet).
fn check(resolve: &Resolve, function: &Function) -> Result<(), Unsupported> {
    let construct = match function.kind {
        FunctionKind::Freestanding => return Ok(()),
        FunctionKind::AsyncFreestanding
        | FunctionKind::AsyncMethod(_)
        | FunctionKind::AsyncStatic(_) => "async function",
        FunctionKind::Method(_) | FunctionKind::Static(_) | FunctionKind::Constructor(_) => {
            "resource"
        }
        _ => "property",
    };
    // Of a resource its name is shown, not whichever function comes first.
    let resource = function.kind.resource().map(|id| resolve.types[id].span);
    let span = resource.filter(|_| construct == "resource");
    Err(Unsupported::at(
        resolve,
        construct,
        span.unwrap_or(function.span),
    ))
}
