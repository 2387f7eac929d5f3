//! A stub component as a worker of the local runtime, whose functions are called from outside, and
//! every resource that it gives away.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use golem_rpc_local::wire::WitNode;
use golem_rpc_local::{ComponentSpec, Event, Runtime, WorkerRef, component_id};
use golem_rpc_stub::{Address, Receiver, ResourceKind, Stub, StubFunction, StubResource};
use wit_parser::{Function, Resolve, Type, TypeDefKind, TypeId};

use crate::random::Random;
use crate::value::{Value, origin, resource, resources};

/// What the stub calls.
const TARGET: &str = "target/called";
/// Where the stub runs.
const CALLER: &str = "stub/caller";

/// A handle that the stub gave us.
struct Live {
    resource: TypeId,
    number: Option<u32>,
}

pub(crate) struct Caller<'a> {
    stub: &'a Stub,
    runtime: Runtime,
    /// The id of the stub's interface.
    interface: String,
    /// A handle of each resource that stands for a worker.
    workers: BTreeMap<TypeId, u64>,
    /// The remote resources that are ours.
    live: BTreeMap<u64, Live>,
    /// The numbers of those that were given away last.
    given: BTreeMap<u64, Option<u32>>,
    said: Arc<Mutex<Vec<String>>>,
    pub(crate) calls: usize,
}

impl<'a> Caller<'a> {
    pub(crate) fn new(stub: &'a Stub, stub_wasm: Vec<u8>, target_wasm: Vec<u8>) -> Self {
        let component = |name: &str, wasm| ComponentSpec {
            name: name.into(),
            wasm,
            ..ComponentSpec::default()
        };
        let components = vec![
            component("stub", stub_wasm),
            component("target", target_wasm),
        ];
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = said.clone();
        let hear = move |event: Event| heard.lock().unwrap().push(format!("{event:?}"));
        Caller {
            runtime: Runtime::new(components, hear, || false).unwrap(),
            interface: stub.resolve.id_of(stub.interface).unwrap(),
            workers: BTreeMap::new(),
            live: BTreeMap::new(),
            given: BTreeMap::new(),
            calls: 0,
            stub,
            said,
        }
    }

