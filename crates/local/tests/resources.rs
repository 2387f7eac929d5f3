//! Resources that live in workers: created, called, passed and dropped from outside and by others.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps the wrong thing fails"
)]

mod support;

use golem_rpc_local::wire::{Uri, WitNode, WitValue};
use golem_rpc_local::{CallError, InvokeError, WorkerRef};
use support::*;

/// A world with `things` and a `caller`.
struct Things {
    world: World,
    worker: WorkerRef,
}

/// An answer, or the message of an error.
type Answer = Result<WitNode, String>;

impl Things {
    fn new() -> Self {
        let world = World::of(vec![
            spec("things", things()),
            spec("caller", caller("0.1.0")),
        ]);
        let worker = "things/t".parse().unwrap();
        Self { world, worker }
    }

    fn invoke(
        &self,
        function: &str,
        params: Vec<Vec<WitNode>>,
    ) -> Result<Vec<WitNode>, InvokeError> {
        let params = params.into_iter().map(|nodes| WitValue { nodes });
        let function = format!("test:things/api@1.0.0.{{{function}}}");
        let call = self
            .world
            .runtime
            .call(&self.worker, &function, params.collect());
        Ok(call?.nodes)
    }

    /// The only result of a call whose parameters are one node each.
    fn call(&self, function: &str, params: &[WitNode]) -> Answer {
        let params = params.iter().map(|node| vec![node.clone()]);
        let nodes = self
            .invoke(function, params.collect())
            .map_err(|error| error.to_string())?;
        assert_eq!(nodes[0], WitNode::TupleValue(vec![1]), "{nodes:?}");
        Ok(nodes[1].clone())
    }

    fn counter(&self, start: u64) -> WitNode {
        self.call("counter.new", &[WitNode::PrimU64(start)])
            .unwrap()
    }

    fn get(&self, counter: &WitNode) -> Answer {
        self.call("counter.get", std::slice::from_ref(counter))
    }

    fn drop(&self, handle: &WitNode, resource: &str) -> Result<Vec<WitNode>, InvokeError> {
        self.invoke(&format!("{resource}.drop"), vec![vec![handle.clone()]])
    }

    fn owned(&self) -> usize {
        self.world.runtime.owned_resources(&self.worker)
    }

    fn ended(&self) -> WitNode {
        self.call("ended", &[]).unwrap()
    }
}

fn handle(id: u64) -> WitNode {
    let value = uri("things", "t");
    WitNode::Handle((Uri { value }, id))
}

fn is(number: u64) -> Answer {
    Ok(WitNode::PrimU64(number))
}

#[test]
fn the_life_of_a_resource() {
    let things = Things::new();
    assert_eq!(things.owned(), 0);
    let counter = things.counter(5);
    assert_eq!(counter, handle(0));
    let add = vec![vec![counter.clone()], vec![WitNode::PrimU64(3)]];
    let none = vec![WitNode::TupleValue(vec![])];
    assert_eq!(things.invoke("counter.add", add).unwrap(), none);
    assert_eq!(things.get(&counter), is(8));
    assert_eq!(things.owned(), 1);
    assert_eq!(things.drop(&counter, "counter").unwrap(), none);
    assert_eq!(things.owned(), 0);
    assert_eq!(things.ended(), WitNode::PrimU32(1));
    // ids are never used again
    assert_eq!(things.counter(1), handle(1));
}

#[test]
fn long_names_and_short_ones() {
    let things = Things::new();
    let start = [WitNode::PrimU64(5)];
    let counter = things.call("[constructor]counter", &start).unwrap();
    for name in ["counter.get", "[method]counter.get"] {
        assert_eq!(things.call(name, std::slice::from_ref(&counter)), is(5));
    }
    for name in ["counter.merge", "[static]counter.merge"] {
        let both = [things.counter(1), things.counter(2)];
        let merged = things.call(name, &both).unwrap();
        assert_eq!(things.get(&merged), is(3));
    }
    // the short names of a static `new` and a method `drop` are taken
    let made = things.call("[static]counter.new", &[]).unwrap();
    assert_eq!(things.get(&made), is(77));
    let basket = things.call("basket.new", &[]).unwrap();
    let basket = std::slice::from_ref(&basket);
    let dropped = things.call("[method]basket.drop", basket);
    assert_eq!(dropped, Ok(WitNode::PrimU32(5)));
    let owned = things.owned();
    things.drop(&basket[0], "basket").unwrap();
    assert_eq!(things.owned(), owned - 1);
    let long = vec![vec![counter.clone()]];
    things.invoke("[drop]counter", long).unwrap();
    assert_eq!(things.owned(), owned - 2);
}

