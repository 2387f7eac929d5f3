//! What components import: golem:rpc, and WASI with a `poll` that knows who waits.
//!
//! A future's pollable is an ordinary one of wasi:io, so it can be polled together
//! with any other. Our own `poll` stands before wasmtime's only to note which
//! answers a worker waits for: see [`crate::waits`]. A poll with a pollable of
//! another kind among them, a timer say, can always end and is not noted.

use std::sync::Arc;

use uuid::Uuid;
use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::bindings::wasi::io::poll;
use wasmtime_wasi_io::poll::{DynPollable, Pollable, subscribe};

use crate::bindings::types::{
    self, HostFutureInvokeResult, HostWasmRpc, RpcError, Uri, ValueAndType, WitType, WitValue,
};
use crate::component::Loaded;
use crate::error::CallError;
use crate::uri;
use crate::value::encode_results;
use crate::waits::{Answer, NoAnswer, Reply, Waiting};
use crate::worker::{Args, Worker, WorkerState};

pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<WorkerState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    linker.allow_shadowing(true);
    poll::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut WorkerState| state)?;
    linker.allow_shadowing(false);
    types::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut WorkerState| state)?;
    Ok(linker)
}

/// A `wasm-rpc` resource: the worker at the other end. As on the engine, a URI
/// without a name gets its random one here, not with each call.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct RemoteWorker {
    component: Result<Arc<Loaded>, Uuid>,
    name: String,
    ephemeral: bool,
    worker: Option<Arc<Worker>>,
}

/// A `future-invoke-result` resource.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct PendingResult {
    reply: Arc<Reply>,
}

#[async_trait]
impl Pollable for PendingResult {
    async fn ready(&mut self) {
        self.reply.wait().await;
    }
}

type Outcome = Result<WitValue, RpcError>;

fn outcome(answer: Answer) -> Outcome {
    let returned = answer?;
    encode_results(&returned.values, &returned.types)
        .map_err(|error| RpcError::ProtocolError(error.to_string()))
}

impl WorkerState {
    /// The worker behind a resource, created with this worker's environment.
    fn remote(
        &mut self,
        remote: &Resource<RemoteWorker>,
    ) -> wasmtime::Result<Result<Arc<Worker>, CallError>> {
        let remote = self.table.get_mut(remote)?;
        if let Some(worker) = &remote.worker {
            return Ok(Ok(worker.clone()));
        }
        let component = match &remote.component {
            Ok(component) => component,
            Err(id) => return Ok(Err(CallError::UnknownComponent { id: id.to_string() })),
        };
        let name = remote.name.clone();
        let worker = self
            .registry
            .worker(component, name, remote.ephemeral, &self.env);
        remote.worker = Some(worker.clone());
        Ok(Ok(worker))
    }

    /// The answers that all of these pollables stand for, if they all do.
    fn replies(&self, pollables: &[Resource<DynPollable>]) -> Option<Vec<Arc<Reply>>> {
        let replies = pollables.iter();
        replies
            .map(|pollable| self.pollables.get(&pollable.rep()).cloned())
            .collect()
    }
}

impl types::Host for WorkerState {
    async fn extract_value(&mut self, vnt: ValueAndType) -> wasmtime::Result<WitValue> {
        Ok(vnt.value)
    }

    async fn extract_type(&mut self, vnt: ValueAndType) -> wasmtime::Result<WitType> {
        Ok(vnt.typ)
    }
}

impl HostWasmRpc for WorkerState {
    async fn new(&mut self, location: Uri) -> wasmtime::Result<Resource<RemoteWorker>> {
        let registry = &self.registry;
        let target = uri::parse(&location.value, |name| registry.package(name).is_some())
            .map_err(wasmtime::Error::new)?;
        for note in target.notes {
            registry.tell(note);
        }
        let ephemeral = target.worker.is_none();
        let name = target.worker.unwrap_or_else(|| Uuid::new_v4().to_string());
        Ok(self.table.push(RemoteWorker {
            component: registry.component(&target.component),
            name,
            ephemeral,
            worker: None,
        })?)
    }

