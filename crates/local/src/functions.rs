//! What a component exports, by name.
//!
//! On the wire a function is `<interface-id>.{name}` with the interface's exact
//! version, or its bare name at world level: see [`crate::wire_name`]. People may
//! write less: see [`find`].

use wasmtime::Engine;
use wasmtime::component::types::{Component, ComponentFunc, ComponentItem};
use wasmtime::component::{ResourceType, Type};

use crate::error::CallError;
use crate::value::{display, outline};

/// How many columns a signature in a list may take before it is abbreviated.
const LONGEST_SIGNATURE: usize = 100;

/// An exported function.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// The id of its interface, `None` at world level.
    pub(crate) interface: Option<String>,
    pub(crate) name: String,
    pub(crate) ty: ComponentFunc,
}

/// A type of resource that an exported interface has, its own or one of another.
#[derive(Clone, Debug)]
pub(crate) struct ExportedResource {
    pub(crate) interface: String,
    pub(crate) name: String,
    /// As it is before the component has an instance.
    pub(crate) ty: ResourceType,
}

/// What a component exports, in the order of its exports.
#[derive(Default)]
pub(crate) struct Exports {
    pub(crate) functions: Vec<Function>,
    /// The types that are not the host's.
    pub(crate) resources: Vec<ExportedResource>,
}

impl Exports {
    /// Whether values of this type live in a worker, so that their handles can travel.
    pub(crate) fn has_resource(&self, ty: &ResourceType) -> bool {
        self.resources.iter().any(|resource| resource.ty == *ty)
    }

    fn add(&mut self, interface: &str, name: &str, item: ComponentItem) {
        let (interface, name) = (interface.to_owned(), name.to_owned());
        match item {
            ComponentItem::ComponentFunc(ty) => self.functions.push(Function {
                interface: Some(interface),
                name,
                ty,
            }),
            ComponentItem::Resource(ty) => self.resources.push(ExportedResource {
                interface,
                name,
                ty,
            }),
            _ => {}
        }
    }
}

/// All functions and types of resources that a component exports.
pub(crate) fn exported(engine: &Engine, component: &Component) -> Exports {
    let mut exports = Exports::default();
    for (export, item) in component.exports(engine) {
        match item.ty {
            ComponentItem::ComponentFunc(ty) => exports.functions.push(Function {
                interface: None,
                name: export.into(),
                ty,
            }),
            ComponentItem::ComponentInstance(instance) => {
                for (name, item) in instance.exports(engine) {
                    exports.add(export, name, item.ty);
                }
            }
            _ => {}
        }
    }
    let imported = imported_resources(engine, component);
    exports
        .resources
        .retain(|resource| !imported.contains(&resource.ty));
    exports
}

fn imported_resources(engine: &Engine, component: &Component) -> Vec<ResourceType> {
    let instances = component
        .imports(engine)
        .filter_map(|(_, item)| match item.ty {
            ComponentItem::ComponentInstance(instance) => Some(instance),
            _ => None,
        });
    let mut types = Vec::new();
    for instance in instances {
        types.extend(
            instance
                .exports(engine)
                .filter_map(|(_, item)| match item.ty {
                    ComponentItem::Resource(ty) => Some(ty),
                    _ => None,
                }),
        );
    }
    types
}

impl Function {
    /// Whether this is a constructor, method or static of an exported resource.
    pub(crate) fn is_of_resource(&self) -> bool {
        self.name.starts_with('[')
    }

    /// The name that callers put on the wire.
    pub(crate) fn wire_name(&self) -> String {
        match &self.interface {
            Some(interface) => format!("{interface}.{{{}}}", self.name),
            None => self.name.clone(),
        }
    }

    /// `name: func(a: u32) -> string`, types without the names of their parts.
    pub(crate) fn signature(&self, name: &str) -> String {
        self.signature_of(name, display)
    }

    /// The signature, with `record {…}` for records and the like if it gets too long.
    pub(crate) fn short_signature(&self, name: &str) -> String {
        let whole = self.signature(name);
        if whole.chars().count() <= LONGEST_SIGNATURE {
            whole
        } else {
            self.signature_of(name, outline)
        }
    }

    fn signature_of(&self, name: &str, show: fn(&Type) -> String) -> String {
        let params = self.ty.params();
        let params: Vec<_> = params
            .map(|(name, ty)| format!("{name}: {}", show(&ty)))
            .collect();
        let results = self.ty.results();
        let result: String = results.map(|ty| format!(" -> {}", show(&ty))).collect();
        format!("{name}: func({}){result}", params.join(", "))
    }

    /// What a person may call it, the shortest first.
    fn names(&self) -> Vec<String> {
        let mut names = vec![self.name.clone()];
        if let Some(interface) = &self.interface {
            names.push(format!("{}.{}", short_name(interface), self.name));
            names.push(self.wire_name());
        }
        names
    }
}

/// `api` of `ns:pkg/api@1.0.0`.
fn short_name(interface: &str) -> &str {
    let (id, _version) = interface.split_once('@').unwrap_or((interface, ""));
    id.rsplit('/').next().unwrap_or(id)
}

/// The functions that a person may mean by `name`: its bare name, `interface.name`,
/// or its name on the wire, which comes before all others. Functions of resources
/// are not among them.
pub(crate) fn find<'a>(functions: &'a [Function], name: &str) -> Vec<&'a Function> {
    let callable = || {
        functions
            .iter()
            .filter(|function| !function.is_of_resource())
    };
    if let Some(exact) = callable().find(|function| function.wire_name() == name) {
        return vec![exact];
    }
    callable()
        .filter(|function| function.names().iter().any(|own| own == name))
        .collect()
}

/// The shortest name that means this function and no other.
pub(crate) fn shortest(functions: &[Function], function: &Function) -> String {
    let mut names = function.names().into_iter();
    names
        .find(|name| matches!(find(functions, name)[..], [found] if std::ptr::eq(found, function)))
        .unwrap_or_else(|| function.wire_name())
}

/// The name of the function whose name is most like `asked`, if it is much like it.
pub(crate) fn nearest(functions: &[Function], asked: &str) -> Option<String> {
    let callable = functions
        .iter()
        .filter(|function| !function.is_of_resource());
    let distances = callable.flat_map(|function| {
        let names = function.names().into_iter();
        names.map(move |name| (strsim::damerau_levenshtein(asked, &name), name, function))
    });
    let (distance, name, function) = distances.min_by_key(|(distance, ..)| *distance)?;
    let near = distance <= asked.chars().count().max(name.chars().count()) / 3;
    near.then(|| shortest(functions, function))
}

/// Whether `name` speaks of an exported resource: `thing.f`, `api.{thing.new}`, ….
pub(crate) fn speaks_of_resource(functions: &[Function], name: &str) -> bool {
    let mut resources = functions.iter().filter_map(|function| {
        let (_kind, of) = function.name.strip_prefix('[')?.split_once(']')?;
        Some(of.split_once('.').map_or(of, |(resource, _)| resource))
    });
    let parts: Vec<_> = name.split(['.', '{', '}', '(', '[', ']']).collect();
    resources.any(|resource| parts.contains(&resource))
}

/// The answer to a person who calls a resource's function.
pub(crate) fn no_resources(name: &str) -> CallError {
    CallError::Unsupported {
        reason: format!(
            "`{name}` is of an exported resource: workers can call it, but a handle cannot be \
            written in WAVE"
        ),
    }
}
