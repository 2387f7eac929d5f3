//! What a stub can carry: which functions, and which types in them.
//!
//! Input: a function that the world exports. Output: nothing, or why not, shown at its place in the
//! WIT, with what could be written instead. Names are not looked at here.

use std::collections::{BTreeMap, BTreeSet};

use wit_parser::{
    Function, FunctionKind, Handle, Resolve, ResolveError, Span, Type, TypeDefKind, TypeId,
    TypeOwner, WorldId, WorldItem, WorldKey,
};

use crate::extent::{self, Extent, MAX_DEPTH, MAX_MEMBERS, MAX_SIZE, members};
use crate::source::Source;
use crate::types::{handle_of, is_handle, placed_parts, resource_of};

/// Something that WIT can say and the stub cannot carry.
#[derive(Debug, thiserror::Error)]
#[error("{rendered}")]
pub struct Unsupported {
    /// What it is: `stream`, `async function`, ….
    pub construct: &'static str,
    /// The message with file, line and caret.
    pub rendered: String,
    /// Whether the stub can be made without such functions: others remain.
    pub skippable: bool,
    instead: Option<String>,
}

impl Unsupported {
    /// What to write instead, where there is such a thing.
    pub fn hint(&self) -> Option<String> {
        self.instead.clone()
    }
}

/// What to write instead of a construct.
fn instead_of(construct: &str) -> &'static str {
    match construct {
        "map" => "write `list<tuple<K, V>>`",
        "fixed-length list" => "write `list<T>` or a `tuple`",
        "async function" => "write `func`: a caller can still start it without waiting",
        "future" => "return the value itself: the stub returns a future of it",
        "stream" => "write `list<T>`, or a function that returns the next part",
        "property" => "write a function",
        "fallible constructor" => "write a static function that returns a `result`",
        "flags type of more than 32 flags" => "split it in two",
        TOO_DEEP | TOO_LARGE => {
            "carry a part of it as `list<u8>` or `string` that holds its encoded form, or as an id"
        }
        TOO_MUCH => "split it in two worlds, or carry parts of large types as `list<u8>`",
        TOO_MANY => "group them in types of their own, or write a `list`",
        TOO_MANY_PARAMS => "write one parameter: a record of them",
        "error-context" => "write `string`, or a variant of your own",
        _ => "write something that WIT values can hold",
    }
}

const TOO_DEEP: &str = "type nested deeper than 90 types";
const TOO_LARGE: &str = "type of 1000000 types or more, each counted as often as it stands there";
const TOO_MUCH: &str = "world whose functions and types add up to 1000000 types or more, each counted as often as it stands there";
const TOO_MANY: &str = "type of more than 10000 fields, cases or items";
const TOO_MANY_PARAMS: &str = "function of more than 990 parameters";

/// A component can have 1000, and the stub adds its own.
const MAX_PARAMS: usize = 990;

/// Checks functions of one world.
pub(crate) struct Carrier<'a> {
    resolve: &'a Resolve,
    world: WorldId,
    /// The resources that live in the worker.
    exported: BTreeSet<TypeId>,
}

