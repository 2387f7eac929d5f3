//! Remote resources at work: handles survive the way there and back wherever they stand, each is
//! ended once by whoever owns it, and what it belongs to stays as long as it is needed.

use std::collections::BTreeSet;

use wasmtime::component::{ResourceAny, Val};

use crate::host::{Answer, Compiled, Running, record};
use crate::protocol::{Node, RpcError, Uri, Value};

const WORKER: &str = "urn:worker:5f2b/user-1";

/// A handle as the worker of these tests writes it, which is not how the caller found it.
fn handle(id: u64) -> Node {
    let value = "urn:worker:5f2b/the%20same".to_string();
    Node::Handle((Uri { value }, id))
}

/// A worker that counts nothing: a new resource has the number of its constructor's parameters, a
/// function without parameters gives 3, and any other its last parameter.
fn worker(function: &str, params: &[Value]) -> Result<Vec<Node>, RpcError> {
    let (_, function) = function.split_once(".{").expect("wire names have braces");
    let one = |nodes: Vec<Node>| {
        let nodes = nodes.into_iter().map(|node| node.shifted(1));
        [Node::Tuple(vec![1])].into_iter().chain(nodes).collect()
    };
    match (function, params) {
        (f, _) if f.ends_with(".drop}") => Ok(vec![Node::Tuple(vec![])]),
        (f, params) if f.ends_with(".new}") => Ok(one(vec![handle(params.len() as u64)])),
        (f, _) if f.ends_with("number}") => Ok(one(vec![Node::U32(3)])),
        (_, [.., last]) => Ok(one(last.nodes.clone())),
        (_, []) => Ok(one(vec![Node::U32(4)])),
    }
}

fn value(node: Node) -> Value {
    Value { nodes: vec![node] }
}

fn started(world: &str) -> Running {
    Compiled::new(world).start(Answer::Of(worker))
}

/// The ids of the resources that were ended, in order.
fn ended(running: &Running) -> Vec<u64> {
    let calls = running.calls().iter();
    let ends = calls.filter(|call| call.function.ends_with(".drop}"));
    ends.map(|call| match call.params.as_slice() {
        [Value { nodes }] => match nodes.as_slice() {
            [Node::Handle((_, id))] => *id,
            other => panic!("an end has a handle, not {other:?}"),
        },
        other => panic!("an end has one parameter, not {other:?}"),
    })
    .collect()
}

/// All resources in a value.
fn resources(value: &Val) -> Vec<ResourceAny> {
    match value {
        Val::Resource(resource) => vec![*resource],
        Val::List(items) | Val::Tuple(items) => items.iter().flat_map(resources).collect(),
        Val::Record(fields) => fields.iter().flat_map(|(_, v)| resources(v)).collect(),
        Val::Variant(_, Some(value)) | Val::Option(Some(value)) => resources(value),
        Val::Result(Ok(Some(value)) | Err(Some(value))) => resources(value),
        _ => vec![],
    }
}

#[test]
fn a_resource_is_made_called_and_ended() {
    let mut bank = started("resource-statics");
    let location = bank.address(WORKER);
    let account = bank.make(
        "[constructor]account",
        &[location, Val::String("ann".into())],
    );
    let number = bank.call("[method]account.blocking-number", &[Val::Resource(account)]);
    assert_eq!(number.unwrap(), Some(Val::U32(3)));
    assert_eq!((bank.rpcs(), ended(&bank)), (1, vec![]));
    bank.end(account).unwrap();
    assert_eq!((bank.rpcs(), ended(&bank)), (0, vec![1]));
    let calls: Vec<_> = bank
        .calls()
        .iter()
        .map(|c| (c.how, c.function.as_str(), &c.params))
        .collect();
    let wait = "invoke-and-await";
    let expected = [
        (
            wait,
            "demo:resource-statics/api.{account.new}",
            &vec![value(Node::String("ann".into()))],
        ),
        (
            wait,
            "demo:resource-statics/api.{account.number}",
            &vec![value(handle(1))],
        ),
        (
            wait,
            "demo:resource-statics/api.{account.drop}",
            &vec![value(handle(1))],
        ),
    ];
    assert_eq!(calls, expected);
    assert!(bank.calls().iter().all(|call| call.worker == WORKER));
}

