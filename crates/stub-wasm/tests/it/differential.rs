//! The emitted component and the Rust stub crate do the same: on the same values they make the same
//! calls, in nodes of whatever order, and take the same results out of the same answers.

use std::mem::{Discriminant, discriminant};
use std::thread;

use golem_rpc_stub::{Stub, StubFunction, StubResource};
use wasmtime::component::{ResourceAny, Val};

use crate::corpus;
use crate::crates::Crates;
use crate::host::{Answer, Call, Compiled, Running};
use crate::random::Random;
use crate::wire::{Node, Tree};

/// How many worlds there are at least, and how many calls each stub makes.
const WORLDS: usize = 25;
const CALLS: usize = 1_000;

/// The kinds of nodes: all but handles.
const KINDS: usize = 21;

/// A call as the host got it, and what the caller of the stub got.
#[derive(Debug, PartialEq)]
struct Step {
    how: &'static str,
    worker: String,
    function: String,
    params: Vec<Tree>,
    result: Option<Val>,
}

/// What one stub did, and the kinds of nodes that it sent.
#[derive(Default)]
struct Trace {
    steps: Vec<Step>,
    kinds: Vec<Discriminant<Node>>,
}

impl Trace {
    fn add(&mut self, call: Call, result: Option<Val>) {
        for node in call.params.iter().flat_map(|value| &value.nodes) {
            add_kind(&mut self.kinds, discriminant(node));
        }
        self.steps.push(Step {
            how: call.how,
            worker: call.worker,
            function: call.function,
            params: call.params.iter().map(Tree::read).collect(),
            result,
        });
    }
}

fn add_kind(kinds: &mut Vec<Discriminant<Node>>, kind: Discriminant<Node>) {
    if !kinds.contains(&kind) {
        kinds.push(kind);
    }
}

#[test]
fn both_stubs_make_the_same_calls_and_take_the_same_results() {
    let stubs = corpus::worlds().into_iter().map(|world| {
        let stub = corpus::stub(&world);
        (world, stub)
    });
    let stubs: Vec<(String, Stub)> = stubs.collect();
    assert!(stubs.len() >= WORLDS, "{}", stubs.len());
    let crates = Crates::build("differential", &stubs);
    let mut kinds = Vec::new();
    for ((world, stub), seed) in stubs.iter().zip(1..) {
        let built = crates.component(world);
        // compiling what cargo built takes longest: the other runs meanwhile
        let (emitted, built) = thread::scope(|scope| {
            let built = scope.spawn(|| trace(Compiled::of(stub, &built), stub, seed));
            (trace(Compiled::new(stub), stub, seed), built.join())
        });
        emitted
            .kinds
            .iter()
            .for_each(|kind| add_kind(&mut kinds, *kind));
        let (emitted, built) = (emitted.steps, built.unwrap().steps);
        assert!(emitted.len() >= CALLS, "{world}: {}", emitted.len());
        assert_eq!(emitted.len(), built.len(), "{world}");
        for (emitted, built) in emitted.iter().zip(&built) {
            assert_eq!(emitted, built, "{world}");
        }
    }
    assert_eq!(kinds.len(), KINDS, "the worlds hold every type: {kinds:?}");
}

/// Calls all functions in turn, as `seed` says.
fn trace(compiled: Compiled, stub: &Stub, seed: u64) -> Trace {
    let mut running = compiled.start(Answer::Never);
    let mut random = Random(seed);
    let mut trace = Trace::default();
    while trace.steps.len() < CALLS {
        for resource in &stub.resources {
            for function in &resource.functions {
                call_both(
                    &mut running,
                    &mut random,
                    (stub, resource, function),
                    &mut trace,
                );
            }
        }
    }
    assert_eq!(running.store.data().alive, (0, 0), "all is dropped");
    assert_eq!(running.stderr(), "");
    trace
}

/// Calls both methods of a function once.
fn call_both(
    running: &mut Running,
    random: &mut Random,
    (stub, resource, function): (&Stub, &StubResource, &StubFunction),
    trace: &mut Trace,
) {
    let worker = format!("urn:worker:5f2b/user-{}", random.below(1_000));
    let handle = running.connect(&resource.name, &worker);
    let params = params(running, random, handle, function);
    answer(running, random, function);
    let result = running.call(&function.blocking, &params).unwrap();
    trace.add(running.last(), result);
    let params = self::params(running, random, handle, function);
    answer(running, random, function);
    let started = running.call(&function.start, &params).unwrap();
    let call = running.last();
    let result = started.map(|future| {
        let id = function.future.expect("what starts a call is a future");
        let name = stub.resolve.types[id].name.as_deref().unwrap();
        finish(running, name, future)
    });
    trace.add(call, result);
    running.drop(handle);
}

/// The handle and random values.
fn params(
    running: &mut Running,
    random: &mut Random,
    handle: ResourceAny,
    function: &StubFunction,
) -> Vec<Val> {
    let (types, _) = running.types(&function.blocking);
    let values = types.iter().map(|ty| random.value(ty, 0));
    [Val::Resource(handle)].into_iter().chain(values).collect()
}

/// Makes the host answer with a random value of the function's result.
fn answer(running: &mut Running, random: &mut Random, function: &StubFunction) {
    let (_, result) = running.types(&function.blocking);
    let nodes = result.map(|ty| Tree::of(&random.value(&ty, 0), &ty).answer(random));
    running.store.data_mut().answer = Answer::Nodes(nodes.unwrap_or_default());
}

/// What a future of the type `name` gives at once.
fn finish(running: &mut Running, name: &str, future: Val) -> Val {
    let Val::Resource(handle) = future else {
        panic!("`{name}` is a resource");
    };
    let result = running.call(&format!("[method]{name}.get"), &[future]);
    running.drop(handle);
    result.unwrap().expect("`get` has a result")
}
