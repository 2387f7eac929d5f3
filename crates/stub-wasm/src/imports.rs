//! What the component imports: golem:rpc, and standard error for what ends in a trap.
//!
//! The stub's own WIT does not name standard error. The world that is encoded is the stub's with
//! wasi:cli's `stderr` added, at the version of the wasi:io that the stub has, with no more than
//! what is called.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_stub::{ResourceKind, RpcErrors, Stub};
use wasm_encoder::ValType;
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{
    Docs, InterfaceId, LiftLowerAbi, ManglingAndAbi, PackageName, Resolve, ResourceIntrinsic, Span,
    Stability, Type, TypeDefKind, TypeId, WasmImport, WorldId, WorldItem, WorldKey,
};

use crate::error::EmitError;
use crate::module::Module;
use crate::shape::Shapes;

const ABI: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

const STDERR_WIT: &str = include_str!("../wit/stderr.wit");

/// The indices of imported functions. Those of futures and triggers are there if some function of
/// the stub needs them; nothing calls them otherwise.
#[derive(Default)]
pub(crate) struct Imports {
    pub(crate) new: u32,
    pub(crate) ephemeral: u32,
    pub(crate) drop_rpc: u32,
    pub(crate) wait: u32,
    pub(crate) trigger: u32,
    pub(crate) start: u32,
    pub(crate) schedule: u32,
    pub(crate) subscribe: u32,
    pub(crate) get: u32,
    pub(crate) drop_future: u32,
    pub(crate) get_stderr: u32,
    pub(crate) write: u32,
    /// `[resource-new]`, `[resource-rep]` and `[resource-drop]` of exported resources.
    pub(crate) resource_new: BTreeMap<TypeId, u32>,
    pub(crate) resource_rep: BTreeMap<TypeId, u32>,
    pub(crate) resource_drop: BTreeMap<TypeId, u32>,
}

/// The remote resources that some value can own.
#[derive(Default)]
pub(crate) struct Owned {
    /// In parameters.
    pub(crate) given: BTreeSet<TypeId>,
    /// In results, and by constructors.
    pub(crate) received: BTreeSet<TypeId>,
}

impl Owned {
    pub(crate) fn of(stub: &Stub, shapes: &mut Shapes<'_>) -> Result<Owned, EmitError> {
        let mut owned = Owned::default();
        let functions = &stub.resolve.interfaces[stub.interface].functions;
        for resource in &stub.resources {
            if let ResourceKind::Remote { new: Some(_), .. } = resource.kind {
                owned.received.insert(resource.id);
            }
            let makers = resource.constructor.iter().chain(&resource.ephemeral);
            let blocking = resource.functions.iter().map(|f| &f.blocking);
            for name in makers.chain(blocking) {
                for param in &functions[name].params {
                    let shape = shapes.of(&param.ty)?;
                    owned.given.extend(shapes.owned(shape));
                }
            }
            for function in &resource.functions {
                if let Some(ty) = result_of(stub, &function.blocking) {
                    let shape = shapes.of(&ty)?;
                    owned.received.extend(shapes.owned(shape));
                }
            }
        }
        Ok(owned)
    }
}

/// The result of the remote function that this function of the stub waits for.
pub(crate) fn result_of(stub: &Stub, blocking: &str) -> Option<Type> {
    let result = stub.resolve.interfaces[stub.interface].functions[blocking].result?;
    match (stub.options.rpc_errors, result) {
        (RpcErrors::Panic, result) => Some(result),
        (RpcErrors::Result, Type::Id(id)) => match &stub.resolve.types[id].kind {
            TypeDefKind::Result(result) => result.ok,
            _ => None,
        },
        (RpcErrors::Result, _) => None,
    }
}

/// The stub's `Resolve` with standard error, and the world to encode.
pub(crate) struct World {
    pub(crate) resolve: Resolve,
    pub(crate) id: WorldId,
    rpc: InterfaceId,
    /// Output streams and standard error, where something can be said there.
    output: Option<(InterfaceId, InterfaceId)>,
}

impl World {
    pub(crate) fn of(stub: &Stub) -> Result<World, EmitError> {
        let mut resolve = stub.resolve.clone();
        forget_external_ids(&mut resolve);
        let rpc = golem_rpc(stub)?;
        let output = if needs_stderr(stub) {
            Some(add_stderr(&mut resolve, stub.world)?)
        } else {
            None
        };
        Ok(World {
            resolve,
            id: stub.world,
            rpc,
            output,
        })
    }
}

