//! A worker: an instance with its state, and the queue of its invocations.
//!
//! Each worker is a task that owns its store and takes one invocation after the
//! other, in order of arrival. The instance is made for the first of them. A trap
//! or wrong arguments end the worker: later invocations learn how it failed.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wasmtime::Store;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{Func, Instance, Val};
use wasmtime_wasi::{I32Exit, ResourceTable, WasiCtx, WasiCtxView, WasiView};

use crate::bindings::types::WitValue;
use crate::component::{Compiled, Loaded};
use crate::error::CallError;
use crate::event::{Stream, TriggerFailure};
use crate::functions::{Function, on_wire};
use crate::name::WorkerId;
use crate::output::Lines;
use crate::registry::{Env, Registry};
use crate::value::{self, DecodeError};
use crate::waits::{Answer, Reply, Returned};

/// How many bytes one call may carry from a guest to the host, nodes included.
const LARGEST_MESSAGE: usize = 512 << 20;

/// Where invocations of a worker go.
pub(crate) struct Worker {
    pub(crate) id: WorkerId,
    queue: UnboundedSender<Job>,
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
        tokio::spawn(run(birth, jobs));
        Arc::new(Self { id, queue })
    }

    /// Queues an invocation; without `reply` it is a trigger.
    pub(crate) fn send(
        self: &Arc<Self>,
        registry: &Arc<Registry>,
        function: String,
        args: Args,
        reply: Option<Arc<Reply>>,
    ) {
        registry.invocation_queued();
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
        self.registry.invocation_finished();
    }
}

async fn run(birth: Birth, mut jobs: UnboundedReceiver<Job>) {
    let mut state = State::Unborn;
    while let Some(mut job) = jobs.recv().await {
        let args = std::mem::replace(&mut job.args, Args::Typed(Vec::new()));
        let answer = state.invoke(&birth, &job.function, args).await;
        job.answer(answer);
    }
}

enum State {
    Unborn,
    Alive(Box<Alive>),
    Failed(String),
}

struct Alive {
    store: Store<WorkerState>,
    instance: Instance,
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
        if let Self::Unborn = self {
            let alive = Alive::create(birth, compiled).await.map_err(not_created)?;
            *self = Self::Alive(Box::new(alive));
        }
        let Self::Alive(alive) = self else {
            unreachable!("a worker that has not failed is alive by now")
        };
        let function = on_wire(&compiled.functions, function)?;
        alive.call(&birth.id, function, args).await
    }
}

impl Alive {
    async fn create(birth: &Birth, compiled: &Compiled) -> Result<Self, String> {
        let instances = compiled.instances.as_ref().map_err(Clone::clone)?;
        let mut store = Store::new(&birth.registry.engine, WorkerState::new(birth));
        store.set_hostcall_fuel(LARGEST_MESSAGE);
        // the epoch stands still until an interrupt: see `interrupt`
        store.set_epoch_deadline(1);
        let instance = instances.instantiate_async(&mut store).await;
        store.data().finish_lines();
        match instance {
            Ok(instance) => Ok(Self { store, instance }),
            Err(error) => Err(cause(&error)),
        }
    }

    async fn call(&mut self, worker: &WorkerId, function: &Function, args: Args) -> Answer {
        let name = function.wire_name();
        let func = self.find(function);
        let ty = func.ty(&self.store);
        value::check_signature(&name, &ty)?;
        let args = typed(args, &ty)?;
        let types: Vec<_> = ty.results().collect();
        let mut values = vec![Val::Bool(false); types.len()];
        let outcome = func.call_async(&mut self.store, &args, &mut values).await;
        self.store.data().finish_lines();
        match outcome {
            Ok(()) => Ok(Returned { values, types }),
            Err(error) => Err(CallError::Trap {
                worker: worker.clone(),
                function: name,
                cause: cause(&error),
            }),
        }
    }

    fn find(&mut self, function: &Function) -> Func {
        let interface = function.interface.as_ref().map(|interface| {
            self.instance
                .get_export_index(&mut self.store, None, interface)
                .expect("a listed interface is exported")
        });
        let index = self
            .instance
            .get_export_index(&mut self.store, interface.as_ref(), &function.name)
            .expect("a listed function is exported");
        self.instance
            .get_func(&mut self.store, index)
            .expect("a listed function is a function")
    }
}

fn typed(args: Args, ty: &ComponentFunc) -> Result<Vec<Val>, CallError> {
    let args = match args {
        Args::Typed(args) => return Ok(args),
        Args::Wire(args) => args,
    };
    let params = ty.params();
    if args.len() != params.len() {
        let reason = format!("expected {}, got {} parameters", params.len(), args.len());
        return Err(CallError::Mismatch { reason });
    }
    let args = args.iter().zip(params);
    args.map(|(arg, (name, ty))| {
        value::decode(arg, &ty).map_err(|error| match error {
            DecodeError::Malformed(reason) => CallError::Malformed {
                reason: format!("parameter `{name}`: {reason}"),
            },
            DecodeError::Mismatch(reason) => CallError::Mismatch {
                reason: format!("parameter `{name}`: {reason}"),
            },
        })
    })
    .collect()
}

/// What went wrong, in one line and without the wasm backtrace.
fn cause(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<I32Exit>() {
        Some(I32Exit(code)) => format!("exited with status {code}"),
        None => error.root_cause().to_string(),
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
    fn new(birth: &Birth) -> Self {
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

    fn finish_lines(&self) {
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
