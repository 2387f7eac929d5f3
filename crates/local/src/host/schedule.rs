//! Invocations for later, of golem:rpc 0.2: `schedule-invocation`, `schedule-cancelable-invocation`
//! and the `cancellation-token` that takes one back.
//!
//! A scheduled invocation is a task that sleeps until its time has come and then triggers it; until
//! then it counts as work to do, so that a call from outside waits for it. One whose time is past
//! runs at once. The worker is created when the time has come, as on Golem. Where workers are durable, it
//! is a value in the journal from the moment at which it was scheduled, until it is triggered or cancelled.

use std::sync::Arc;
use std::time::Duration;

use golem_rpc_oplog::{Batch, IdempotencyKey};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use uuid::Uuid;
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, ResourceType};

use super::remote::RemoteWorker;
use super::types::Datetime;
use crate::directory::{Address, Directory, Origin};
use crate::error::CallError;
use crate::event::TriggerFailure;
use crate::gate::{self, encode};
use crate::name::Env;
use crate::shared::Shared;
use crate::state::WorkerState;
use crate::uri::ComponentRef;
use crate::wire::{Invocation, WitValue};

type Store<'a> = StoreContextMut<'a, WorkerState>;
type Call = (Resource<RemoteWorker>, Datetime, String, Vec<WitValue>);

const SCHEDULE: &str = "golem::rpc::wasm-rpc::schedule-invocation";
/// Where scheduled invocations lie, by their keys. No guest can name such a bucket.
const BUCKET: &str = "\0scheduled";

/// A `cancellation-token` resource. Dropping it cancels nothing.
pub(crate) struct CancellationToken(IdempotencyKey);

/// An invocation that waits for its time.
#[derive(Serialize, Deserialize)]
struct Scheduled {
    component: u128,
    worker: String,
    ephemeral: bool,
    seconds: u64,
    nanoseconds: u32,
    invocation: Invocation,
    env: Env,
}

pub(super) fn add_to_linker(
    interface: &mut LinkerInstance<'_, WorkerState>,
) -> wasmtime::Result<()> {
    interface.func_wrap(
        "[method]wasm-rpc.schedule-invocation",
        |mut store: Store<'_>, (this, when, function, params): Call| {
            let invocation = Invocation { function, params };
            store.data_mut().schedule(&this, when, invocation)?;
            Ok(())
        },
    )?;
    interface.func_wrap(
        "[method]wasm-rpc.schedule-cancelable-invocation",
        |mut store: Store<'_>, (this, when, function, params): Call| {
            let invocation = Invocation { function, params };
            let state = store.data_mut();
            let key = state.schedule(&this, when, invocation)?;
            Ok((state.table.push(CancellationToken(key))?,))
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
            store.data_mut().cancel(&this)
        },
    )
}

impl WorkerState {
    fn schedule(
        &mut self,
        this: &Resource<RemoteWorker>,
        when: Datetime,
        invocation: Invocation,
    ) -> wasmtime::Result<IdempotencyKey> {
        let address = self.table.get(this)?.address.clone();
        let random = || IdempotencyKey(Uuid::new_v4().to_string().into());
        let key = self.gate.derived_key().unwrap_or_else(random);
        let call = self.gate.write(SCHEDULE, &invocation);
        if self.gate.recorded::<()>(&call)?.is_some() {
            return Ok(key);
        }
        let scheduled = Scheduled {
            component: address.component_id().as_u128(),
            worker: address.name,
            ephemeral: address.ephemeral,
            seconds: when.seconds,
            nanoseconds: when.nanoseconds,
            invocation,
            env: Env::clone(&self.env),
        };
        let mut batch = self.gate.announce(call, &());
        if self.shared.journal.is_some() {
            batch.set_value(BUCKET, &key.0, encode(&scheduled));
        }
        self.shared.append(batch)?;
        start(&self.shared, &self.directory, key.clone(), scheduled);
        Ok(key)
    }

    /// Needs no entry: what is gone can go again.
    fn cancel(&mut self, this: &Resource<CancellationToken>) -> wasmtime::Result<()> {
        let key = self.table.get(this)?.0.clone();
        if self.gate.is_live() {
            self.shared.append(done(&self.shared, &key))?;
            self.shared.timers.remove(&key);
        }
        Ok(())
    }
}

/// What takes a scheduled invocation out of the journal.
fn done(shared: &Shared, key: &IdempotencyKey) -> Batch {
    let mut batch = Batch::default();
    if shared.journal.is_some() {
        batch.delete_value(BUCKET, &key.0);
    }
    batch
}

/// Lets the invocations wait again that the last process left.
pub(crate) fn resume_timers(
    shared: &Arc<Shared>,
    directory: &Arc<dyn Directory>,
) -> Result<(), CallError> {
    let Some(journal) = &shared.journal else {
        return Ok(());
    };
    for key in journal.value_keys(BUCKET)? {
        let value = journal.value(BUCKET, &key)?;
        let scheduled = value.and_then(|value| postcard::from_bytes(&value).ok());
        if let Some(scheduled) = scheduled {
            start(shared, directory, IdempotencyKey(key.into()), scheduled);
        }
    }
    Ok(())
}

fn start(
    shared: &Arc<Shared>,
    directory: &Arc<dyn Directory>,
    key: IdempotencyKey,
    scheduled: Scheduled,
) {
    let (shared, directory) = (shared.clone(), directory.clone());
    let when = Datetime {
        seconds: scheduled.seconds,
        nanoseconds: scheduled.nanoseconds,
    };
    let delay = when.time_left();
    let work = shared.work.schedule(delay);
    let cancelled = shared.timers.insert(key.clone());
    tokio::spawn(async move {
        // one that is cancelled is not triggered
        if timeout(delay, cancelled).await.is_err() {
            run(&shared, &directory, &key, scheduled);
        }
        shared.timers.remove(&key);
        drop(work);
    });
}

impl Datetime {
    /// How long it is until then; nothing if it is past.
    fn time_left(self) -> Duration {
        let nanoseconds = Duration::from_nanos(self.nanoseconds.into());
        let since_1970 = Duration::from_secs(self.seconds).checked_add(nanoseconds);
        since_1970
            .unwrap_or(Duration::MAX)
            .saturating_sub(gate::since_1970())
    }
}

fn run(
    shared: &Arc<Shared>,
    directory: &Arc<dyn Directory>,
    key: &IdempotencyKey,
    scheduled: Scheduled,
) {
    let id = Uuid::from_u128(scheduled.component);
    let address = Address {
        component: directory.component(&ComponentRef::Id(id)),
        name: scheduled.worker,
        ephemeral: scheduled.ephemeral,
    };
    let function = scheduled.invocation.function.clone();
    let origin = Origin {
        key: Some(key.clone()),
        reply: None,
        with: done(shared, key),
    };
    let env = Arc::new(scheduled.env);
    let sent = match address.worker(directory, &env) {
        Ok(worker) => worker.send(scheduled.invocation, origin),
        Err(error) => {
            let gone = shared.append(origin.with);
            gone.map_err(CallError::from).and(Err(error))
        }
    };
    if let Err(error) = sent {
        shared.trigger_failed(TriggerFailure {
            worker: address.id(),
            function,
            cause: error.to_string(),
        });
    }
}
