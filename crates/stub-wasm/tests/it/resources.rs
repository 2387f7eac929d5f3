//! Remote resources one by one: what keeps what alive, what fails how, and that memory stays flat.

use golem_rpc_stub::{GolemRpc, RpcErrors, Stub, StubOptions};
use wasmtime::component::{ResourceAny, Val};

use crate::corpus;
use crate::host::{Answer, Compiled, End, Running};
use crate::random::Random;
use crate::wire::{Node, RpcError, Tree, Uri};

const WORKER: &str = "urn:worker:5f2b/user-1";

const COUNTERS: &str = "package demo:counters;
interface api {
  resource counter {
    constructor(name: string);
    get: func() -> u64;
    add: func(many: list<counter>) -> list<counter>;
    merge: static func(other: counter, to: borrow<counter>) -> option<counter>;
    find: static func(name: string) -> tuple<string, counter, list<string>>;
  }
}
world counters { export api; }
";

fn counters(rpc_errors: RpcErrors) -> Stub {
    let options = StubOptions {
        rpc_errors,
        ..StubOptions::default()
    };
    corpus::stub_of_text_with(COUNTERS, &options)
}

fn start(rpc_errors: RpcErrors) -> Running {
    Compiled::new(&counters(rpc_errors)).start(Answer::Never)
}

fn handle(uri: &str, id: u64) -> Node {
    let value = uri.to_string();
    Node::Handle((Uri { value }, id))
}

fn answer(running: &mut Running, tree: Tree) {
    let nodes = tree.answer(&mut Random(1));
    running.store.data_mut().answer = Answer::Nodes(nodes);
}

fn location(worker: &str) -> Val {
    Val::Record(vec![("value".into(), Val::String(worker.into()))])
}

fn try_make(running: &mut Running) -> wasmtime::Result<Option<Val>> {
    let params = [location(WORKER), Val::String("a name".into())];
    running.call("[constructor]counter", &params)
}

/// The counter of this id.
fn make(running: &mut Running, id: u64) -> ResourceAny {
    answer(running, Tree::Handle(format!("urn:{id}"), id));
    match try_make(running) {
        Ok(Some(Val::Resource(counter))) => counter,
        other => panic!("{other:?}: {}", running.stderr()),
    }
}

fn end(id: u64) -> End {
    End {
        worker: WORKER.into(),
        function: "demo:counters/api.{counter.drop}".into(),
        uri: format!("urn:{id}"),
        id,
    }
}

#[test]
fn a_worker_is_there_as_long_as_something_of_it() {
    let mut running = start(RpcErrors::Panic);
    let first = make(&mut running, 1);
    assert_eq!(running.store.data().alive, (1, 0));
    let started = running.call("[method]counter.get", &[Val::Resource(first)]);
    let Some(Val::Resource(future)) = started.unwrap() else {
        panic!("a future is returned");
    };
    answer(
        &mut running,
        Tree::List(vec![Tree::Handle("urn:2".into(), 2)]),
    );
    let params = [Val::Resource(first), Val::List(vec![])];
    let added = running.call("[method]counter.blocking-add", &params);
    let Some(Val::List(added)) = added.unwrap() else {
        panic!("a list is returned");
    };
    let [Val::Resource(second)] = added[..] else {
        panic!("one counter is returned");
    };
    assert_eq!(running.end(first).unwrap(), [end(1)]);
    assert_eq!(running.store.data().alive, (1, 1));
    running.drop(future);
    assert_eq!(running.store.data().alive, (1, 0));
    assert_eq!(running.end(second).unwrap(), [end(2)]);
    assert_eq!(running.store.data().alive, (0, 0));
}

#[test]
fn what_is_given_away_does_not_end() {
    let mut running = start(RpcErrors::Panic);
    let [first, second] = [1, 2].map(|id| make(&mut running, id));
    answer(&mut running, Tree::Option(None));
    running.store.data_mut().ending = true;
    let merge = "[static]counter.blocking-merge";
    let params = [first, second].map(Val::Resource);
    assert_eq!(
        running.call(merge, &params).unwrap(),
        Some(Val::Option(None))
    );
    let call = running.last();
    assert_eq!(call.worker, WORKER);
    let sent: Vec<Tree> = call.params.iter().map(Tree::read).collect();
    assert_eq!(sent, [1, 2].map(|id| Tree::Handle(format!("urn:{id}"), id)));
    assert_eq!(running.store.data().ends, []);
    // the worker of the first was the first's alone
    assert_eq!(running.store.data().alive, (1, 0));
    assert_eq!(running.end(second).unwrap(), [end(2)]);
    assert_eq!(running.store.data().alive, (0, 0));
}

