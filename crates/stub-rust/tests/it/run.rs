//! The components at work: values survive the way to nodes and back, and whatever is wrong with an
//! answer ends in a panic that names the function and the worker.

use wasmtime::component::Val;

use crate::host::{Answer, Compiled, Running};
use crate::protocol::{Node, RpcError, Value};

const WORKER: &str = "urn:worker:5f2b/user-1";

/// Values of every type of the world `zoo`: `echo-<f>` gives each back.
const VALUES: [(&str, &[&str]); 36] = [
    ("bool", &["true", "false"]),
    ("u8", &["0", "255"]),
    ("u16", &["65535"]),
    ("u32", &["4294967295"]),
    ("u64", &["18446744073709551615"]),
    ("s8", &["-128", "127"]),
    ("s16", &["-32768"]),
    ("s32", &["-2147483648"]),
    ("s64", &["-9223372036854775808"]),
    ("f32", &["1.5", "-inf", "-0"]),
    ("f64", &["1e-300", "inf"]),
    ("char", &["'a'", "'\u{1f98a}'"]),
    ("string", &["\"\"", "\"käse \u{1f9c0}\""]),
    ("one-flag", &["{}", "{only}"]),
    (
        "nine-flags",
        &["{}", "{a, i}", "{a, b, c, d, e, f, g, h, i}"],
    ),
    ("many-flags", &["{}", "{f0, f15, f16, f31}"]),
    ("color", &["red", "light-green", "blue"]),
    ("point", &["{x: -1, y: 2}"]),
    (
        "animal",
        &[
            "{name: \"fox\", color: red, marks: {b}, home: some({x: 1, y: 2}), friends: [\"a\", \"b\"], grade: 'x'}",
            "{name: \"\", color: blue, marks: {}, home: none, friends: [], grade: 'y'}",
        ],
    ),
    (
        "sighting",
        &[
            "nothing",
            "one({name: \"fox\", color: red, marks: {b}, home: none, friends: [\"a\"], grade: 'x'})",
            "several([])",
            "unclear(ok(\"fog\"))",
            "unclear(err(blue))",
        ],
    ),
    (
        "herd",
        &["[{name: \"a\", color: red, marks: {i}, home: none, friends: [], grade: 'x'}]"],
    ),
    ("maybe-herd", &["none", "some([])"]),
    ("outcome", &["ok([])", "err(unclear(err(red)))"]),
    ("pair", &["({x: 3, y: 4}, \"p\")"]),
    ("number", &["7"]),
    ("bytes", &["[]", "[1, 2, 255]"]),
    ("strings", &["[\"a\", \"\", \"b\"]"]),
    ("lists", &["[]", "[[], [some(1), none], [none]]"]),
    (
        "options",
        &[
            "none",
            "some(none)",
            "some(some(none))",
            "some(some(some(true)))",
        ],
    ),
    ("single", &["(9)"]),
    ("triple", &["(1, \"b\", (true))"]),
    ("result", &["ok(1)", "err(\"e\")"]),
    ("result-ok", &["ok(1)", "err"]),
    ("result-err", &["ok", "err(\"e\")"]),
    ("result-bare", &["ok", "err"]),
    (
        "result-nested",
        &[
            "ok(ok(none))",
            "ok(ok(some(3)))",
            "ok(err)",
            "err(ok)",
            "err(err)",
        ],
    ),
];

#[test]
fn every_value_survives_the_way_there_and_back() {
    let mut zoo = Compiled::new("zoo").start(Answer::Echo);
    let echo = Val::Resource(zoo.connect("echo", WORKER));
    for (name, texts) in VALUES {
        let wire_name = format!("zoo:animals/echo.{{echo-{name}}}");
        for text in texts {
            let blocking = format!("[method]echo.blocking-echo-{name}");
            let value = zoo.params(&blocking, &[text]).remove(0);
            let params = [echo.clone(), value.clone()];
            let result = zoo.call(&blocking, &params).unwrap();
            assert_eq!(result, Some(value.clone()), "{name} {text}");
            let call = zoo.calls().last().unwrap();
            assert_eq!((call.how, &call.function), ("invoke-and-await", &wire_name));

            let start = format!("[method]echo.echo-{name}");
            let future = zoo.call(&start, &params).unwrap().unwrap();
            let call = zoo.calls().last().unwrap();
            assert_eq!(
                (call.how, &call.function),
                ("async-invoke-and-await", &wire_name)
            );
            assert_eq!(call.worker, WORKER);
            let get = format!("[method]future-echo-{name}-result.get");
            let result = zoo.call(&get, &[future]).unwrap();
            assert_eq!(
                result,
                Some(Val::Option(Some(Box::new(value)))),
                "{name} {text}"
            );
        }
    }
}

