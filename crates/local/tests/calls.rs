//! Workers calling workers: blocking, by trigger, and by several futures at once.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps the wrong thing fails"
)]

mod support;

use golem_rpc_local::{ComponentSpec, Event, component_id};
use support::*;

const EMPTY: &str = "ok({nodes: [tuple-value([])]})";

fn is(number: u64) -> String {
    format!("ok({{nodes: [tuple-value([1]), prim-u64({number})]}})")
}

#[test]
fn a_blocking_call_arrives_and_its_result_comes_back() {
    let world = World::new();
    let there = uri("target", "t");
    assert_eq!(
        world.ok("caller/c", &rpc("call", &there, ADD, &["prim-u64(5)"])),
        EMPTY
    );
    assert_eq!(
        world.ok("caller/d", &rpc("call", &there, ADD, &["prim-u64(6)"])),
        EMPTY
    );
    assert_eq!(world.ok("caller/c", &rpc("call", &there, GET, &[])), is(11));
    assert_eq!(world.ok("target/t", "counter.get()"), "11");
    assert_eq!(world.ok("target/other", "counter.get()"), "0");
}

#[test]
fn both_versions_of_golem_rpc_are_served() {
    for version in ["0.1.0", "0.1.1"] {
        let world = World::of(vec![
            spec("caller", caller(version)),
            spec("target", target()),
        ]);
        let call = rpc("call", &uri("target", "t"), ADD, &["prim-u64(1)"]);
        assert_eq!(world.ok("caller/c", &call), EMPTY, "{version}");
    }
}

#[test]
fn a_trigger_has_been_done_when_the_call_returns() {
    let world = World::new();
    let trigger = rpc("trigger", &uri("target", "t"), ADD, &["prim-u64(3)"]);
    assert_eq!(world.ok("caller/c", &trigger), "ok");
    assert_eq!(world.ok("target/t", "counter.get()"), "3");
    assert_eq!(world.runtime.failed_triggers(), []);
}

#[test]
fn a_worker_can_trigger_itself() {
    let world = World::new();
    let there = format!("prim-string({:?})", uri("target", "t"));
    let fail = format!("prim-string({FAIL:?})");
    let myself = uri("caller", "b");
    let trigger = rpc("trigger", &myself, CALL, &[&there, &fail, "list-value([])"]);
    assert_eq!(world.ok("caller/b", &trigger), "ok");
    // it ran after the invocation that triggered it, and called the target
    let failed = world.error("target/t", "counter.get()");
    assert!(failed.starts_with("Previous invocation failed"), "{failed}");
    assert_eq!(world.runtime.failed_triggers(), []);

    // one that then waits for itself fails
    let [next, function, params] = through(&uri("caller", "c"), &uri("target", "t"), GET);
    let trigger = rpc(
        "trigger",
        &uri("caller", "c"),
        CALL,
        &[&next, &function, &params],
    );
    assert_eq!(world.ok("caller/c", &trigger), "ok");
    let failures = world.runtime.failed_triggers();
    assert_eq!(failures.len(), 1);
    assert!(
        failures[0]
            .cause
            .ends_with("waiting cycle: caller/c → caller/c")
    );
}

#[test]
fn a_failed_trigger_is_reported_and_its_caller_is_none_the_wiser() {
    let world = World::new();
    let there = uri("target", "t");
    assert_eq!(
        world.ok("caller/c", &rpc("trigger", &there, FAIL, &[])),
        "ok"
    );
    assert_eq!(
        world.ok("caller/c", &rpc("trigger", &there, "nope", &[])),
        "ok"
    );
    let failures = world.runtime.failed_triggers();
    assert_eq!(failures.len(), 2);
    assert_eq!(failures[0].worker.to_string(), "target/t");
    assert_eq!(failures[0].function, FAIL);
    assert!(
        failures[0].cause.contains("unreachable"),
        "{}",
        failures[0].cause
    );
    assert!(failures[1].cause.starts_with("Previous invocation failed"));
    let told = world.events();
    assert!(told.contains(&Event::TriggerFailed(failures[0].clone())));
}

