//! A worker's instance: how it is made, and how it is called.
//!
//! Arguments from the wire become values, resources among them come out of the worker's table, and
//! results go back the other way. A call is made only if all of its arguments are right.

use std::sync::{Arc, Mutex};

use golem_rpc_oplog::{IdempotencyKey, Index};
use wasmtime::Store;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{Func, Instance, ResourceAny, Type, Val};
use wasmtime_wasi::I32Exit;

use crate::component::Compiled;
use crate::directory::Birth;
use crate::error::CallError;
use crate::event::Note;
use crate::functions::{ExportedResource, Exports, Function};
use crate::gate::{Gate, GateError};
use crate::history::History;
use crate::name::WorkerId;
use crate::output::Out;
use crate::resources::{NamedType, Resources};
use crate::state::WorkerState;
use crate::value::{self, DecodeError};
use crate::waits::{Answer, Cycle};
use crate::wire::{Invocation, WitValue};
use crate::wire_name::{Called, on_wire};

/// How many bytes one call may carry from a guest to the host, nodes included.
const LARGEST_MESSAGE: usize = 512 << 20;

/// An instance with all that belongs to it.
pub(crate) struct Alive {
    id: WorkerId,
    store: Store<WorkerState>,
    instance: Instance,
    resources: Resources,
    can_retry: bool,
}

impl Alive {
    /// An instance as the worker's oplog says: up to the invocation that has not ended.
    pub(crate) async fn create(
        birth: &Birth,
        compiled: &Compiled,
        resources: Resources,
    ) -> Result<Self, CallError> {
        let lost = |error: GateError| state_error(&birth.id, &error);
        let history = birth.record.as_ref().map(History::read).transpose();
        let history = history.map_err(|error| lost(error.into()))?;
        let mut history = history.unwrap_or_default();
        let gate = Gate::new(birth.record.clone(), std::mem::take(&mut history.entries));
        let out = Out {
            shared: birth.shared.clone(),
            record: birth.record.clone(),
            live: gate.live(),
            repeated: Mutex::new(std::mem::take(&mut history.lines)),
        };
        let state = WorkerState::new(birth, gate, Arc::new(out)).map_err(lost)?;
        let mut alive = Self::instantiate(birth, compiled, resources, state).await?;
        alive.name_types(&compiled.exports);
        alive.replay(&compiled.exports, &history).await?;
        Ok(alive)
    }

    async fn instantiate(
        birth: &Birth,
        compiled: &Compiled,
        resources: Resources,
        state: WorkerState,
    ) -> Result<Self, CallError> {
        let not_created = |cause| CallError::NotCreated {
            worker: birth.id.clone(),
            cause,
        };
        let instances = compiled.instances.as_ref();
        let instances = instances.map_err(|cause| not_created(cause.clone()))?;
        let mut store = Store::new(instances.engine(), state);
        store.set_hostcall_fuel(LARGEST_MESSAGE);
        // the epoch stands still until an interrupt: see `interrupt`
        store.set_epoch_deadline(1);
        let instance = instances.instantiate_async(&mut store).await;
        store.data().finish_lines();
        Ok(Self {
            id: birth.id.clone(),
            instance: instance.map_err(|error| not_created(cause(&error)))?,
            store,
            resources,
            can_retry: true,
        })
    }

    /// Makes the invocations that have ended once more.
    async fn replay(&mut self, exports: &Exports, history: &History) -> Result<(), CallError> {
        while let Some(queued) = self.store.data().gate.next_invocation() {
            let Some(call) = history.invocations.get(&queued) else {
                let error = GateError::NotQueued { index: queued };
                return Err(state_error(&self.id, &error));
            };
            self.begin(Some(&(queued, call.key.clone())))?;
            if self.store.data_mut().gate.skip_refused() {
                continue;
            }
            let answer = self.invoke(exports, &call.invocation).await;
            if let Err(error @ CallError::State { .. }) = answer {
                return Err(error);
            }
            let end = self.store.data_mut().gate.check_end(&answer);
            end.map_err(|error| state_error(&self.id, &error))?;
        }
        Ok(())
    }

    /// An invocation begins; `queued` says where it waited.
    pub(crate) fn begin(
        &mut self,
        queued: Option<&(Index, IdempotencyKey)>,
    ) -> Result<(), CallError> {
        match queued {
            Some((index, key)) => {
                let begun = self.store.data_mut().gate.begin(*index, key);
                begun.map_err(|error| state_error(&self.id, &error))
            }
            None => Ok(()),
        }
    }

    /// The end of an invocation is in the oplog.
    pub(crate) fn count_end(&mut self) {
        self.store.data_mut().gate.pass();
    }

    /// How many entries the worker has passed.
    pub(crate) fn passed(&self) -> u64 {
        self.store.data().gate.passed()
    }

    /// Whether the last failure may be another the next time.
    pub(crate) fn can_retry(&self) -> bool {
        self.can_retry
    }

    /// Calls a function by its name on the wire.
    pub(crate) async fn invoke(&mut self, exports: &Exports, invocation: &Invocation) -> Answer {
        let Invocation { function, params } = invocation;
        match on_wire(exports, function)? {
            Called::Function(function) => self.call(exports, function, params).await,
            Called::Drop(resource) => self.drop_resource(resource, function, params).await,
        }
    }

