//! A host of golem:rpc for one stub component: it records every call, and answers it as told.

use std::future::Future;
use std::pin::Pin;

use wasmtime::component::{
    Component, ComponentType, Func, Instance, Lift, Linker, LinkerInstance, Lower, Resource,
    ResourceAny, ResourceTable, ResourceType, Val,
};
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::{compile, corpus};

/// `golem:rpc/types.{wit-node}`.
#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(variant)]
pub(crate) enum Node {
    #[component(name = "record-value")]
    Record(Vec<i32>),
    #[component(name = "variant-value")]
    Variant((u32, Option<i32>)),
    #[component(name = "enum-value")]
    Enum(u32),
    #[component(name = "flags-value")]
    Flags(Vec<bool>),
    #[component(name = "tuple-value")]
    Tuple(Vec<i32>),
    #[component(name = "list-value")]
    List(Vec<i32>),
    #[component(name = "option-value")]
    Option(Option<i32>),
    #[component(name = "result-value")]
    Result(Result<Option<i32>, Option<i32>>),
    #[component(name = "prim-u8")]
    U8(u8),
    #[component(name = "prim-u16")]
    U16(u16),
    #[component(name = "prim-u32")]
    U32(u32),
    #[component(name = "prim-u64")]
    U64(u64),
    #[component(name = "prim-s8")]
    S8(i8),
    #[component(name = "prim-s16")]
    S16(i16),
    #[component(name = "prim-s32")]
    S32(i32),
    #[component(name = "prim-s64")]
    S64(i64),
    #[component(name = "prim-float32")]
    F32(f32),
    #[component(name = "prim-float64")]
    F64(f64),
    #[component(name = "prim-char")]
    Char(char),
    #[component(name = "prim-bool")]
    Bool(bool),
    #[component(name = "prim-string")]
    String(String),
    #[component(name = "handle")]
    Handle((Uri, u64)),
}

impl Node {
    /// Moves the indices of all children by `by`.
    fn shifted(mut self, by: i32) -> Node {
        match &mut self {
            Node::Record(items) | Node::Tuple(items) | Node::List(items) => {
                items.iter_mut().for_each(|item| *item += by);
            }
            Node::Variant((_, Some(item)))
            | Node::Option(Some(item))
            | Node::Result(Ok(Some(item)) | Err(Some(item))) => *item += by,
            _ => {}
        }
        self
    }
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Value {
    pub(crate) nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Uri {
    value: String,
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(variant)]
pub(crate) enum RpcError {
    #[component(name = "protocol-error")]
    ProtocolError(String),
    #[component(name = "denied")]
    Denied(String),
    #[component(name = "not-found")]
    NotFound(String),
    #[component(name = "remote-internal-error")]
    RemoteInternalError(String),
}

/// How calls are answered.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// With the only parameter.
    Echo,
    /// With these nodes.
    Nodes(Vec<Node>),
    /// With an error.
    Error(RpcError),
}

/// A call that the host got.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) how: &'static str,
    pub(crate) worker: String,
    pub(crate) function: String,
    pub(crate) params: Vec<Value>,
}

struct WasmRpc(String);

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
        };
        self.calls.push(Call {
            how,
            worker,
            function,
            params,
        });
        Ok(answer)
    }
}

type Context<'a> = StoreContextMut<'a, State>;
type Params = (Resource<WasmRpc>, String, Vec<Value>);

fn add_golem_rpc(types: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    let drop = |_: Context<'_>, _| Ok(());
    types.resource("pollable", ResourceType::host::<DynPollable>(), drop)?;
    types.resource("wasm-rpc", ResourceType::host::<WasmRpc>(), drop)?;
    let future = ResourceType::host::<FutureResult>();
    types.resource("future-invoke-result", future, drop)?;
    types.func_wrap(
        "[constructor]wasm-rpc",
        |mut cx: Context<'_>, (uri,): (Uri,)| Ok((cx.data_mut().table.push(WasmRpc(uri.value))?,)),
    )?;
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
    stderr: MemoryOutputPipe,
}

/// The compiled stub component of a world, to be started any number of times.
pub(crate) struct Compiled {
    component: Component,
    linker: Linker<State>,
    interface: String,
}

impl Compiled {
    pub(crate) fn new(world: &str) -> Compiled {
        let engine = Engine::default();
        let component = Component::new(&engine, compile::component(world)).unwrap();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
        add_golem_rpc(&mut linker.instance("golem:rpc/types@0.1.0").unwrap()).unwrap();
        let stub = corpus::stub(world);
        let interface = stub.resolve.id_of(stub.interface).unwrap();
        Compiled {
            component,
            linker,
            interface,
        }
    }

    pub(crate) fn start(&self, answer: Answer) -> Running {
        let stderr = MemoryOutputPipe::new(1 << 16);
        let state = State {
            wasi: WasiCtx::builder().stderr(stderr.clone()).build(),
            table: ResourceTable::new(),
            answer,
            calls: Vec::new(),
        };
        let mut store = Store::new(self.linker.engine(), state);
        let instance = self.linker.instantiate(&mut store, &self.component);
        Running {
            instance: instance.unwrap(),
            store,
            interface: self.interface.clone(),
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
        let uri = Val::Record(vec![("value".into(), Val::String(worker.into()))]);
        match self.call(&format!("[constructor]{resource}"), &[uri]) {
            Ok(Some(Val::Resource(resource))) => resource,
            other => panic!("a constructor gives a resource, not {other:?}"),
        }
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
