//! The components at work where failed calls are results, and over each golem:rpc.

use wasmtime::component::Val;

use crate::host::{Answer, Compiled, component_id, record};
use crate::protocol::{Datetime, Node, RpcError, Uri, Value};

const WORKER: &str = "urn:worker:5f2b/user-1";

fn one(node: Node) -> Vec<Node> {
    vec![Node::Tuple(vec![1]), node]
}

fn ok(value: Option<Val>) -> Val {
    Val::Result(Ok(value.map(Box::new)))
}

fn error(kind: &str, message: &str) -> Val {
    let message = Some(Box::new(Val::String(message.into())));
    Val::Result(Err(Some(Box::new(Val::Variant(kind.into(), message)))))
}

fn some(value: Val) -> Val {
    Val::Option(Some(Box::new(value)))
}

#[test]
fn every_failure_is_a_result() {
    let zoo = Compiled::new("zoo-result");
    let text = || "gone".to_string();
    let cases = [
        (
            Answer::Error(RpcError::ProtocolError(text())),
            error("protocol-error", "gone"),
        ),
        (
            Answer::Error(RpcError::Denied(text())),
            error("denied", "gone"),
        ),
        (
            Answer::Error(RpcError::NotFound(text())),
            error("not-found", "gone"),
        ),
        (
            Answer::Error(RpcError::RemoteInternalError(text())),
            error("remote-internal-error", "gone"),
        ),
        (
            Answer::Nodes(vec![]),
            error(
                "protocol-error",
                "malformed value: expected a tree of nodes",
            ),
        ),
        (
            Answer::Nodes(vec![Node::Tuple(vec![])]),
            error(
                "protocol-error",
                "malformed value: expected a tuple of one result",
            ),
        ),
        (
            Answer::Nodes(one(Node::U16(1))),
            error("protocol-error", "malformed value: expected a u8"),
        ),
        (Answer::Nodes(one(Node::U8(9))), ok(Some(Val::U8(9)))),
    ];
    for (answer, expected) in cases {
        let mut zoo = zoo.start(answer);
        let echo = Val::Resource(zoo.connect("echo", WORKER));
        let params = [echo, Val::U8(1)];
        let result = zoo.call("[method]echo.blocking-echo-u8", &params).unwrap();
        assert_eq!(result, Some(expected.clone()));
        let future = zoo.call("[method]echo.echo-u8", &params).unwrap().unwrap();
        let result = zoo
            .call("[method]future-echo-u8-result.get", &[future])
            .unwrap();
        assert_eq!(result, Some(some(expected)));
        assert_eq!(zoo.stderr(), "");
    }
}

#[test]
fn a_malformed_value_deep_inside_is_a_result_as_well() {
    let list = vec![
        Node::Tuple(vec![1]),
        Node::List(vec![2, 3]),
        Node::U8(1),
        Node::Bool(true),
    ];
    let mut zoo = Compiled::new("zoo-result").start(Answer::Nodes(list));
    let echo = Val::Resource(zoo.connect("echo", WORKER));
    let params = [echo, Val::List(vec![])];
    let result = zoo
        .call("[method]echo.blocking-echo-bytes", &params)
        .unwrap();
    assert_eq!(
        result,
        Some(error("protocol-error", "malformed value: expected a u8"))
    );
}

#[test]
fn calls_without_a_result_say_whether_they_failed() {
    let zoo = Compiled::new("zoo-result");
    let answers = [
        (Answer::Nodes(vec![Node::Tuple(vec![])]), ok(None)),
        (
            Answer::Error(RpcError::Denied("no".into())),
            error("denied", "no"),
        ),
    ];
    for (answer, expected) in answers {
        let mut zoo = zoo.start(answer);
        let other = Val::Resource(zoo.connect("other", WORKER));
        for (name, how) in [
            ("blocking-nothing", "invoke-and-await"),
            ("nothing", "invoke"),
        ] {
            let name = format!("[method]other.{name}");
            let result = zoo.call(&name, std::slice::from_ref(&other)).unwrap();
            assert_eq!(result, Some(expected.clone()));
            assert_eq!(zoo.calls().last().unwrap().how, how);
        }
    }
}

fn handle(id: u64) -> Node {
    let value = "urn:worker:5/there".to_string();
    Node::Handle((Uri { value }, id))
}

