//! A door for fuzzing: what happens to values between the wire and a worker, without a worker.
//!
//! No part of the library's interface; only the project's own fuzz target and its replay use it.

use wasmtime::component::{Resource, ResourceAny, ResourceType, Type, Val};
use wasmtime::{Engine, Store};

use crate::name::WorkerId;
use crate::resources::Resources;
use crate::value;
use crate::wire::WitValue;

/// What its resources are, as [`Gate::resource_type`].
struct Thing;

/// A worker's conversions, and resources to convert.
pub struct Gate {
    resources: Resources,
    // what the resources live in
    _store: Store<()>,
}

impl Gate {
    /// A worker `urn:worker:<nil uuid>/w` that keeps the resources 0 to `kept`, without the last.
    pub fn new(engine: &Engine, kept: u32) -> Self {
        let mut store = Store::new(engine, ());
        let worker = WorkerId {
            component: "fuzz".into(),
            name: "w".into(),
        };
        let mut resources = Resources::new(worker, Default::default(), Default::default());
        for rep in 0..kept {
            let resource = Resource::<Thing>::new_own(rep);
            let resource = ResourceAny::try_from_resource(resource, &mut store);
            resources.keep(resource.expect("a new resource is nobody else's"));
        }
        Self {
            resources,
            _store: store,
        }
    }

    /// The type of the resources.
    pub fn resource_type() -> ResourceType {
        ResourceType::host::<Thing>()
    }

    /// A value from the wire, as a call would take it.
    pub fn decode(&mut self, value: &WitValue, ty: &Type) -> Result<Val, String> {
        let mut passing = self.resources.passing();
        let value = value::decode(value, ty, &mut passing).map_err(|error| format!("{error:?}"))?;
        let moved = passing.moved();
        self.resources.take(&moved);
        Ok(value)
    }

    /// A value for the wire, as an answer would give it: in a tuple of one.
    pub fn encode(&mut self, value: &Val, ty: &Type) -> Result<WitValue, String> {
        let (values, types) = (std::slice::from_ref(value), std::slice::from_ref(ty));
        value::encode_results(values, types, &mut self.resources).map_err(|error| error.to_string())
    }
}
