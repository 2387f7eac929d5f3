//! What the tests share: guests, a runtime that remembers its events, and calls as text.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test binary uses its own part"
)]

mod agent;
mod guests;
mod things;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use golem_rpc_local::{ComponentSpec, Event, InvokeError, Runtime, StartError, component_id};
use golem_rpc_oplog::{DiskStore, Journal};

pub(crate) use agent::agent;
pub(crate) use guests::{caller, component, dummy, target};
pub(crate) use things::things;

/// A runtime with the given components, and what it told.
pub(crate) struct World {
    pub(crate) runtime: Runtime,
    events: Arc<Mutex<Vec<Event>>>,
    interrupted: Arc<AtomicBool>,
}

pub(crate) fn spec(name: &str, wasm: Vec<u8>) -> ComponentSpec {
    ComponentSpec {
        name: name.into(),
        wasm,
        ..Default::default()
    }
}

impl World {
    /// Workers whose state is in a directory: `caller` and `target`.
    pub(crate) fn durable(directory: &Path) -> Self {
        Self::journaled(Journal::open(DiskStore::open(directory).unwrap()).unwrap())
    }

    /// Workers whose oplogs are in a journal.
    pub(crate) fn journaled(journal: Journal) -> Self {
        let components = vec![
            spec("caller", caller("0.1.0")),
            spec("target", target()),
            spec("agent", agent("0.2.0")),
        ];
        Self::starting(|events, interrupted| {
            Runtime::durable(components, journal, events, interrupted)
        })
    }

    pub(crate) fn of(components: Vec<ComponentSpec>) -> Self {
        Self::starting(|events, interrupted| Runtime::new(components, events, interrupted))
    }

    fn starting(
        start: impl FnOnce(
            Box<dyn Fn(Event) + Send + Sync>,
            Box<dyn Fn() -> bool + Send + Sync>,
        ) -> Result<Runtime, StartError>,
    ) -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = events.clone();
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = interrupted.clone();
        let runtime = start(
            Box::new(move |event| sink.lock().unwrap().push(event)),
            Box::new(move || flag.load(Ordering::SeqCst)),
        );
        Self {
            runtime: runtime.unwrap(),
            events,
            interrupted,
        }
    }

    /// The two guests: `caller` and `target`.
    pub(crate) fn new() -> Self {
        Self::of(vec![
            spec("caller", caller("0.1.0")),
            spec("target", target()),
        ])
    }

    pub(crate) fn invoke(&self, worker: &str, call: &str) -> Result<Option<String>, InvokeError> {
        let call = self.runtime.parse(&worker.parse().unwrap(), call)?;
        self.runtime.invoke(call)
    }

    /// The result of a call under a key, whatever it is.
    pub(crate) fn keyed(&self, key: &str, worker: &str, call: &str) -> String {
        let call = self.runtime.parse(&worker.parse().unwrap(), call).unwrap();
        match self.runtime.invoke(call.with_key(key)) {
            Ok(result) => result.unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    /// The result of a call that succeeds.
    pub(crate) fn ok(&self, worker: &str, call: &str) -> String {
        let result = self.invoke(worker, call);
        result
            .unwrap_or_else(|error| panic!("{error}"))
            .unwrap_or_default()
    }

    /// The message of a call that does not.
    pub(crate) fn error(&self, worker: &str, call: &str) -> String {
        match self.invoke(worker, call) {
            Ok(result) => panic!("{call} gave {result:?}"),
            Err(error) => error.to_string(),
        }
    }

    /// What interrupts the runtime when it is called.
    pub(crate) fn interrupt(&self) -> impl FnOnce() + Send + 'static {
        let flag = self.interrupted.clone();
        move || flag.store(true, Ordering::SeqCst)
    }

    /// Where the events are still to be found when this is gone.
    pub(crate) fn keep_events(&self) -> Arc<Mutex<Vec<Event>>> {
        self.events.clone()
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        std::mem::take(&mut *self.events.lock().unwrap())
    }
}

/// The URI of a worker of a component.
pub(crate) fn uri(component: &str, worker: &str) -> String {
    format!("urn:worker:{}/{worker}", component_id(component))
}

/// `call`, `trigger`, … of `caller` as text.
pub(crate) fn rpc(how: &str, uri: &str, function: &str, params: &[&str]) -> String {
    format!("{how}({uri:?}, {function:?}, [{}])", wit_values(params))
}

/// One wit-value per list of nodes.
pub(crate) fn wit_values(params: &[impl std::fmt::Display]) -> String {
    let values: Vec<_> = params
        .iter()
        .map(|nodes| format!("{{nodes: [{nodes}]}}"))
        .collect();
    values.join(", ")
}

pub(crate) const ADD: &str = "test:target/counter@1.2.3.{add}";
pub(crate) const GET: &str = "test:target/counter@1.2.3.{get}";
pub(crate) const FAIL: &str = "test:target/counter@1.2.3.{fail}";
pub(crate) const ENV: &str = "test:target/counter@1.2.3.{env}";
pub(crate) const ECHO: &str = "test:target/counter@1.2.3.{echo}";
pub(crate) const CALL: &str = "test:caller/api.{call}";

/// The arguments of `call` for calling `call` of `next`, which calls `function` of `last`.
pub(crate) fn through(next: &str, last: &str, function: &str) -> [String; 3] {
    // a list of three wit-values, each a record of a list of nodes; node 20 is a string,
    // node 5 a list
    let call = format!(
        "list-value([1, 4, 7]), \
         record-value([2]), list-value([3]), variant-value((20, some(10))), \
         record-value([5]), list-value([6]), variant-value((20, some(11))), \
         record-value([8]), list-value([9]), variant-value((5, some(12))), \
         prim-string({last:?}), prim-string({function:?}), list-value([])"
    );
    [
        format!("prim-string({next:?})"),
        format!("prim-string({CALL:?})"),
        call,
    ]
}