impl<'a> Carrier<'a> {
    pub(crate) fn new(resolve: &'a Resolve, world: WorldId) -> Carrier<'a> {
        let mut exported = BTreeSet::new();
        for item in resolve.worlds[world].exports.values() {
            if let WorldItem::Interface { id, .. } = item {
                let types = resolve.interfaces[*id].types.values().copied();
                exported.extend(types.filter(|id| is_resource(resolve, *id)));
            }
        }
        Carrier {
            resolve,
            world,
            exported,
        }
    }

    /// Checks a function of an exported interface or, with `of_world`, of the world itself.
    pub(crate) fn check(&self, function: &Function, of_world: bool) -> Result<(), Unsupported> {
        let mut walk = Walk {
            carrier: self,
            of_world,
            extents: BTreeMap::new(),
            depth: 0,
        };
        self.check_kind(function)?;
        if function.params.len() > MAX_PARAMS {
            return Err(self.refuse(TOO_MANY_PARAMS, function.span));
        }
        for param in &function.params {
            walk.check(&param.ty, param.span)?;
        }
        match &function.result {
            Some(result) => walk.check(result, function.span).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Refuses functions of kinds that golem:rpc does not know.
    fn check_kind(&self, function: &Function) -> Result<(), Unsupported> {
        let construct = match function.kind {
            FunctionKind::Freestanding | FunctionKind::Method(_) | FunctionKind::Static(_) => {
                return Ok(());
            }
            FunctionKind::Constructor(_) => match &function.result {
                Some(result) if !is_handle(self.resolve, result) => "fallible constructor",
                _ => return Ok(()),
            },
            FunctionKind::AsyncFreestanding
            | FunctionKind::AsyncMethod(_)
            | FunctionKind::AsyncStatic(_) => "async function",
            _ => "property",
        };
        Err(self.refuse(construct, function.span))
    }

    fn refuse(&self, construct: &'static str, span: Span) -> Unsupported {
        let article = if construct.starts_with(['a', 'e', 'i', 'o', 'u']) {
            "an"
        } else {
            "a"
        };
        // "flags type of more than …" and the like read with an article, too.
        let message = format!("a stub cannot carry {article} {construct}");
        self.unsupported(construct, &message, instead_of(construct).to_string(), span)
    }

    fn unsupported(
        &self,
        construct: &'static str,
        message: &str,
        instead: String,
        span: Span,
    ) -> Unsupported {
        let error = ResolveError::new_semantic(span, message.to_string());
        Unsupported {
            construct,
            rendered: error.render(&self.resolve.source_map),
            skippable: false,
            instead: Some(instead),
        }
    }

    /// Refuses a handle of a resource that does not live in the worker.
    fn refuse_handle(&self, resource: TypeId, span: Span) -> Unsupported {
        let resolve = self.resolve;
        let def = &resolve.types[resource];
        let (name, world) = (
            def.name.as_deref().unwrap_or_default(),
            &resolve.worlds[self.world].name,
        );
        let interface = match def.owner {
            TypeOwner::Interface(id) => resolve.name_world_key(&WorldKey::Interface(id)),
            _ => format!("world {world}"),
        };
        let head = format!("a stub cannot carry a handle of resource `{name}`");
        let (why, instead) = if self.exported.contains(&resource) {
            (
                format!(
                    "a function of the world itself takes the `{name}` that `world {world}` imports, and only exported ones live in the worker"
                ),
                format!("move the function to an interface that `world {world}` exports"),
            )
        } else {
            let why = format!(
                "`world {world}` does not export its interface `{interface}`, so that it does not live in the worker"
            );
            (why, self.instead_of_handle(def.owner, &interface))
        };
        self.unsupported(
            "imported resource",
            &format!("{head}: {why}"),
            instead,
            span,
        )
    }

    /// What to do about a resource whose interface is only imported. Whether the world says
    /// `import` or an exported interface's `use` implies it cannot be told after resolution.
    fn instead_of_handle(&self, owner: TypeOwner, interface: &str) -> String {
        let world = &self.resolve.worlds[self.world].name;
        let by_value = "put an id or a value in the handle's place";
        let host = ["wasi:", "golem:"]
            .iter()
            .any(|ns| interface.starts_with(ns));
        match owner {
            TypeOwner::Interface(_) if !host => format!(
                "if the component makes it itself, export its interface as well: add `export {interface};` to `world {world}`; otherwise {by_value}"
            ),
            _ => by_value.to_string(),
        }
    }
}

/// Refuses a world whose stub no component could hold: at a type that is too large by itself, or else at
/// the world.
pub(crate) fn refuse_world(source: &Source) -> Unsupported {
    let resolve = &source.resolve;
    let carrier = Carrier::new(resolve, source.world);
    for (id, extent) in extent::all(resolve) {
        let span = resolve.types[id].span;
        match extent {
            Extent { depth, .. } if depth > MAX_DEPTH => return carrier.refuse(TOO_DEEP, span),
            Extent { size, .. } if size >= MAX_SIZE => return carrier.refuse(TOO_LARGE, span),
            _ => {}
        }
    }
    carrier.refuse(TOO_MUCH, resolve.worlds[source.world].span)
}

fn is_resource(resolve: &Resolve, id: TypeId) -> bool {
    matches!(resolve.types[id].kind, TypeDefKind::Resource)
}

/// A walk through the types of one function.
struct Walk<'a> {
    carrier: &'a Carrier<'a>,
    of_world: bool,
    /// Of the types that were walked.
    extents: BTreeMap<TypeId, Extent>,
    /// How many types stand around the present one.
    depth: usize,
}

impl Walk<'_> {
    /// Checks `ty` and what it is made of; `span` is where it is asked for.
    fn check(&mut self, ty: &Type, span: Span) -> Result<Extent, Unsupported> {
        let resolve = self.carrier.resolve;
        let mut id = match ty {
            Type::Id(id) => *id,
            Type::ErrorContext => return Err(self.carrier.refuse("error-context", span)),
            _ => return Ok(Extent::ONE),
        };
        // The place of a handle is where it is asked for: its own is that of the resource.
        if let Some(handle) = handle_of(resolve, id) {
            return self.check_handle(handle, span);
        }
        while let TypeDefKind::Type(Type::Id(target)) = resolve.types[id].kind {
            id = target;
        }
        if let Some(extent) = self.extents.get(&id) {
            return Ok(*extent);
        }
        let def = &resolve.types[id];
        // Unnamed types that look the same are one, at the place of the first.
        let own = def.name.is_some() && def.span.is_known();
        let span = if own { def.span } else { span };
        if let Some(construct) = refused(&def.kind) {
            return Err(self.carrier.refuse(construct, span));
        }
        self.depth += 1;
        let extent = self.check_parts(&def.kind, span)?;
        self.depth -= 1;
        self.extents.insert(id, extent);
        Ok(extent)
    }

    fn check_parts(&mut self, kind: &TypeDefKind, span: Span) -> Result<Extent, Unsupported> {
        if let TypeDefKind::Type(primitive) = kind {
            return self.check(primitive, span);
        }
        let mut extent = Extent::ONE;
        for (part, span) in placed_parts(kind, span) {
            // Not looked into any further: it may be endlessly deep.
            if self.depth <= MAX_DEPTH {
                extent = extent.with(self.check(&part, span)?);
            }
            if self.depth > MAX_DEPTH || extent.depth > MAX_DEPTH {
                return Err(self.carrier.refuse(TOO_DEEP, span));
            }
            if extent.size >= MAX_SIZE {
                return Err(self.carrier.refuse(TOO_LARGE, span));
            }
        }
        Ok(extent)
    }

    fn check_handle(&self, handle: Handle, span: Span) -> Result<Extent, Unsupported> {
        let resource = resource_of(self.carrier.resolve, handle);
        if self.carrier.exported.contains(&resource) && !self.of_world {
            Ok(Extent::ONE)
        } else {
            Err(self.carrier.refuse_handle(resource, span))
        }
    }
}

/// What a type is that no wit-value can hold.
fn refused(kind: &TypeDefKind) -> Option<&'static str> {
    Some(match kind {
        TypeDefKind::Flags(flags) if flags.flags.len() > 32 => "flags type of more than 32 flags",
        TypeDefKind::Map(..) => "map",
        TypeDefKind::FixedLengthList(..) => "fixed-length list",
        TypeDefKind::Future(_) => "future",
        TypeDefKind::Stream(_) => "stream",
        kind if members(kind) > MAX_MEMBERS => TOO_MANY,
        _ => return None,
    })
}