#[test]
fn a_handle_comes_back_as_it_came() {
    for (uri, id) in [
        ("", 0),
        ("no uri at all \u{301}", u64::MAX),
        (WORKER, 1 << 63),
    ] {
        let mut running = start(RpcErrors::Panic);
        answer(&mut running, Tree::Handle(uri.into(), id));
        let Ok(Some(Val::Resource(counter))) = try_make(&mut running) else {
            panic!("a counter is made");
        };
        let ends = running.end(counter).unwrap();
        assert_eq!((&*ends[0].uri, ends[0].id), (uri, id));
    }
}

#[test]
fn a_hostile_handle_is_malformed() {
    let tree = "a tree of nodes";
    let one = |node| vec![Node::Tuple(vec![1]), node];
    let cases = [
        (one(Node::U64(1)), "a handle"),
        (one(Node::Tuple(vec![])), "a handle"),
        (one(Node::String(WORKER.into())), "a handle"),
        (vec![handle(WORKER, 1)], "a tuple of one result"),
        (vec![], tree),
        (vec![Node::Tuple(vec![7])], tree),
    ];
    for (nodes, expected) in cases {
        let mut running = start(RpcErrors::Panic);
        running.store.data_mut().answer = Answer::Nodes(nodes);
        try_make(&mut running).expect_err("the stub traps");
        let call = "remote call `demo:counters/api.{counter.new}` to worker";
        let said = format!("{call} `{WORKER}` gave a malformed value: expected {expected}\n");
        assert_eq!(running.stderr(), said);
    }
    // one node cannot be two resources
    let mut running = start(RpcErrors::Panic);
    let counter = make(&mut running, 1);
    let list = vec![Node::Tuple(vec![1]), Node::List(vec![2, 2]), handle("", 1)];
    running.store.data_mut().answer = Answer::Nodes(list);
    let params = [Val::Resource(counter), Val::List(vec![])];
    let add = "[method]counter.blocking-add";
    running.call(add, &params).expect_err("the stub traps");
    assert!(running.stderr().ends_with("expected a tree of nodes\n"));
}

#[test]
fn what_a_malformed_answer_gave_ends_where_failures_are_results() {
    let mut running = start(RpcErrors::Result);
    let counter = make(&mut running, 1);
    let nodes = vec![
        Node::Tuple(vec![1]),
        Node::List(vec![2, 3, 4]),
        handle("urn:2", 2),
        handle("urn:3", 3),
        Node::Bool(true),
        handle("urn:5", 5),
    ];
    running.store.data_mut().answer = Answer::Nodes(nodes);
    running.store.data_mut().ending = true;
    let params = [Val::Resource(counter), Val::List(vec![])];
    // the call itself is not an end
    let got = running
        .call("[method]counter.blocking-add", &params)
        .unwrap();
    let error = RpcError::ProtocolError("malformed value: expected a handle".into());
    let error = Some(Box::new(error.value()));
    assert_eq!(got, Some(Val::Result(Err(error))));
    let ends = std::mem::take(&mut running.store.data_mut().ends);
    assert_eq!(ends, [end(3), end(2)]);
    assert_eq!(running.store.data().alive, (1, 0));
    assert_eq!(running.end(counter).unwrap(), [end(1)]);
    assert_eq!(
        (running.stderr(), running.store.data().alive),
        (String::new(), (0, 0))
    );
}

#[test]
fn a_constructor_that_fails_traps() {
    for errors in RpcErrors::ALL {
        let mut running = start(errors);
        running.store.data_mut().answer = Answer::Error(RpcError::Denied("no".into()));
        try_make(&mut running).expect_err("the stub traps");
        let call = "remote call `demo:counters/api.{counter.new}` to worker";
        let said = format!("{call} `{WORKER}` failed: denied: no\n");
        assert_eq!(running.stderr(), said, "{errors}");
    }
}

#[test]
fn an_end_that_fails_is_told() {
    let call = "remote call `demo:counters/api.{counter.drop}` to worker";
    let said = format!("{call} `{WORKER}` failed: denied: no\n");
    for errors in RpcErrors::ALL {
        let mut running = start(errors);
        let counter = make(&mut running, 1);
        running.store.data_mut().answer = Answer::Error(RpcError::Denied("no".into()));
        let ended = running.end(counter);
        assert_eq!(ended.is_err(), errors == RpcErrors::Panic);
        assert_eq!(running.stderr(), said, "{errors}");
        if errors == RpcErrors::Result {
            assert_eq!(running.store.data().alive, (0, 0));
            make(&mut running, 2);
        }
    }
}

