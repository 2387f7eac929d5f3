//! A worker: the queue of its invocations, and what the host keeps for its instance.
//!
//! Each worker is a task that owns its store and takes one invocation after the
//! other, in order of arrival. The instance is made for the first of them. A trap
//! or wrong arguments end the worker: later invocations learn how it failed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wasmtime::component::Val;
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};

use crate::component::Loaded;
use crate::error::CallError;
use crate::event::{Stream, TriggerFailure};
use crate::instance::Alive;
use crate::name::WorkerId;
use crate::output::Lines;
use crate::registry::{Env, Registry};
use crate::resources::Resources;
use crate::waits::{Answer, Reply};
use crate::wire::WitValue;

/// Where invocations of a worker go.
pub(crate) struct Worker {
    pub(crate) id: WorkerId,
    queue: UnboundedSender<Job>,
    owned_resources: Arc<AtomicUsize>,
}

/// What a worker begins with.
pub(crate) struct Birth {
    pub(crate) id: WorkerId,
    pub(crate) registry: Arc<Registry>,
    pub(crate) component: Arc<Loaded>,
    pub(crate) env: Arc<Env>,
}

pub(crate) enum Args {
    Wire(Vec<WitValue>),
    Typed(Vec<Val>),
}

/// One invocation on its way. However it ends, it is answered and counted.
struct Job {
    /// Keeps an ephemeral worker until it has done its work.
    worker: Arc<Worker>,
    registry: Arc<Registry>,
    function: String,
    args: Args,
    /// Nobody waits for a triggered invocation.
    reply: Option<Arc<Reply>>,
    answered: bool,
}

impl Worker {
    pub(crate) fn spawn(birth: Birth) -> Arc<Self> {
        let (queue, jobs) = unbounded_channel();
        let id = birth.id.clone();
        let owned_resources = Arc::<AtomicUsize>::default();
        tokio::spawn(run(birth, owned_resources.clone(), jobs));
        Arc::new(Self {
            id,
            queue,
            owned_resources,
        })
    }

    /// How many resources it keeps for others.
    pub(crate) fn owned_resources(&self) -> usize {
        self.owned_resources.load(Ordering::Relaxed)
    }

    /// Queues an invocation; without `reply` it is a trigger.
    pub(crate) fn send(
        self: &Arc<Self>,
        registry: &Arc<Registry>,
        function: String,
        args: Args,
        reply: Option<Arc<Reply>>,
    ) {
        registry.work.queued();
        let job = Job {
            worker: self.clone(),
            registry: registry.clone(),
            function,
            args,
            reply,
            answered: false,
        };
        // a queue that nobody reads hands the job back, and dropping it answers it
        let _ = self.queue.send(job);
    }
}

impl Job {
    fn answer(&mut self, answer: Answer) {
        self.answered = true;
        match (&self.reply, answer) {
            (Some(reply), answer) => reply.deliver(answer),
            (None, Ok(_)) => {}
            (None, Err(error)) => self.registry.trigger_failed(TriggerFailure {
                worker: self.worker.id.clone(),
                function: self.function.clone(),
                cause: error.to_string(),
            }),
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if !self.answered {
            self.answer(Err(CallError::PreviousInvocationFailed {
                cause: "the worker is gone".into(),
            }));
        }
        self.registry.work.finished();
    }
}

async fn run(birth: Birth, owned: Arc<AtomicUsize>, mut jobs: UnboundedReceiver<Job>) {
    let mut state = State::Unborn(owned);
    while let Some(mut job) = jobs.recv().await {
        let args = std::mem::replace(&mut job.args, Args::Typed(Vec::new()));
        let answer = state.invoke(&birth, &job.function, args).await;
        job.answer(answer);
    }
}

enum State {
    /// With the count of the resources that it will keep.
    Unborn(Arc<AtomicUsize>),
    Alive(Box<Alive>),
    Failed(String),
}

impl State {
    async fn invoke(&mut self, birth: &Birth, function: &str, args: Args) -> Answer {
        let answer = self.try_invoke(birth, function, args).await;
        if let Err(error) = &answer
            && error.fails_worker()
        {
            *self = Self::Failed(match error {
                CallError::Mismatch { .. } => format!("{} failed in {function}: {error}", birth.id),
                names_its_call => names_its_call.to_string(),
            });
        }
        answer
    }

    async fn try_invoke(&mut self, birth: &Birth, function: &str, args: Args) -> Answer {
        if let Self::Failed(cause) = self {
            let cause = cause.clone();
            return Err(CallError::PreviousInvocationFailed { cause });
        }
        let not_created = |cause| CallError::NotCreated {
            worker: birth.id.clone(),
            cause,
        };
        let compiled = birth.component.compiled(&birth.registry);
        let compiled = compiled.map_err(not_created)?;
        if let Self::Unborn(owned) = self {
            let owned = Resources::new(birth.id.clone(), birth.component.id, owned.clone());
            let alive = Alive::create(birth, compiled, owned).await;
            let alive = alive.map_err(not_created)?;
            *self = Self::Alive(Box::new(alive));
        }
        let Self::Alive(alive) = self else {
            unreachable!("a worker that has not failed is alive by now")
        };
        alive.invoke(&compiled.exports, function, args).await
    }
}

/// What the host keeps for a worker's instance.
pub(crate) struct WorkerState {
    pub(crate) id: WorkerId,
    pub(crate) registry: Arc<Registry>,
    /// What workers created from here inherit.
    pub(crate) env: Arc<Env>,
    pub(crate) table: ResourceTable,
    /// The answers that pollables, by number, stand for.
    pub(crate) pollables: BTreeMap<u32, Arc<Reply>>,
    wasi: WasiCtx,
    lines: [Lines; 2],
}

impl WorkerState {
    pub(crate) fn new(birth: &Birth) -> Self {
        let lines = [Stream::Stdout, Stream::Stderr]
            .map(|stream| Lines::new(birth.id.clone(), stream, birth.registry.events.clone()));
        let mut wasi = WasiCtx::builder();
        wasi.stdout(lines[0].clone()).stderr(lines[1].clone());
        wasi.allow_tcp(false).allow_udp(false);
        for (key, value) in own_env(birth) {
            wasi.env(key, value);
        }
        Self {
            id: birth.id.clone(),
            registry: birth.registry.clone(),
            env: birth.env.clone(),
            table: ResourceTable::new(),
            pollables: BTreeMap::new(),
            wasi: wasi.build(),
            lines,
        }
    }

    /// Ends the lines that have no line break yet.
    pub(crate) fn finish_lines(&self) {
        self.lines.iter().for_each(Lines::finish);
    }
}

/// The inherited environment, in which the worker's own variables always win.
fn own_env(birth: &Birth) -> Env {
    let spec = &birth.component.spec;
    let mut env = Env::clone(&birth.env);
    env.extend([
        ("GOLEM_WORKER_NAME".into(), birth.id.name.clone()),
        ("GOLEM_COMPONENT_ID".into(), birth.component.id.to_string()),
        ("GOLEM_COMPONENT_VERSION".into(), spec.version.to_string()),
    ]);
    env
}

impl WasiView for WorkerState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}
