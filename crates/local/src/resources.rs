//! The resources of a worker that others hold handles of.
//!
//! A resource that leaves its worker stays in the worker's table, and its handle travels instead:
//! the worker's URI and an id that is never used again. A handle that comes back as `own` takes the
//! resource out of the table, as `borrow` it leaves it there, and `{res.drop}` ends it. Nothing is
//! taken out before all parameters of a call are known to be right.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use uuid::Uuid;
use wasmtime::component::{ResourceAny, ResourceType};

use crate::name::WorkerId;
use crate::uri::{self, ComponentRef};
use crate::wire::Uri;

/// A handle on the wire.
pub(crate) type Handle = (Uri, u64);

/// A worker's table of resources.
pub(crate) struct Resources {
    worker: WorkerId,
    component: Uuid,
    uri: Uri,
    table: BTreeMap<u64, ResourceAny>,
    next: u64,
    types: Vec<NamedType>,
    /// How many there are, for those who ask from outside.
    count: Arc<AtomicUsize>,
}

/// A type of resource that a worker's component exports.
pub(crate) struct NamedType {
    pub(crate) interface: String,
    pub(crate) name: String,
    pub(crate) ty: ResourceType,
}

impl Drop for Resources {
    fn drop(&mut self) {
        self.count.store(0, Ordering::Relaxed);
    }
}

impl Resources {
    pub(crate) fn new(worker: WorkerId, component: Uuid, count: Arc<AtomicUsize>) -> Self {
        let value = uri::format(component, &worker.name);
        Self {
            worker,
            component,
            uri: Uri { value },
            table: BTreeMap::new(),
            next: 0,
            types: Vec::new(),
            count,
        }
    }

    /// An empty table, of nobody.
    pub(crate) fn none() -> Self {
        let worker = WorkerId {
            component: String::new(),
            name: String::new(),
        };
        Self::new(worker, Uuid::nil(), Arc::default())
    }

    /// Makes the exported types known by name.
    pub(crate) fn name_types(&mut self, types: Vec<NamedType>) {
        self.types = types;
    }

    /// The type of an exported resource.
    pub(crate) fn type_of(&self, interface: &str, name: &str) -> Option<ResourceType> {
        let mut types = self.types.iter();
        let named = types.find(|named| named.interface == interface && named.name == name);
        named.map(|named| named.ty)
    }

    /// Keeps a resource that leaves the worker; its handle goes in its place.
    pub(crate) fn keep(&mut self, resource: ResourceAny) -> Handle {
        let id = self.next;
        self.next += 1;
        self.table.insert(id, resource);
        self.count.store(self.table.len(), Ordering::Relaxed);
        (self.uri.clone(), id)
    }

    /// The handles of one call.
    pub(crate) fn passing(&self) -> Passing<'_> {
        Passing {
            resources: self,
            moved: BTreeSet::new(),
            lent: BTreeSet::new(),
        }
    }

    /// Takes those out that a call has moved back into the worker.
    pub(crate) fn take(&mut self, moved: &BTreeSet<u64>) {
        self.table.retain(|id, _| !moved.contains(id));
        self.count.store(self.table.len(), Ordering::Relaxed);
    }

    fn find(&self, (uri, id): &Handle, expected: &ResourceType) -> Result<ResourceAny, String> {
        self.check_owner(uri, *id)?;
        let Some(resource) = self.table.get(id) else {
            return Err(if *id < self.next {
                format!("resource {id} of {} was dropped or moved", self.worker)
            } else {
                format!("{} has no resource {id}", self.worker)
            });
        };
        let found = resource.ty();
        if found != *expected {
            let (found, expected) = (self.name(&found), self.name(expected));
            return Err(format!(
                "resource {id} of {} is {found}, where {expected} is expected",
                self.worker
            ));
        }
        Ok(*resource)
    }

    /// Whether a URI is that of this worker, in any form that means it.
    fn check_owner(&self, uri: &Uri, id: u64) -> Result<(), String> {
        if *uri == self.uri {
            return Ok(());
        }
        let target = uri::parse(&uri.value, |_| false).map_err(|error| error.to_string())?;
        let named = target.worker.as_ref() == Some(&self.worker.name);
        match named && target.component == ComponentRef::Id(self.component) {
            true => Ok(()),
            false => Err(format!(
                "resource {id} belongs to the worker {}, not to this one, {} ({})",
                uri.value, self.uri.value, self.worker
            )),
        }
    }

    fn name(&self, ty: &ResourceType) -> String {
        match self.types.iter().find(|named| named.ty == *ty) {
            Some(named) => format!("a `{}`", named.name),
            None => "of another type".into(),
        }
    }
}

/// The handles among the parameters of one call. Ids in two roles at once are refused.
pub(crate) struct Passing<'a> {
    resources: &'a Resources,
    moved: BTreeSet<u64>,
    lent: BTreeSet<u64>,
}

impl Passing<'_> {
    /// The resource of an `own`.
    pub(crate) fn own(
        &mut self,
        handle: &Handle,
        ty: &ResourceType,
    ) -> Result<ResourceAny, String> {
        let resource = self.resources.find(handle, ty)?;
        if self.lent.contains(&handle.1) || !self.moved.insert(handle.1) {
            return Err(twice(handle.1));
        }
        Ok(resource)
    }

    /// The resource of a `borrow`.
    pub(crate) fn borrow(
        &mut self,
        handle: &Handle,
        ty: &ResourceType,
    ) -> Result<ResourceAny, String> {
        let resource = self.resources.find(handle, ty)?;
        if self.moved.contains(&handle.1) {
            return Err(twice(handle.1));
        }
        self.lent.insert(handle.1);
        Ok(resource)
    }

    /// The ids that the call moves back into the worker.
    pub(crate) fn moved(self) -> BTreeSet<u64> {
        self.moved
    }
}

fn twice(id: u64) -> String {
    format!("resource {id} is passed twice in one call, and once it is moved")
}
