//! How a worker finds others: what its host functions know of the runtime around it.

use std::sync::Arc;

use golem_rpc_oplog::{Batch, IdempotencyKey};
use uuid::Uuid;

use crate::error::CallError;
use crate::gate::Record;
use crate::name::{Env, WorkerId};
use crate::shared::Shared;
use crate::uri::ComponentRef;
use crate::waits::Reply;
use crate::wire::Invocation;

/// A component that workers can be made of.
#[derive(Clone)]
pub(crate) struct Package {
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

/// The components and workers of a runtime.
pub(crate) trait Directory: Send + Sync {
    /// Whether there is a component of this name.
    fn is_package(&self, name: &str) -> bool;

    /// The component of a URI; an unknown UUID comes back as it is.
    fn component(&self, component: &ComponentRef) -> Result<Package, Uuid>;

    /// The worker of this name, created with `env` if there is none yet.
    fn worker(
        self: Arc<Self>,
        package: &Package,
        name: String,
        ephemeral: bool,
        env: &Arc<Env>,
    ) -> Result<Arc<dyn Peer>, CallError>;
}

/// A worker, seen from others.
pub(crate) trait Peer: Send + Sync {
    fn id(&self) -> &WorkerId;

    /// Queues an invocation, unless its answer is known or on its way.
    fn send(self: Arc<Self>, invocation: Invocation, origin: Origin) -> Result<(), CallError>;
}

/// Which worker is meant. It need not exist yet, nor even its component.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) component: Result<Package, Uuid>,
    pub(crate) name: String,
    pub(crate) ephemeral: bool,
}

impl Address {
    /// The worker, created with `env` if there is none yet.
    pub(crate) fn worker(
        &self,
        directory: &Arc<dyn Directory>,
        env: &Arc<Env>,
    ) -> Result<Arc<dyn Peer>, CallError> {
        let package = self.component.as_ref();
        let package = package.map_err(|id| CallError::UnknownComponent { id: id.to_string() })?;
        let directory = Arc::clone(directory);
        directory.worker(package, self.name.clone(), self.ephemeral, env)
    }

    pub(crate) fn component_id(&self) -> Uuid {
        self.component
            .as_ref()
            .map_or_else(|id| *id, |package| package.id)
    }

    pub(crate) fn id(&self) -> WorkerId {
        let component = match &self.component {
            Ok(package) => package.name.clone(),
            Err(id) => id.to_string(),
        };
        let name = self.name.clone();
        WorkerId { component, name }
    }
}

/// How an invocation comes.
#[derive(Default)]
pub(crate) struct Origin {
    /// Under which key; one of its own if there is none.
    pub(crate) key: Option<IdempotencyKey>,
    /// Nobody waits for a triggered invocation.
    pub(crate) reply: Option<Arc<Reply>>,
    /// What happens together with its being accepted.
    pub(crate) with: Batch,
}

impl Origin {
    /// Of an invocation that is waited for.
    pub(crate) fn awaited(reply: Arc<Reply>) -> Origin {
        let reply = Some(reply);
        Origin {
            reply,
            ..Origin::default()
        }
    }
}

/// What a worker begins with.
#[derive(Clone)]
pub(crate) struct Birth {
    pub(crate) id: WorkerId,
    pub(crate) component: Uuid,
    pub(crate) version: u64,
    /// What workers that it creates inherit, too.
    pub(crate) env: Arc<Env>,
    /// Its oplog, if it has one.
    pub(crate) record: Option<Record>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) directory: Arc<dyn Directory>,
}
