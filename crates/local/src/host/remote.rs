//! The resources `wasm-rpc` and `future-invoke-result`: a worker at the other end, and an answer
//! that is on its way. Every version of golem:rpc has these; they differ in how a worker is named.

use std::sync::Arc;

use uuid::Uuid;
use wasmtime::component::{Resource, ResourceTableError};
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::{DynPollable, Pollable, subscribe};

use super::types::{AgentIdRecord, ComponentId, RpcError, WorkerIdRecord};
use crate::component::Loaded;
use crate::error::CallError;
use crate::uri::{self, ComponentRef};
use crate::waits::{Answer, NoAnswer, Reply, Returned, Waiting};
use crate::wire::{Uri, WitValue};
use crate::worker::{Args, Worker, WorkerState};

/// A `wasm-rpc` resource: the worker at the other end. As on the engine, a worker that is named by
/// its component alone gets its random name here, not with each call.
pub(crate) struct RemoteWorker {
    pub(super) address: Address,
    worker: Option<Arc<Worker>>,
}

/// Which worker is meant. It need not exist yet, nor even its component.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) component: Result<Arc<Loaded>, Uuid>,
    pub(super) name: String,
    pub(super) ephemeral: bool,
}

/// A `future-invoke-result` resource.
pub(crate) struct PendingResult {
    /// The function that was called.
    function: String,
    reply: Arc<Reply>,
}

#[async_trait]
impl Pollable for PendingResult {
    async fn ready(&mut self) {
        self.reply.wait().await;
    }
}

/// An invocation as a guest asks for it.
pub(super) struct Invocation {
    pub(super) function: String,
    pub(super) params: Vec<WitValue>,
}

pub(super) type Outcome = Result<WitValue, RpcError>;

fn outcome(answer: Answer) -> Outcome {
    Ok(answer.map(Returned::into_wire)?)
}

impl WorkerState {
    /// golem:rpc 0.1: the worker of a URI; what is no URI at all traps.
    pub(super) fn at_uri(&mut self, location: &Uri) -> wasmtime::Result<Resource<RemoteWorker>> {
        let registry = &self.registry;
        let target = uri::parse(&location.value, |name| registry.package(name).is_some())
            .map_err(wasmtime::Error::new)?;
        for note in target.notes {
            registry.tell(note);
        }
        self.connect(&target.component, target.worker)
    }

    /// golem:rpc 0.2.0 and 0.2.1: a worker by its id.
    pub(super) fn at_worker_id(
        &mut self,
        id: WorkerIdRecord,
    ) -> wasmtime::Result<Resource<RemoteWorker>> {
        let component = ComponentRef::Id(id.component_id.uuid.into());
        self.connect(&component, Some(id.worker_name))
    }

    /// golem:rpc 0.2.2: a worker is called an agent.
    pub(super) fn at_agent_id(
        &mut self,
        id: AgentIdRecord,
    ) -> wasmtime::Result<Resource<RemoteWorker>> {
        let component = ComponentRef::Id(id.component_id.uuid.into());
        self.connect(&component, Some(id.agent_id))
    }

    /// golem:rpc 0.2.0 and 0.2.1: a new worker of a component.
    pub(super) fn ephemeral(
        &mut self,
        id: ComponentId,
    ) -> wasmtime::Result<Resource<RemoteWorker>> {
        self.connect(&ComponentRef::Id(id.uuid.into()), None)
    }

    fn connect(
        &mut self,
        component: &ComponentRef,
        name: Option<String>,
    ) -> wasmtime::Result<Resource<RemoteWorker>> {
        let address = Address {
            component: self.registry.component(component),
            ephemeral: name.is_none(),
            name: name.unwrap_or_else(|| Uuid::new_v4().to_string()),
        };
        let worker = None;
        Ok(self.table.push(RemoteWorker { address, worker })?)
    }

    /// The worker behind a resource, created with this worker's environment.
    fn remote(
        &mut self,
        remote: &Resource<RemoteWorker>,
    ) -> wasmtime::Result<Result<Arc<Worker>, CallError>> {
        let remote = self.table.get_mut(remote)?;
        if let Some(worker) = &remote.worker {
            return Ok(Ok(worker.clone()));
        }
        let worker = remote.address.worker(&self.registry, &self.env);
        remote.worker = worker.as_ref().ok().cloned();
        Ok(worker)
    }

    pub(super) async fn invoke_and_await(
        &mut self,
        this: Resource<RemoteWorker>,
        invocation: Invocation,
    ) -> wasmtime::Result<Outcome> {
        let worker = match self.remote(&this)? {
            Ok(worker) => worker,
            Err(error) => return Ok(Err(error.into())),
        };
        let reply = Reply::new(worker.id.clone());
        // before it is sent, so that a call that can never return does not run either
        let _waiting = self.wait(vec![reply.clone()])?;
        self.send(&worker, invocation, Some(reply.clone()));
        reply.wait().await;
        Ok(outcome(
            reply.take().expect("an awaited answer is there, once"),
        ))
    }

    pub(super) fn invoke(
        &mut self,
        this: &Resource<RemoteWorker>,
        invocation: Invocation,
    ) -> wasmtime::Result<Result<(), RpcError>> {
        let worker = self.remote(this)?;
        Ok(worker
            .map_err(RpcError::from)
            .map(|worker| self.send(&worker, invocation, None)))
    }

    pub(super) fn async_invoke_and_await(
        &mut self,
        this: &Resource<RemoteWorker>,
        invocation: Invocation,
    ) -> wasmtime::Result<Resource<PendingResult>> {
        let function = invocation.function.clone();
        let reply = match self.remote(this)? {
            Ok(worker) => {
                let reply = Reply::new(worker.id.clone());
                self.send(&worker, invocation, Some(reply.clone()));
                reply
            }
            Err(error) => {
                let reply = Reply::new(self.id.clone());
                reply.deliver(Err(error));
                reply
            }
        };
        Ok(self.table.push(PendingResult { function, reply })?)
    }

    fn send(&self, worker: &Arc<Worker>, invocation: Invocation, reply: Option<Arc<Reply>>) {
        let args = Args::Wire(invocation.params);
        worker.send(&self.registry, invocation.function, args, reply);
    }

    /// Notes a wait of this worker; an error if it could never end.
    pub(super) fn wait(&self, replies: Vec<Arc<Reply>>) -> wasmtime::Result<Waiting> {
        let waiting = self.registry.waits.enter(&self.id, replies);
        waiting.map_err(wasmtime::Error::new)
    }

    pub(super) fn subscribe(
        &mut self,
        this: Resource<PendingResult>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        let reply = self.table.get(&this)?.reply.clone();
        let pollable = subscribe(&mut self.table, this)?;
        self.pollables.insert(pollable.rep(), reply);
        Ok(pollable)
    }

    /// One that still has a pollable fails the worker, as on the engine.
    pub(super) fn drop_future(&mut self, this: Resource<PendingResult>) -> wasmtime::Result<()> {
        let function = self.table.get(&this)?.function.clone();
        match self.table.delete(this) {
            Err(ResourceTableError::HasChildren) => Err(wasmtime::Error::msg(format!(
                "resource has children: the future of `{function}` was dropped before the pollable \
                 that its `subscribe` returned; drop the pollable first, then the future"
            ))),
            deleted => deleted.map(drop).map_err(wasmtime::Error::from),
        }
    }

    pub(super) async fn get(
        &mut self,
        this: Resource<PendingResult>,
    ) -> wasmtime::Result<Option<Outcome>> {
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
}
