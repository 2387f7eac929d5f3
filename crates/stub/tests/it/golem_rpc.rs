//! The versions of golem:rpc, and failed calls as results.

use golem_rpc_stub::{GolemRpc, Receiver, RpcErrors, Stub, StubError, StubOptions};

use crate::{has_lines, stub_with, text};

const TARGET: &str = "package a:b;
    interface api {
      record item { x: u8 }
      resource r {
        constructor(worker-id: string, when: u8, component-id: u8, agent-id: u8);
        m: func(when: item) -> u8;
        s: static func(worker-id: u8);
        t: static func(r: borrow<r>, stub-when: u8, when: u8);
      }
      f: func(i: item) -> result<item, string>;
      g: func();
    }
    world w { export api; }";

fn with(golem_rpc: GolemRpc, rpc_errors: RpcErrors) -> Stub {
    let options = StubOptions {
        golem_rpc,
        rpc_errors,
        ..StubOptions::default()
    };
    stub_with(&[("main.wit", TARGET)], &options).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn version_0_1_1_differs_in_its_number_alone() {
    let old = with(GolemRpc::V0_1_0, RpcErrors::Panic);
    let new = with(GolemRpc::V0_1_1, RpcErrors::Panic);
    assert_eq!(text(&old).replace("@0.1.0", "@0.1.1"), text(&new));
    let rpc = new.wit.text("deps/wasm-rpc/wasm-rpc.wit").expect("a copy");
    assert!(rpc.starts_with("package golem:rpc@0.1.1;"), "{rpc}");
    assert!(rpc.contains("use wasi:io/poll@0.2.0.{pollable};"), "{rpc}");
}

#[test]
fn version_0_2_0_finds_workers_by_id_and_schedules() {
    let stub = with(GolemRpc::V0_2_0, RpcErrors::Panic);
    has_lines(
        &stub,
        &[
            "use golem:rpc/types@0.2.0.{worker-id, component-id, cancellation-token};",
            "use wasi:clocks/wall-clock@0.2.0.{datetime};",
            "constructor(stub-worker-id: worker-id, worker-id: string, when: u8, component-id: u8, agent-id: u8);",
            "ephemeral: static func(stub-component-id: component-id, worker-id: string, when: u8, component-id: u8, agent-id: u8) -> r;",
            "schedule-m: func(stub-when: datetime, when: item) -> cancellation-token;",
            "schedule-s: static func(stub-worker-id: worker-id, when: datetime, worker-id: u8) -> cancellation-token;",
            "schedule-t: static func(stub-stub-when: datetime, r: borrow<r>, stub-when: u8, when: u8) -> cancellation-token;",
            "constructor(worker-id: worker-id);",
            "ephemeral: static func(component-id: component-id) -> api;",
            "schedule-g: func(when: datetime) -> cancellation-token;",
        ],
    );
    let [r, api] = stub.resources.as_slice() else {
        panic!("two resources");
    };
    assert_eq!(r.ephemeral.as_deref(), Some("[static]r.ephemeral"));
    assert_eq!(api.ephemeral.as_deref(), Some("[static]api.ephemeral"));
    assert_eq!(
        r.functions[1].schedule.as_deref(),
        Some("[static]r.schedule-s")
    );
    assert_eq!(r.functions[2].receiver, Receiver::Param(0));
    let functions = &stub.resolve.interfaces[stub.interface].functions;
    let all = stub.resources.iter().flat_map(|r| &r.functions);
    for name in all.filter_map(|f| f.schedule.as_ref()) {
        assert!(functions.contains_key(name), "{name}");
    }
    let dirs: Vec<_> = stub.packages.iter().map(|p| p.dir.as_str()).collect();
    assert_eq!(dirs, ["a_b", "wasm-rpc", "clocks", "io"]);
    let clocks = stub.wit.text("deps/clocks/wall-clock.wit");
    assert!(
        clocks.is_some_and(|text| text.starts_with("package wasi:clocks@0.2.0;")),
        "{clocks:?}"
    );
}

#[test]
fn version_0_2_1_is_on_later_interfaces_of_wasi() {
    let stub = with(GolemRpc::V0_2_1, RpcErrors::Panic);
    has_lines(
        &stub,
        &[
            "use golem:rpc/types@0.2.1.{worker-id, component-id, cancellation-token};",
            "use wasi:clocks/wall-clock@0.2.3.{datetime};",
            "use wasi:io/poll@0.2.3.{pollable};",
        ],
    );
    let rpc = stub.wit.text("deps/wasm-rpc/wasm-rpc.wit").expect("a copy");
    for line in [
        "package golem:rpc@0.2.1;",
        "use wasi:clocks/wall-clock@0.2.3.{datetime};",
        "use wasi:io/poll@0.2.3.{pollable};",
        "ephemeral: static func(component-id: component-id) -> wasm-rpc;",
    ] {
        assert!(rpc.contains(line), "{line} in {rpc}");
    }
}

#[test]
fn version_0_2_2_has_agents_and_no_ephemeral_ones() {
    let stub = with(GolemRpc::V0_2_2, RpcErrors::Panic);
    has_lines(
        &stub,
        &[
            "use golem:rpc/types@0.2.2.{agent-id, cancellation-token};",
            "constructor(stub-agent-id: agent-id, worker-id: string, when: u8, component-id: u8, agent-id: u8);",
            "constructor(agent-id: agent-id);",
            "schedule-s: static func(agent-id: agent-id, when: datetime, worker-id: u8) -> cancellation-token;",
        ],
    );
    assert!(!text(&stub).contains("ephemeral"), "{}", text(&stub));
    assert!(stub.resources.iter().all(|r| r.ephemeral.is_none()));
}

#[test]
fn failed_calls_as_results() {
    let stub = with(GolemRpc::V0_2_0, RpcErrors::Result);
    has_lines(
        &stub,
        &[
            "use golem:rpc/types@0.2.0.{worker-id, component-id, rpc-error, cancellation-token};",
            "blocking-m: func(when: item) -> result<u8, rpc-error>;",
            "m: func(when: item) -> future-r-m-result;",
            "get: func() -> option<result<u8, rpc-error>>;",
            "get: func() -> option<result<result<item, string>, rpc-error>>;",
            "blocking-g: func() -> result<_, rpc-error>;",
            "g: func() -> result<_, rpc-error>;",
            "schedule-g: func(when: datetime) -> cancellation-token;",
            "constructor(worker-id: worker-id);",
        ],
    );
    let g = &stub.resources[1].functions[1];
    assert_eq!(g.future, None, "there is no value to wait for");
}

/// A target with its own golem:rpc 0.2.0, on WASI 0.2.1; `change` makes something else of that.
fn own_golem_rpc(
    golem_rpc: GolemRpc,
    change: impl Fn(String) -> String,
) -> Result<Stub, StubError> {
    let options = StubOptions {
        golem_rpc,
        ..StubOptions::default()
    };
    let rpc = include_str!("../../wit/golem-rpc-0.2.0.wit");
    let rpc = rpc.replace("wall-clock@0.2.0", "wall-clock@0.2.1");
    let rpc = change(rpc.replace("poll@0.2.0", "poll@0.2.1"));
    let io = include_str!("../../wit/wasi-io-0.2.0.wit").replace("0.2.0", "0.2.1");
    let clocks = include_str!("../../wit/wasi-clocks-0.2.0.wit").replace("0.2.0", "0.2.1");
    let main = "package a:b; interface api { use golem:rpc/types@0.2.0.{uri}; f: func(u: uri); } world w { export api; }";
    let files = [
        ("main.wit", main),
        ("deps/rpc.wit", &rpc),
        ("deps/io.wit", &io),
        ("deps/clocks.wit", &clocks),
    ];
    stub_with(&files, &options)
}

#[test]
fn a_targets_own_golem_rpc_is_used_where_it_is_the_same_protocol() {
    let of = |golem_rpc| own_golem_rpc(golem_rpc, |rpc| rpc).expect("a stub");
    let same = of(GolemRpc::V0_2_1);
    has_lines(
        &same,
        &[
            "use golem:rpc/types@0.2.0.{worker-id, component-id, cancellation-token};",
            "use golem:rpc/types@0.2.0.{uri};",
            "use wasi:clocks/wall-clock@0.2.1.{datetime};",
            "use wasi:io/poll@0.2.1.{pollable};",
        ],
    );
    // 0.2.2 says `agent-id`: what the target has cannot stand in for it.
    let other = of(GolemRpc::V0_2_2);
    has_lines(
        &other,
        &[
            "use golem:rpc/types@0.2.2.{agent-id, cancellation-token};",
            "record uri {",
            "use wasi:io/poll@0.2.3.{pollable};",
        ],
    );
}

#[test]
fn a_targets_own_golem_rpc_that_is_something_else() {
    let refused = |from: &str, to: &str, things: &[&str]| {
        let changed = |rpc: String| {
            assert!(rpc.contains(from), "{from} in {rpc}");
            rpc.replace(from, to)
        };
        let error = own_golem_rpc(GolemRpc::V0_2_0, changed).expect_err("refused");
        assert!(matches!(error, StubError::OtherBase(_)), "{error}");
        let message = error.to_string();
        assert!(
            message.contains("the target's own `golem:rpc@0.2.0`"),
            "{message}"
        );
        assert!(message.contains("--> /wit/deps/rpc.wit:3:11"), "{message}");
        for thing in things {
            assert!(message.contains(thing), "{thing} in {message}");
        }
        let hint = error.hint().expect("a hint");
        assert!(hint.contains("`golem:rpc@0.2.0`"), "{hint}");
    };
    refused(
        "constructor(worker-id: worker-id);",
        "constructor(name: string, number: u8);",
        &[
            "it needs `[constructor]wasm-rpc`",
            "func(record { component-id",
            "func(string, u8) -> own<wasm-rpc>",
        ],
    );
    refused(
        "    invoke: func(",
        "    call: func(",
        &["`[method]wasm-rpc.invoke`", "no such function"],
    );
    refused(
        "    prim-u8(u8),\n",
        "",
        &["it needs `wit-node` as\n", "prim-u8(u8), prim-u16"],
    );
}

#[test]
fn a_targets_own_wasi_io_without_pollables() {
    let main = "package a:b; interface api { use wasi:io/other@0.2.0.{x}; f: func() -> x; } world w { export api; }";
    let io = "package wasi:io@0.2.0; interface other { type x = u8; }";
    let files = [("main.wit", main), ("deps/io.wit", io)];
    let error = stub_with(&files, &StubOptions::default()).expect_err("refused");
    let message = error.to_string();
    assert!(
        message.contains("it needs `interface poll` as"),
        "{message}"
    );
    assert!(message.contains("--> /wit/deps/io.wit:1:34"), "{message}");
}
