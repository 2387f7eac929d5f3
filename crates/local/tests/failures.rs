//! What goes wrong behind a call, and what its caller hears of it.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps the wrong thing fails"
)]

mod support;

use golem_rpc_local::{CallError, Event, InvokeError, Note, component_id};
use support::*;

#[test]
fn a_trap_fails_the_worker_for_good() {
    let world = World::new();
    let there = uri("target", "t");
    let error = world.ok("caller/c", &rpc("call", &there, FAIL, &[]));
    assert!(error.starts_with("err(remote-internal-error("), "{error}");
    assert!(
        error.contains("target/t failed in test:target/counter@1.2.3.{fail}"),
        "{error}"
    );
    let again = world.ok("caller/c", &rpc("call", &there, GET, &[]));
    assert!(
        again.starts_with("err(remote-internal-error(\"Previous invocation failed"),
        "{again}"
    );
    let outside = world.invoke("target/t", "counter.get()").unwrap_err();
    let InvokeError::Call(CallError::PreviousInvocationFailed { cause }) = outside else {
        panic!("{outside}")
    };
    let expected = "target/t failed in test:target/counter@1.2.3.{fail}: wasm trap: ";
    assert!(cause.starts_with(expected), "{cause}");
    // its neighbour and its caller are well
    assert_eq!(world.ok("target/u", "counter.get()"), "0");
}

#[test]
fn wrong_arguments_fail_the_worker_for_good() {
    for params in [
        &[][..],
        &["prim-u64(1)", "prim-u64(2)"],
        &["prim-string(\"5\")"],
    ] {
        let world = World::new();
        let there = uri("target", "t");
        let error = world.ok("caller/c", &rpc("call", &there, ADD, params));
        let expected = "err(remote-internal-error(\"Parameter type mismatch: ";
        assert!(error.starts_with(expected), "{error}");
        let again = world.ok("caller/c", &rpc("call", &there, GET, &[]));
        assert!(
            again.contains(
                "Previous invocation failed: target/t failed in \
                test:target/counter@1.2.3.{add}: Parameter type mismatch: "
            ),
            "{again}"
        );
    }
}

#[test]
fn an_unknown_function_leaves_the_worker_usable() {
    let world = World::new();
    let there = uri("target", "t");
    for function in [
        "test:target/counter@1.2.3.{nope}",
        "test:target/nope@1.2.3.{get}",
        "test:target/counter.{get}",
        "test:target/counter@1.2.4.{get}",
        "test:target/counter@2.0.0.{get}",
        "counter.{get}",
        "counter#get",
        "counter/get",
        "counter.get",
        "{top}",
        "",
        "}",
    ] {
        let error = world.ok("caller/c", &rpc("call", &there, function, &[]));
        let expected = "err(remote-internal-error(\"Invalid request: could not load";
        assert!(error.starts_with(expected), "{function}: {error}");
    }
    let get = world.ok("caller/c", &rpc("call", &there, GET, &[]));
    assert_eq!(get, "ok({nodes: [tuple-value([1]), prim-u64(0)]})");
    let top = world.ok("caller/c", &rpc("call", &there, "top", &[]));
    assert_eq!(top, "ok({nodes: [tuple-value([1]), prim-u32(7)]})");
}

#[test]
fn malformed_values_are_refused_and_harm_nobody() {
    let world = World::new();
    let there = uri("target", "t");
    let error = world.ok("caller/c", &rpc("call", &there, ADD, &[""]));
    let expected = "err(protocol-error(\"malformed wit-value: parameter `value`: ";
    assert!(error.starts_with(expected), "{error}");
    assert_eq!(world.ok("target/t", "counter.get()"), "0");
}

#[test]
fn a_bad_uri_traps_the_caller() {
    let world = World::new();
    let id = component_id("target");
    for (worker, bad) in [
        ("a", "worker:///t".to_owned()),
        ("b", format!("{id}/t")),
        ("c", "urn:worker:nobody/t".to_owned()),
        ("d", format!("urn:component:{id}")),
        ("e", format!(" urn:worker:{id}/t")),
        ("f", format!("urn:worker:{id}/t/add")),
    ] {
        let worker = format!("caller/{worker}");
        let error = world.error(&worker, &rpc("call", &bad, GET, &[]));
        let expected = format!("Invalid URI: {bad}. Must be urn:worker:component-id/worker-name");
        assert!(error.contains(&expected), "{error}");
        let again = world.error(&worker, &rpc("call", &uri("target", "t"), GET, &[]));
        assert!(again.contains("Previous invocation failed"), "{again}");
    }
}