/// A resource of a world whose constructor has no parameters of its own.
fn make(running: &mut Running, resource: &str) -> Val {
    let location = running.address(WORKER);
    Val::Resource(running.make(&format!("[constructor]{resource}"), &[location]))
}

/// Where own handles stand: a world, its resource, a function of the interface `api` that gives
/// back its only parameter, and this parameter.
type Place = (
    &'static str,
    &'static str,
    &'static str,
    fn(&mut dyn FnMut() -> Val) -> Val,
);

const PLACES: [Place; 9] = [
    ("resource-own-and-borrow", "thing", "echo", |new| new()),
    ("resource-in-lists", "page", "bind", |new| {
        Val::List(vec![new(), new(), new()])
    }),
    ("resource-in-lists", "page", "nested", |new| {
        Val::List(vec![Val::List(vec![]), Val::List(vec![new(), new()])])
    }),
    ("resource-in-options", "ticket", "twice", |new| {
        some(some(new()))
    }),
    ("resource-in-tuples", "glove", "labelled", |new| {
        Val::Tuple(vec![Val::String("left".into()), new(), Val::U8(7)])
    }),
    ("resource-in-records", "engine", "build", |new| {
        record(&[
            ("name", Val::String("car".into())),
            ("engine", new()),
            ("spare", some(new())),
            ("wheels", Val::U8(4)),
        ])
    }),
    ("resource-in-results", "connection", "both", |new| {
        Val::Result(Err(Some(Box::new(Val::List(vec![new()])))))
    }),
    ("resource-deep", "leaf", "grow", |new| {
        let leaves = Val::List(vec![some(new()), Val::Option(None)]);
        let end = Val::Result(Ok(Some(Box::new(new()))));
        let twig = record(&[("leaves", leaves), ("end", end)]);
        let twigs = Val::List(vec![Val::Tuple(vec![twig, Val::U8(1)])]);
        let branch = Val::Variant("twigs".into(), Some(Box::new(twigs)));
        Val::List(vec![some(Val::Result(Ok(Some(Box::new(branch)))))])
    }),
    ("resource-aliased", "node", "walk", |new| {
        Val::List(vec![new()])
    }),
];

fn some(value: Val) -> Val {
    Val::Option(Some(Box::new(value)))
}

#[test]
fn what_is_handed_over_is_ended_by_nobody_and_what_comes_back_once() {
    for (world, resource, function, place) in PLACES {
        let mut running = started(world);
        let api = Val::Resource(running.connect("api", WORKER));
        for start in [false, true] {
            let value = place(&mut || make(&mut running, resource));
            let count = resources(&value).len();
            let before = ended(&running).len();
            let params = [api.clone(), value];
            let result = match start {
                false => running.call(&format!("[method]api.blocking-{function}"), &params),
                true => {
                    let future = running.call(&format!("[method]api.{function}"), &params);
                    let future = future.unwrap().unwrap();
                    let get = format!("[method]future-{function}-result.get");
                    running.call(&get, &[future])
                }
            };
            let result = result.unwrap().unwrap();
            assert_eq!(
                ended(&running).len(),
                before,
                "{world}: all were handed over"
            );
            let back = resources(&result);
            assert_eq!(back.len(), count, "{world}: {result:?}");
            for resource in back {
                running.end(resource).unwrap();
            }
            assert_eq!(ended(&running).len(), before + count, "{world}");
        }
    }
}

