//! The runtime as its users see it: components in, calls one after the other.

use std::sync::Arc;

use golem_rpc_oplog::{IdempotencyKey, Journal, JournalError};
use uuid::Uuid;

use crate::call;
use crate::component::{Compiled, Compiler, ComponentSpec, Loaded};
use crate::directory::{Directory, Origin, Peer as _};
use crate::error::CallError;
use crate::event::{Event, TriggerFailure};
use crate::gate::now;
use crate::host;
use crate::interrupt::{self, Interrupted, Ticker};
use crate::invoke_error::InvokeError;
use crate::name::{WorkerId, WorkerRef, component_id};
use crate::outlet::Events;
use crate::registry::Registry;
use crate::shared::Shared;
use crate::waits::{Answer, Reply};
use crate::wire::{Invocation, WitValue};

/// Workers in memory, and the calls that reach them.
///
/// Nothing runs between two calls: [`Runtime::invoke`] returns when all that it set
/// off or scheduled has come to an end, or when it is interrupted. It brings its own tokio
/// runtime, so neither it nor its end belongs inside of another one.
pub struct Runtime {
    // before the registry, so that the workers' tasks go first
    tokio: tokio::runtime::Runtime,
    registry: Arc<Registry>,
    _ticker: Ticker,
}

/// A call whose function exists and whose arguments are of the right types.
pub struct ParsedCall {
    target: WorkerRef,
    call: call::Call,
    key: Option<IdempotencyKey>,
}

impl ParsedCall {
    /// The same call under a key: where workers are durable, one that was made before under the same key is
    /// not made again, and has the same result.
    #[must_use]
    pub fn with_key(mut self, key: &str) -> ParsedCall {
        self.key = Some(IdempotencyKey(key.into()));
        self
    }
}

/// The runtime cannot start on this machine.
#[derive(Debug, thiserror::Error)]
#[error("the local runtime cannot start: {0}")]
pub struct StartError(String);

impl Runtime {
    /// A runtime over these components. They are compiled on first use, so this is
    /// quick, and `events` hears of everything that happens, as it happens.
    /// `interrupted` is asked many times a second; once it says yes, calls end with
    /// [`InvokeError::Interrupted`], whatever their workers are doing, and it has to
    /// stay at that: the workers are stopped anywhere and of no further use.
    pub fn new(
        components: Vec<ComponentSpec>,
        events: impl Fn(Event) + Send + Sync + 'static,
        interrupted: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        Self::start(components, None, Arc::new(events), Arc::new(interrupted))
    }

    /// A runtime whose workers are durable: what they do is in this journal, and they go on with what it
    /// says. A component whose bytes are not those of its newest version there is the next version; workers
    /// keep the version that they were created with. Nothing is told to the caller or to `events` before it
    /// is on disk.
    pub fn durable(
        mut components: Vec<ComponentSpec>,
        journal: Journal,
        events: impl Fn(Event) + Send + Sync + 'static,
        interrupted: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        let failed = |error: JournalError| StartError(error.to_string());
        for spec in &mut components {
            let id = component_id(&spec.name);
            let added = journal.add_component(id, &spec.name, &spec.wasm, now(), Vec::new());
            spec.version = added.map_err(failed)?.version;
        }
        let journal = Some(Arc::new(journal));
        let runtime = Self::start(components, journal, Arc::new(events), Arc::new(interrupted))?;
        let entered = runtime.tokio.enter();
        let failed = |error: CallError| StartError(error.to_string());
        runtime.registry.resume().map_err(failed)?;
        let directory: Arc<dyn Directory> = runtime.registry.clone();
        host::resume_timers(&runtime.registry.shared, &directory).map_err(failed)?;
        drop(entered);
        Ok(runtime)
    }

