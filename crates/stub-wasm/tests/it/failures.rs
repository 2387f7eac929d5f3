//! What is wrong with a call or its answer ends in a trap, after a message that names the function
//! and the worker.

use wasmtime::component::Val;

use crate::bench::spoil;
use crate::corpus;
use crate::host::{Answer, Compiled, Running};
use crate::random::Random;
use crate::wire::{Node, RpcError, Tree};

const WORKER: &str = "urn:worker:5f2b/user-1";

/// An answer whose one result is a single node.
fn one(node: Node) -> Vec<Node> {
    vec![Node::Tuple(vec![1]), node]
}

fn list_of(items: Vec<i32>) -> Vec<Node> {
    vec![Node::Tuple(vec![1]), Node::List(items), Node::U8(1)]
}

/// Calls `echo-<f>` of the zoo with a random value, and gives what the stub said before it trapped.
fn said(zoo: &mut Running, name: &str) -> String {
    let echo = Val::Resource(zoo.connect("echo", WORKER));
    let name = format!("[method]echo.{name}");
    let (types, _) = zoo.types(&name);
    let params = [echo, Random(1).value(&types[0], 0)];
    zoo.call(&name, &params).expect_err("the stub traps");
    zoo.stderr()
}

#[test]
fn a_failed_call_names_the_function_the_worker_and_the_error() {
    let zoo = Compiled::new(&corpus::stub("zoo"));
    let text = || "gone".to_string();
    let errors = [
        (RpcError::ProtocolError(text()), "protocol-error: gone"),
        (RpcError::Denied(text()), "denied: gone"),
        (RpcError::NotFound(String::new()), "not-found: "),
        (
            RpcError::RemoteInternalError(text()),
            "remote-internal-error: gone",
        ),
    ];
    for (error, shown) in errors {
        let mut zoo = zoo.start(Answer::Error(error));
        let call = "remote call `zoo:animals/echo.{echo-u8}` to worker";
        assert_eq!(
            said(&mut zoo, "blocking-echo-u8"),
            format!("{call} `{WORKER}` failed: {shown}\n")
        );
    }
}

#[test]
fn a_long_message_is_written_in_parts() {
    let text = "0123456789".repeat(1_000);
    let error = RpcError::Denied(text.clone());
    let mut zoo = Compiled::new(&corpus::stub("zoo")).start(Answer::Error(error));
    let said = said(&mut zoo, "blocking-echo-string");
    let end = format!("denied: {text}\n");
    assert!(said.ends_with(&end), "{said}");
}

#[test]
fn a_failed_trigger_or_future_traps_as_well() {
    let zoo = Compiled::new(&corpus::stub("zoo"));
    let failing = || Answer::Error(RpcError::Denied("no".into()));
    let mut triggered = zoo.start(failing());
    let other = Val::Resource(triggered.connect("other", WORKER));
    triggered
        .call("[method]other.nothing", &[other])
        .unwrap_err();
    let call = |f: &str| format!("remote call `zoo:animals/other.{{{f}}}` to worker `{WORKER}`");
    assert_eq!(
        triggered.stderr(),
        format!("{} failed: denied: no\n", call("nothing"))
    );

    // the future outlives the resource, whose worker it names
    let mut started = zoo.start(failing());
    let other = started.connect("other", WORKER);
    let future = started.call("[method]other.now", &[Val::Resource(other)]);
    let future = future.unwrap().unwrap();
    started.drop(other);
    started.connect("other", "urn:worker:9999/another");
    started
        .call("[method]future-now-result.get", &[future])
        .unwrap_err();
    assert_eq!(
        started.stderr(),
        format!("{} failed: denied: no\n", call("now"))
    );
}

