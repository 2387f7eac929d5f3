//! A component: its bytes, and what compiling them gives, on first use.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use uuid::Uuid;
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Config, Engine, OptLevel};

use crate::functions::{Exports, exported};
use crate::host;
use crate::name::{Env, component_id};
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

/// Makes components of their bytes: the engine, and all that can be imported.
pub(crate) struct Compiler {
    pub(crate) engine: Engine,
    linker: Linker<WorkerState>,
}

impl Compiler {
    pub(crate) fn new() -> wasmtime::Result<Arc<Self>> {
        let mut config = Config::new();
        config.epoch_interruption(true);
        // the same instructions give the same bits, wherever an oplog is replayed
        config.cranelift_nan_canonicalization(true);
        config.relaxed_simd_deterministic(true);
        // a call or two is worth no optimization, and compiling is most of the wait
        config.cranelift_opt_level(OptLevel::None);
        let engine = Engine::new(&config)?;
        let linker = host::linker(&engine)?;
        Ok(Arc::new(Self { engine, linker }))
    }
}

pub(crate) struct Loaded {
    compiler: Arc<Compiler>,
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
    pub(crate) fn new(spec: ComponentSpec, compiler: Arc<Compiler>) -> Self {
        Self {
            compiler,
            id: component_id(&spec.name),
            env: Arc::new(spec.env.clone()),
            spec,
            compiled: OnceLock::new(),
        }
    }

    pub(crate) fn compiled(&self) -> Result<&Compiled, String> {
        self.compiled
            .get_or_init(|| compile(&self.spec, &self.compiler))
            .as_ref()
            .map_err(Clone::clone)
    }
}

fn compile(spec: &ComponentSpec, compiler: &Compiler) -> Result<Compiled, String> {
    let engine = &compiler.engine;
    let component =
        Component::from_binary(engine, &spec.wasm).map_err(|error| format!("{error:#}"))?;
    let instances = compiler.linker.instantiate_pre(&component);
    Ok(Compiled {
        exports: exported(engine, &component.component_type()),
        instances: instances.map_err(|error| match &spec.lacks {
            Some(reason) => reason.clone(),
            None => missing_import(compiler, &component, &error),
        }),
    })
}

/// Names the imports that nobody here provides, and what to do about a stub's.
fn missing_import(compiler: &Compiler, component: &Component, error: &wasmtime::Error) -> String {
    let ty = component.component_type();
    let foreign: Vec<_> = ty
        .imports(&compiler.engine)
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