#[test]
fn a_static_function_new_is_not_a_constructor() {
    let wit = "
package test:made;
interface api { resource it { new: static func() -> it; } }
world made { export api; }
";
    let core = r#"(module
  (import "[export]test:made/api" "[resource-new]it" (func $new (param i32) (result i32)))
  (func (export "test:made/api#[static]it.new") (result i32) (call $new (i32.const 1))))"#;
    let world = World::of(vec![spec("made", component(wit, core))]);
    let worker = "made/m".parse().unwrap();
    let call = |name: &str| {
        let name = format!("test:made/api.{{{name}}}");
        world.runtime.call(&worker, &name, vec![])
    };
    assert!(call("[static]it.new").is_ok());
    assert_eq!(
        call("it.new").unwrap_err().to_string(),
        "Invalid request: could not load function it.new for interface test:made/api: there is no \
        constructor; the function of that name is {[static]it.new}"
    );
}

#[test]
fn own_moves_and_borrow_lends() {
    let things = Things::new();
    let (a, b) = (things.counter(1), things.counter(2));
    let merged = things.call("counter.merge", &[a.clone(), b.clone()]);
    assert_eq!(things.get(&merged.unwrap()), is(3));
    assert_eq!(things.owned(), 2);
    assert_eq!(things.ended(), WitNode::PrimU32(1));
    let gone = "Invalid handle: parameter `self`: resource 0 of things/t was dropped or moved";
    assert_eq!(things.get(&a), Err(gone.into()));
    assert_eq!(things.get(&b), is(2));
}

#[test]
fn handles_inside_of_values() {
    let things = Things::new();
    let nodes = things.invoke("split", vec![vec![things.counter(10)]]);
    let expected = [
        WitNode::TupleValue(vec![1]),
        WitNode::ListValue(vec![2, 3]),
        handle(1),
        handle(2),
    ];
    assert_eq!(nodes.unwrap(), expected);
    let list = vec![WitNode::ListValue(vec![1, 2, 1]), handle(1), handle(2)];
    let nodes = things.invoke("sum", vec![list]).unwrap();
    assert_eq!(nodes[1], WitNode::PrimU64(15));
    assert_eq!(things.owned(), 2);
    let pair = vec![WitNode::TupleValue(vec![1, 2]), handle(1), handle(2)];
    let nodes = things.invoke("keep-one", vec![pair]).unwrap();
    // it went in and came out again, so it has another handle now
    assert_eq!(nodes[1], handle(3));
    assert_eq!(things.get(&nodes[1]), is(5));
    assert_eq!((things.owned(), things.ended()), (1, WitNode::PrimU32(2)));
    let basket = things.call("basket.new", &[]).unwrap();
    let put = vec![vec![basket.clone()], vec![handle(3)]];
    things.invoke("basket.put", put).unwrap();
    assert_eq!(things.owned(), 1);
    let taken = things.invoke("basket.take", vec![vec![basket.clone()]]);
    let some = WitNode::OptionValue(Some(2));
    assert_eq!(taken.unwrap()[1..], [some, handle(5)]);
    let none = things.call("basket.take", &[basket]).unwrap();
    assert_eq!(none, WitNode::OptionValue(None));
}

#[test]
fn another_interface_uses_the_resource() {
    let things = Things::new();
    let counter = things.counter(4);
    let peek = "test:things/others@1.0.0.{peek}";
    let params = vec![WitValue {
        nodes: vec![counter.clone()],
    }];
    let answer = things.world.runtime.call(&things.worker, peek, params);
    assert_eq!(answer.unwrap().nodes[1], WitNode::PrimU64(4));
}

