//! Failed calls where they give results: the error of golem:rpc as it came, or what was malformed.

use golem_rpc_stub::{RpcErrors, Stub, StubOptions};
use golem_rpc_stub_wasm::emit;
use wasmtime::component::{Type, Val};

use crate::bench::spoil;
use crate::corpus;
use crate::host::{Answer, Compiled};
use crate::random::Random;
use crate::wire::{Node, RpcError, Tree};

const WORKER: &str = "urn:worker:5f2b/user-1";

fn stub(world: &str) -> Stub {
    let options = StubOptions {
        rpc_errors: RpcErrors::Result,
        ..StubOptions::default()
    };
    corpus::stub_with(world, &options)
}

fn malformed(expected: &str) -> Option<Val> {
    let text = format!("malformed value: expected {expected}");
    let error = RpcError::ProtocolError(text).value();
    Some(Val::Result(Err(Some(Box::new(error)))))
}

#[test]
fn a_malformed_answer_is_a_protocol_error() {
    let zoo = Compiled::new(&stub("zoo"));
    let one = |node| vec![Node::Tuple(vec![1]), node];
    let list = |items| vec![Node::Tuple(vec![1]), Node::List(items), Node::U8(1)];
    let tree = "a tree of nodes";
    let cases = [
        ("u8", vec![], tree),
        ("u8", vec![Node::U8(1)], "a tuple of one result"),
        ("u8", vec![Node::Tuple(vec![])], "a tuple of one result"),
        ("u8", vec![Node::Tuple(vec![-1]), Node::U8(1)], tree),
        ("u8", one(Node::U16(1)), "a u8"),
        ("f32", one(Node::F64(1.0)), "an f32"),
        ("string", one(Node::Char('c')), "a string"),
        ("bytes", list(vec![2, 2]), tree),
        ("bytes", list(vec![2; 1_000_000]), tree),
        ("options", one(Node::Option(Some(1))), tree),
        ("result-ok", one(Node::Result(Err(Some(0)))), "a result"),
        ("point", one(Node::Record(vec![1])), "record `point`"),
        ("color", one(Node::Enum(u32::MAX)), "enum `color`"),
        ("one-flag", one(Node::Flags(vec![])), "flags `one-flag`"),
        (
            "sighting",
            one(Node::Variant((4, None))),
            "variant `sighting`",
        ),
        (
            "sighting",
            one(Node::Variant((1, None))),
            "variant `sighting`",
        ),
    ];
    // one instance: no failed call leaves anything behind
    let mut zoo = zoo.start_within(Answer::Never, 64 << 20);
    let echo = zoo.connect("echo", WORKER);
    for (name, nodes, expected) in cases {
        zoo.store.data_mut().answer = Answer::Nodes(nodes);
        let name = format!("[method]echo.blocking-echo-{name}");
        let (types, _) = zoo.types(&name);
        let params = [Val::Resource(echo), Random(1).value(&types[0], 0)];
        assert_eq!(
            zoo.call(&name, &params).unwrap(),
            malformed(expected),
            "{name}"
        );
    }
    zoo.drop(echo);
    assert_eq!(
        (zoo.stderr(), zoo.store.data().alive),
        (String::new(), (0, 0))
    );
}

/// Without resources there is nobody but the caller to tell.
#[test]
fn standard_error_is_not_imported_for_nothing() {
    let has_stderr = |world: &str, errors: RpcErrors| {
        let options = StubOptions {
            rpc_errors: errors,
            ..StubOptions::default()
        };
        let wasm = emit(&corpus::stub_with(world, &options)).unwrap();
        wasm.windows(10).any(|part| part == b"get-stderr")
    };
    assert!(!has_stderr("zoo", RpcErrors::Result));
    assert!(has_stderr("zoo", RpcErrors::Panic));
    assert!(has_stderr("resource-statics", RpcErrors::Result));
}

/// Whatever the answer, the stub gives a value or an error, in bounded memory, any number of times.
#[test]
fn no_answer_is_too_hostile() {
    let (mut good, mut bad) = (0, 0);
    for world in ["zoo", "choices", "joined", "wide-types", "numbers"] {
        let stub = stub(world);
        let mut running = Compiled::new(&stub).start_within(Answer::Never, 64 << 20);
        let mut random = Random(9);
        for resource in &stub.resources {
            let handle = running.connect(&resource.name, WORKER);
            for function in resource.functions.iter().filter(|f| f.future.is_some()) {
                for _ in 0..25 {
                    let (types, result) = running.types(&function.blocking);
                    let Some(Type::Result(result)) = result else {
                        panic!("a result of what the remote function gives");
                    };
                    let ty = result.ok().unwrap();
                    let value = random.value(&ty, 0);
                    let mut nodes = Tree::of(&value, &ty).answer(&mut random);
                    spoil(&mut nodes, &mut random);
                    running.store.data_mut().answer = Answer::Nodes(nodes);
                    let mut params = vec![Val::Resource(handle)];
                    params.extend(types.iter().map(|ty| random.value(ty, 0)));
                    match running.call(&function.blocking, &params).unwrap() {
                        Some(Val::Result(Ok(_))) => good += 1,
                        _ => bad += 1,
                    }
                }
            }
            running.drop(handle);
        }
        assert_eq!(running.store.data().alive, (0, 0));
    }
    assert!(bad > 500 && good > 50, "{good} good, {bad} bad");
}
