//! A host of golem:rpc, of every version, for one stub component: it records every call, and answers it
//! as told. Ends of remote resources it takes note of by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::LazyLock;

use golem_rpc_stub::{GolemRpc, ResourceKind, Stub};
use golem_rpc_stub_wasm::emit;
use wasmtime::component::{
    Component, Func, Instance, Linker, LinkerInstance, Resource, ResourceAny, ResourceType, Type,
    Val,
};
use wasmtime::{Config, Engine, OptLevel, ResourceLimiter, Store, StoreContextMut};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};

use crate::address::{self, ComponentId, Datetime, Id};
use crate::wire::{Node, RpcError, Uri, Value};

/// How calls are answered.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// With these nodes.
    Nodes(Vec<Node>),
    /// With an error.
    Error(RpcError),
    /// Futures never; nothing else is called.
    Never,
}

/// A call that the host got.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) how: &'static str,
    pub(crate) worker: String,
    pub(crate) function: String,
    pub(crate) params: Vec<Value>,
    /// When it is to happen, if it is scheduled.
    pub(crate) when: Option<Datetime>,
}

/// The end of a remote resource.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct End {
    pub(crate) worker: String,
    pub(crate) function: String,
    pub(crate) uri: String,
    pub(crate) id: u64,
}

struct Token;
struct WasmRpc;
struct FutureResult;

/// What a future's pollable waits for: nothing.
struct Ready;

impl Pollable for Ready {
    fn ready<'a, 'b>(&'a mut self) -> Pin<Box<dyn Future<Output = ()> + Send + 'b>>
    where
        'a: 'b,
    {
        Box::pin(ready(()))
    }
}

/// What the host knows and counts.
pub(crate) struct State {
    pub(crate) answer: Answer,
    /// Recorded only if wanted: it costs memory.
    pub(crate) last: Option<Call>,
    workers: Vec<Option<String>>,
    /// The ids of remote resources that are owned by nobody on this side of the wire, and those of
    /// which the stub may have handles.
    pub(crate) remote: BTreeSet<u64>,
    /// The names by which resources end, and the ends that came since this was looked at.
    drops: BTreeSet<String>,
    pub(crate) ends: Vec<End>,
    /// Whether ends are expected; other calls of that name are calls like any.
    pub(crate) ending: bool,
    /// How many cancellation tokens are alive.
    pub(crate) tokens: i64,
    /// How many handles of `wasm-rpc` and of futures are alive.
    pub(crate) alive: (i64, i64),
    wasi: WasiCtx,
    table: ResourceTable,
    /// The largest memory that the component asked for.
    pub(crate) memory: usize,
    limit: usize,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.memory = self.memory.max(desired);
        Ok(desired <= self.limit)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

type Context<'a> = StoreContextMut<'a, State>;
type Params = (Resource<WasmRpc>, String, Vec<Value>);

fn answered(cx: Context<'_>, how: &'static str, params: Params) -> Result<Value, RpcError> {
    let (rpc, function, params) = params;
    record(cx, how, (rpc, None, function, params))
}

type Scheduled = (Resource<WasmRpc>, Option<Datetime>, String, Vec<Value>);

fn record(mut cx: Context<'_>, how: &'static str, call: Scheduled) -> Result<Value, RpcError> {
    let (rpc, when, function, params) = call;
    let state = cx.data_mut();
    let worker = state.workers[rpc.rep() as usize].clone();
    let worker = worker.expect("the handle is alive");
    if state.ending && state.drops.contains(&function) {
        return state.end(worker, function, &params);
    }
    state.last = Some(Call {
        how,
        worker,
        function,
        params,
        when,
    });
    state.given()
}

impl State {
    fn given(&mut self) -> Result<Value, RpcError> {
        match &self.answer {
            Answer::Nodes(nodes) => Ok(Value {
                nodes: nodes.clone(),
            }),
            Answer::Error(error) => Err(error.clone()),
            Answer::Never => Ok(Value { nodes: vec![] }),
        }
    }

