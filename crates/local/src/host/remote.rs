//! The resources `wasm-rpc` and `future-invoke-result`: a worker at the other end, and an answer
//! that is on its way. Every version of golem:rpc has these; they differ in how a worker is named.

use std::sync::Arc;

use golem_rpc_oplog::Batch;
use uuid::Uuid;
use wasmtime::component::{Resource, ResourceTableError};
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::{DynPollable, Pollable, subscribe};

use super::types::{AgentIdRecord, ComponentId, RpcError, WorkerIdRecord};
use crate::directory::{Address, Origin, Peer};
use crate::error::CallError;
use crate::state::{Unsent, WorkerState};
use crate::uri::{self, ComponentRef};
use crate::waits::{Answer, NoAnswer, Reply, Waiting};
use crate::wire::{Invocation, Uri, WitValue};

/// A `wasm-rpc` resource: the worker at the other end. As on the engine, a worker that is named by
/// its component alone gets its random name here, not with each call.
pub(crate) struct RemoteWorker {
    pub(super) address: Address,
    worker: Option<Arc<dyn Peer>>,
}

/// A `future-invoke-result` resource.
pub(crate) struct PendingResult {
    /// The function that was called.
    function: String,
    reply: Arc<Reply>,
    /// Whether the answer was.
    is_taken: bool,
}

#[async_trait]
impl Pollable for PendingResult {
    async fn ready(&mut self) {
        self.reply.wait().await;
    }
}

const INVOKE: &str = "golem::rpc::wasm-rpc::invoke";
const INVOKE_AND_AWAIT: &str = "golem::rpc::wasm-rpc::invoke-and-await result";
const ASYNC_INVOKE_AND_AWAIT: &str = "golem::rpc::wasm-rpc::async-invoke-and-await";
const GET: &str = "golem::rpc::future-invoke-result::get";

pub(super) type Outcome = Result<WitValue, RpcError>;

fn outcome(answer: Answer) -> Outcome {
    Ok(answer?)
}