    async fn call(
        &mut self,
        exports: &Exports,
        function: &Function,
        params: &[WitValue],
    ) -> Answer {
        let name = function.wire_name();
        value::check_signature(&name, &function.ty, &|ty| exports.has_resource(ty))?;
        let func = self.find(function);
        let ty = func.ty(&self.store);
        let types = ty.params().map(|(name, ty)| (name.to_owned(), ty));
        let (args, moved) = self.receive(params, types.collect())?;
        if moved > 0 {
            self.note_owned(&name);
        }
        let values = self.enter(&name, func, &ty, &args).await?;
        let types: Vec<_> = ty.results().collect();
        Ok(value::encode_results(&values, &types, &mut self.resources)?)
    }

    async fn enter(
        &mut self,
        name: &str,
        func: Func,
        ty: &ComponentFunc,
        args: &[Val],
    ) -> Result<Vec<Val>, CallError> {
        let mut values = vec![Val::Bool(false); ty.results().len()];
        let outcome = func.call_async(&mut self.store, args, &mut values).await;
        self.store.data().finish_lines();
        match outcome {
            Ok(()) => Ok(values),
            Err(error) => Err(self.trap(name, &error)),
        }
    }

    fn trap(&mut self, function: &str, error: &wasmtime::Error) -> CallError {
        if let Some(error) = error.downcast_ref::<GateError>() {
            return state_error(&self.id, error);
        }
        self.can_retry = !error.is::<Cycle>() && !error.is::<I32Exit>();
        CallError::Trap {
            worker: self.id.clone(),
            function: function.into(),
            cause: cause(error),
        }
    }

    /// Says that Golem would fail here.
    fn note_owned(&self, function: &str) {
        self.store.data().shared.tell(Note::OwnedHandle {
            component: self.id.component.clone(),
            function: function.to_owned(),
        });
    }

    /// Arguments from the wire. If all of them are right, the resources that they move are taken
    /// out of the table: how many, stands beside the values.
    fn receive(
        &mut self,
        args: &[WitValue],
        params: Vec<(String, Type)>,
    ) -> Result<(Vec<Val>, usize), CallError> {
        if args.len() != params.len() {
            let reason = format!("expected {}, got {} parameters", params.len(), args.len());
            return Err(CallError::Mismatch { reason });
        }
        let mut passing = self.resources.passing();
        let values = args.iter().zip(&params).map(|(arg, (name, ty))| {
            let value = value::decode(arg, ty, &mut passing);
            value.map_err(|error| refused(name, error))
        });
        let values = values.collect::<Result<_, _>>()?;
        let moved = passing.moved();
        self.resources.take(&moved);
        Ok((values, moved.len()))
    }

    /// `{res.drop}`: the end of a resource that others had a handle of.
    async fn drop_resource(
        &mut self,
        resource: &ExportedResource,
        function: &str,
        args: &[WitValue],
    ) -> Answer {
        let ty = self.resources.type_of(&resource.interface, &resource.name);
        let ty = ty.expect("a listed resource has a type in each instance");
        let params = vec![("handle".to_owned(), Type::Own(ty))];
        let (values, _) = self.receive(args, params)?;
        for value in values {
            if let Val::Resource(handle) = value {
                self.end(handle, function).await?;
            }
        }
        Ok(value::encode_results(&[], &[], &mut self.resources)?)
    }

    async fn end(&mut self, resource: ResourceAny, function: &str) -> Result<(), CallError> {
        let outcome = resource.resource_drop_async(&mut self.store).await;
        self.store.data().finish_lines();
        outcome.map_err(|error| self.trap(function, &error))
    }

    fn name_types(&mut self, exports: &Exports) {
        let mut types = Vec::new();
        for ExportedResource {
            interface, name, ..
        } in &exports.resources
        {
            let store = &mut self.store;
            let within = self.instance.get_export_index(&mut *store, None, interface);
            let index = self
                .instance
                .get_export_index(&mut *store, within.as_ref(), name)
                .expect("a listed resource is exported");
            let ty = self.instance.get_resource(&mut *store, index);
            types.push(NamedType {
                interface: interface.clone(),
                name: name.clone(),
                ty: ty.expect("a listed resource is a resource"),
            });
        }
        self.resources.name_types(types);
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

fn state_error(worker: &WorkerId, error: &GateError) -> CallError {
    CallError::State {
        worker: worker.clone(),
        cause: error.to_string(),
    }
}

fn refused(param: &str, error: DecodeError) -> CallError {
    let at = |reason| format!("parameter `{param}`: {reason}");
    match error {
        DecodeError::Malformed(reason) => CallError::Malformed { reason: at(reason) },
        DecodeError::Mismatch(reason) => CallError::Mismatch { reason: at(reason) },
        DecodeError::Handle(reason) => CallError::Handle { reason: at(reason) },
    }
}

/// What went wrong, in one line and without the wasm backtrace.
fn cause(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<I32Exit>() {
        Some(I32Exit(code)) => format!("exited with status {code}"),
        None => error.root_cause().to_string(),
    }
}
