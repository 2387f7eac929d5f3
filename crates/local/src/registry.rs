//! What all workers share: the components, the workers themselves, the work that is
//! still to be done, and the way out for events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, Weak};

use uuid::Uuid;
use wasmtime::component::Linker;
use wasmtime::{Config, Engine, OptLevel};

use crate::component::{ComponentSpec, Loaded};
use crate::event::{Event, Note, TriggerFailure};
use crate::host;
use crate::interrupt::Interrupted;
use crate::name::WorkerId;
use crate::uri::ComponentRef;
use crate::waits::Waits;
use crate::work::Work;
use crate::worker::{Birth, Worker, WorkerState};

pub(crate) type Events = Arc<dyn Fn(Event) + Send + Sync>;
pub(crate) type Env = BTreeMap<String, String>;

pub(crate) struct Registry {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<WorkerState>,
    pub(crate) events: Events,
    pub(crate) interrupted: Interrupted,
    pub(crate) waits: Waits,
    components: BTreeMap<String, Arc<Loaded>>,
    workers: Mutex<Workers>,
    told: Mutex<BTreeSet<&'static str>>,
    failures: Mutex<Vec<TriggerFailure>>,
    pub(crate) work: Work,
}

#[derive(Default)]
struct Workers {
    known: BTreeMap<WorkerId, Weak<Worker>>,
    /// Named workers stay to the end; an ephemeral one as long as somebody holds it.
    kept: Vec<Arc<Worker>>,
}

impl Registry {
    pub(crate) fn new(
        specs: Vec<ComponentSpec>,
        events: Events,
        interrupted: Interrupted,
    ) -> wasmtime::Result<Self> {
        let mut config = Config::new();
        config.epoch_interruption(true);
        // a call or two is worth no optimization, and compiling is most of the wait
        config.cranelift_opt_level(OptLevel::None);
        let engine = Engine::new(&config)?;
        let linker = host::linker(&engine)?;
        let components = specs
            .into_iter()
            .map(|spec| (spec.name.clone(), Arc::new(Loaded::new(spec))))
            .collect();
        Ok(Self {
            engine,
            linker,
            events,
            interrupted,
            waits: Waits::default(),
            components,
            workers: Mutex::default(),
            told: Mutex::default(),
            failures: Mutex::default(),
            work: Work::default(),
        })
    }

    pub(crate) fn package(&self, name: &str) -> Option<&Arc<Loaded>> {
        self.components.get(name)
    }

    pub(crate) fn packages(&self) -> Vec<String> {
        self.components.keys().cloned().collect()
    }

    /// The component of a URI; an unknown UUID comes back as it is.
    pub(crate) fn component(&self, component: &ComponentRef) -> Result<Arc<Loaded>, Uuid> {
        match component {
            ComponentRef::Package(name) => Ok(self.components[name].clone()),
            ComponentRef::Id(id) => self
                .components
                .values()
                .find(|component| component.id == *id)
                .cloned()
                .ok_or(*id),
        }
    }

    /// The worker of this name, created with `env` if there is none yet.
    pub(crate) fn worker(
        self: &Arc<Self>,
        component: &Arc<Loaded>,
        name: String,
        ephemeral: bool,
        env: &Arc<Env>,
    ) -> Arc<Worker> {
        let id = WorkerId {
            component: component.spec.name.clone(),
            name,
        };
        let mut workers = self.workers.lock().expect("no panic holds this lock");
        if let Some(worker) = workers.known.get(&id).and_then(Weak::upgrade) {
            return worker;
        }
        let worker = Worker::spawn(Birth {
            id: id.clone(),
            registry: self.clone(),
            component: component.clone(),
            env: env.clone(),
        });
        workers.known.insert(id.clone(), Arc::downgrade(&worker));
        if !ephemeral {
            workers.kept.push(worker.clone());
        }
        drop(workers);
        (self.events)(Event::WorkerCreated { worker: id });
        worker
    }

    /// How many resources a worker keeps for others; none if there is no such worker.
    pub(crate) fn owned_resources(&self, id: &WorkerId) -> usize {
        let workers = self.workers.lock().expect("no panic holds this lock");
        let worker = workers.known.get(id).and_then(Weak::upgrade);
        worker.map_or(0, |worker| worker.owned_resources())
    }

    /// Tells a note unless one of its kind was told before.
    pub(crate) fn tell(&self, note: Note) {
        let kind = match note {
            Note::WorkerScheme { .. } => "scheme",
            Note::PackageName { .. } => "package",
            Note::OwnedHandle { .. } => "owned handle",
            Note::Scheduled { .. } => "scheduled",
        };
        let first = self
            .told
            .lock()
            .expect("no panic holds this lock")
            .insert(kind);
        if first {
            (self.events)(Event::Note(note));
        }
    }

    /// Tells of a trigger that failed by itself, not because all work was stopped.
    pub(crate) fn trigger_failed(&self, failure: TriggerFailure) {
        if (self.interrupted)() {
            return;
        }
        self.failures
            .lock()
            .expect("no panic holds this lock")
            .push(failure.clone());
        (self.events)(Event::TriggerFailed(failure));
    }

    pub(crate) fn failures(&self) -> Vec<TriggerFailure> {
        self.failures
            .lock()
            .expect("no panic holds this lock")
            .clone()
    }
}
