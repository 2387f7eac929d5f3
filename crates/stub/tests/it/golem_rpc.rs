//! The versions of golem:rpc, and failed calls as results.

use golem_rpc_stub::{GolemRpc, Receiver, RpcErrors, Stub, StubOptions};

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

#[test]
fn a_targets_own_golem_rpc_is_used_where_it_is_the_same_protocol() {
    let rpc = |version: &str, id: &str| {
        format!(
            "package golem:rpc@{version};
             interface types {{
               use wasi:clocks/wall-clock@0.2.1.{{datetime}};
               use wasi:io/poll@0.2.1.{{pollable}};
               record uri {{ value: string }}
               record component-id {{ x: u64 }}
               record {id} {{ component-id: component-id }}
               resource cancellation-token {{ when: func() -> datetime; p: func() -> pollable; }}
             }}"
        )
    };
    let of = |version: &str, id: &str, golem_rpc: GolemRpc| {
        let main = format!(
            "package a:b; interface api {{ use golem:rpc/types@{version}.{{uri}}; f: func(u: uri); }} world w {{ export api; }}"
        );
        let options = StubOptions {
            golem_rpc,
            ..StubOptions::default()
        };
        let files = [
            ("main.wit", main.as_str()),
            ("deps/rpc.wit", &rpc(version, id)),
            (
                "deps/io.wit",
                "package wasi:io@0.2.1; interface poll { resource pollable; }",
            ),
            (
                "deps/clocks.wit",
                "package wasi:clocks@0.2.1; interface wall-clock { record datetime { s: u64 } }",
            ),
        ];
        stub_with(&files, &options).unwrap_or_else(|error| panic!("{error}"))
    };
    let same = of("0.2.0", "worker-id", GolemRpc::V0_2_1);
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
    let other = of("0.2.0", "worker-id", GolemRpc::V0_2_2);
    has_lines(
        &other,
        &[
            "use golem:rpc/types@0.2.2.{agent-id, cancellation-token};",
            "record uri {",
            "use wasi:io/poll@0.2.3.{pollable};",
        ],
    );
}
