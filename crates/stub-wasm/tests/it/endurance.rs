//! Many calls, and large ones: memory stays flat, or grows as the values do.

use wasmtime::component::Val;

use crate::corpus;
use crate::host::{Answer, Compiled, Running};
use crate::random::Random;
use crate::wire::{Node, Tree};

/// How many calls one instance makes.
const CALLS: usize = 1_000_000;

fn counter() -> (Running, Val) {
    let answer = Answer::Nodes(vec![Node::Tuple(vec![1]), Node::U64(1)]);
    let mut running = Compiled::new(&corpus::stub("minimal-actor")).start(answer);
    let api = Val::Resource(running.connect("api", "urn:worker:5f2b/user-1"));
    (running, api)
}

#[test]
fn a_million_calls_in_one_instance_need_no_more_memory_than_one() {
    let (mut running, api) = counter();
    let get = running.func("[method]api.blocking-get");
    running.call_func(get, std::slice::from_ref(&api)).unwrap();
    let memory = running.store.data().memory;
    for _ in 0..CALLS {
        running.call_func(get, std::slice::from_ref(&api)).unwrap();
    }
    assert_eq!(running.store.data().memory, memory);
}

#[test]
fn resources_that_are_dropped_leave_their_memory_to_the_next() {
    let (mut running, _) = counter();
    let mut random = Random(1);
    let mut memory = 0;
    for round in 0..20_000 {
        if round == 10_000 {
            memory = running.store.data().memory;
        }
        let worker = "w".repeat(random.below(3_000) as usize);
        let api = running.connect("api", &worker);
        let start = running.call("[method]api.get", &[Val::Resource(api)]);
        let Some(Val::Resource(future)) = start.unwrap() else {
            panic!("a future is returned");
        };
        running.drop(api);
        let get = "[method]future-get-result.get";
        running.call(get, &[Val::Resource(future)]).unwrap();
        running.drop(future);
    }
    assert_eq!(running.store.data().memory, memory);
    assert!(memory < 1 << 20, "{memory}");
    assert_eq!(running.store.data().alive, (1, 0));
}

#[test]
fn resources_that_live_on_keep_their_workers() {
    let (mut running, _) = counter();
    let names: Vec<String> = (0..500)
        .map(|i| format!("worker-{}", "x".repeat(i)))
        .collect();
    let all: Vec<_> = names
        .iter()
        .map(|name| running.connect("api", name))
        .collect();
    for (api, name) in all.iter().zip(&names) {
        running
            .call("[method]api.blocking-get", &[Val::Resource(*api)])
            .unwrap();
        assert_eq!(running.last().worker, *name);
    }
    all.into_iter().for_each(|api| running.drop(api));
    assert_eq!(running.store.data().alive, (1, 0));
}

#[test]
fn a_string_of_16_megabytes_travels_both_ways() {
    let mut zoo = Compiled::new(&corpus::stub("zoo")).start(Answer::Nodes(vec![]));
    let text = "0123456789abcdef".repeat(1 << 20);
    let nodes = vec![Node::Tuple(vec![1]), Node::String(text.clone())];
    zoo.store.data_mut().answer = Answer::Nodes(nodes);
    let echo = Val::Resource(zoo.connect("echo", "w"));
    let params = [echo, Val::String(text.clone())];
    let result = zoo.call("[method]echo.blocking-echo-string", &params);
    assert_eq!(result.unwrap(), Some(Val::String(text.clone())));
    let last = zoo.last();
    assert_eq!(last.params[0].nodes, [Node::String(text)]);
    // the parameter and the result, neither copied
    assert!(zoo.store.data().memory < 33 << 20);
}

#[test]
fn a_list_of_a_million_records_travels_both_ways() {
    let point = |i: i32| {
        let fields = [("x", i), ("y", -i)];
        Val::Record(
            fields
                .map(|(name, v)| (name.to_string(), Val::S32(v)))
                .to_vec(),
        )
    };
    let mut points = Compiled::new(&corpus::stub("points")).start(Answer::Nodes(vec![]));
    let list = Val::List((0..1_000_000).map(point).collect());
    let (types, _) = points.types("[method]api.blocking-echo");
    let nodes = Tree::of(&list, &types[0]).answer(&mut Random(1));
    points.store.data_mut().answer = Answer::Nodes(nodes);
    let api = Val::Resource(points.connect("api", "w"));
    let result = points.call("[method]api.blocking-echo", &[api, list.clone()]);
    assert!(result.unwrap() == Some(list.clone()), "the same list");
    let call = points.last();
    assert!(Tree::read(&call.params[0]) == Tree::of(&list, &types[0]));
}

/// The nodes of a parameter list their children by a table that lasts up to 8192 entries.
#[test]
fn lists_of_every_size_travel_one_after_the_other() {
    let mut zoo = Compiled::new(&corpus::stub("zoo")).start(Answer::Nodes(vec![]));
    let echo = Val::Resource(zoo.connect("echo", "w"));
    let name = "[method]echo.blocking-echo-bytes";
    let (types, _) = zoo.types(name);
    for size in [
        0, 1, 2, 7, 100, 8189, 3, 8190, 8191, 8192, 8193, 9001, 5, 20_000, 8191,
    ] {
        let list = Val::List((0..size).map(|i| Val::U8(i as u8)).collect());
        let tree = Tree::of(&list, &types[0]);
        let nodes = tree.clone().answer(&mut Random(size));
        zoo.store.data_mut().answer = Answer::Nodes(nodes);
        let result = zoo.call(name, &[echo.clone(), list.clone()]).unwrap();
        assert!(result == Some(list), "{size} items come back");
        assert!(Tree::read(&zoo.last().params[0]) == tree, "{size} items");
    }
}