#[test]
fn uris_that_the_engine_takes() {
    let world = World::new();
    let id = component_id("target").to_string();
    let long = "x".repeat(1000);
    for (uri, worker) in [
        (format!("urn:worker:{}/t", id.to_uppercase()), "t"),
        (format!("urn:worker:{}/t", id.replace('-', "")), "t"),
        (format!("urn:worker:{{{id}}}/t"), "t"),
        (format!("urn:WORKER:{id}/t"), "t"),
        (format!("urn:worker:{id}/a+b"), "a b"),
        (format!("urn:worker:{id}/a%2Fb"), "a/b"),
        (format!("urn:worker:{id}/a.b:c#d"), "a.b:c#d"),
        (format!("urn:worker:{id}/ü"), "ü"),
        (format!("urn:worker:{id}/{long}"), &long),
    ] {
        let add = rpc("call", &uri, ADD, &["prim-u64(1)"]);
        assert!(world.ok("caller/c", &add).starts_with("ok("), "{uri}");
        let seen = world.ok(&format!("target/{worker}"), "log()");
        assert!(seen.starts_with("[1"), "{uri}: {seen}");
    }
    assert!(
        !world
            .events()
            .iter()
            .any(|event| matches!(event, Event::Note(_)))
    );
}

#[test]
fn an_unknown_component_is_an_error_not_a_trap() {
    let world = World::new();
    let call = rpc(
        "call",
        "urn:worker:00000000-0000-4000-8000-000000000000/t",
        GET,
        &[],
    );
    for how in ["call", "trigger"] {
        let error = world.ok("caller/c", &call.replacen("call", how, 1));
        let expected = "err(remote-internal-error(\"Failed to get latest version of component \
            00000000-0000-4000-8000-000000000000";
        assert!(error.starts_with(expected), "{error}");
    }
    let nowhere = "urn:worker:00000000-0000-4000-8000-000000000000/t";
    let future = world.ok("caller/c", &format!("gather([({nowhere:?}, {GET:?}, [])])"));
    assert!(
        future.starts_with("[(0, some(err(remote-internal-error("),
        "{future}"
    );
}

#[test]
fn extensions_are_taken_with_one_note_each() {
    let world = World::new();
    let old = format!("worker://{}/t", component_id("target"));
    let named = "urn:worker:target/t".to_owned();
    for uri in [&old, &named, &old, &named] {
        let add = rpc("call", uri, ADD, &["prim-u64(1)"]);
        assert_eq!(world.ok("caller/c", &add), "ok({nodes: [tuple-value([])]})");
    }
    assert_eq!(world.ok("target/t", "counter.get()"), "4");
    let notes: Vec<_> = world
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Note(note) => Some(note),
            _ => None,
        })
        .collect();
    let package = "target".to_owned();
    let expected = [
        Note::WorkerScheme { uri: old },
        Note::PackageName {
            uri: named,
            package,
        },
    ];
    assert_eq!(notes, expected);
}

#[test]
fn a_blocking_call_to_oneself_names_the_cycle() {
    let world = World::new();
    for (worker, how) in [("a", "call"), ("b", "early")] {
        let call = rpc(how, &uri("caller", worker), CALL, &[]);
        let error = world.error(&format!("caller/{worker}"), &call);
        let cycle = format!("waiting cycle: caller/{worker} → caller/{worker}");
        assert!(error.contains(&cycle), "{error}");
    }
    let own = format!("gather([({:?}, {CALL:?}, [])])", uri("caller", "d"));
    let error = world.error("caller/d", &own);
    assert!(
        error.contains("waiting cycle: caller/d → caller/d"),
        "{error}"
    );
}

#[test]
fn a_cycle_of_two_is_named_and_ends() {
    let world = World::new();
    let text = |text: &str| format!("prim-string({text:?})");
    let (a, b) = (uri("caller", "a"), uri("caller", "b"));
    let call = rpc(
        "call",
        &b,
        CALL,
        &[&text(&a), &text(CALL), "list-value([])"],
    );
    let error = world.ok("caller/a", &call);
    assert!(error.starts_with("err(remote-internal-error("), "{error}");
    let cycle = "waiting cycle: caller/b → caller/a → caller/b";
    assert!(error.contains(cycle), "{error}");
    // the one that would have closed it has failed, the other has its answer
    let b = world.error("caller/b", &rpc("call", &uri("target", "t"), GET, &[]));
    assert!(b.contains("Previous invocation failed"), "{b}");
    let a = world.ok("caller/a", &rpc("call", &uri("target", "t"), GET, &[]));
    assert!(a.starts_with("ok("), "{a}");
    assert_eq!(world.runtime.failed_triggers(), []);
}