    /// A resource's end, as it came over the wire.
    fn end(
        &mut self,
        worker: String,
        function: String,
        params: &[Value],
    ) -> Result<Value, RpcError> {
        let [Value { nodes }] = params else {
            panic!("the end of one resource, not {params:?}");
        };
        let [Node::Handle((uri, id))] = nodes.as_slice() else {
            panic!("the handle of a resource, not {nodes:?}");
        };
        self.remote.remove(id);
        self.ends.push(End {
            worker,
            function,
            uri: uri.value.clone(),
            id: *id,
        });
        let ended = Value {
            nodes: vec![Node::Tuple(vec![])],
        };
        match &self.answer {
            Answer::Error(error) => Err(error.clone()),
            _ => Ok(ended),
        }
    }

    fn add_worker(&mut self, uri: String) -> u32 {
        self.alive.0 += 1;
        let free = self.workers.iter().position(Option::is_none);
        let place = free.unwrap_or_else(|| {
            self.workers.push(None);
            self.workers.len() - 1
        });
        self.workers[place] = Some(uri);
        place as u32
    }
}

/// What is the same in all versions.
fn add_golem_rpc(types: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    types.resource(
        "pollable",
        ResourceType::host::<DynPollable>(),
        |_: Context<'_>, _| Ok(()),
    )?;
    types.resource(
        "wasm-rpc",
        ResourceType::host::<WasmRpc>(),
        |mut cx: Context<'_>, rep| {
            cx.data_mut().alive.0 -= 1;
            cx.data_mut().workers[rep as usize] = None;
            Ok(())
        },
    )?;
    types.resource(
        "future-invoke-result",
        ResourceType::host::<FutureResult>(),
        |mut cx: Context<'_>, _| {
            cx.data_mut().alive.1 -= 1;
            Ok(())
        },
    )?;
    types.func_wrap(
        "[method]wasm-rpc.invoke-and-await",
        |cx: Context<'_>, params: Params| Ok((answered(cx, "invoke-and-await", params),)),
    )?;
    types.func_wrap(
        "[method]wasm-rpc.invoke",
        |cx: Context<'_>, params: Params| Ok((answered(cx, "invoke", params).map(|_| ()),)),
    )?;
    types.func_wrap(
        "[method]wasm-rpc.async-invoke-and-await",
        |mut cx: Context<'_>, params: Params| {
            cx.data_mut().alive.1 += 1;
            // what it is answered with is looked at when `get` is called
            let _ = answered(cx, "async-invoke-and-await", params);
            Ok((Resource::<FutureResult>::new_own(7),))
        },
    )?;
    types.func_wrap(
        "[method]future-invoke-result.subscribe",
        |mut cx: Context<'_>, (_,): (Resource<FutureResult>,)| {
            let table = &mut cx.data_mut().table;
            let ready = table.push(Ready)?;
            Ok((subscribe(table, ready)?,))
        },
    )?;
    types.func_wrap(
        "[method]future-invoke-result.get",
        |mut cx: Context<'_>, (_,): (Resource<FutureResult>,)| {
            let state = cx.data_mut();
            let never = matches!(state.answer, Answer::Never);
            Ok(((!never).then(|| state.given()),))
        },
    )?;
    Ok(())
}

/// By what workers are found in 0.1.
fn add_uris(types: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    types.func_wrap(
        "[constructor]wasm-rpc",
        |mut cx: Context<'_>, (uri,): (Uri,)| {
            let rep = cx.data_mut().add_worker(uri.value);
            Ok((Resource::<WasmRpc>::new_own(rep),))
        },
    )
}