#[test]
fn handles_that_are_none() {
    let things = Things::new();
    let (counter, basket) = (things.counter(1), things.call("basket.new", &[]).unwrap());
    let refused = |node: &WitNode| match things.invoke("counter.get", vec![vec![node.clone()]]) {
        Err(InvokeError::Call(CallError::Handle { reason })) => reason,
        other => panic!("not refused: {other:?}"),
    };
    let self_ = |reason: &str| format!("parameter `self`: {reason}");
    let unknown = self_("things/t has no resource 9");
    assert_eq!(refused(&handle(9)), unknown);
    let wrong = self_("resource 1 of things/t is a `basket`, where a `counter` is expected");
    assert_eq!(refused(&basket), wrong);
    let value = uri("things", "other");
    let foreign = WitNode::Handle((
        Uri {
            value: value.clone(),
        },
        0,
    ));
    let expected = format!(
        "resource 0 belongs to the worker {value}, not to this one, {} (things/t)",
        uri("things", "t")
    );
    assert_eq!(refused(&foreign), self_(&expected));
    // the same worker, written in another way
    let value = uri("things", "t").replacen("urn:worker", "urn:WORKER", 1);
    assert_eq!(things.get(&WitNode::Handle((Uri { value }, 0))), is(1));
    // not even `drop` takes what is of another type
    let error = things.drop(&basket, "counter").unwrap_err().to_string();
    assert!(error.contains("where a `counter` is expected"), "{error}");
    assert_eq!((things.get(&counter), things.owned()), (is(1), 2));
}

#[test]
fn a_refused_call_moves_nothing() {
    let things = Things::new();
    let (a, b) = (things.counter(1), things.counter(2));
    for second in [a.clone(), handle(9)] {
        let error = things.call("counter.merge", &[a.clone(), second]);
        assert!(error.unwrap_err().starts_with("Invalid handle: "));
        assert_eq!(things.owned(), 2);
    }
    let twice = vec![WitNode::TupleValue(vec![1, 1]), b.clone()];
    let error = things.invoke("keep-one", vec![twice]).unwrap_err();
    let expected = "resource 1 is passed twice in one call, and once it is moved";
    assert!(error.to_string().ends_with(expected), "{error}");
    assert_eq!((things.get(&a), things.get(&b)), (is(1), is(2)));
    assert_eq!(things.ended(), WitNode::PrimU32(0));
}

#[test]
fn a_handle_is_dropped_once() {
    let things = Things::new();
    let counter = things.counter(1);
    things.drop(&counter, "counter").unwrap();
    let again = things.drop(&counter, "counter").unwrap_err().to_string();
    let expected =
        "Invalid handle: parameter `handle`: resource 0 of things/t was dropped or moved";
    assert_eq!(again, expected);
    let plain = things.drop(&WitNode::PrimU64(1), "counter").unwrap_err();
    let expected = "Parameter type mismatch: parameter `handle`: \
        node 0 is a u64, where resource handle is expected";
    assert_eq!(plain.to_string(), expected);
}

#[test]
fn a_destructor_that_traps_fails_the_worker() {
    let things = Things::new();
    let counter = things.counter(13);
    things.counter(1);
    let error = things.drop(&counter, "counter").unwrap_err().to_string();
    let expected = "things/t failed in test:things/api@1.0.0.{counter.drop}: wasm trap: ";
    assert!(error.starts_with(expected), "{error}");
    assert_eq!(things.owned(), 0);
}