/// Drops what `@external-id` says: a component that has it needs an engine that knows it.
fn forget_external_ids(resolve: &mut Resolve) {
    for (_, ty) in resolve.types.iter_mut() {
        ty.external_id = None;
    }
    for (_, interface) in resolve.interfaces.iter_mut() {
        let functions = interface.functions.values_mut();
        functions.for_each(|function| function.external_id = None);
    }
    for (_, world) in resolve.worlds.iter_mut() {
        for item in world.imports.values_mut().chain(world.exports.values_mut()) {
            match item {
                WorldItem::Interface { external_id, .. } => *external_id = None,
                WorldItem::Function(function) => function.external_id = None,
                WorldItem::Type { .. } => {}
            }
        }
    }
}

/// Adds standard error to a world, and gives the interfaces of output streams and of it.
fn add_stderr(
    resolve: &mut Resolve,
    world: WorldId,
) -> Result<(InterfaceId, InterfaceId), EmitError> {
    let io = resolve.package_names.keys().find(|name| is_wasi_io(name));
    let version = io.and_then(|name| name.version.clone());
    let version = version.ok_or(EmitError::Protocol { missing: "wasi:io" })?;
    let text = STDERR_WIT.replace("{version}", &version.to_string());
    let mut added = Resolve::default();
    added
        .push_source("stderr.wit", &text)
        .map_err(EmitError::Encode)?;
    resolve.merge(added).map_err(EmitError::Encode)?;
    let find = |package: &str, interface: &str| {
        let mut found = resolve.interfaces.iter().filter(|(_, i)| {
            let name = i.package.map(|p| &resolve.packages[p].name);
            i.name.as_deref() == Some(interface)
                && name.is_some_and(|n| n.namespace == "wasi" && n.name == package)
        });
        let (id, _) = found.next().expect("the text has this interface");
        id
    };
    let (error, streams) = (find("io", "error"), find("io", "streams"));
    let stderr = find("cli", "stderr");
    let imports = &mut resolve.worlds[world].imports;
    for id in [error, streams, stderr] {
        imports.insert(WorldKey::Interface(id), import(id));
    }
    Ok((streams, stderr))
}

fn is_wasi_io(name: &PackageName) -> bool {
    name.namespace == "wasi" && name.name == "io"
}

fn import(id: InterfaceId) -> WorldItem {
    WorldItem::Interface {
        id,
        stability: Stability::default(),
        external_id: None,
        docs: Docs::default(),
        span: Span::default(),
    }
}

/// golem:rpc's `types`: the interface that the stub calls through.
fn golem_rpc(stub: &Stub) -> Result<InterfaceId, EmitError> {
    let mut interfaces = stub.resolve.interfaces.iter();
    let found = interfaces.find(|(_, interface)| {
        let package = interface.package.map(|id| &stub.resolve.packages[id].name);
        package.is_some_and(|name| name.namespace == "golem" && name.name == "rpc")
            && interface.functions.contains_key("[constructor]wasm-rpc")
    });
    let (id, _) = found.ok_or(EmitError::Protocol {
        missing: "golem:rpc",
    })?;
    Ok(id)
}

/// Whether something is said on standard error: where calls give results, only the ends and the
/// constructors of remote resources have nobody else to tell.
fn needs_stderr(stub: &Stub) -> bool {
    let mut resources = stub.resources.iter();
    stub.options.rpc_errors == RpcErrors::Panic
        || resources.any(|resource| resource.kind != ResourceKind::Worker)
}

/// Imports what the functions of a stub call.
pub(crate) fn add(
    module: &mut Module,
    stub: &Stub,
    world: &World,
    owned: &Owned,
) -> Result<Imports, EmitError> {
    let mut adder = Adder { module, world };
    let mut imports = Imports::default();
    adder.calls(stub, &mut imports)?;
    adder.resources(stub, owned, &mut imports);
    Ok(imports)
}

struct Adder<'a> {
    module: &'a mut Module,
    world: &'a World,
}