    /// A function of the stub interface.
    pub(crate) fn function(&self, key: &str) -> &'a Function {
        &self.stub.resolve.interfaces[self.stub.interface].functions[key]
    }

    /// Calls a function of the stub interface.
    pub(crate) fn call(&mut self, key: &str, params: &[Value]) -> Option<Value> {
        self.calls += 1;
        let name = format!("{}.{{{}}}", self.interface, short(key));
        self.send(CALLER, &name, params)
    }

    /// Calls a function of the target, past the stub.
    pub(crate) fn call_target(&mut self, wire_name: &str) -> Option<Value> {
        self.send(TARGET, wire_name, &[])
    }

    fn send(&self, worker: &str, name: &str, params: &[Value]) -> Option<Value> {
        let values = params.iter().map(Value::write).collect();
        match self.runtime.call(&worker.parse().unwrap(), name, values) {
            Ok(answer) => Value::answer(&answer),
            Err(error) => panic!(
                "{name}: {error}\nparameters: {params:?}\nevents: {}",
                self.said.lock().unwrap().join("\n")
            ),
        }
    }

    /// Parameters of a function: the worker's handle or address first, if it takes one, then random
    /// values. Resources that are owned by these are no longer ours.
    pub(crate) fn params(
        &mut self,
        random: &mut Random,
        key: &str,
        receiver: Receiver,
        depth: u64,
    ) -> Vec<Value> {
        let address = receiver == Receiver::Address;
        let given = usize::from(address);
        let mut params = Vec::new();
        params.extend(address.then(|| self.address()));
        for param in &self.function(key).params[given..] {
            params.push(self.value(random, &param.ty, depth));
        }
        params
    }

    fn value(&mut self, random: &mut Random, ty: &Type, depth: u64) -> Value {
        let resolve = &self.stub.resolve;
        random.value(resolve, ty, depth, &mut |random, resource, owned, depth| {
            let id = if owned {
                self.make(random, resource, depth)
            } else {
                self.lent(random, resource, depth)
            };
            if owned {
                let live = self.live.remove(&id).expect("it was just made");
                self.given.insert(id, live.number);
            }
            Value::Handle(handle_uri(), id)
        })
    }

    /// The target's address, as the stub's golem:rpc has it.
    fn address(&self) -> Value {
        let id = component_id("target");
        let text = |text: &str| Value::Plain(WitNode::PrimString(text.into()));
        let number = |number| Value::Plain(WitNode::PrimU64(number));
        let (high, low) = id.as_u64_pair();
        match self.stub.options.golem_rpc.address() {
            Address::Uri => Value::Record(vec![text(&format!("urn:worker:{id}/called"))]),
            Address::WorkerId | Address::AgentId => {
                let uuid = Value::Record(vec![number(high), number(low)]);
                Value::Record(vec![Value::Record(vec![uuid]), text("called")])
            }
        }
    }

    fn resource(&self, id: TypeId) -> Option<&'a StubResource> {
        let resolve = &self.stub.resolve;
        let mut resources = self.stub.resources.iter();
        resources.find(|resource| origin(resolve, resource.id) == id)
    }

    /// A handle for a call that gives it back.
    fn lent(&mut self, random: &mut Random, id: TypeId, depth: u64) -> u64 {
        let kind = self.resource(id).map(|resource| &resource.kind);
        if kind == Some(&ResourceKind::Worker) {
            return self.worker(id);
        }
        let known = self.live.iter().filter(|(_, live)| live.resource == id);
        let known: Vec<u64> = known.map(|(handle, _)| *handle).collect();
        match known.len() as u64 {
            count if count > 0 && random.below(3) > 0 => {
                known[usize::try_from(random.below(count)).unwrap()]
            }
            _ => self.make(random, id, depth),
        }
    }

    fn worker(&mut self, id: TypeId) -> u64 {
        if let Some(handle) = self.workers.get(&id) {
            return *handle;
        }
        let resource = self.resource(id).expect("it was found before");
        let key = resource.constructor.as_ref().expect("of every worker");
        let answer = self.call(key, &[self.address()]);
        let handle = single_handle(&answer.expect("a constructor has a result"));
        self.workers.insert(id, handle);
        handle
    }

    /// A new remote resource: by its constructor, or by a function that gives one.
    fn make(&mut self, random: &mut Random, id: TypeId, depth: u64) -> u64 {
        let resource = self.resource(id).expect("a resource of the stub");
        let mut functions = self.stub.resources.iter().flat_map(|r| &r.functions);
        let maker = functions.find(|f| self.makes(f, id));
        let (key, receiver) = match (&resource.constructor, maker) {
            (Some(key), _) => (key, Receiver::Address),
            (None, Some(maker)) => (&maker.blocking, maker.receiver),
            (None, None) => panic!("nothing makes a `{}`", resource.name),
        };
        let params = self.params(random, key, receiver, depth + 4);
        let (answer, ty) = self.answer(key, &params);
        self.keep(&ty, &answer);
        single_handle(&answer)
    }

    /// Whether a function gives such a resource and takes none.
    fn makes(&self, function: &StubFunction, id: TypeId) -> bool {
        let function = self.function(&function.blocking);
        let resolve = &self.stub.resolve;
        let of = |ty: &Type| resource(resolve, ty).map(|(resource, _)| resource);
        let takes = function
            .params
            .iter()
            .any(|param| of(&param.ty) == Some(id));
        !takes && self.result(function).and_then(|ty| of(&ty)) == Some(id)
    }

    /// The result of a function, without the possible error.
    pub(crate) fn result(&self, function: &Function) -> Option<Type> {
        let ty = function.result?;
        let errors = self.stub.options.rpc_errors == golem_rpc_stub::RpcErrors::Result;
        let constructor = function.name.starts_with("[constructor]");
        if errors && !constructor {
            ok_type(&self.stub.resolve, &ty)
        } else {
            Some(ty)
        }
    }

    /// Calls a function that has a result. No call may fail.
    pub(crate) fn answer(&mut self, key: &str, params: &[Value]) -> (Value, Type) {
        let function = self.function(key);
        let answer = self.call(key, params);
        let ty = self.result(function).expect("the function has a result");
        let answer = self.succeeded(key, answer).expect("a result");
        (answer, ty)
    }

    /// What a call gave; with errors as results it has to be `ok`.
    pub(crate) fn succeeded(&self, key: &str, answer: Option<Value>) -> Option<Value> {
        let errors = self.stub.options.rpc_errors == golem_rpc_stub::RpcErrors::Result;
        match answer {
            answer if !errors || key.starts_with("[constructor]") => answer,
            Some(Value::Result(Ok(value))) => value.map(|value| *value),
            other => panic!("{key} failed: {other:?}"),
        }
    }

    /// Takes over the resources in an answer.
    pub(crate) fn keep(&mut self, ty: &Type, answer: &Value) {
        let mut kinds = Vec::new();
        resources(&self.stub.resolve, ty, answer, &mut kinds);
        let mut handles = Vec::new();
        answer.handles(&mut |uri, id| {
            assert_eq!(uri, handle_uri(), "the handle's worker");
            handles.push(id);
        });
        assert_eq!(kinds.len(), handles.len());
        for (resource, handle) in kinds.into_iter().zip(handles) {
            let number = self.number(resource, handle);
            let twin = self.live.values().any(|live| live.number == number);
            assert!(number.is_none() || !twin, "two handles of one resource");
            let before = self.live.insert(handle, Live { resource, number });
            assert!(before.is_none(), "a handle that was given already");
        }
    }

    /// The number of a resource, if it has a method that tells.
    fn number(&mut self, id: TypeId, handle: u64) -> Option<u32> {
        let functions = &self.resource(id)?.functions;
        let tells = functions.iter().find(|f| self.tells_number(f))?;
        let (answer, _) = self.answer(&tells.blocking, &[Value::Handle(handle_uri(), handle)]);
        match answer {
            Value::Plain(WitNode::PrimU32(number)) => Some(number),
            other => panic!("not a number: {other:?}"),
        }
    }

    /// Whether a function gives the number of its resource: see `golem_rpc_tests::echo`.
    pub(crate) fn tells_number(&self, function: &StubFunction) -> bool {
        let of = self.function(&function.blocking);
        function.receiver == Receiver::Resource
            && of.params.len() == 1
            && self.result(of) == Some(Type::U32)
    }

    /// The numbers of the resources in a value, as far as they are known.
    pub(crate) fn numbers(&self, value: &Value) -> Vec<Option<u32>> {
        let mut numbers = Vec::new();
        value.handles(&mut |_, id| {
            let live = self.live.get(&id).map(|live| live.number);
            numbers.push(live.or_else(|| self.given.get(&id).copied()).flatten());
        });
        numbers
    }

    /// How many remote resources are ours.
    pub(crate) fn alive(&self) -> usize {
        self.live.len()
    }

    /// Drops remote resources in random order until no more than `left` are there.
    pub(crate) fn drop_to(&mut self, random: &mut Random, left: usize) {
        while self.live.len() > left {
            let place = random.below(self.live.len() as u64);
            let handle = *self
                .live
                .keys()
                .nth(usize::try_from(place).unwrap())
                .unwrap();
            let live = self.live.remove(&handle).expect("it is there");
            self.drop(live.resource, handle);
        }
    }

    /// Drops a resource of the stub interface.
    pub(crate) fn drop(&mut self, resource: TypeId, handle: u64) {
        let name = self.stub.resolve.types[resource].name.as_ref().unwrap();
        let name = format!("{}.{{{name}.drop}}", self.interface);
        self.send(CALLER, &name, &[Value::Handle(handle_uri(), handle)]);
    }

    /// Drops everything. Neither worker keeps a resource then.
    pub(crate) fn finish(&mut self, random: &mut Random) {
        self.drop_to(random, 0);
        for (resource, handle) in std::mem::take(&mut self.workers) {
            self.drop(resource, handle);
        }
        for worker in [CALLER, TARGET] {
            let worker: WorkerRef = worker.parse().unwrap();
            let owned = self.runtime.owned_resources(&worker);
            assert_eq!(owned, 0, "resources that {worker} keeps");
        }
        let failed = self.runtime.failed_triggers();
        assert!(failed.is_empty(), "{failed:?}");
    }
}

/// The URI in the handles of the stub's worker.
pub(crate) fn handle_uri() -> String {
    format!("urn:worker:{}/caller", component_id("stub"))
}

pub(crate) fn single_handle(value: &Value) -> u64 {
    match value {
        Value::Handle(_, id) => *id,
        other => panic!("not a handle: {other:?}"),
    }
}

/// `T` of `result<T, …>`.
fn ok_type(resolve: &Resolve, ty: &Type) -> Option<Type> {
    match ty {
        Type::Id(id) => match &resolve.types[*id].kind {
            TypeDefKind::Result(result) => result.ok,
            TypeDefKind::Type(aliased) => ok_type(resolve, aliased),
            _ => panic!("not a result"),
        },
        _ => panic!("not a result"),
    }
}

/// The name on the wire: `thing.new`, `thing.f`; with its kind where that would be taken for the
/// constructor or the end of the resource.
fn short(key: &str) -> String {
    let Some((_, rest)) = key.split_once(']') else {
        return key.to_string();
    };
    match rest.split_once('.') {
        None => format!("{rest}.new"),
        Some((_, "new" | "drop")) => key.to_string(),
        Some(_) => rest.to_string(),
    }
}