#[test]
fn three_futures_are_polled_together() {
    let world = World::new();
    for (worker, value) in [("a", 1), ("b", 2), ("c", 3)] {
        world.ok(&format!("target/{worker}"), &format!("add({value})"));
    }
    let get = |worker| format!("({:?}, {GET:?}, [])", uri("target", worker));
    let gather = format!("gather([{}, {}, {}])", get("a"), get("b"), get("c"));
    let result = world.ok("caller/c", &gather);
    for (index, value) in [(0, 1), (1, 2), (2, 3)] {
        let part = format!("({index}, some({}))", is(value));
        assert!(result.contains(&part), "{result}");
    }
}

#[test]
fn futures_complete_in_the_order_in_which_the_work_ends() {
    let world = World::new();
    // the first goes by way of two other callers, the second is answered at once
    let hops = through(&uri("caller", "farther"), &uri("target", "t"), GET);
    let slow = format!(
        "({:?}, {CALL:?}, [{}])",
        uri("caller", "far"),
        wit_values(&hops)
    );
    let quick = format!("({:?}, {GET:?}, [])", uri("target", "quick"));
    let result = world.ok("caller/c", &format!("gather([{slow}, {quick}])"));
    let quick_first = format!("[(1, some({})), (0, some(ok(", is(0));
    assert!(result.starts_with(&quick_first), "{result}");
    assert!(result.contains("prim-u64(0)"), "{result}");
}

#[test]
fn get_gives_none_before_the_answer_is_there_and_once_only() {
    let world = World::new();
    let early = rpc("early", &uri("target", "t"), GET, &[]);
    assert_eq!(
        world.ok("caller/c", &early),
        format!("[none, some({})]", is(0))
    );
    let error = world.error("caller/c", &rpc("consume", &uri("target", "t"), GET, &[]));
    assert!(
        error.contains("future-invoke-result already consumed"),
        "{error}"
    );
}