    fn start(
        components: Vec<ComponentSpec>,
        journal: Option<Arc<Journal>>,
        events: Events,
        interrupted: Interrupted,
    ) -> Result<Self, StartError> {
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StartError(error.to_string()))?;
        let compiler = Compiler::new().map_err(|error| StartError(format!("{error:#}")))?;
        let ticker = Ticker::start(&compiler.engine, interrupted.clone())
            .map_err(|error| StartError(error.to_string()))?;
        let shared = Shared::new(journal, events, interrupted);
        Ok(Self {
            _ticker: ticker,
            tokio,
            registry: Registry::new(components, compiler, shared),
        })
    }

    /// Reads `call`, a function with its arguments in WAVE, as a call of `target`.
    /// Nothing runs yet, so several calls can be checked before the first is made.
    pub fn parse(&self, target: &WorkerRef, call: &str) -> Result<ParsedCall, InvokeError> {
        let compiled = self.compiled(self.component(&target.component)?)?;
        Ok(ParsedCall {
            target: target.clone(),
            call: call::parse(&target.component, &compiled.exports.functions, call)?,
            key: None,
        })
    }

    /// Makes a call, and waits for the result, in WAVE, and for everything that the
    /// call triggered. `None` is the result of a function without one.
    pub fn invoke(&self, call: ParsedCall) -> Result<Option<String>, InvokeError> {
        let component = self.component(&call.target.component)?;
        let results = self.run(&call.target, component, call.call.invocation, call.key)?;
        call::display(&results, &call.call.results)
    }

    /// Calls a function by its name on the wire, as other workers do: `ns:pkg/api@1.0.0.{f}`, or
    /// `….{res.new}`, `….{res.f}` and `….{res.drop}` for resources. The results come as one tuple;
    /// resources, in both directions, as [`crate::wire::WitNode::Handle`]. Waits like [`Runtime::invoke`].
    pub fn call(
        &self,
        target: &WorkerRef,
        function: &str,
        params: Vec<WitValue>,
    ) -> Result<WitValue, InvokeError> {
        let component = self.component(&target.component)?;
        let function = function.into();
        self.run(target, component, Invocation { function, params }, None)
    }

    /// How many resources a worker keeps since others hold their handles. None, if there is no such
    /// worker or it has failed; ephemeral workers are gone after a call.
    pub fn owned_resources(&self, worker: &WorkerRef) -> usize {
        let Some(name) = worker.worker.clone() else {
            return 0;
        };
        let component = worker.component.clone();
        self.registry.owned_resources(&WorkerId { component, name })
    }

    /// The signatures of the functions that workers of a component have.
    pub fn functions(&self, component: &str) -> Result<Vec<String>, InvokeError> {
        let compiled = self.compiled(self.component(component)?)?;
        Ok(call::signatures(&compiled.exports.functions))
    }

    /// Every triggered or scheduled invocation that has failed so far.
    pub fn failed_triggers(&self) -> Vec<TriggerFailure> {
        self.registry.shared.failures()
    }

    fn run(
        &self,
        target: &WorkerRef,
        component: &Arc<Loaded>,
        invocation: Invocation,
        key: Option<IdempotencyKey>,
    ) -> Result<WitValue, InvokeError> {
        let work = self.send(target, component, invocation, key);
        let work = interrupt::unless(&self.registry.shared.interrupted, work);
        let answer = self.tokio.block_on(work);
        Ok(answer.ok_or(InvokeError::Interrupted)??)
    }

    async fn send(
        &self,
        target: &WorkerRef,
        component: &Arc<Loaded>,
        invocation: Invocation,
        key: Option<IdempotencyKey>,
    ) -> Answer {
        let ephemeral = target.worker.is_none();
        let name = target.worker.clone();
        let name = name.unwrap_or_else(|| Uuid::new_v4().to_string());
        let worker = self
            .registry
            .open(component, name, ephemeral, &component.env)?;
        let reply = Reply::new(worker.id().clone());
        let origin = Origin {
            key,
            ..Origin::awaited(reply.clone())
        };
        worker.send(invocation, origin)?;
        reply.wait().await;
        let shared = &self.registry.shared;
        shared.work.done(|note| shared.tell(note)).await;
        shared.settle().await?;
        reply.take().expect("an awaited answer is there, once")
    }

    fn component(&self, name: &str) -> Result<&Arc<Loaded>, InvokeError> {
        let unknown = || InvokeError::UnknownComponent {
            component: name.into(),
            known: self.registry.packages(),
        };
        self.registry.package(name).ok_or_else(unknown)
    }

    fn compiled<'a>(&self, component: &'a Loaded) -> Result<&'a Compiled, InvokeError> {
        if self.registry.shared.is_interrupted() {
            return Err(InvokeError::Interrupted);
        }
        let compiled = component.compiled();
        compiled.map_err(|cause| InvokeError::NotAComponent {
            component: component.spec.name.clone(),
            cause,
        })
    }
}
