//! What all workers share: the components, the workers themselves, the work that is
//! still to be done, and the way out for events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, Weak};

use golem_rpc_oplog::{Batch, Journal, JournalError, Kind, WorkerRecord};
use uuid::Uuid;
use wasmtime::component::Linker;
use wasmtime::{Config, Engine, OptLevel};

use crate::book::Book;
use crate::component::{ComponentSpec, Loaded};
use crate::error::CallError;
use crate::event::{Event, Note, TriggerFailure};
use crate::gate::{Record, now};
use crate::history::History;
use crate::host;
use crate::host::Timers;
use crate::interrupt::Interrupted;
use crate::name::WorkerId;
use crate::outlet::{Events, Outlet};
use crate::state::WorkerState;
use crate::uri::ComponentRef;
use crate::waits::Waits;
use crate::work::Work;
use crate::worker::{Birth, Worker};

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
    pub(crate) timers: Timers,
    journal: Option<Arc<Journal>>,
    outlet: Arc<Outlet>,
    /// Versions that workers have, other than the newest.
    versions: Mutex<BTreeMap<(Uuid, u64), Arc<Loaded>>>,
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
        journal: Option<Arc<Journal>>,
        events: Events,
        interrupted: Interrupted,
    ) -> wasmtime::Result<Self> {
        let mut config = Config::new();
        config.epoch_interruption(true);
        // the same instructions give the same bits, wherever an oplog is replayed
        config.cranelift_nan_canonicalization(true);
        config.relaxed_simd_deterministic(true);
        // a call or two is worth no optimization, and compiling is most of the wait
        config.cranelift_opt_level(OptLevel::None);
        let engine = Engine::new(&config)?;
        let linker = host::linker(&engine)?;
        let components = specs
            .into_iter()
            .map(|spec| (spec.name.clone(), Arc::new(Loaded::new(spec))))
            .collect();
        let outlet = Arc::new(Outlet::new(events, journal.clone()));
        let out = outlet.clone();
        Ok(Self {
            engine,
            linker,
            events: Arc::new(move |event| out.send(event)),
            outlet,
            journal,
            timers: Timers::default(),
            versions: Mutex::default(),
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
    ) -> Result<Arc<Worker>, CallError> {
        let id = WorkerId {
            component: component.spec.name.clone(),
            name,
        };
        let mut workers = self.workers.lock().expect("no panic holds this lock");
        if let Some(worker) = workers.known.get(&id).and_then(Weak::upgrade) {
            return Ok(worker);
        }
        let mut birth = Birth {
            id: id.clone(),
            registry: self.clone(),
            component: component.clone(),
            env: env.clone(),
            record: None,
        };
        let (book, is_new) = match &self.journal {
            Some(journal) if !ephemeral => {
                let opened = self.open(journal, &mut birth);
                let (book, is_new) = opened.map_err(|error| CallError::State {
                    worker: id.clone(),
                    cause: error.to_string(),
                })?;
                (Some(book), is_new)
            }
            _ => (None, true),
        };
        let worker = Worker::spawn(birth, book);
        workers.known.insert(id.clone(), Arc::downgrade(&worker));
        if !ephemeral {
            workers.kept.push(worker.clone());
        }
        drop(workers);
        if is_new {
            (self.events)(Event::WorkerCreated { worker: id });
        }
        Ok(worker)
    }

    /// Opens the oplog of a worker, or begins it; a worker keeps the version and the environment that it was
    /// created with.
    fn open(
        &self,
        journal: &Arc<Journal>,
        birth: &mut Birth,
    ) -> Result<(Book, bool), JournalError> {
        let worker = golem_rpc_oplog::WorkerId::new(birth.component.id, birth.id.name.as_str());
        let known = journal.log(&worker)?;
        let (row, log) = match known {
            Some(log) => {
                let row = journal
                    .worker(&worker)?
                    .expect("a worker with an oplog has a row");
                birth.component = self.version(&birth.component, row.version)?;
                birth.env = Arc::new(row.env.iter().cloned().collect());
                (row, log)
            }
            None => {
                let row = new_row(worker, birth);
                let log = journal.create(&row)?;
                (row, log)
            }
        };
        let journal = journal.clone();
        let record = Record { journal, log };
        // one that was killed in between has a row alone
        let is_new = record.log.last() == 0;
        if is_new {
            record.write(created(&row))?;
        }
        birth.record = Some(record.clone());
        let history = History::read(&record)?;
        Ok((Book::new(record, row, history), is_new))
    }

    /// A version of a component: the workspace's, or one that the state has kept.
    fn version(&self, component: &Arc<Loaded>, version: u64) -> Result<Arc<Loaded>, JournalError> {
        if component.spec.version == version {
            return Ok(component.clone());
        }
        let mut versions = self.versions.lock().expect("no panic holds this lock");
        if let Some(loaded) = versions.get(&(component.id, version)) {
            return Ok(loaded.clone());
        }
        let spec = ComponentSpec {
            version,
            ..component.spec.clone()
        };
        let loaded = self.stored(spec)?.unwrap_or_else(|| component.clone());
        versions.insert((component.id, version), loaded.clone());
        Ok(loaded)
    }

    /// A component with the bytes that the state has of this version.
    fn stored(&self, mut spec: ComponentSpec) -> Result<Option<Arc<Loaded>>, JournalError> {
        let Some(journal) = &self.journal else {
            return Ok(None);
        };
        let versions = journal.component_versions(&spec.name)?;
        let Some(stored) = versions.into_iter().find(|it| it.version == spec.version) else {
            return Ok(None);
        };
        spec.wasm = journal.object(&stored.hash)?;
        Ok(Some(Arc::new(Loaded::new(spec))))
    }

    /// Goes on with what the last process left: workers with open invocations.
    pub(crate) fn resume(self: &Arc<Self>) -> Result<(), CallError> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        for (worker, _) in journal.wakes()? {
            let component = match self.component(&ComponentRef::Id(worker.component)) {
                Ok(component) => component,
                Err(id) => self.forgotten(journal, id)?,
            };
            let name = worker.name.to_string();
            self.worker(&component, name, false, &component.env)?;
        }
        Ok(())
    }

    /// A component that the workspace has no more, of which there are workers.
    fn forgotten(&self, journal: &Journal, id: Uuid) -> Result<Arc<Loaded>, CallError> {
        let known = journal.components()?;
        let newest = known.into_iter().rfind(|component| component.id == id);
        let unknown = || CallError::UnknownComponent { id: id.to_string() };
        let newest = newest.ok_or_else(unknown)?;
        let spec = ComponentSpec {
            name: newest.name,
            version: newest.version,
            ..ComponentSpec::default()
        };
        self.stored(spec)?.ok_or_else(unknown)
    }

    /// Appends what belongs to no worker with an oplog.
    pub(crate) fn append(&self, batch: Batch) -> Result<(), JournalError> {
        match &self.journal {
            Some(journal) if !batch.is_empty() => journal.append(batch).map(drop),
            _ => Ok(()),
        }
    }

    /// The journal, if workers are durable.
    pub(crate) fn journal(&self) -> Option<&Arc<Journal>> {
        self.journal.as_ref()
    }

    /// Waits until all that has happened is on disk, and all events are handed on.
    pub(crate) async fn settle(&self) -> Result<(), CallError> {
        if let Some(journal) = &self.journal {
            journal.durable(journal.appended()).await?;
            self.outlet.flush();
        }
        Ok(())
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

fn new_row(worker: golem_rpc_oplog::WorkerId, birth: &Birth) -> WorkerRecord {
    let spec = &birth.component.spec;
    let env = birth
        .env
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()));
    WorkerRecord {
        env: env.collect(),
        component_size: spec.wasm.len() as u64,
        ..WorkerRecord::new(worker, spec.version, now())
    }
}

fn created(row: &WorkerRecord) -> Kind {
    Kind::Create {
        worker: row.worker.clone(),
        version: row.version,
        args: Vec::new(),
        env: row.env.clone(),
        parent: None,
        component_size: row.component_size,
        memory: 0,
    }
}