#[test]
fn a_pollable_is_dropped_before_its_future() {
    let world = World::new();
    let drop = |pollable_first: bool| {
        let there = uri("target", "t");
        format!("drop({there:?}, {GET:?}, [], {pollable_first})")
    };
    assert_eq!(world.invoke("caller/good", &drop(true)).unwrap(), None);
    let error = world.error("caller/bad", &drop(false));
    for said in [
        "resource has children",
        "the future of `test:target/counter@1.2.3.{get}` was dropped before the pollable",
        "drop the pollable first",
    ] {
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_future_can_be_polled_with_a_timer() {
    let world = World::new();
    let hour = 3_600_000_000_000u64;
    let race = format!("race({hour}, {:?}, {GET:?})", uri("target", "t"));
    assert_eq!(world.ok("caller/c", &race), "[1]");
    // on oneself the future never comes, but the timer does
    let myself = format!("race(1, {:?}, {GET:?})", uri("caller", "c"));
    assert_eq!(world.ok("caller/c", &myself), "[0]");
}

#[test]
fn invocations_run_in_order_of_arrival() {
    let world = World::new();
    let add = |value| {
        let values = wit_values(&[&format!("prim-u64({value})")]);
        format!("({:?}, {ADD:?}, [{values}])", uri("target", "t"))
    };
    let calls: Vec<_> = (0..20).map(add).collect();
    world.ok("caller/c", &format!("gather([{}])", calls.join(", ")));
    let expected: Vec<_> = (0..20).map(|value| value.to_string()).collect();
    assert_eq!(
        world.ok("target/t", "log()"),
        format!("[{}]", expected.join(", "))
    );
}

#[test]
fn large_strings_travel() {
    let world = World::new();
    let text = "x".repeat(16 << 20);
    let call = rpc(
        "call",
        &uri("target", "t"),
        ECHO,
        &[&format!("prim-string({text:?})")],
    );
    let result = world.ok("caller/c", &call);
    assert_eq!(
        result,
        format!("ok({{nodes: [tuple-value([1]), prim-string({text:?})]}})")
    );
}

#[test]
fn workers_without_a_name_are_new_with_each_connection() {
    let world = World::new();
    let nameless = format!("urn:worker:{}", component_id("target"));
    let call = rpc("call", &nameless, ADD, &["prim-u64(5)"]);
    world.ok("caller/c", &call);
    world.ok("caller/c", &call);
    let created = |world: &World| {
        let events = world.events();
        let created = events.into_iter().filter_map(|event| match event {
            Event::WorkerCreated { worker } if worker.component == "target" => Some(worker.name),
            _ => None,
        });
        created.collect::<Vec<_>>()
    };
    let names = created(&world);
    assert_eq!(names.len(), 2);
    assert_ne!(names[0], names[1]);
    assert!(names.iter().all(|name| name.len() == 36), "{names:?}");
    // two calls through one resource reach one worker
    world.ok("caller/c", &rpc("twice", &nameless, ADD, &["prim-u64(5)"]));
    assert_eq!(created(&world).len(), 1);
    // and from outside, each call is a worker of its own
    world.ok("target", "add(1)");
    assert_eq!(world.ok("target", "counter.get()"), "0");
    assert_eq!(created(&world).len(), 2);
}

fn env_of(world: &World, worker: &str) -> Vec<(String, String)> {
    let text = world.ok(worker, "env()");
    let pairs = text.trim_matches(['[', ']']).split("), (");
    let pair = |pair: &str| {
        let (key, value) = pair.trim_matches(['(', ')']).split_once(", ").unwrap();
        (
            key.trim_matches('"').to_owned(),
            value.trim_matches('"').to_owned(),
        )
    };
    pairs.map(pair).collect()
}

#[test]
fn a_created_worker_inherits_its_callers_environment() {
    let outside = |pairs: &[(&str, &str)]| {
        let pair = |(key, value): &(&str, &str)| (key.to_string(), value.to_string());
        pairs.iter().map(pair).collect()
    };
    let world = World::of(vec![
        ComponentSpec {
            env: outside(&[
                ("COLOR", "blue"),
                ("GOLEM_WORKER_NAME", "liar"),
                ("GOLEM_X", "y"),
            ]),
            ..spec("caller", caller("0.1.0"))
        },
        ComponentSpec {
            env: outside(&[("COLOR", "red")]),
            version: 7,
            ..spec("target", target())
        },
    ]);
    let own = |color: &str, name: &str, more: &[(&str, &str)]| {
        let id = component_id("target").to_string();
        let mut env = vec![
            ("COLOR", color),
            ("GOLEM_COMPONENT_ID", &id),
            ("GOLEM_COMPONENT_VERSION", "7"),
            ("GOLEM_WORKER_NAME", name),
        ];
        env.extend(more);
        let owned = env
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        owned.collect::<Vec<_>>()
    };
    assert_eq!(env_of(&world, "target/mine"), own("red", "mine", &[]));
    // created by a caller: the caller's; called again from outside: still the caller's
    world.ok("caller/c", &rpc("call", &uri("target", "its"), GET, &[]));
    assert_eq!(
        env_of(&world, "target/its"),
        own("blue", "its", &[("GOLEM_X", "y")])
    );
    // there already: its own
    world.ok("caller/c", &rpc("call", &uri("target", "mine"), GET, &[]));
    assert_eq!(env_of(&world, "target/mine"), own("red", "mine", &[]));
}

#[test]
fn output_comes_line_by_line_under_the_workers_name() {
    let world = World::new();
    world.ok("target/t", r#"say("one\ntwo\nthr")"#);
    world.ok("target/t", r#"complain("oh\r\n")"#);
    let lines: Vec<_> = world
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Output {
                worker,
                stream,
                line,
            } => Some(format!("{worker} {stream:?} {line}")),
            _ => None,
        })
        .collect();
    let expected = ["Stdout one", "Stdout two", "Stdout thr", "Stderr oh"];
    assert_eq!(lines, expected.map(|line| format!("target/t {line}")));
}