#[test]
fn the_handles_of_a_failed_worker() {
    let things = Things::new();
    let counter = things.counter(1);
    assert_eq!(things.owned(), 1);
    things.call("fail", &[]).unwrap_err();
    assert_eq!(things.owned(), 0);
    for error in [
        things.get(&counter).unwrap_err(),
        things.drop(&counter, "counter").unwrap_err().to_string(),
    ] {
        let expected =
            "Previous invocation failed: things/t failed in test:things/api@1.0.0.{fail}";
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn a_worker_uses_the_resources_of_another() {
    let things = Things::new();
    let world = &things.world;
    let there = uri("things", "t");
    let call = |function: &str, params: &[&str]| {
        let function = format!("test:things/api@1.0.0.{{{function}}}");
        world.ok("caller/c", &rpc("call", &there, &function, params))
    };
    let handle = |id| format!("handle(({{value: {there:?}}}, {id}))");
    let one = |node: &str| format!("ok({{nodes: [tuple-value([1]), {node}]}})");
    assert_eq!(call("counter.new", &["prim-u64(5)"]), one(&handle(0)));
    assert_eq!(call("counter.get", &[&handle(0)]), one("prim-u64(5)"));
    let taken = call("split", &[&handle(0)]);
    let expected = format!(
        "tuple-value([1]), list-value([2, 3]), {}, {}",
        handle(1),
        handle(2)
    );
    assert_eq!(taken, format!("ok({{nodes: [{expected}]}})"));
    let error = call("counter.get", &[&handle(0)]);
    let expected = "err(remote-internal-error(\"Invalid handle: parameter `self`: ";
    assert!(error.starts_with(expected), "{error}");
    assert_eq!(
        call("counter.drop", &[&handle(1)]),
        "ok({nodes: [tuple-value([])]})"
    );
    assert_eq!(things.owned(), 1);
    // another worker of the same component has resources of its own
    let elsewhere = rpc(
        "call",
        &uri("things", "u"),
        "test:things/api@1.0.0.{counter.get}",
        &[&handle(2)],
    );
    let error = world.ok("caller/c", &elsewhere);
    assert!(error.contains("belongs to the worker"), "{error}");
}

#[test]
fn a_handle_of_a_worker_whose_name_needs_escapes() {
    let things = Things {
        worker: "things/a b/ü?".parse().unwrap(),
        ..Things::new()
    };
    let counter = things.counter(6);
    let WitNode::Handle((uri, 0)) = &counter else {
        panic!("no handle: {counter:?}")
    };
    assert!(uri.value.ends_with("/a+b%2F%C3%BC%3F"), "{}", uri.value);
    assert_eq!(things.get(&counter), is(6));
}

#[test]
fn functions_of_resources_cannot_be_called_in_wave() {
    let things = Things::new();
    let world = &things.world;
    for name in [
        "counter.get",
        "api.{counter.new}",
        "test:things/api@1.0.0.{[method]counter.get}",
        "counter.drop",
    ] {
        let error = world.error("things/t", &format!("{name}()"));
        let expected = "is of an exported resource: workers can call it, but a handle cannot be \
            written in WAVE";
        assert_eq!(error, format!("`{name}` {expected}"));
    }
    let error = world.error("things/t", "split(1)");
    assert_eq!(
        error,
        "`test:things/api@1.0.0.{split}` has a resource handle in parameter `whole`, which cannot \
        be written in WAVE"
    );
    assert_eq!(world.ok("things/t", "ended()"), "0");
    let error = things.call("counter(\"x\").get", &[]).unwrap_err();
    let expected = "`counter(\"x\").get` names a resource by the arguments of its constructor, \
        which this runtime does not do: call `counter.new` and pass the handle";
    assert_eq!(error, expected);
}

#[test]
fn handles_of_the_hosts_resources_cannot_travel() {
    let wit = "
package test:polls;
interface api {
  use wasi:io/poll@0.2.3.{pollable};
  wait: func(for: borrow<pollable>);
  plain: func() -> u32;
}
world polls { export api; }
";
    let core = r#"(module
  (func (export "test:polls/api#wait") (param i32))
  (func (export "test:polls/api#plain") (result i32) (i32.const 5)))"#;
    let world = World::of(vec![spec("polls", component(wit, core))]);
    let worker: WorkerRef = "polls/p".parse().unwrap();
    let call = |function: &str| {
        let function = format!("test:polls/api.{{{function}}}");
        world.runtime.call(&worker, &function, vec![])
    };
    assert_eq!(
        call("wait").unwrap_err().to_string(),
        "`test:polls/api.{wait}` has a resource handle of the host in parameter `for`, which \
        golem:rpc cannot carry"
    );
    let error = call("pollable.drop").unwrap_err().to_string();
    assert!(
        error.starts_with("Invalid request: could not load"),
        "{error}"
    );
    assert_eq!(call("plain").unwrap().nodes[1], WitNode::PrimU32(5));
}