#[test]
fn resources_that_end_leave_their_memory_to_the_next() {
    let mut running = start(RpcErrors::Panic);
    let mut random = Random(1);
    let (mut held, mut memory) = (Vec::new(), 0);
    for round in 0..4_000 {
        if round == 2_000 {
            memory = running.store.data().memory;
        }
        let uri = "u".repeat(random.below(300) as usize);
        let strings = (0..random.below(20)).map(|_| Tree::Leaf(Node::String("s".repeat(50))));
        let found = Tree::Tuple(vec![
            Tree::Leaf(Node::String("n".repeat(random.below(2_000) as usize))),
            Tree::Handle(uri, round),
            Tree::List(strings.collect()),
        ]);
        answer(&mut running, found);
        let params = [location(WORKER), Val::String("x".repeat(500))];
        let found = running.call("[static]counter.blocking-find", &params);
        let Some(Val::Tuple(found)) = found.unwrap() else {
            panic!("a tuple is returned");
        };
        let Val::Resource(counter) = found[1] else {
            panic!("a counter is returned");
        };
        held.push(counter);
        if held.len() > 50 {
            let place = random.below(held.len() as u64) as usize;
            let ends = running.end(held.swap_remove(place)).unwrap();
            assert_eq!(ends.len(), 1);
        }
    }
    assert_eq!(running.store.data().memory, memory);
    assert!(memory < 1 << 19, "{memory}");
    for counter in held {
        running.end(counter).unwrap();
    }
    assert_eq!(running.store.data().alive, (0, 0));
}

#[test]
fn ten_thousand_resources_travel_at_once() {
    let mut running = start(RpcErrors::Panic);
    let counter = make(&mut running, 0);
    let ids = 1..=10_000;
    let mut list = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..3 {
        let handles = ids.clone().map(|id| Tree::Handle(format!("urn:{id}"), id));
        let handles = Tree::List(handles.collect());
        answer(&mut running, handles.clone());
        let params = [Val::Resource(counter), Val::List(list.clone())];
        let got = running.call("[method]counter.blocking-add", &params);
        if !list.is_empty() {
            assert!(Tree::read(&running.last().params[1]) == handles);
        }
        let Some(Val::List(got)) = got.unwrap() else {
            panic!("a list is returned");
        };
        assert_eq!(got.len(), 10_000);
        list = got;
        memory.push(running.store.data().memory);
    }
    assert_eq!(memory[1], memory[2]);
    for counter in list {
        let Val::Resource(counter) = counter else {
            panic!("a counter");
        };
        running.end(counter).unwrap();
    }
    running.end(counter).unwrap();
    assert_eq!(running.store.data().alive, (0, 0));
}

/// Since golem:rpc 0.2 messages spell ids as URIs.
#[test]
fn workers_by_id_are_named_by_their_uri() {
    let record = |fields: &[(&str, Val)]| {
        let fields = fields.iter();
        Val::Record(fields.map(|(n, v)| (n.to_string(), v.clone())).collect())
    };
    let uuid = record(&[
        ("high-bits", Val::U64(0x0123_4567_89ab_cdef)),
        ("low-bits", Val::U64(0xfedc_ba98_7654_3210)),
    ]);
    let component = record(&[("uuid", uuid)]);
    let uri = "urn:worker:01234567-89ab-cdef-fedc-ba9876543210";
    for (version, name) in [
        (GolemRpc::V0_2_0, "worker-name"),
        (GolemRpc::V0_2_1, "worker-name"),
        (GolemRpc::V0_2_2, "agent-id"),
    ] {
        let options = StubOptions {
            golem_rpc: version,
            ..StubOptions::default()
        };
        let compiled = Compiled::new(&corpus::stub_of_text_with(COUNTERS, &options));
        let id = record(&[
            ("component-id", component.clone()),
            (name, Val::String("é 1".into())),
        ]);
        let mut calls = vec![("[constructor]counter", id, format!("{uri}/é 1"))];
        if version.has_ephemeral() {
            calls.push((
                "[static]counter.ephemeral",
                component.clone(),
                uri.to_string(),
            ));
        }
        for (function, address, worker) in calls {
            let mut running = compiled.start(Answer::Error(RpcError::Denied("no".into())));
            let params = [address, Val::String("a name".into())];
            running.call(function, &params).expect_err("the stub traps");
            let call = "remote call `demo:counters/api.{counter.new}` to worker";
            let said = format!("{call} `{worker}` failed: denied: no\n");
            assert_eq!(running.stderr(), said, "{version}");
        }
    }
}
