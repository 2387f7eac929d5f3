//! The places of a target's own WIT for what stands in its stub: nobody has written the stub's.
//!
//! What has no counterpart in the target gets the place of the target's world.

use std::collections::BTreeMap;

use golem_rpc_stub::{ResourceKind, Source, Stub, text};
use wit_parser::{
    Function, InterfaceId, Resolve, Span, TypeDef, TypeDefKind, TypeId, TypeOwner, WorldItem,
};

use crate::stubs::stub_source;

/// The stub that a target has now, as [`stub_source`] gives it, with the places of the target.
pub fn stub_of(stub: &Stub, target: &Source) -> Option<Source> {
    let mut source = stub_source(&stub.resolve, stub.package)?;
    let texts = target.resolve.source_map.clone();
    let offset = source.resolve.source_map.append(texts);
    let origins = Origins::of(target, offset);
    origins.place_types(&mut source.resolve);
    origins.place_functions(&mut source.resolve, stub);
    source.resolve.worlds[source.world].span = origins.world;
    for item in source.resolve.worlds[source.world].exports.values_mut() {
        if let WorldItem::Interface { span, .. } = item {
            *span = origins.world;
        }
    }
    Some(source)
}

/// What stands where in a target.
struct Origins<'a> {
    resolve: &'a Resolve,
    /// What is added to the target's spans where its texts stand behind those of the stub.
    offset: u32,
    world: Span,
    /// By name on the wire.
    functions: BTreeMap<String, &'a Function>,
    /// Types by name; none where several have it.
    types: BTreeMap<&'a str, Option<TypeId>>,
}

impl<'a> Origins<'a> {
    fn of(target: &'a Source, offset: u32) -> Origins<'a> {
        let resolve = &target.resolve;
        let world = &resolve.worlds[target.world];
        let mut functions = BTreeMap::new();
        for (key, item) in &world.exports {
            match item {
                WorldItem::Interface { id, .. } => {
                    let wire = resolve.name_world_key(key);
                    for function in resolve.interfaces[*id].functions.values() {
                        functions.insert(format!("{wire}.{{{}}}", text::wire(function)), function);
                    }
                }
                WorldItem::Function(function) => {
                    functions.insert(text::wire(function), function);
                }
                WorldItem::Type { .. } => {}
            }
        }
        let mut types = BTreeMap::new();
        for (id, ty) in &resolve.types {
            let declared = !matches!(ty.kind, TypeDefKind::Type(_));
            if let (Some(name), true) = (&ty.name, declared) {
                let known = types.entry(name.as_str()).or_insert(Some(id));
                *known = known.filter(|known| *known == id);
            }
        }
        let mut origins = Origins {
            resolve,
            offset,
            world: world.span,
            functions,
            types,
        };
        origins.world = origins.span(world.span);
        origins
    }

    /// A span of the target as one of the source that its texts were added to.
    fn span(&self, mut span: Span) -> Span {
        span.adjust(self.offset);
        span
    }

    fn place_types(&self, stub: &mut Resolve) {
        let all: Vec<TypeId> = stub.types.iter().map(|(id, _)| id).collect();
        for id in all {
            let origin = self.type_of(stub, id);
            let ty = &mut stub.types[id];
            ty.span = self.world;
            let parts = origin.map(|origin| spans_of_parts(&self.resolve.types[origin]));
            if let Some(origin) = origin {
                ty.span = self.span(self.resolve.types[origin].span);
            }
            let whole = ty.span;
            for (name, span) in parts_of(ty) {
                let part = parts.as_ref().and_then(|parts| parts.get(name.as_str()));
                *span = part.map_or(whole, |part| self.span(*part));
            }
        }
        for (_, interface) in stub.interfaces.iter_mut() {
            interface.span = self.world;
        }
    }

    /// The same type in the target: of the same interface, else the only one of that name.
    fn type_of(&self, stub: &Resolve, id: TypeId) -> Option<TypeId> {
        let ty = &stub.types[id];
        let name = ty.name.as_deref()?;
        let same = match ty.owner {
            TypeOwner::Interface(owner) => self.interface_of(stub, owner),
            TypeOwner::World(_) | TypeOwner::None => None,
        };
        let of_interface = same.and_then(|same| self.resolve.interfaces[same].types.get(name));
        of_interface
            .or_else(|| self.types.get(name)?.as_ref())
            .copied()
    }

    fn interface_of(&self, stub: &Resolve, id: InterfaceId) -> Option<InterfaceId> {
        let interface = &stub.interfaces[id];
        let package = &stub.packages[interface.package?].name;
        let package = self.resolve.package_names.get(package)?;
        let interfaces = &self.resolve.packages[*package].interfaces;
        interfaces.get(interface.name.as_deref()?).copied()
    }

    fn place_functions(&self, resolve: &mut Resolve, stub: &Stub) {
        let wire_names = wire_names(stub);
        let Some((name, _)) = stub.resolve.packages[stub.package]
            .interfaces
            .iter()
            .find(|(_, id)| **id == stub.interface)
        else {
            return;
        };
        let id = resolve.packages[stub.package].interfaces[name];
        for function in resolve.interfaces[id].functions.values_mut() {
            let wire = wire_names.get(&function.name);
            let origin = wire.and_then(|wire| self.functions.get(*wire));
            function.span = origin.map_or(self.world, |origin| self.span(origin.span));
            for param in &mut function.params {
                let same = origin.and_then(|o| o.params.iter().find(|p| p.name == param.name));
                let known = same.filter(|same| same.span.is_known());
                param.span = known.map_or(function.span, |same| self.span(same.span));
            }
        }
    }
}

/// Functions as [`stub_source`] names them → their names on the wire.
fn wire_names(stub: &Stub) -> BTreeMap<String, &str> {
    let mut names = BTreeMap::new();
    for resource in &stub.resources {
        if let (Some(key), ResourceKind::Remote { new: Some(new), .. }) =
            (&resource.constructor, &resource.kind)
        {
            names.insert(key.clone(), new.as_str());
        }
        for function in &resource.functions {
            let waits = function.blocking.replacen(".blocking-", ".", 1);
            names.insert(waits, function.wire_name.as_str());
        }
    }
    names
}

/// The spans of fields, cases and flags, to be changed.
fn parts_of(ty: &mut TypeDef) -> Vec<(&String, &mut Span)> {
    match &mut ty.kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter_mut();
            fields.map(|part| (&part.name, &mut part.span)).collect()
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter_mut();
            cases.map(|part| (&part.name, &mut part.span)).collect()
        }
        TypeDefKind::Enum(cases) => {
            let cases = cases.cases.iter_mut();
            cases.map(|part| (&part.name, &mut part.span)).collect()
        }
        TypeDefKind::Flags(flags) => {
            let flags = flags.flags.iter_mut();
            flags.map(|part| (&part.name, &mut part.span)).collect()
        }
        _ => Vec::new(),
    }
}

/// The same, by name.
fn spans_of_parts(ty: &TypeDef) -> BTreeMap<String, Span> {
    let mut ty = ty.clone();
    let parts = parts_of(&mut ty).into_iter();
    parts.map(|(name, span)| (name.clone(), *span)).collect()
}