#[test]
fn what_is_lent_stays() {
    let mut garage = started("resource-in-records");
    let api = Val::Resource(garage.connect("api", WORKER));
    let engine = make(&mut garage, "engine");
    let loan = |engine: &Val| record(&[("engine", engine.clone()), ("days", Val::U16(9))]);
    let again = Val::List(vec![loan(&engine), loan(&engine)]);
    let old = record(&[
        ("name", Val::String("old".into())),
        ("engine", make(&mut garage, "engine")),
        ("spare", Val::Option(None)),
        ("wheels", Val::U8(3)),
    ]);
    let scrap = "[method]api.blocking-scrap";
    garage.call(scrap, &[api.clone(), old]).unwrap();
    // the answer is the last parameter, which is no number: only what is sent counts here
    let _ = garage.call("[method]api.blocking-lend", &[api, loan(&engine), again]);
    let sent = &garage.calls().last().unwrap().params;
    let days = || Node::U16(9);
    let one = vec![Node::Record(vec![1, 2]), handle(0), days()];
    let two = vec![
        Node::List(vec![1, 4]),
        Node::Record(vec![2, 3]),
        handle(0),
        days(),
        Node::Record(vec![5, 6]),
        handle(0),
        days(),
    ];
    assert_eq!(*sent, [Value { nodes: one }, Value { nodes: two }]);
    assert!(ended(&garage).is_empty());
}

#[test]
fn a_static_function_calls_the_worker_of_its_first_handle_or_the_one_it_is_told() {
    let mut bank = started("resource-statics");
    let account = |owner: &str, bank: &mut Running| {
        let location = bank.address(&format!("urn:worker:5f2b/{owner}"));
        let params = [location, Val::String(owner.into())];
        Val::Resource(bank.make("[constructor]account", &params))
    };
    let (a, b) = (account("a", &mut bank), account("b", &mut bank));
    let name = Val::String("x".into());
    let merged = bank.make("[static]account.blocking-merge", &[b.clone(), a.clone()]);
    let call = bank.calls().last().unwrap();
    assert_eq!(
        (call.worker.as_str(), call.params.len()),
        ("urn:worker:5f2b/b", 2)
    );
    let renamed = [name, a, b];
    let renamed = bank.make("[static]account.blocking-rename", &renamed);
    let call = bank.calls().last().unwrap();
    assert_eq!(call.worker, "urn:worker:5f2b/a");
    assert_eq!(call.function, "demo:resource-statics/api.{account.rename}");
    assert_eq!(call.params[0], value(Node::String("x".into())));
    bank.call("[static]account.close", &[Val::Resource(merged)])
        .unwrap();
    assert_eq!(bank.calls().last().unwrap().how, "invoke");
    assert!(ended(&bank).is_empty());
    bank.end(renamed).unwrap();
    assert_eq!((ended(&bank), bank.rpcs()), (vec![1], 0));

    let told = bank.address("urn:worker:5f2b/told");
    let limit = bank.call(
        "[static]account.blocking-limit",
        &[told.clone(), Val::U64(8)],
    );
    assert_eq!(limit.unwrap(), Some(Val::U64(8)));
    let call = bank.calls().last().unwrap();
    assert_eq!(
        (call.worker.as_str(), &call.params),
        ("urn:worker:5f2b/told", &vec![value(Node::U64(8))])
    );
    let accounts = Val::List(vec![]);
    bank.call("[static]account.first", &[told, accounts])
        .unwrap();
    assert_eq!(bank.calls().last().unwrap().worker, "urn:worker:5f2b/told");
}

#[test]
fn a_resource_of_another_interface_is_ended_there() {
    let mut warehouse =
        Compiled::new("resource-used-by-another-interface").start(Answer::Nodes(vec![
            Node::Tuple(vec![1]),
            Node::Option(Some(2)),
            handle(70),
        ]));
    let search = Val::Resource(warehouse.connect("search", WORKER));
    let params = [search, Val::String("b".into())];
    let found = warehouse.call("[method]search.blocking-find", &params);
    let found = resources(&found.unwrap().unwrap());
    assert_eq!(found.len(), 1);
    warehouse.end(found[0]).unwrap();
    let call = warehouse.calls().last().unwrap();
    let end = "demo:resource-used-by-another-interface/storage.{bucket.drop}";
    assert_eq!(
        (call.function.as_str(), &call.params),
        (end, &vec![value(handle(70))])
    );
}

