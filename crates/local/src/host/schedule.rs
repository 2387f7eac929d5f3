//! Invocations for later, of golem:rpc 0.2: `schedule-invocation`, `schedule-cancelable-invocation`
//! and the `cancellation-token` that takes one back.
//!
//! A scheduled invocation is a task that sleeps until its time has come and then triggers it; until
//! then it counts as work to do, so that a call from outside waits for it. One whose time is past
//! runs at once. The worker is created when the time has come, as on Golem.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot::{Receiver, Sender, channel};
use tokio::time::timeout;
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, ResourceType};

use super::remote::{Address, Invocation, RemoteWorker};
use super::types::Datetime;
use crate::error::CallError;
use crate::event::TriggerFailure;
use crate::name::WorkerId;
use crate::registry::{Env, Registry};
use crate::wire::WitValue;
use crate::worker::{Args, Worker, WorkerState};

type Store<'a> = StoreContextMut<'a, WorkerState>;
type Call = (Resource<RemoteWorker>, Datetime, String, Vec<WitValue>);

/// A `cancellation-token` resource. Dropping it cancels nothing.
pub(crate) struct CancellationToken(Option<Sender<()>>);

pub(super) fn add_to_linker(
    interface: &mut LinkerInstance<'_, WorkerState>,
) -> wasmtime::Result<()> {
    interface.func_wrap(
        "[method]wasm-rpc.schedule-invocation",
        |mut store: Store<'_>, (this, when, function, params): Call| {
            let invocation = Invocation { function, params };
            let (_token, cancelled) = channel();
            store
                .data_mut()
                .schedule(&this, when, invocation, cancelled)
        },
    )?;
    interface.func_wrap(
        "[method]wasm-rpc.schedule-cancelable-invocation",
        |mut store: Store<'_>, (this, when, function, params): Call| {
            let invocation = Invocation { function, params };
            let (cancel, cancelled) = channel();
            let state = store.data_mut();
            state.schedule(&this, when, invocation, cancelled)?;
            Ok((state.table.push(CancellationToken(Some(cancel)))?,))
        },
    )?;
    let token = ResourceType::host::<CancellationToken>();
    interface.resource("cancellation-token", token, |mut store: Store<'_>, rep| {
        let this = Resource::<CancellationToken>::new_own(rep);
        store.data_mut().table.delete(this)?;
        Ok(())
    })?;
    interface.func_wrap(
        "[method]cancellation-token.cancel",
        |mut store: Store<'_>, (this,): (Resource<CancellationToken>,)| {
            if let Some(cancel) = store.data_mut().table.get_mut(&this)?.0.take() {
                // it may have run by now
                let _ = cancel.send(());
            }
            Ok(())
        },
    )
}

impl WorkerState {
    fn schedule(
        &mut self,
        this: &Resource<RemoteWorker>,
        when: Datetime,
        invocation: Invocation,
        cancelled: Receiver<()>,
    ) -> wasmtime::Result<()> {
        let address = self.table.get(this)?.address.clone();
        let (registry, env) = (self.registry.clone(), self.env.clone());
        let delay = when.time_left();
        let scheduled = registry.work.schedule(delay);
        tokio::spawn(async move {
            let cancelled = async {
                if cancelled.await.is_err() {
                    // nobody can cancel it any more
                    pending::<()>().await;
                }
            };
            if timeout(delay, cancelled).await.is_err() {
                run(&address, &registry, &env, invocation);
            }
            drop(scheduled);
        });
        Ok(())
    }
}

impl Datetime {
    /// How long it is until then; nothing if it is past.
    fn time_left(self) -> Duration {
        let nanoseconds = Duration::from_nanos(self.nanoseconds.into());
        let since_1970 = Duration::from_secs(self.seconds).checked_add(nanoseconds);
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        since_1970.unwrap_or(Duration::MAX).saturating_sub(now)
    }
}

fn run(address: &Address, registry: &Arc<Registry>, env: &Arc<Env>, invocation: Invocation) {
    match address.worker(registry, env) {
        Ok(worker) => {
            let args = Args::Wire(invocation.params);
            worker.send(registry, invocation.function, args, None);
        }
        Err(error) => registry.trigger_failed(TriggerFailure {
            worker: address.id(),
            function: invocation.function,
            cause: error.to_string(),
        }),
    }
}

impl Address {
    /// The worker, created with `env` if there is none yet.
    pub(super) fn worker(
        &self,
        registry: &Arc<Registry>,
        env: &Arc<Env>,
    ) -> Result<Arc<Worker>, CallError> {
        match &self.component {
            Ok(component) => Ok(registry.worker(component, self.name.clone(), self.ephemeral, env)),
            Err(id) => Err(CallError::UnknownComponent { id: id.to_string() }),
        }
    }

    fn id(&self) -> WorkerId {
        WorkerId {
            component: match &self.component {
                Ok(component) => component.spec.name.clone(),
                Err(id) => id.to_string(),
            },
            name: self.name.clone(),
        }
    }
}
