//! The imports of a composed component that its host has to serve, with what is asked of each.
//!
//! Input: the validator's types of the component, and the names of its imports. An import that is
//! made of plain types alone asks for nothing: every host can serve it.

use std::fmt;

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};
use wasmparser::types::Types;

use crate::offered::{Offered, offered};

/// An import that not every host offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenImport {
    /// The interface, as in `demo:counter/api@1.0.0`, or the plain name of a function.
    pub name: String,
    /// The functions that are asked for, a resource's as `account.close`; of a function none.
    pub functions: Vec<String>,
    /// The resources that are asked for.
    pub resources: Vec<String>,
    /// Who offers it.
    pub offered: Offered,
}

impl OpenImport {
    /// Whether it is the interface of a stub, which was not composed in.
    pub fn is_stub(&self) -> bool {
        let parts = self.name.split_once('/');
        parts.is_some_and(|(package, interface)| {
            package.ends_with("-stub") && interface.starts_with("stub-")
        })
    }
}

/// The import with what is asked of it, and who does not offer it.
impl fmt::Display for OpenImport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        if self.is_stub() {
            return write!(f, "the stub `{name}`, which was not composed in");
        }
        let kinds = [("function", &self.functions), ("resource", &self.resources)];
        let asked = kinds.map(|(kind, names)| list(kind, names));
        let asked: Vec<String> = asked.into_iter().filter(|list| !list.is_empty()).collect();
        let asked = if asked.is_empty() {
            String::new()
        } else {
            format!(" ({})", asked.join("; "))
        };
        let nobody = match self.offered {
            Offered::OnGolem => "the local runtime does not offer",
            Offered::Nowhere | Offered::Everywhere => {
                "neither Golem 1.1 nor the local runtime offers"
            }
        };
        write!(f, "`{name}`{asked}, which {nobody}")
    }
}

/// ``functions `a`, `b` ``
fn list(kind: &str, names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.len() {
        0 => String::new(),
        1 => format!("{kind} {}", quoted[0]),
        _ => format!("{kind}s {}", quoted.join(", ")),
    }
}

/// Those of the imports that not every host offers.
pub(crate) fn open_imports(types: &Types, imports: &[String]) -> Vec<OpenImport> {
    let open = imports.iter().filter_map(|name| {
        let (functions, resources) = asked(types, name)?;
        Some(OpenImport {
            name: name.clone(),
            functions,
            resources,
            offered: offered(name),
        })
    });
    open.filter(|import| import.offered != Offered::Everywhere)
        .collect()
}

/// The functions and resources that an import asks for; none if it asks for nothing.
fn asked(types: &Types, import: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (mut functions, mut resources) = (Vec::new(), Vec::new());
    match types.component_item_for_import(import)?.ty {
        ComponentEntityType::Instance(id) => {
            for (name, item) in &types[id].exports {
                match item.ty {
                    ComponentEntityType::Func(_) => functions.push(plain(name)),
                    ty if is_resource(ty) => resources.push(name.clone()),
                    _ => {}
                }
            }
            (!functions.is_empty() || !resources.is_empty()).then_some((functions, resources))
        }
        ty @ ComponentEntityType::Type { .. } => {
            is_resource(ty).then(|| (functions, vec![import.to_owned()]))
        }
        _ => Some((functions, resources)),
    }
}

fn is_resource(ty: ComponentEntityType) -> bool {
    let created = match ty {
        ComponentEntityType::Type { created, .. } => created,
        _ => return false,
    };
    matches!(created, ComponentAnyTypeId::Resource(_))
}

/// `account.close` of `[method]account.close`, `account.constructor` of `[constructor]account`.
fn plain(name: &str) -> String {
    let Some((kind, rest)) = name.strip_prefix('[').and_then(|name| name.split_once(']')) else {
        return name.to_owned();
    };
    match kind {
        "constructor" => format!("{rest}.constructor"),
        _ => rest.to_owned(),
    }
}