/// By what workers are found since 0.2, and what is scheduled. The ids of 0.2.2 have other names.
fn add_ids<I: Id>(types: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    types.resource(
        "cancellation-token",
        ResourceType::host::<Token>(),
        |mut cx: Context<'_>, _| {
            cx.data_mut().tokens -= 1;
            Ok(())
        },
    )?;
    types.func_wrap(
        "[constructor]wasm-rpc",
        |mut cx: Context<'_>, (id,): (I,)| {
            let (component, name) = id.parts();
            let urn = address::urn(component, Some(&name));
            Ok((Resource::<WasmRpc>::new_own(cx.data_mut().add_worker(urn)),))
        },
    )?;
    types.func_wrap(
        "[static]wasm-rpc.ephemeral",
        |mut cx: Context<'_>, (component,): (ComponentId,)| {
            let urn = address::urn(component, None);
            Ok((Resource::<WasmRpc>::new_own(cx.data_mut().add_worker(urn)),))
        },
    )?;
    types.func_wrap(
        "[method]wasm-rpc.schedule-cancelable-invocation",
        |mut cx: Context<'_>, (rpc, when, f, params): (_, Datetime, String, Vec<Value>)| {
            cx.data_mut().tokens += 1;
            let _ = record(cx, "schedule", (rpc, Some(when), f, params));
            Ok((Resource::<Token>::new_own(3),))
        },
    )
}

/// An engine, and everything that a stub can import.
struct Host {
    engine: Engine,
    linker: Linker<State>,
}

impl Host {
    fn new(config: &Config) -> Host {
        let engine = Engine::new(config).unwrap();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
        for version in GolemRpc::ALL {
            let name = format!("golem:rpc/types@{version}");
            let mut types = linker.instance(&name).unwrap();
            add_golem_rpc(&mut types).unwrap();
            let added = match version {
                GolemRpc::V0_1_0 | GolemRpc::V0_1_1 => add_uris(&mut types),
                GolemRpc::V0_2_0 | GolemRpc::V0_2_1 => add_ids::<address::WorkerId>(&mut types),
                GolemRpc::V0_2_2 => add_ids::<address::AgentId>(&mut types),
            };
            added.unwrap();
        }
        Host { engine, linker }
    }
}

/// What counts fuel.
static METERED: LazyLock<Host> = LazyLock::new(|| {
    let mut config = Config::new();
    config.consume_fuel(true);
    Host::new(&config)
});

/// What compiles quickly.
static QUICK: LazyLock<Host> = LazyLock::new(|| {
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::None);
    config.parallel_compilation(false);
    Host::new(&config)
});

/// The compiled component of a stub, to be started any number of times.
pub(crate) struct Compiled {
    component: Component,
    host: &'static Host,
    interface: String,
    drops: BTreeSet<String>,
}

impl Compiled {
    /// The emitted component of a stub.
    pub(crate) fn new(stub: &Stub) -> Compiled {
        Compiled::of(stub, &emit(stub).unwrap())
    }

    /// A component that was made of a stub.
    pub(crate) fn of(stub: &Stub, wasm: &[u8]) -> Compiled {
        Compiled::on(&METERED, stub, wasm)
    }

    /// The same for a few calls: without fuel.
    pub(crate) fn quickly(stub: &Stub, wasm: &[u8]) -> Compiled {
        Compiled::on(&QUICK, stub, wasm)
    }

    fn on(host: &'static Host, stub: &Stub, wasm: &[u8]) -> Compiled {
        let drops = stub.resources.iter().filter_map(|r| match &r.kind {
            ResourceKind::Remote { drop, .. } => Some(drop.clone()),
            ResourceKind::Worker => None,
        });
        Compiled {
            component: Component::new(&host.engine, wasm).unwrap(),
            host,
            interface: stub.resolve.id_of(stub.interface).unwrap(),
            drops: drops.collect(),
        }
    }

    pub(crate) fn start(&self, answer: Answer) -> Running {
        self.start_within(answer, usize::MAX)
    }

    /// Starts a component whose memory cannot grow beyond `limit`.
    pub(crate) fn start_within(&self, answer: Answer, limit: usize) -> Running {
        let stderr = MemoryOutputPipe::new(1 << 16);
        let state = State {
            answer,
            last: None,
            workers: Vec::new(),
            alive: (0, 0),
            tokens: 0,
            remote: BTreeSet::new(),
            drops: self.drops.clone(),
            ends: Vec::new(),
            ending: false,
            wasi: WasiCtx::builder().stderr(stderr.clone()).build(),
            table: ResourceTable::new(),
            memory: 0,
            limit,
        };
        let mut store = Store::new(&self.host.engine, state);
        store.limiter(|state| state);
        if std::ptr::eq(self.host, &*METERED) {
            store.set_fuel(u64::MAX).unwrap();
        }
        store.set_hostcall_fuel(usize::MAX >> 1);
        let instance = self.host.linker.instantiate(&mut store, &self.component);
        Running {
            functions: BTreeMap::new(),
            instance: instance.unwrap(),
            store,
            interface: self.interface.clone(),
            stderr,
        }
    }
}