#[test]
fn a_future_is_pollable() {
    let mut zoo = Compiled::new("zoo").start(Answer::Nodes(one(Node::U64(12))));
    let other = Val::Resource(zoo.connect("other", WORKER));
    let future = zoo.call("[method]other.now", &[other]).unwrap().unwrap();
    let pollable = zoo.call(
        "[method]future-now-result.subscribe",
        std::slice::from_ref(&future),
    );
    assert!(matches!(pollable.unwrap(), Some(Val::Resource(_))));
    let now = zoo
        .call("[method]future-now-result.get", &[future])
        .unwrap();
    assert_eq!(now, Some(Val::Option(Some(Box::new(Val::U64(12))))));
}

#[test]
fn parameters_are_nodes_with_the_root_first() {
    let mut zoo = Compiled::new("zoo").start(Answer::Nodes(one(Node::Bool(true))));
    let other = Val::Resource(zoo.connect("other", WORKER));
    let fox = "{name: \"fox\", color: blue, marks: {a, c}, home: some({x: 1, y: 2}), friends: [\"x\"], grade: 'g'}";
    for (feed, how) in [("blocking-feed", "invoke-and-await"), ("feed", "invoke")] {
        let feed = format!("[method]other.{feed}");
        let mut params = vec![other.clone()];
        params.extend(zoo.params(&feed, &[fox, "\"hay\"", "1.5"]));
        assert_eq!(zoo.call(&feed, &params).unwrap(), None);
        let call = zoo.calls().last().unwrap();
        assert_eq!(call.how, how);
        assert_eq!(call.function, "zoo:animals/other.{feed}");
        let marks = [true, false, true, false, false, false, false, false, false];
        let animal = vec![
            Node::Record(vec![1, 2, 3, 4, 8, 10]),
            Node::String("fox".into()),
            Node::Enum(2),
            Node::Flags(marks.to_vec()),
            Node::Option(Some(5)),
            Node::Record(vec![6, 7]),
            Node::S32(1),
            Node::S32(2),
            Node::List(vec![9]),
            Node::String("x".into()),
            Node::Char('g'),
        ];
        let params = [
            animal,
            vec![Node::String("hay".into())],
            vec![Node::F64(1.5)],
        ];
        let params = params.map(|nodes| Value { nodes });
        assert_eq!(call.params, params);
    }
    let nothing = "[method]other.blocking-nothing";
    assert_eq!(zoo.call(nothing, &[other]).unwrap(), None);
    assert_eq!(zoo.calls().last().unwrap().params, []);
}

/// An answer whose one result is a single node.
fn one(node: Node) -> Vec<Node> {
    vec![Node::Tuple(vec![1]), node]
}

/// Calls `echo-<f>` with a value and gives what the panic said.
fn panic_of(zoo: &mut Running, name: &str, value: &str) -> String {
    let echo = Val::Resource(zoo.connect("echo", WORKER));
    let name = format!("[method]echo.{name}");
    let mut params = vec![echo];
    params.extend(zoo.params(&name, &[value]));
    zoo.call(&name, &params).expect_err("the stub panics");
    zoo.stderr()
}

#[test]
fn a_failed_call_names_the_function_the_worker_and_the_error() {
    let zoo = Compiled::new("zoo");
    let text = || "gone".to_string();
    let errors = [
        (RpcError::ProtocolError(text()), "protocol-error: gone"),
        (RpcError::Denied(text()), "denied: gone"),
        (RpcError::NotFound(text()), "not-found: gone"),
        (
            RpcError::RemoteInternalError(text()),
            "remote-internal-error: gone",
        ),
    ];
    for (error, shown) in errors {
        let mut zoo = zoo.start(Answer::Error(error));
        let said = panic_of(&mut zoo, "blocking-echo-u8", "1");
        let expected = format!(
            "remote call `zoo:animals/echo.{{echo-u8}}` to worker `{WORKER}` failed: {shown}\n"
        );
        assert!(said.contains(&expected), "{said}");
    }
}