#[test]
fn a_worker_stays_as_long_as_anything_of_it() {
    let mut things = started("resource-own-and-borrow");
    let api = things.connect("api", WORKER);
    let thing = make(&mut things, "thing");
    assert_eq!(
        things.rpcs(),
        2,
        "one for the interface, one for the constructor"
    );
    let future = things
        .call("[method]api.echo", &[Val::Resource(api), thing])
        .unwrap()
        .unwrap();
    assert_eq!(things.rpcs(), 1, "what was handed over needs no worker");
    things.end(api).unwrap();
    assert_eq!(things.rpcs(), 1, "the future needs it");
    let given = things.call(
        "[method]future-echo-result.get",
        std::slice::from_ref(&future),
    );
    let given = resources(&given.unwrap().unwrap())[0];
    things.end(resources(&future)[0]).unwrap();
    assert_eq!(things.rpcs(), 1, "the resource needs it");
    things.end(given).unwrap();
    assert_eq!(things.rpcs(), 0);
}

/// A worker whose constructors work, and nothing else.
fn failing(function: &str, params: &[Value]) -> Result<Vec<Node>, RpcError> {
    if function.ends_with(".new}") {
        worker(function, params)
    } else {
        Err(RpcError::NotFound("gone".into()))
    }
}

const FAILED: &str = "remote call `demo:resource-statics/api.{account.drop}` to worker `urn:worker:5f2b/user-1` failed: not-found: gone";

#[test]
fn an_end_that_fails_is_a_panic_or_a_message() {
    for (world, traps) in [
        ("resource-statics", true),
        ("resource-statics-result", false),
    ] {
        let mut bank = Compiled::new(world).start(Answer::Of(failing));
        let location = bank.address(WORKER);
        let account = bank.make("[constructor]account", &[location, Val::String("a".into())]);
        assert_eq!(bank.end(account).is_err(), traps, "{world}");
        let said = bank.stderr();
        assert!(said.contains(FAILED), "{world}: {said}");
    }
}

#[test]
fn a_constructor_that_fails_is_a_panic() {
    for world in ["resource-statics", "resource-statics-result"] {
        let error = RpcError::Denied("no".into());
        let answers = [
            (Answer::Error(error), "failed: denied: no"),
            (
                Answer::Nodes(vec![]),
                "gave a malformed value: expected a tree of nodes",
            ),
            (
                Answer::Nodes(vec![Node::Tuple(vec![1]), Node::U64(1)]),
                "gave a malformed value: expected a handle",
            ),
        ];
        for (answer, shown) in answers {
            let mut bank = Compiled::new(world).start(answer);
            let params = [bank.address(WORKER), Val::String("a".into())];
            bank.call("[constructor]account", &params).unwrap_err();
            let said = bank.stderr();
            let expected = format!(
                "remote call `demo:resource-statics/api.{{account.new}}` to worker `{WORKER}` {shown}\n"
            );
            assert!(said.contains(&expected), "{said}");
        }
    }
}

#[test]
fn every_handle_is_a_resource_of_its_own() {
    let mut lists = started("resource-in-lists");
    let api = Val::Resource(lists.connect("api", WORKER));
    let pages: Vec<Val> = (0..200).map(|_| make(&mut lists, "page")).collect();
    let bound = lists.call("[method]api.blocking-bind", &[api, Val::List(pages)]);
    let bound = resources(&bound.unwrap().unwrap());
    let distinct: BTreeSet<String> = bound.iter().map(|page| format!("{page:?}")).collect();
    assert_eq!(distinct.len(), 200);
    for page in bound {
        lists.end(page).unwrap();
    }
    assert_eq!(ended(&lists).len(), 200);
    assert_eq!(lists.rpcs(), 1, "that of the interface");
}
