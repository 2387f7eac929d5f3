//! A component: its bytes, and what compiling them gives, on first use.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use uuid::Uuid;
use wasmtime::component::{Component, InstancePre};

use crate::functions::{Exports, exported};
use crate::name::component_id;
use crate::registry::{Env, Registry};
use crate::state::WorkerState;

/// A component that workers are made of.
#[derive(Clone, Debug, Default)]
pub struct ComponentSpec {
    /// The Cargo package name, from which the component's id derives.
    pub name: String,
    /// The component's bytes; of a caller, the composed one.
    pub wasm: Vec<u8>,
    /// What its workers see as `GOLEM_COMPONENT_VERSION`.
    pub version: u64,
    /// What it imports that is not offered here, as a reason why it can have no worker; none where
    /// that is not known beforehand.
    pub lacks: Option<String>,
    /// The environment of those of its workers that are started from outside.
    pub env: BTreeMap<String, String>,
}

pub(crate) struct Loaded {
    pub(crate) spec: ComponentSpec,
    pub(crate) id: Uuid,
    pub(crate) env: Arc<Env>,
    compiled: OnceLock<Result<Compiled, String>>,
}

pub(crate) struct Compiled {
    pub(crate) exports: Exports,
    /// What instances are made from, or why there can be none.
    pub(crate) instances: Result<InstancePre<WorkerState>, String>,
}

impl Loaded {
    pub(crate) fn new(spec: ComponentSpec) -> Self {
        Self {
            id: component_id(&spec.name),
            env: Arc::new(spec.env.clone()),
            spec,
            compiled: OnceLock::new(),
        }
    }

    pub(crate) fn compiled(&self, registry: &Registry) -> Result<&Compiled, String> {
        self.compiled
            .get_or_init(|| compile(&self.spec, registry))
            .as_ref()
            .map_err(Clone::clone)
    }
}

fn compile(spec: &ComponentSpec, registry: &Registry) -> Result<Compiled, String> {
    let engine = &registry.engine;
    let component =
        Component::from_binary(engine, &spec.wasm).map_err(|error| format!("{error:#}"))?;
    let instances = registry.linker.instantiate_pre(&component);
    Ok(Compiled {
        exports: exported(engine, &component.component_type()),
        instances: instances.map_err(|error| match &spec.lacks {
            Some(reason) => reason.clone(),
            None => missing_import(registry, &component, &error),
        }),
    })
}

/// Names the imports that nobody here provides, and what to do about a stub's.
fn missing_import(registry: &Registry, component: &Component, error: &wasmtime::Error) -> String {
    let ty = component.component_type();
    let foreign: Vec<_> = ty
        .imports(&registry.engine)
        .map(|(name, _)| name)
        .filter(|name| !name.starts_with("wasi:") && !name.starts_with("golem:"))
        .collect();
    if foreign.is_empty() {
        return format!("{error:#}");
    }
    let names: Vec<_> = foreign.iter().map(|name| format!("`{name}`")).collect();
    let mut text = format!(
        "the component imports {}, which nothing here provides",
        names.join(", ")
    );
    if foreign.iter().any(|name| is_stub(name)) {
        text += "; it is not composed with its stubs: run `cargo make build-flow`";
    }
    text
}

/// Whether an import has the shape `ns:name-stub/stub-world`.
fn is_stub(import: &str) -> bool {
    import.split_once('/').is_some_and(|(package, interface)| {
        package.ends_with("-stub") && interface.starts_with("stub-")
    })
}