#[test]
fn a_failed_trigger_or_future_panics_as_well() {
    let zoo = Compiled::new("zoo");
    let failing = || Answer::Error(RpcError::Denied("no".into()));
    let mut triggered = zoo.start(failing());
    let other = Val::Resource(triggered.connect("other", WORKER));
    triggered
        .call("[method]other.nothing", &[other])
        .unwrap_err();
    let said = triggered.stderr();
    let expected =
        format!("call `zoo:animals/other.{{nothing}}` to worker `{WORKER}` failed: denied: no");
    assert!(said.contains(&expected), "{said}");

    let mut started = zoo.start(failing());
    let other = Val::Resource(started.connect("other", WORKER));
    let future = started
        .call("[method]other.now", &[other])
        .unwrap()
        .unwrap();
    started
        .call("[method]future-now-result.get", &[future])
        .unwrap_err();
    let said = started.stderr();
    let expected =
        format!("call `zoo:animals/other.{{now}}` to worker `{WORKER}` failed: denied: no");
    assert!(said.contains(&expected), "{said}");
}

#[test]
fn a_malformed_answer_says_what_was_expected() {
    let zoo = Compiled::new("zoo");
    let list_of = |items: Vec<i32>| vec![Node::Tuple(vec![1]), Node::List(items), Node::U8(1)];
    let cases = [
        ("u8", "1", vec![], "a tree of nodes"),
        ("u8", "1", vec![Node::U8(1)], "a tuple of one result"),
        (
            "u8",
            "1",
            vec![Node::Tuple(vec![])],
            "a tuple of one result",
        ),
        (
            "u8",
            "1",
            vec![Node::Tuple(vec![1, 1]), Node::U8(1)],
            "a tuple of one result",
        ),
        (
            "u8",
            "1",
            vec![Node::Tuple(vec![2]), Node::U8(1)],
            "a tree of nodes",
        ),
        (
            "u8",
            "1",
            vec![Node::Tuple(vec![-1]), Node::U8(1)],
            "a tree of nodes",
        ),
        (
            "u8",
            "1",
            vec![Node::Tuple(vec![i32::MIN])],
            "a tree of nodes",
        ),
        ("u8", "1", one(Node::U16(1)), "a u8"),
        ("string", "\"\"", one(Node::Char('c')), "a string"),
        ("bytes", "[]", list_of(vec![2, 2]), "a tree of nodes"),
        ("lists", "[]", list_of(vec![1]), "a tree of nodes"),
        ("bytes", "[]", list_of(vec![0]), "a tree of nodes"),
        ("bytes", "[]", one(Node::Tuple(vec![])), "a list"),
        ("options", "none", one(Node::Bool(true)), "an option"),
        ("result", "ok(1)", one(Node::Result(Ok(None))), "a result"),
        ("result-bare", "ok", list_of(vec![]), "a result"),
        ("single", "(1)", one(Node::Tuple(vec![])), "a tuple of 1"),
        (
            "point",
            "{x: 1, y: 1}",
            one(Node::Record(vec![1])),
            "record `point`",
        ),
        ("color", "red", one(Node::Enum(3)), "enum `color`"),
        (
            "one-flag",
            "{}",
            one(Node::Flags(vec![])),
            "flags `one-flag`",
        ),
        (
            "sighting",
            "nothing",
            one(Node::Variant((0, Some(1)))),
            "variant `sighting`",
        ),
        (
            "sighting",
            "nothing",
            one(Node::Variant((1, None))),
            "variant `sighting`",
        ),
        (
            "sighting",
            "nothing",
            one(Node::Variant((4, None))),
            "variant `sighting`",
        ),
    ];
    for (name, value, nodes, expected) in cases {
        let mut zoo = zoo.start(Answer::Nodes(nodes.clone()));
        let said = panic_of(&mut zoo, &format!("blocking-echo-{name}"), value);
        let expected = format!(
            "remote call `zoo:animals/echo.{{echo-{name}}}` to worker `{WORKER}` gave a malformed value: expected {expected}\n"
        );
        assert!(said.contains(&expected), "{nodes:?}: {said}");
    }
}

#[test]
fn one_worker_is_not_another() {
    let mut history = Compiled::new("shopping-history").start(Answer::Nodes(vec![
        Node::Tuple(vec![1]),
        Node::List(vec![]),
    ]));
    for worker in ["urn:worker:1/a", "urn:worker:1/b"] {
        let api = Val::Resource(history.connect("api", worker));
        let orders = history.call("[method]api.blocking-get-orders", &[api]);
        assert_eq!(orders.unwrap(), Some(Val::List(vec![])));
        assert_eq!(history.calls().last().unwrap().worker, worker);
    }
}