    async fn invoke_and_await(
        &mut self,
        this: Resource<RemoteWorker>,
        function: String,
        params: Vec<WitValue>,
    ) -> wasmtime::Result<Outcome> {
        let worker = match self.remote(&this)? {
            Ok(worker) => worker,
            Err(error) => return Ok(Err(error.into())),
        };
        let reply = Reply::new(worker.id.clone());
        // before it is sent, so that a call that can never return does not run either
        let _waiting = wait(self, vec![reply.clone()])?;
        worker.send(
            &self.registry,
            function,
            Args::Wire(params),
            Some(reply.clone()),
        );
        reply.wait().await;
        Ok(outcome(
            reply.take().expect("an awaited answer is there, once"),
        ))
    }

    async fn invoke(
        &mut self,
        this: Resource<RemoteWorker>,
        function: String,
        params: Vec<WitValue>,
    ) -> wasmtime::Result<Result<(), RpcError>> {
        Ok(self.remote(&this)?.map_err(RpcError::from).map(|worker| {
            worker.send(&self.registry, function, Args::Wire(params), None);
        }))
    }

    async fn async_invoke_and_await(
        &mut self,
        this: Resource<RemoteWorker>,
        function: String,
        params: Vec<WitValue>,
    ) -> wasmtime::Result<Resource<PendingResult>> {
        let reply = match self.remote(&this)? {
            Ok(worker) => {
                let reply = Reply::new(worker.id.clone());
                worker.send(
                    &self.registry,
                    function,
                    Args::Wire(params),
                    Some(reply.clone()),
                );
                reply
            }
            Err(error) => {
                let reply = Reply::new(self.id.clone());
                reply.deliver(Err(error));
                reply
            }
        };
        Ok(self.table.push(PendingResult { reply })?)
    }

    async fn drop(&mut self, this: Resource<RemoteWorker>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

/// Notes a wait of this worker; an error if it could never end.
fn wait(state: &WorkerState, replies: Vec<Arc<Reply>>) -> wasmtime::Result<Waiting> {
    let waiting = state.registry.waits.enter(&state.id, replies);
    waiting.map_err(wasmtime::Error::new)
}

impl HostFutureInvokeResult for WorkerState {
    async fn subscribe(
        &mut self,
        this: Resource<PendingResult>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        let reply = self.table.get(&this)?.reply.clone();
        let pollable = subscribe(&mut self.table, this)?;
        self.pollables.insert(pollable.rep(), reply);
        Ok(pollable)
    }

    async fn get(&mut self, this: Resource<PendingResult>) -> wasmtime::Result<Option<Outcome>> {
        let answer = self.table.get(&this)?.reply.take();
        match answer {
            Ok(answer) => Ok(Some(outcome(answer))),
            Err(NoAnswer::Pending) => {
                // a guest that only asks and never polls must not keep others from working
                tokio::task::yield_now().await;
                Ok(None)
            }
            Err(NoAnswer::Taken) => Err(wasmtime::Error::msg(
                "future-invoke-result already consumed",
            )),
        }
    }

    async fn drop(&mut self, this: Resource<PendingResult>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl poll::Host for WorkerState {
    async fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        let replies = self.replies(&pollables);
        let _waiting = replies.map(|replies| wait(self, replies)).transpose()?;
        poll::Host::poll(&mut self.table, pollables).await
    }
}

impl poll::HostPollable for WorkerState {
    async fn ready(&mut self, this: Resource<DynPollable>) -> wasmtime::Result<bool> {
        tokio::task::yield_now().await;
        poll::HostPollable::ready(&mut self.table, this).await
    }

    async fn block(&mut self, this: Resource<DynPollable>) -> wasmtime::Result<()> {
        let replies = self.replies(std::slice::from_ref(&this));
        let _waiting = replies.map(|replies| wait(self, replies)).transpose()?;
        poll::HostPollable::block(&mut self.table, this).await
    }

    fn drop(&mut self, this: Resource<DynPollable>) -> wasmtime::Result<()> {
        self.pollables.remove(&this.rep());
        poll::HostPollable::drop(&mut self.table, this)
    }
}