/// Constructors give handle 1, everything else a number.
fn bank(function: &str, _: &[Value]) -> Result<Vec<Node>, RpcError> {
    Ok(one(match function {
        f if f.ends_with(".new}") => handle(1),
        f if f.ends_with(".limit}") => Node::U64(6),
        _ => Node::U32(2),
    }))
}

const WHEN: Datetime = Datetime {
    seconds: 1_700_000_000,
    nanoseconds: 5,
};

fn when() -> Val {
    let seconds = Val::U64(WHEN.seconds);
    record(&[
        ("seconds", seconds),
        ("nanoseconds", Val::U32(WHEN.nanoseconds)),
    ])
}

#[test]
fn calls_can_be_scheduled() {
    for world in ["resource-statics-0-2-0", "resource-statics-result-0-2-2"] {
        let mut bank = Compiled::new(world).start(Answer::Of(bank));
        let address = bank.address("there");
        let params = [address.clone(), Val::String("ann".into())];
        let account = Val::Resource(bank.make("[constructor]account", &params));
        bank.make(
            "[method]account.schedule-number",
            &[account.clone(), when()],
        );
        bank.make(
            "[static]account.schedule-limit",
            &[address.clone(), when(), Val::U64(9)],
        );
        bank.make("[static]account.schedule-close", &[when(), account]);
        let api = Val::Resource(bank.connect("api", "there"));
        bank.make("[method]api.schedule-alive", &[api, when()]);
        let calls = bank.calls().iter().filter(|call| call.how == "schedule");
        let calls: Vec<_> = calls
            .map(|call| {
                assert_eq!(
                    (call.worker.as_str(), call.when),
                    ("5/there", Some(WHEN)),
                    "{world}"
                );
                let nodes = call.params.iter().flat_map(|value| value.nodes.clone());
                (call.function.as_str(), nodes.collect::<Vec<Node>>())
            })
            .collect();
        let expected = [
            (
                "demo:resource-statics/api.{account.number}",
                vec![handle(1)],
            ),
            (
                "demo:resource-statics/api.{account.limit}",
                vec![Node::U64(9)],
            ),
            ("demo:resource-statics/api.{account.close}", vec![handle(1)]),
            ("demo:resource-statics/api.{alive}", vec![]),
        ];
        assert_eq!(calls, expected, "{world}");
    }
}

#[test]
fn workers_can_be_ephemeral() {
    let mut bank = Compiled::new("resource-statics-0-2-0").start(Answer::Of(bank));
    let api = Val::Resource(bank.make("[static]api.ephemeral", &[component_id()]));
    let alive = bank.call("[method]api.blocking-alive", &[api]).unwrap();
    assert_eq!(alive, Some(Val::U32(2)));
    let params = [component_id(), Val::String("ann".into())];
    let account = bank.make("[static]account.ephemeral", &params);
    let number = bank.call("[method]account.blocking-number", &[Val::Resource(account)]);
    assert_eq!(number.unwrap(), Some(Val::U32(2)));
    bank.end(account).unwrap();
    assert!(bank.calls().iter().all(|call| call.worker == "5"));
    assert_eq!(bank.calls().len(), 4);
}

#[test]
fn failures_name_the_worker_by_urn() {
    let uuid = "00000000-0000-0000-0000-000000000005";
    let said = |world: &str, ephemeral: bool| {
        let failing = Answer::Error(RpcError::Denied("no".into()));
        let mut bank = Compiled::new(world).start(failing);
        let owner = Val::String("ann".into());
        let result = match ephemeral {
            true => bank.call("[static]account.ephemeral", &[component_id(), owner]),
            false => {
                let address = bank.address("a b");
                bank.call("[constructor]account", &[address, owner])
            }
        };
        result.unwrap_err();
        bank.stderr()
    };
    for (world, ephemeral, worker) in [
        (
            "resource-statics-0-2-0",
            false,
            format!("urn:worker:{uuid}/a b"),
        ),
        ("resource-statics-0-2-0", true, format!("urn:worker:{uuid}")),
        (
            "resource-statics-result-0-2-2",
            false,
            format!("urn:worker:{uuid}/a b"),
        ),
    ] {
        let said = said(world, ephemeral);
        let expected = format!("to worker `{worker}` failed: denied: no");
        assert!(said.contains(&expected), "{said}");
    }
}
