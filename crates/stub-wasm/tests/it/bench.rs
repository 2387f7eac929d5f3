//! Random values on their way there and back, for every function of every world.

use golem_rpc_stub::{Stub, StubFunction, StubResource};
use wasmtime::component::{Type, Val};

use crate::corpus;
use crate::host::{Answer, Compiled, Running};
use crate::random::Random;
use crate::wire::Tree;

const WORKER: &str = "urn:worker:5f2b/user-1";

/// How often each method is called.
const ROUNDS: usize = 60;

#[test]
fn every_value_survives_the_way_there_and_back() {
    let mut calls = 0;
    for (world, seed) in corpus::worlds().iter().zip(1..) {
        calls += exercise(&corpus::stub(world), &mut Random(seed), ROUNDS);
    }
    assert!(calls > 10_000, "{calls}");
}

/// Calls both methods of each function `rounds` times, and gives the number of calls.
pub(crate) fn exercise(stub: &Stub, random: &mut Random, rounds: usize) -> usize {
    let mut running = Compiled::new(stub).start(Answer::Nodes(vec![]));
    let mut calls = 0;
    for resource in &stub.resources {
        for function in &resource.functions {
            for _ in 0..rounds {
                round(&mut running, random, (stub, resource, function));
                calls += 2;
            }
        }
    }
    assert_eq!(running.store.data().alive, (0, 0), "all is dropped");
    assert_eq!(running.stderr(), "");
    calls
}

type Which<'a> = (&'a Stub, &'a StubResource, &'a StubFunction);

/// Calls both methods of a function once.
fn round(running: &mut Running, random: &mut Random, (stub, resource, function): Which<'_>) {
    let (types, result) = running.types(&function.blocking);
    let worker = format!("{WORKER}{}", "x".repeat(random.below(90) as usize));
    let handle = running.connect(&resource.name, &worker);
    let mut sent: Vec<Val> = types.iter().map(|ty| random.value(ty, 0)).collect();
    let trees: Vec<Tree> = sent
        .iter()
        .zip(&types)
        .map(|(v, ty)| Tree::of(v, ty))
        .collect();
    let answered = result.as_ref().map(|ty| answer(running, random, ty));
    sent.insert(0, Val::Resource(handle));

    let lifted = running.call(&function.blocking, &sent).unwrap();
    assert_eq!(lifted, answered, "{}", function.blocking);
    check(running, "invoke-and-await", &worker, function, &trees);

    let answered = result.as_ref().map(|ty| answer(running, random, ty));
    let started = running.call(&function.start, &sent).unwrap();
    match (started, function.future) {
        (Some(Val::Resource(future)), Some(id)) => {
            check(running, "async-invoke-and-await", &worker, function, &trees);
            // the worker's handle may go first
            let early = random.below(2) == 0;
            if early {
                running.drop(handle);
            }
            let name = stub.resolve.types[id].name.as_deref().unwrap();
            let ready = std::mem::replace(&mut running.store.data_mut().answer, Answer::Never);
            let get = format!("[method]{name}.get");
            let future_val = [Val::Resource(future)];
            let lifted = running.call(&get, &future_val).unwrap();
            assert_eq!(lifted, Some(Val::Option(None)), "{get} too early");
            running.store.data_mut().answer = ready;
            let subscribe = format!("[method]{name}.subscribe");
            let Some(Val::Resource(pollable)) = running.call(&subscribe, &future_val).unwrap()
            else {
                panic!("`{subscribe}` gives a pollable");
            };
            running.drop(pollable);
            let lifted = running.call(&get, &future_val).unwrap();
            assert_eq!(lifted, Some(Val::Option(answered.map(Box::new))), "{get}");
            running.drop(future);
            if !early {
                running.drop(handle);
            }
        }
        (None, None) => {
            check(running, "invoke", &worker, function, &trees);
            running.drop(handle);
        }
        other => panic!("`{}` gave {other:?}", function.start),
    }
}

/// Makes the host answer with a random value, and gives it.
fn answer(running: &mut Running, random: &mut Random, ty: &Type) -> Val {
    let value = random.value(ty, 0);
    let nodes = Tree::of(&value, ty).answer(random);
    running.store.data_mut().answer = Answer::Nodes(nodes);
    value
}

fn check(running: &mut Running, how: &str, worker: &str, f: &StubFunction, trees: &[Tree]) {
    let call = running.last();
    assert_eq!((call.how, &*call.worker), (how, worker));
    assert_eq!(call.function, f.wire_name);
    let params: Vec<Tree> = call.params.iter().map(Tree::read).collect();
    assert_eq!(params, trees, "{}", f.wire_name);
}
