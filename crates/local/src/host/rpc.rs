//! `golem:rpc/types` in every version: one implementation, linked under several names.
//!
//! | version | workers are found by | beside calls |
//! |---|---|---|
//! | 0.1.1 | a URI | `extract-value`, `extract-type` |
//! | 0.2.0, 0.2.1 | a worker id, or a component for an ephemeral one | these, schedules, UUIDs |
//! | 0.2.2 | an agent id | schedules, UUIDs |
//!
//! The linker takes what is semver-compatible for an import that stands here under no name of its
//! own, so 0.1.1 also serves 0.1.0 (of which it is a superset) and all other 0.1.x.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance, Resource, ResourceType};

use super::remote::{PendingResult, RemoteWorker};
use super::schedule;
use super::types::{AgentIdRecord, ComponentId, Uuid, ValueAndType, WorkerIdRecord};
use crate::state::WorkerState;
use crate::wire::{Invocation, Uri, WitValue};

type Interface<'a> = LinkerInstance<'a, WorkerState>;
type Store<'a> = StoreContextMut<'a, WorkerState>;
type This = Resource<RemoteWorker>;
type Call = (This, String, Vec<WitValue>);

const CONSTRUCTOR: &str = "[constructor]wasm-rpc";

/// Adds all versions.
pub(super) fn add_to_linker(linker: &mut Linker<WorkerState>) -> wasmtime::Result<()> {
    let mut v0_1_1 = linker.instance("golem:rpc/types@0.1.1")?;
    add_calls(&mut v0_1_1)?;
    add_extracts(&mut v0_1_1)?;
    v0_1_1.func_wrap(CONSTRUCTOR, |mut store: Store<'_>, (location,): (Uri,)| {
        Ok((store.data_mut().at_uri(&location)?,))
    })?;
    for name in ["golem:rpc/types@0.2.0", "golem:rpc/types@0.2.1"] {
        let mut v0_2_0 = linker.instance(name)?;
        add_calls(&mut v0_2_0)?;
        add_extracts(&mut v0_2_0)?;
        add_uuids(&mut v0_2_0)?;
        schedule::add_to_linker(&mut v0_2_0)?;
        add_worker_ids(&mut v0_2_0)?;
    }
    let mut v0_2_2 = linker.instance("golem:rpc/types@0.2.2")?;
    add_calls(&mut v0_2_2)?;
    add_uuids(&mut v0_2_2)?;
    schedule::add_to_linker(&mut v0_2_2)?;
    v0_2_2.func_wrap(
        CONSTRUCTOR,
        |mut store: Store<'_>, (id,): (AgentIdRecord,)| Ok((store.data_mut().at_agent_id(id)?,)),
    )
}

/// Both resources that calls are made of, without the constructor.
fn add_calls(interface: &mut Interface<'_>) -> wasmtime::Result<()> {
    let remote = ResourceType::host::<RemoteWorker>();
    interface.resource("wasm-rpc", remote, |mut store: Store<'_>, rep| {
        let this = Resource::<RemoteWorker>::new_own(rep);
        store.data_mut().table.delete(this)?;
        Ok(())
    })?;
    interface.func_wrap_async(
        "[method]wasm-rpc.invoke-and-await",
        |mut store: Store<'_>, (this, function, params): Call| {
            let invocation = Invocation { function, params };
            Box::new(async move {
                let state = store.data_mut();
                Ok((state.invoke_and_await(this, invocation).await?,))
            })
        },
    )?;
    interface.func_wrap(
        "[method]wasm-rpc.invoke",
        |mut store: Store<'_>, (this, function, params): Call| {
            let invocation = Invocation { function, params };
            Ok((store.data_mut().invoke(&this, invocation)?,))
        },
    )?;
    interface.func_wrap(
        "[method]wasm-rpc.async-invoke-and-await",
        |mut store: Store<'_>, (this, function, params): Call| {
            let invocation = Invocation { function, params };
            let state = store.data_mut();
            Ok((state.async_invoke_and_await(&this, invocation)?,))
        },
    )?;
    add_futures(interface)
}

fn add_futures(interface: &mut Interface<'_>) -> wasmtime::Result<()> {
    let future = ResourceType::host::<PendingResult>();
    interface.resource(
        "future-invoke-result",
        future,
        |mut store: Store<'_>, rep| {
            let this = Resource::<PendingResult>::new_own(rep);
            store.data_mut().drop_future(this)
        },
    )?;
    interface.func_wrap(
        "[method]future-invoke-result.subscribe",
        |mut store: Store<'_>, (this,): (Resource<PendingResult>,)| {
            Ok((store.data_mut().subscribe(this)?,))
        },
    )?;
    interface.func_wrap_async(
        "[method]future-invoke-result.get",
        |mut store: Store<'_>, (this,): (Resource<PendingResult>,)| {
            Box::new(async move { Ok((store.data_mut().get(this).await?,)) })
        },
    )
}

fn add_extracts(interface: &mut Interface<'_>) -> wasmtime::Result<()> {
    interface.func_wrap("extract-value", |_: Store<'_>, (both,): (ValueAndType,)| {
        Ok((both.value,))
    })?;
    interface.func_wrap("extract-type", |_: Store<'_>, (both,): (ValueAndType,)| {
        Ok((both.typ,))
    })
}

fn add_uuids(interface: &mut Interface<'_>) -> wasmtime::Result<()> {
    interface.func_wrap("parse-uuid", |_: Store<'_>, (text,): (String,)| {
        let parsed = uuid::Uuid::parse_str(&text);
        Ok((parsed.map(Uuid::from).map_err(|error| error.to_string()),))
    })?;
    interface.func_wrap("uuid-to-string", |_: Store<'_>, (uuid,): (Uuid,)| {
        Ok((uuid::Uuid::from(uuid).to_string(),))
    })
}

fn add_worker_ids(interface: &mut Interface<'_>) -> wasmtime::Result<()> {
    interface.func_wrap(
        CONSTRUCTOR,
        |mut store: Store<'_>, (id,): (WorkerIdRecord,)| Ok((store.data_mut().at_worker_id(id)?,)),
    )?;
    interface.func_wrap(
        "[static]wasm-rpc.ephemeral",
        |mut store: Store<'_>, (id,): (ComponentId,)| Ok((store.data_mut().ephemeral(id)?,)),
    )
}
