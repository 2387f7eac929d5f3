//! A host of golem:rpc for one stub component: it records every call, and answers it as told.

use std::future::Future;
use std::pin::Pin;

use golem_rpc_stub::{Address, GolemRpc};
use wasmtime::component::{
    Component, Func, Instance, Linker, LinkerInstance, Resource, ResourceAny, ResourceTable,
    ResourceType, Val,
};
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::compile;
use crate::protocol::{AgentId, ComponentId, Datetime, Node, RpcError, Uri, Value, WorkerId};

/// How calls are answered.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// With the only parameter.
    Echo,
    /// With these nodes.
    Nodes(Vec<Node>),
    /// With an error.
    Error(RpcError),
    /// With what this makes of the function and its parameters.
    Of(fn(&str, &[Value]) -> Result<Vec<Node>, RpcError>),
}

/// A call that the host got.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) how: &'static str,
    pub(crate) worker: String,
    pub(crate) function: String,
    pub(crate) params: Vec<Value>,
    /// The time of a scheduled call.
    pub(crate) when: Option<Datetime>,
}

struct WasmRpc(String);

struct CancellationToken;

struct FutureResult(Result<Value, RpcError>);

impl Pollable for FutureResult {
    fn ready<'a, 'b>(&'a mut self) -> Pin<Box<dyn Future<Output = ()> + Send + 'b>>
    where
        'a: 'b,
    {
        Box::pin(async {})
    }
}

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    answer: Answer,
    calls: Vec<Call>,
    /// How many `wasm-rpc` there are.
    rpcs: usize,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl State {
    fn connect(&mut self, worker: String) -> wasmtime::Result<Resource<WasmRpc>> {
        self.rpcs += 1;
        Ok(self.table.push(WasmRpc(worker))?)
    }

    fn answer(
        &mut self,
        how: &'static str,
        rpc: &Resource<WasmRpc>,
        (function, params): (String, Vec<Value>),
    ) -> wasmtime::Result<Result<Value, RpcError>> {
        let worker = self.table.get(rpc)?.0.clone();
        let answer = match &self.answer {
            Answer::Echo => {
                let echoed = params.first().cloned().into_iter().flat_map(|p| p.nodes);
                let mut nodes = vec![Node::Tuple(vec![1])];
                nodes.extend(echoed.map(|node| node.shifted(1)));
                Ok(Value { nodes })
            }
            Answer::Nodes(nodes) => Ok(Value {
                nodes: nodes.clone(),
            }),
            Answer::Error(error) => Err(error.clone()),
            Answer::Of(answer) => answer(&function, &params).map(|nodes| Value { nodes }),
        };
        self.calls.push(Call {
            how,
            worker,
            function,
            params,
            when: None,
        });
        Ok(answer)
    }
}

type Context<'a> = StoreContextMut<'a, State>;
type Params = (Resource<WasmRpc>, String, Vec<Value>);
type Scheduled = (Resource<WasmRpc>, Datetime, String, Vec<Value>);

fn add_golem_rpc(types: &mut LinkerInstance<'_, State>, version: GolemRpc) -> wasmtime::Result<()> {
    let drop = |_: Context<'_>, _| Ok(());
    types.resource("pollable", ResourceType::host::<DynPollable>(), drop)?;
    let rpc = ResourceType::host::<WasmRpc>();
    types.resource("wasm-rpc", rpc, |mut cx: Context<'_>, rep| {
        cx.data_mut().rpcs -= 1;
        cx.data_mut()
            .table
            .delete(Resource::<WasmRpc>::new_own(rep))?;
        Ok(())
    })?;
    let future = ResourceType::host::<FutureResult>();
    types.resource("future-invoke-result", future, drop)?;
    add_addresses(types, version.address())?;
    if version.has_schedule() {
        add_schedule(types)?;
    }
    add_calls(types)
}

