//! What the component imports: golem:rpc, and standard error for what ends in a trap.
//!
//! The stub's own WIT does not name standard error. The world that is encoded is the stub's with
//! wasi:cli's `stderr` added, at the version of the wasi:io that the stub has, with no more than
//! what is called.

use std::collections::BTreeMap;

use golem_rpc_stub::Stub;
use wasm_encoder::ValType;
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{
    Docs, InterfaceId, LiftLowerAbi, ManglingAndAbi, PackageName, Resolve, ResourceIntrinsic, Span,
    Stability, Type, TypeDefKind, TypeId, TypeOwner, WasmImport, WorldId, WorldItem, WorldKey,
};

use crate::EmitError;
use crate::emit::Emit;
use crate::module::Module;

const ABI: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

const STDERR_WIT: &str = include_str!("../wit/stderr.wit");

/// The indices of imported functions. Those of futures and triggers are there if some function of
/// the stub needs them; nothing calls them otherwise.
#[derive(Default)]
pub(crate) struct Imports {
    pub(crate) new: u32,
    pub(crate) drop_rpc: u32,
    pub(crate) wait: u32,
    pub(crate) trigger: u32,
    pub(crate) start: u32,
    pub(crate) subscribe: u32,
    pub(crate) get: u32,
    pub(crate) drop_future: u32,
    pub(crate) get_stderr: u32,
    pub(crate) write: u32,
    /// `[resource-new]` of each exported resource.
    resources: BTreeMap<TypeId, u32>,
}

/// The stub's `Resolve` with standard error, and the world to encode.
pub(crate) struct World {
    pub(crate) resolve: Resolve,
    pub(crate) id: WorldId,
    rpc: InterfaceId,
    streams: InterfaceId,
    stderr: InterfaceId,
}

impl World {
    pub(crate) fn of(stub: &Stub) -> Result<World, EmitError> {
        let mut resolve = stub.resolve.clone();
        let rpc = golem_rpc(stub)?;
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
        let imports = &mut resolve.worlds[stub.world].imports;
        for id in [error, streams, stderr] {
            imports.insert(WorldKey::Interface(id), import(id));
        }
        Ok(World {
            resolve,
            id: stub.world,
            rpc,
            streams,
            stderr,
        })
    }
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

/// golem:rpc's `types`: the interface that owns the `uri` which constructors take.
fn golem_rpc(stub: &Stub) -> Result<InterfaceId, EmitError> {
    let missing = || EmitError::Protocol {
        missing: "golem:rpc",
    };
    let resource = stub.resources.first().ok_or_else(missing)?;
    let constructor = format!("[constructor]{}", resource.name);
    let functions = &stub.resolve.interfaces[stub.interface].functions;
    let location = functions[&constructor].params.first().ok_or_else(missing)?;
    let mut ty = location.ty;
    while let Type::Id(id) = ty {
        match (&stub.resolve.types[id].kind, stub.resolve.types[id].owner) {
            (TypeDefKind::Type(aliased), _) => ty = *aliased,
            (_, TypeOwner::Interface(owner)) => return Ok(owner),
            _ => break,
        }
    }
    Err(missing())
}

/// Imports what the functions of a stub call.
pub(crate) fn add(module: &mut Module, stub: &Stub, world: &World) -> Result<Imports, EmitError> {
    let functions = || stub.resources.iter().flat_map(|r| &r.functions);
    let mut adder = Adder { module, world };
    let rpc = world.rpc;
    let mut imports = Imports {
        new: adder.function(rpc, "[constructor]wasm-rpc")?,
        wait: adder.function(rpc, "[method]wasm-rpc.invoke-and-await")?,
        drop_rpc: adder.drop(rpc, "wasm-rpc")?,
        get_stderr: adder.function(world.stderr, "get-stderr")?,
        write: adder.function(
            world.streams,
            "[method]output-stream.blocking-write-and-flush",
        )?,
        ..Imports::default()
    };
    if functions().any(|f| f.future.is_none()) {
        imports.trigger = adder.function(rpc, "[method]wasm-rpc.invoke")?;
    }
    if functions().any(|f| f.future.is_some()) {
        imports.start = adder.function(rpc, "[method]wasm-rpc.async-invoke-and-await")?;
        imports.subscribe = adder.function(rpc, "[method]future-invoke-result.subscribe")?;
        imports.get = adder.function(rpc, "[method]future-invoke-result.get")?;
        imports.drop_future = adder.drop(rpc, "future-invoke-result")?;
    }
    for resource in &stub.resources {
        let futures = resource.functions.iter().filter_map(|f| f.future);
        for id in [resource.id].into_iter().chain(futures) {
            imports.resources.insert(id, adder.resource_new(stub, id));
        }
    }
    Ok(imports)
}

/// The index of a resource's `[resource-new]`.
pub(crate) fn resource_new(e: &Emit<'_>, resource: TypeId) -> u32 {
    let found = e.imports.resources.get(&resource);
    *found.expect("every resource of the stub got its import")
}

struct Adder<'a> {
    module: &'a mut Module,
    world: &'a World,
}

impl Adder<'_> {
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

    fn resource_new(&mut self, stub: &Stub, resource: TypeId) -> u32 {
        let name = self.intrinsic(stub.interface, resource, ResourceIntrinsic::ExportedNew);
        self.module.import(name, &[ValType::I32], &[ValType::I32])
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
