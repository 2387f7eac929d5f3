//! What a component exports, by name.
//!
//! On the wire a function is `<interface-id>.{name}` with the interface's exact
//! version, or its bare name at world level. People may write less: see [`find`].

use wasmtime::Engine;
use wasmtime::component::types::{Component, ComponentFunc, ComponentItem};

use crate::error::CallError;
use crate::value::display;

/// An exported function.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// The id of its interface, `None` at world level.
    pub(crate) interface: Option<String>,
    pub(crate) name: String,
    pub(crate) ty: ComponentFunc,
}

/// All functions that a component exports, in the order of its exports.
pub(crate) fn exported(engine: &Engine, component: &Component) -> Vec<Function> {
    let mut functions = Vec::new();
    for (export, item) in component.exports(engine) {
        match item.ty {
            ComponentItem::ComponentFunc(ty) => functions.push(Function {
                interface: None,
                name: export.into(),
                ty,
            }),
            ComponentItem::ComponentInstance(instance) => {
                for (name, item) in instance.exports(engine) {
                    if let ComponentItem::ComponentFunc(ty) = item.ty {
                        functions.push(Function {
                            interface: Some(export.into()),
                            name: name.into(),
                            ty,
                        });
                    }
                }
            }
            _ => {}
        }
    }
    functions
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
    pub(crate) fn signature(&self) -> String {
        let params: Vec<_> = self
            .ty
            .params()
            .map(|(name, ty)| format!("{name}: {}", display(&ty)))
            .collect();
        let result: String = self
            .ty
            .results()
            .map(|ty| format!(" -> {}", display(&ty)))
            .collect();
        format!("{}: func({}){result}", self.wire_name(), params.join(", "))
    }

    fn answers_to(&self, name: &str) -> bool {
        let short = self.interface.as_deref().map(short_name);
        self.name == name
            || self.wire_name() == name
            || short.is_some_and(|short| format!("{short}.{}", self.name) == name)
    }
}

/// `api` of `ns:pkg/api@1.0.0`.
fn short_name(interface: &str) -> &str {
    let (id, _version) = interface.split_once('@').unwrap_or((interface, ""));
    id.rsplit('/').next().unwrap_or(id)
}

/// The functions that a person may mean by `name`: its bare name, `interface.name`,
/// or its name on the wire. Functions of resources are not among them.
pub(crate) fn find<'a>(functions: &'a [Function], name: &str) -> Vec<&'a Function> {
    functions
        .iter()
        .filter(|function| !function.is_of_resource() && function.answers_to(name))
        .collect()
}

/// The function of exactly this name on the wire.
pub(crate) fn on_wire<'a>(
    functions: &'a [Function],
    name: &str,
) -> Result<&'a Function, CallError> {
    if let Some(function) = functions
        .iter()
        .find(|function| function.wire_name() == name)
        && !function.is_of_resource()
    {
        return Ok(function);
    }
    let unknown = |reason: String| Err(CallError::UnknownFunction { reason });
    let Some((interface, function)) = split_wire_name(name) else {
        return unknown(format!("could not load function {name}"));
    };
    let known = |f: &&Function| f.interface.as_deref() == Some(interface);
    if !functions.iter().any(|function| known(&function)) {
        return unknown(format!("could not load exports for interface {interface}"));
    }
    if speaks_of_resource(functions, function) {
        return Err(no_resources(name));
    }
    unknown(format!(
        "could not load function {function} for interface {interface}"
    ))
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

/// The answer to a call of a resource's function.
pub(crate) fn no_resources(name: &str) -> CallError {
    CallError::Unsupported {
        reason: format!("`{name}` is of an exported resource, which cannot be called yet"),
    }
}

fn split_wire_name(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix('}')?.split_once(".{")
}