/// A stub component that runs.
pub(crate) struct Running {
    pub(crate) store: Store<State>,
    instance: Instance,
    interface: String,
    functions: BTreeMap<String, Func>,
    stderr: MemoryOutputPipe,
}

impl Running {
    pub(crate) fn func(&mut self, name: &str) -> Func {
        if let Some(func) = self.functions.get(name) {
            return *func;
        }
        let func = self.find(name);
        self.functions.insert(name.to_string(), func);
        func
    }

    fn find(&mut self, name: &str) -> Func {
        let store = &mut self.store;
        let interface = self
            .instance
            .get_export_index(&mut *store, None, &self.interface);
        let interface = interface.unwrap();
        let index = self
            .instance
            .get_export_index(&mut *store, Some(&interface), name);
        let index = index.unwrap_or_else(|| panic!("`{name}` is exported"));
        self.instance.get_func(store, index).unwrap()
    }

    /// The types of a method's parameters after its handle, and of its result.
    pub(crate) fn types(&mut self, name: &str) -> (Vec<Type>, Option<Type>) {
        let ty = self.func(name).ty(&self.store);
        let params = ty.params().skip(1).map(|(_, ty)| ty).collect();
        (params, ty.results().next())
    }

    /// The type of a resource of the stub interface.
    pub(crate) fn resource_type(&mut self, name: &str) -> ResourceType {
        let store = &mut self.store;
        let interface = self
            .instance
            .get_export_index(&mut *store, None, &self.interface);
        let index = self
            .instance
            .get_export_index(&mut *store, interface.as_ref(), name);
        let ty = self.instance.get_resource(&mut *store, index.unwrap());
        ty.unwrap_or_else(|| panic!("`{name}` is a resource"))
    }

    /// The types of all parameters of a function, and of its result.
    pub(crate) fn signature(&mut self, name: &str) -> (Vec<Type>, Option<Type>) {
        let ty = self.func(name).ty(&self.store);
        let params = ty.params().map(|(_, ty)| ty).collect();
        (params, ty.results().next())
    }

    /// Calls a function of the stub interface; none if it has no result.
    pub(crate) fn call(&mut self, name: &str, params: &[Val]) -> wasmtime::Result<Option<Val>> {
        let func = self.func(name);
        self.call_func(func, params)
    }

    pub(crate) fn call_func(
        &mut self,
        func: Func,
        params: &[Val],
    ) -> wasmtime::Result<Option<Val>> {
        let mut results = vec![Val::Bool(false); func.ty(&self.store).results().len()];
        func.call(&mut self.store, params, &mut results)?;
        Ok(results.pop())
    }

    /// A resource that calls `worker`.
    pub(crate) fn connect(&mut self, resource: &str, worker: &str) -> ResourceAny {
        let uri = Val::Record(vec![("value".into(), Val::String(worker.into()))]);
        match self.call(&format!("[constructor]{resource}"), &[uri]) {
            Ok(Some(Val::Resource(resource))) => resource,
            other => panic!("a constructor gives a resource, not {other:?}"),
        }
    }

    pub(crate) fn drop(&mut self, resource: ResourceAny) {
        resource.resource_drop(&mut self.store).unwrap();
    }

    /// Drops a remote resource, and gives the ends that this led to.
    pub(crate) fn end(&mut self, resource: ResourceAny) -> wasmtime::Result<Vec<End>> {
        self.store.data_mut().ending = true;
        let dropped = resource.resource_drop(&mut self.store);
        self.store.data_mut().ending = false;
        dropped.map(|()| std::mem::take(&mut self.store.data_mut().ends))
    }

    /// What the last call was.
    pub(crate) fn last(&mut self) -> Call {
        self.store.data_mut().last.take().expect("there was a call")
    }

    /// What the component said on its standard error.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.contents()).into_owned()
    }
}