impl WorkerState {
    /// golem:rpc 0.1: the worker of a URI; what is no URI at all traps.
    pub(super) fn at_uri(&mut self, location: &Uri) -> wasmtime::Result<Resource<RemoteWorker>> {
        let target = uri::parse(&location.value, |name| self.directory.is_package(name))
            .map_err(wasmtime::Error::new)?;
        if self.gate.is_live() {
            target
                .notes
                .into_iter()
                .for_each(|note| self.shared.tell(note));
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
            component: self.directory.component(component),
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
    ) -> wasmtime::Result<Result<Arc<dyn Peer>, CallError>> {
        let remote = self.table.get_mut(remote)?;
        if let Some(worker) = &remote.worker {
            return Ok(Ok(worker.clone()));
        }
        let worker = remote.address.worker(&self.directory, &self.env);
        remote.worker = worker.as_ref().ok().cloned();
        Ok(worker)
    }

    pub(super) async fn invoke_and_await(
        &mut self,
        this: Resource<RemoteWorker>,
        invocation: Invocation,
    ) -> wasmtime::Result<Outcome> {
        let key = self.gate.derived_key();
        let call = self.gate.write(INVOKE_AND_AWAIT, &invocation);
        if let Some(recorded) = self.gate.recorded(&call)? {
            return Ok(recorded);
        }
        self.resume()?;
        let outcome = match self.remote(&this)? {
            Ok(worker) => {
                let reply = Reply::new(worker.id().clone());
                // before it is sent, so that a call that can never return does not run either
                let _waiting = self.wait(vec![reply.clone()])?;
                let origin = Origin {
                    key,
                    ..Origin::awaited(reply.clone())
                };
                match worker.send(invocation, origin) {
                    Ok(()) => {
                        reply.wait().await;
                        outcome(reply.take().expect("an awaited answer is there, once"))
                    }
                    Err(error) => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        };
        self.gate.record(call, &outcome)?;
        Ok(outcome)
    }

    pub(super) fn invoke(
        &mut self,
        this: &Resource<RemoteWorker>,
        invocation: Invocation,
    ) -> wasmtime::Result<Result<(), RpcError>> {
        let key = self.gate.derived_key();
        let call = self.gate.write(INVOKE, &invocation);
        if let Some(recorded) = self.gate.recorded(&call)? {
            return Ok(recorded);
        }
        self.resume()?;
        let worker = match self.remote(this)? {
            Ok(worker) => worker,
            Err(error) => {
                let outcome = Err(error.into());
                self.gate.record(call, &outcome)?;
                return Ok(outcome);
            }
        };
        let outcome = Ok(());
        let origin = Origin {
            key,
            reply: None,
            with: self.gate.announce(call, &outcome),
        };
        worker
            .send(invocation, origin)
            .map_err(wasmtime::Error::new)?;
        Ok(outcome)
    }

    pub(super) fn async_invoke_and_await(
        &mut self,
        this: &Resource<RemoteWorker>,
        invocation: Invocation,
    ) -> wasmtime::Result<Resource<PendingResult>> {
        let key = self.gate.derived_key();
        let call = self.gate.write(ASYNC_INVOKE_AND_AWAIT, &invocation);
        let is_replayed = self.gate.recorded::<()>(&call)?.is_some();
        let address = self.table.get(this)?.address.clone();
        let function = invocation.function.clone();
        let reply = Reply::new(address.id());
        let unsent = Unsent {
            address,
            invocation,
            key,
            reply: reply.clone(),
        };
        if is_replayed {
            self.unsent.push(unsent);
        } else {
            self.resume()?;
            let with = self.gate.announce(call, &());
            self.send(unsent, with)?;
        }
        let pending = PendingResult {
            function,
            reply,
            is_taken: false,
        };
        Ok(self.table.push(pending)?)
    }

    fn send(&self, unsent: Unsent, with: Batch) -> wasmtime::Result<()> {
        let reply = unsent.reply;
        match unsent.address.worker(&self.directory, &self.env) {
            Ok(worker) => {
                let origin = Origin {
                    key: unsent.key,
                    reply: Some(reply),
                    with,
                };
                let sent = worker.send(unsent.invocation, origin);
                sent.map_err(wasmtime::Error::new)
            }
            Err(error) => {
                self.shared.append(with)?;
                reply.deliver(Err(error));
                Ok(())
            }
        }
    }

    /// Before the worker does something for the first time, it is to have what it waited for.
    pub(super) fn resume(&mut self) -> wasmtime::Result<()> {
        for unsent in std::mem::take(&mut self.unsent) {
            self.send(unsent, Batch::default())?;
        }
        Ok(())
    }

    /// Notes a wait of this worker; an error if it could never end.
    pub(super) fn wait(&self, replies: Vec<Arc<Reply>>) -> wasmtime::Result<Waiting> {
        let waiting = self.shared.waits.enter(&self.id, replies);
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
        let PendingResult {
            function, reply, ..
        } = self.table.get(&this)?;
        let (function, reply) = (function.clone(), reply.clone());
        self.unsent
            .retain(|unsent| !Arc::ptr_eq(&unsent.reply, &reply));
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
        if self.table.get(&this)?.is_taken {
            return Err(wasmtime::Error::msg(
                "future-invoke-result already consumed",
            ));
        }
        let call = self.gate.read(GET);
        let recorded = self.gate.recorded(&call)?;
        let is_replayed = recorded.is_some();
        let answer = match recorded {
            Some(answer) => answer,
            None => {
                self.resume()?;
                self.look(&this).await?
            }
        };
        if !is_replayed {
            self.gate.record(call, &answer)?;
        }
        if answer.is_some() {
            let future = self.table.get_mut(&this)?;
            future.is_taken = true;
            let reply = &future.reply;
            self.unsent
                .retain(|unsent| !Arc::ptr_eq(&unsent.reply, reply));
            // whoever still polls it in replay is not to wait
            reply.deliver(Err(CallError::PreviousInvocationFailed {
                cause: "the answer was taken".into(),
            }));
        }
        Ok(answer)
    }

    async fn look(&mut self, this: &Resource<PendingResult>) -> wasmtime::Result<Option<Outcome>> {
        match self.table.get(this)?.reply.take() {
            Ok(answer) => Ok(Some(outcome(answer))),
            Err(NoAnswer::Pending | NoAnswer::Taken) => {
                // a guest that only asks and never polls must not keep others from working
                tokio::task::yield_now().await;
                Ok(None)
            }
        }
    }
}
