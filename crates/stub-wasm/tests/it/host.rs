//! A host of golem:rpc for one stub component: it records every call, and answers it as told.

use std::future::{Future, ready};
use std::pin::Pin;

use golem_rpc_stub::Stub;
use golem_rpc_stub_wasm::emit;
use wasmtime::component::{
    Component, Func, Instance, Linker, LinkerInstance, Resource, ResourceAny, ResourceType, Type,
    Val,
};
use wasmtime::{Config, Engine, ResourceLimiter, Store, StoreContextMut};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};

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
}

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

fn answered(mut cx: Context<'_>, how: &'static str, params: Params) -> Result<Value, RpcError> {
    let (rpc, function, params) = params;
    let state = cx.data_mut();
    let worker = state.workers[rpc.rep() as usize].clone();
    state.last = Some(Call {
        how,
        worker: worker.expect("the handle is alive"),
        function,
        params,
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
        "[constructor]wasm-rpc",
        |mut cx: Context<'_>, (uri,): (Uri,)| {
            let rep = cx.data_mut().add_worker(uri.value);
            Ok((Resource::<WasmRpc>::new_own(rep),))
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

/// The compiled component of a stub, to be started any number of times.
pub(crate) struct Compiled {
    component: Component,
    linker: Linker<State>,
    interface: String,
}

impl Compiled {
    /// The emitted component of a stub.
    pub(crate) fn new(stub: &Stub) -> Compiled {
        Compiled::of(stub, &emit(stub).unwrap())
    }

    /// A component that was made of a stub.
    pub(crate) fn of(stub: &Stub, wasm: &[u8]) -> Compiled {
        let mut config = Config::new();
        config.consume_fuel(true);
        let engine = Engine::new(&config).unwrap();
        let component = Component::new(&engine, wasm).unwrap();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
        add_golem_rpc(&mut linker.instance("golem:rpc/types@0.1.0").unwrap()).unwrap();
        Compiled {
            component,
            linker,
            interface: stub.resolve.id_of(stub.interface).unwrap(),
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
            wasi: WasiCtx::builder().stderr(stderr.clone()).build(),
            table: ResourceTable::new(),
            memory: 0,
            limit,
        };
        let mut store = Store::new(self.linker.engine(), state);
        store.limiter(|state| state);
        store.set_fuel(u64::MAX).unwrap();
        store.set_hostcall_fuel(usize::MAX >> 1);
        let instance = self.linker.instantiate(&mut store, &self.component);
        Running {
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
    stderr: MemoryOutputPipe,
}

impl Running {
    pub(crate) fn func(&mut self, name: &str) -> Func {
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

    /// What the last call was.
    pub(crate) fn last(&mut self) -> Call {
        self.store.data_mut().last.take().expect("there was a call")
    }

    /// What the component said on its standard error.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.contents()).into_owned()
    }
}
