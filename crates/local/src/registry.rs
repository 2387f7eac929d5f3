//! The components of a runtime, and its workers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};

use golem_rpc_oplog::{Journal, JournalError, Kind, WorkerRecord};
use uuid::Uuid;

use crate::book::Book;
use crate::component::{Compiler, ComponentSpec, Loaded};
use crate::directory::{Birth, Directory, Package, Peer};
use crate::error::CallError;
use crate::event::Event;
use crate::gate::{Record, now};
use crate::history::History;
use crate::name::{Env, WorkerId};
use crate::shared::Shared;
use crate::uri::ComponentRef;
use crate::worker::Worker;

/// See the module.
pub(crate) struct Registry {
    pub(crate) shared: Arc<Shared>,
    compiler: Arc<Compiler>,
    components: BTreeMap<String, Arc<Loaded>>,
    workers: Mutex<Workers>,
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
        compiler: Arc<Compiler>,
        shared: Arc<Shared>,
    ) -> Arc<Self> {
        let load = |spec: ComponentSpec| {
            let name = spec.name.clone();
            (name, Arc::new(Loaded::new(spec, compiler.clone())))
        };
        let components = specs.into_iter().map(load).collect();
        Arc::new(Self {
            shared,
            compiler,
            components,
            workers: Mutex::default(),
            versions: Mutex::default(),
        })
    }

    pub(crate) fn package(&self, name: &str) -> Option<&Arc<Loaded>> {
        self.components.get(name)
    }

    pub(crate) fn packages(&self) -> Vec<String> {
        self.components.keys().cloned().collect()
    }

    fn by_id(&self, id: Uuid) -> Option<&Arc<Loaded>> {
        let mut components = self.components.values();
        components.find(|component| component.id == id)
    }

    /// The worker of this name, created with `env` if there is none yet.
    pub(crate) fn open(
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
        let mut component = component.clone();
        let mut birth = Birth {
            id: id.clone(),
            component: component.id,
            version: component.spec.version,
            env: env.clone(),
            record: None,
            shared: self.shared.clone(),
            directory: self.clone(),
        };
        let (book, is_new) = match &self.shared.journal {
            Some(journal) if !ephemeral => {
                let opened = self.recall(journal, &mut birth, &mut component);
                let (book, is_new) = opened.map_err(|error| CallError::State {
                    worker: id.clone(),
                    cause: error.to_string(),
                })?;
                (Some(book), is_new)
            }
            _ => (None, true),
        };
        let worker = Worker::spawn(birth, component, book);
        workers.known.insert(id.clone(), Arc::downgrade(&worker));
        if !ephemeral {
            workers.kept.push(worker.clone());
        }
        drop(workers);
        if is_new {
            self.shared.event(Event::WorkerCreated { worker: id });
        }
        Ok(worker)
    }

    /// Opens the oplog of a worker, or begins it; a worker keeps the version and the environment that it was
    /// created with.
    fn recall(
        &self,
        journal: &Arc<Journal>,
        birth: &mut Birth,
        component: &mut Arc<Loaded>,
    ) -> Result<(Book, bool), JournalError> {
        let worker = golem_rpc_oplog::WorkerId::new(birth.component, birth.id.name.as_str());
        let known = journal.log(&worker)?;
        let (row, log) = match known {
            Some(log) => {
                let row = journal
                    .worker(&worker)?
                    .expect("a worker with an oplog has a row");
                *component = self.version(component, row.version)?;
                birth.version = component.spec.version;
                birth.env = Arc::new(row.env.iter().cloned().collect());
                (row, log)
            }
            None => {
                let row = new_row(worker, component, &birth.env);
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
        let Some(journal) = &self.shared.journal else {
            return Ok(None);
        };
        let versions = journal.component_versions(&spec.name)?;
        let Some(stored) = versions.into_iter().find(|it| it.version == spec.version) else {
            return Ok(None);
        };
        spec.wasm = journal.object(&stored.hash)?;
        Ok(Some(Arc::new(Loaded::new(spec, self.compiler.clone()))))
    }

    /// Goes on with what the last process left: workers with open invocations.
    pub(crate) fn resume(self: &Arc<Self>) -> Result<(), CallError> {
        let Some(journal) = &self.shared.journal else {
            return Ok(());
        };
        for (worker, _) in journal.wakes()? {
            let component = match self.by_id(worker.component) {
                Some(component) => component.clone(),
                None => self.forgotten(journal, worker.component)?,
            };
            let name = worker.name.to_string();
            self.open(&component, name, false, &component.env)?;
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

    /// How many resources a worker keeps for others; none if there is no such worker.
    pub(crate) fn owned_resources(&self, id: &WorkerId) -> usize {
        let workers = self.workers.lock().expect("no panic holds this lock");
        let worker = workers.known.get(id).and_then(Weak::upgrade);
        worker.map_or(0, |worker| worker.owned_resources())
    }
}

impl Directory for Registry {
    fn is_package(&self, name: &str) -> bool {
        self.components.contains_key(name)
    }

    fn component(&self, component: &ComponentRef) -> Result<Package, Uuid> {
        let loaded = match component {
            ComponentRef::Package(name) => &self.components[name],
            ComponentRef::Id(id) => self.by_id(*id).ok_or(*id)?,
        };
        Ok(Package {
            id: loaded.id,
            name: loaded.spec.name.clone(),
        })
    }

    fn worker(
        self: Arc<Self>,
        package: &Package,
        name: String,
        ephemeral: bool,
        env: &Arc<Env>,
    ) -> Result<Arc<dyn Peer>, CallError> {
        let component = &self.components[&package.name];
        Ok(self.open(component, name, ephemeral, env)?)
    }
}

fn new_row(worker: golem_rpc_oplog::WorkerId, component: &Loaded, env: &Env) -> WorkerRecord {
    let env = env.iter().map(|(key, value)| (key.clone(), value.clone()));
    WorkerRecord {
        env: env.collect(),
        component_size: component.spec.wasm.len() as u64,
        ..WorkerRecord::new(worker, component.spec.version, now())
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