/// What a worker is found by, made readable: component ids are small numbers here.
fn add_addresses(types: &mut LinkerInstance<'_, State>, address: Address) -> wasmtime::Result<()> {
    let name = "[constructor]wasm-rpc";
    match address {
        Address::Uri => types.func_wrap(name, |mut cx: Context<'_>, (uri,): (Uri,)| {
            Ok((cx.data_mut().connect(uri.value)?,))
        }),
        Address::WorkerId => {
            types.func_wrap(name, |mut cx: Context<'_>, (id,): (WorkerId,)| {
                let component = id.component_id.uuid.low_bits;
                let worker = format!("{component}/{}", id.worker_name);
                Ok((cx.data_mut().connect(worker)?,))
            })?;
            let name = "[static]wasm-rpc.ephemeral";
            types.func_wrap(name, |mut cx: Context<'_>, (id,): (ComponentId,)| {
                Ok((cx.data_mut().connect(id.uuid.low_bits.to_string())?,))
            })
        }
        Address::AgentId => types.func_wrap(name, |mut cx: Context<'_>, (id,): (AgentId,)| {
            let component = id.component_id.uuid.low_bits;
            let agent = format!("{component}/{}", id.agent_id);
            Ok((cx.data_mut().connect(agent)?,))
        }),
    }
}

fn add_schedule(types: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    let token = ResourceType::host::<CancellationToken>();
    types.resource("cancellation-token", token, |_: Context<'_>, _| Ok(()))?;
    types.func_wrap(
        "[method]wasm-rpc.schedule-cancelable-invocation",
        |mut cx: Context<'_>, (rpc, when, function, params): Scheduled| {
            let state = cx.data_mut();
            let _ = state.answer("schedule", &rpc, (function, params))?;
            state.calls.last_mut().expect("it was just recorded").when = Some(when);
            Ok((state.table.push(CancellationToken)?,))
        },
    )
}

fn add_calls(types: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    types.func_wrap(
        "[method]wasm-rpc.invoke-and-await",
        |mut cx: Context<'_>, (rpc, function, params): Params| {
            let call = (function, params);
            Ok((cx.data_mut().answer("invoke-and-await", &rpc, call)?,))
        },
    )?;
    types.func_wrap(
        "[method]wasm-rpc.invoke",
        |mut cx: Context<'_>, (rpc, function, params): Params| {
            let answer = cx.data_mut().answer("invoke", &rpc, (function, params))?;
            Ok((answer.map(|_| ()),))
        },
    )?;
    types.func_wrap(
        "[method]wasm-rpc.async-invoke-and-await",
        |mut cx: Context<'_>, (rpc, function, params): Params| {
            let call = (function, params);
            let answer = cx.data_mut().answer("async-invoke-and-await", &rpc, call)?;
            Ok((cx.data_mut().table.push(FutureResult(answer))?,))
        },
    )?;
    types.func_wrap(
        "[method]future-invoke-result.subscribe",
        |mut cx: Context<'_>, (future,): (Resource<FutureResult>,)| {
            Ok((subscribe(&mut cx.data_mut().table, future)?,))
        },
    )?;
    types.func_wrap(
        "[method]future-invoke-result.get",
        |mut cx: Context<'_>, (future,): (Resource<FutureResult>,)| {
            Ok((Some(cx.data_mut().table.get(&future)?.0.clone()),))
        },
    )?;
    Ok(())
}

/// A stub component that runs.
pub(crate) struct Running {
    store: Store<State>,
    instance: Instance,
    interface: String,
    version: GolemRpc,
    stderr: MemoryOutputPipe,
}

/// The compiled stub component of a world, to be started any number of times.
pub(crate) struct Compiled {
    component: Component,
    linker: Linker<State>,
    interface: String,
    version: GolemRpc,
}

impl Compiled {
    /// That of a world, or of a variant of one.
    pub(crate) fn new(name: &str) -> Compiled {
        let stub = compile::stub(name);
        let version = stub.options.golem_rpc;
        let engine = Engine::default();
        let component = Component::new(&engine, compile::component(name)).unwrap();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
        let rpc = format!("golem:rpc/types@{version}");
        add_golem_rpc(&mut linker.instance(&rpc).unwrap(), version).unwrap();
        let interface = stub.resolve.id_of(stub.interface).unwrap();
        Compiled {
            component,
            linker,
            interface,
            version,
        }
    }