impl Adder<'_> {
    /// golem:rpc, and standard error.
    fn calls(&mut self, stub: &Stub, imports: &mut Imports) -> Result<(), EmitError> {
        let functions = || stub.resources.iter().flat_map(|r| &r.functions);
        let rpc = self.world.rpc;
        imports.new = self.function(rpc, "[constructor]wasm-rpc")?;
        imports.wait = self.function(rpc, "[method]wasm-rpc.invoke-and-await")?;
        imports.drop_rpc = self.drop(rpc, "wasm-rpc")?;
        if let Some((streams, stderr)) = self.world.output {
            imports.get_stderr = self.function(stderr, "get-stderr")?;
            let write = "[method]output-stream.blocking-write-and-flush";
            imports.write = self.function(streams, write)?;
        }
        if functions().any(|f| f.future.is_none()) {
            imports.trigger = self.function(rpc, "[method]wasm-rpc.invoke")?;
        }
        if functions().any(|f| f.future.is_some()) {
            imports.start = self.function(rpc, "[method]wasm-rpc.async-invoke-and-await")?;
            imports.subscribe = self.function(rpc, "[method]future-invoke-result.subscribe")?;
            imports.get = self.function(rpc, "[method]future-invoke-result.get")?;
            imports.drop_future = self.drop(rpc, "future-invoke-result")?;
        }
        if stub.resources.iter().any(|r| r.ephemeral.is_some()) {
            imports.ephemeral = self.function(rpc, "[static]wasm-rpc.ephemeral")?;
        }
        if functions().any(|f| f.schedule.is_some()) {
            let schedule = "[method]wasm-rpc.schedule-cancelable-invocation";
            imports.schedule = self.function(rpc, schedule)?;
        }
        Ok(())
    }

    /// The intrinsics of the stub's own resources.
    fn resources(&mut self, stub: &Stub, owned: &Owned, imports: &mut Imports) {
        use ResourceIntrinsic::{ExportedDrop, ExportedNew, ExportedRep};
        let results = stub.options.rpc_errors == RpcErrors::Result;
        for resource in &stub.resources {
            let futures = resource.functions.iter().filter_map(|f| f.future);
            let (given, received) = (&owned.given, &owned.received);
            let id = resource.id;
            let made = resource.kind == ResourceKind::Worker || received.contains(&id);
            for id in made.then_some(id).into_iter().chain(futures) {
                let new = self.exported(stub, id, ExportedNew);
                imports.resource_new.insert(id, new);
            }
            if given.contains(&id) {
                let rep = self.exported(stub, id, ExportedRep);
                imports.resource_rep.insert(id, rep);
            }
            // what is made of an answer that turns out to be malformed is dropped
            if given.contains(&id) || (results && received.contains(&id)) {
                let drop = self.exported(stub, id, ExportedDrop);
                imports.resource_drop.insert(id, drop);
            }
        }
    }

    fn function(&mut self, interface: InterfaceId, name: &'static str) -> Result<u32, EmitError> {
        let resolve = &self.world.resolve;
        let func = resolve.interfaces[interface].functions.get(name);
        let func = func.ok_or(EmitError::Protocol { missing: name })?;
        let signature = resolve.wasm_signature(AbiVariant::GuestImport, func);
        let key = WorldKey::Interface(interface);
        let import = WasmImport::Func {
            interface: Some(&key),
            func,
        };
        let name = resolve.wasm_import_name(ABI, import);
        let (params, results) = (core(&signature.params), core(&signature.results));
        Ok(self.module.import(name, &params, &results))
    }

    fn drop(&mut self, interface: InterfaceId, name: &'static str) -> Result<u32, EmitError> {
        let types = &self.world.resolve.interfaces[interface].types;
        let resource = types.get(name).copied();
        let resource = resource.ok_or(EmitError::Protocol { missing: name })?;
        let name = self.intrinsic(interface, resource, ResourceIntrinsic::ImportedDrop);
        Ok(self.module.import(name, &[ValType::I32], &[]))
    }

    fn exported(&mut self, stub: &Stub, resource: TypeId, what: ResourceIntrinsic) -> u32 {
        let results: &[ValType] = match what {
            ResourceIntrinsic::ExportedDrop => &[],
            _ => &[ValType::I32],
        };
        let name = self.intrinsic(stub.interface, resource, what);
        self.module.import(name, &[ValType::I32], results)
    }

    fn intrinsic(
        &self,
        interface: InterfaceId,
        resource: TypeId,
        intrinsic: ResourceIntrinsic,
    ) -> (String, String) {
        let key = WorldKey::Interface(interface);
        let import = WasmImport::ResourceIntrinsic {
            interface: Some(&key),
            resource,
            intrinsic,
        };
        self.world.resolve.wasm_import_name(ABI, import)
    }
}

fn core(types: &[WasmType]) -> Vec<ValType> {
    let types = types.iter().map(|ty| match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    });
    types.collect()
}