#[test]
fn a_malformed_answer_says_what_was_expected() {
    let zoo = Compiled::new(&corpus::stub("zoo"));
    let tree = "a tree of nodes";
    let result = "a tuple of one result";
    let cases = [
        ("u8", vec![], tree),
        ("u8", vec![Node::U8(1)], result),
        ("u8", vec![Node::Tuple(vec![])], result),
        ("u8", vec![Node::Tuple(vec![1, 1]), Node::U8(1)], result),
        ("u8", vec![Node::Tuple(vec![2]), Node::U8(1)], tree),
        ("u8", vec![Node::Tuple(vec![-1]), Node::U8(1)], tree),
        ("u8", vec![Node::Tuple(vec![i32::MIN])], tree),
        ("u8", vec![Node::Tuple(vec![0])], tree),
        ("u8", one(Node::U16(1)), "a u8"),
        ("f32", one(Node::F64(1.0)), "an f32"),
        ("string", one(Node::Char('c')), "a string"),
        ("bytes", list_of(vec![2, 2]), tree),
        ("bytes", list_of(vec![0]), tree),
        ("bytes", list_of(vec![2; 1_000_000]), tree),
        ("bytes", one(Node::Tuple(vec![])), "a list"),
        ("lists", list_of(vec![1]), tree),
        ("options", one(Node::Bool(true)), "an option"),
        ("options", one(Node::Option(Some(1))), tree),
        ("options", one(Node::Option(Some(77))), tree),
        ("result", one(Node::Result(Ok(None))), "a result"),
        ("result-ok", one(Node::Result(Err(Some(0)))), "a result"),
        ("result-bare", list_of(vec![]), "a result"),
        ("single", one(Node::Tuple(vec![])), "a tuple of 1"),
        ("point", one(Node::Record(vec![1])), "record `point`"),
        ("point", one(Node::Tuple(vec![1, 1])), "record `point`"),
        ("color", one(Node::Enum(3)), "enum `color`"),
        ("color", one(Node::Enum(u32::MAX)), "enum `color`"),
        ("one-flag", one(Node::Flags(vec![])), "flags `one-flag`"),
        (
            "sighting",
            one(Node::Variant((0, Some(1)))),
            "variant `sighting`",
        ),
        (
            "sighting",
            one(Node::Variant((1, None))),
            "variant `sighting`",
        ),
        (
            "sighting",
            one(Node::Variant((4, None))),
            "variant `sighting`",
        ),
        (
            "sighting",
            one(Node::Variant((u32::MAX, None))),
            "variant `sighting`",
        ),
    ];
    for (name, nodes, expected) in cases {
        let mut zoo = zoo.start_within(Answer::Nodes(nodes.clone()), 32 << 20);
        let said = said(&mut zoo, &format!("blocking-echo-{name}"));
        let call = format!("remote call `zoo:animals/echo.{{echo-{name}}}` to worker `{WORKER}`");
        assert_eq!(
            said,
            format!("{call} gave a malformed value: expected {expected}\n"),
            "{name}"
        );
    }
}

/// Whatever the answer, the stub gives a value or says what was wrong: it reads within its bounds,
/// ends, and needs little memory.
#[test]
fn no_answer_is_too_hostile() {
    let (mut good, mut bad) = (0, 0);
    for world in ["zoo", "choices", "joined", "wide-types", "numbers"] {
        let stub = corpus::stub(world);
        let compiled = Compiled::new(&stub);
        let mut random = Random(9);
        let functions = stub
            .resources
            .iter()
            .flat_map(|r| r.functions.iter().map(move |f| (r, f)));
        for (resource, function) in functions.filter(|(_, f)| f.future.is_some()) {
            for _ in 0..25 {
                let mut running = compiled.start_within(Answer::Never, 32 << 20);
                let (types, result) = running.types(&function.blocking);
                let result = result.unwrap();
                let value = random.value(&result, 0);
                let mut nodes = Tree::of(&value, &result).answer(&mut random);
                spoil(&mut nodes, &mut random);
                running.store.data_mut().answer = Answer::Nodes(nodes.clone());
                let handle = Val::Resource(running.connect(&resource.name, WORKER));
                let mut params: Vec<Val> = types.iter().map(|ty| random.value(ty, 0)).collect();
                params.insert(0, handle);
                match running.call(&function.blocking, &params) {
                    Ok(_) => good += 1,
                    Err(_) => {
                        let said = running.stderr();
                        let expected = "gave a malformed value: expected";
                        assert!(said.contains(expected), "{}: {nodes:?}", function.blocking);
                        bad += 1;
                    }
                }
            }
        }
    }
    assert!(bad > 500 && good > 50, "{good} good, {bad} bad");
}