    pub(crate) fn start(&self, answer: Answer) -> Running {
        let stderr = MemoryOutputPipe::new(1 << 16);
        let state = State {
            wasi: WasiCtx::builder().stderr(stderr.clone()).build(),
            table: ResourceTable::new(),
            answer,
            calls: Vec::new(),
            rpcs: 0,
        };
        let mut store = Store::new(self.linker.engine(), state);
        let instance = self.linker.instantiate(&mut store, &self.component);
        Running {
            instance: instance.unwrap(),
            store,
            interface: self.interface.clone(),
            version: self.version,
            stderr,
        }
    }
}

impl Running {
    fn func(&mut self, name: &str) -> Func {
        let interface = self
            .instance
            .get_export_index(&mut self.store, None, &self.interface)
            .unwrap();
        let index = self
            .instance
            .get_export_index(&mut self.store, Some(&interface), name);
        let index = index.unwrap_or_else(|| panic!("`{name}` is exported"));
        self.instance.get_func(&mut self.store, index).unwrap()
    }

    /// Calls a function of the stub interface; none if it has no result.
    pub(crate) fn call(&mut self, name: &str, params: &[Val]) -> wasmtime::Result<Option<Val>> {
        let func = self.func(name);
        let mut results = vec![Val::Bool(false); func.ty(&self.store).results().len()];
        func.call(&mut self.store, params, &mut results)?;
        Ok(results.pop())
    }

    /// A resource that calls `worker`.
    pub(crate) fn connect(&mut self, resource: &str, worker: &str) -> ResourceAny {
        let address = self.address(worker);
        self.make(&format!("[constructor]{resource}"), &[address])
    }

    /// The resource that a function gives.
    pub(crate) fn make(&mut self, function: &str, params: &[Val]) -> ResourceAny {
        match self.call(function, params) {
            Ok(Some(Val::Resource(resource))) => resource,
            other => panic!("`{function}` gives a resource, not {other:?}"),
        }
    }

    /// The address of a worker, as this golem:rpc has it: a URI, or a name in component 5.
    pub(crate) fn address(&self, worker: &str) -> Val {
        let (name, worker) = match self.version.address() {
            Address::Uri => return record(&[("value", Val::String(worker.into()))]),
            Address::WorkerId => ("worker-name", worker),
            Address::AgentId => ("agent-id", worker),
        };
        let component = component_id();
        record(&[
            ("component-id", component),
            (name, Val::String(worker.into())),
        ])
    }

    /// Ends a resource.
    pub(crate) fn end(&mut self, resource: ResourceAny) -> wasmtime::Result<()> {
        resource.resource_drop(&mut self.store)
    }

    /// How many `wasm-rpc` there are.
    pub(crate) fn rpcs(&self) -> usize {
        self.store.data().rpcs
    }

    /// A function's parameters after `self`, from WAVE text.
    pub(crate) fn params(&mut self, name: &str, texts: &[&str]) -> Vec<Val> {
        let ty = self.func(name).ty(&self.store);
        let types = ty.params().skip(1).map(|(_, ty)| ty);
        let params = types.zip(texts);
        params
            .map(|(ty, text)| Val::from_wave(&ty, text).unwrap())
            .collect()
    }

    /// The calls so far.
    pub(crate) fn calls(&self) -> &[Call] {
        &self.store.data().calls
    }

    /// What the component said on its standard error.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.contents()).into_owned()
    }
}

/// Component 5.
pub(crate) fn component_id() -> Val {
    let uuid = record(&[("high-bits", Val::U64(0)), ("low-bits", Val::U64(5))]);
    record(&[("uuid", uuid)])
}

/// A record.
pub(crate) fn record(fields: &[(&str, Val)]) -> Val {
    let fields = fields
        .iter()
        .map(|(name, value)| (name.to_string(), value.clone()));
    Val::Record(fields.collect())
}
