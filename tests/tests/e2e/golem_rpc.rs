//! Each version of golem:rpc, from the caller's source to the worker that counts.

use golem_rpc_tests::{Run, Workspace};

const SOURCE: &str = "component2/src/lib.rs";

/// `component2` as a caller of `component1`, over one version of golem:rpc.
fn init(actor: &Workspace, options: &[&str]) {
    let args = ["init", "--targets", "component1", "--callers", "component2"];
    actor.golem_rpc(&[&args, options].concat()).success();
}

fn built(actor: &Workspace) {
    actor.make("build-flow").success().does_not_say("warning");
}

/// What these calls of `component2` print, and then what the worker that it calls has counted.
fn invoke(actor: &Workspace, calls: &[&str]) -> Run {
    let mut args = vec!["invoke", "--env", "TARGET_COMPONENT_ID=component1"];
    args.extend(calls.iter().flat_map(|call| ["component2/caller", call]));
    args.extend(["component1/target-worker", "get()"]);
    actor.golem_rpc(&args).success()
}

#[test]
fn version_0_1_1_needs_no_other_source() {
    let actor = Workspace::of_fixture("minimal-actor/start");
    init(&actor, &["--golem-rpc", "0.1.1"]);
    actor.overlay("minimal-actor/final");
    for backend in ["crate", "component"] {
        init(&actor, &["--stub-backend", backend]);
        built(&actor);
        let run = invoke(&actor, &["add(3)", "trigger-add(4)", "add(5)"]);
        assert_eq!(run.stdout, "12\n", "{backend}");
    }
    let rpc = actor.generated("component2/wit/deps/wasm-rpc/wasm-rpc.wit");
    assert!(rpc.starts_with("package golem:rpc@0.1.1;"), "{rpc}");
}

#[test]
fn versions_0_2_schedule_calls() {
    let actor = Workspace::of_fixture("minimal-actor/start");
    actor.overlay("minimal-actor/scheduled");
    let calls = ["add-later(5, 200)", "add-never(100)", "get()"];
    let and_fresh = [&calls[..], &["get-fresh()"]].concat();
    for (version, backend) in [
        ("0.2.0", "crate"),
        ("0.2.0", "component"),
        ("0.2.1", "component"),
        ("0.2.1", "crate"),
    ] {
        init(&actor, &["--golem-rpc", version, "--stub-backend", backend]);
        built(&actor);
        let run = invoke(&actor, &and_fresh);
        assert_eq!(run.stdout, "5\n0\n5\n", "{version} {backend}");
    }
    names_of_0_2_2(&actor);
    for backend in ["crate", "component"] {
        init(&actor, &["--golem-rpc", "0.2.2", "--stub-backend", backend]);
        built(&actor);
        let run = invoke(&actor, &calls);
        assert_eq!(run.stdout, "5\n5\n", "{backend}");
    }
    let clocks = actor.path("component2/wit/deps/clocks");
    assert!(clocks.is_dir());
    init(&actor, &["--golem-rpc", "0.1.0"]);
    assert!(!clocks.exists(), "nothing needs it any more");
    assert!(!actor.read("component2/Cargo.toml").contains("wasi:clocks"));
}

/// In golem:rpc 0.2.2 workers are agents, and there are no ephemeral ones: so the stub does not name
/// `component-id`.
fn names_of_0_2_2(actor: &Workspace) {
    actor.replace(SOURCE, "WorkerId {", "AgentId {");
    actor.replace(SOURCE, "worker_name:", "agent_id:");
    actor.replace(
        SOURCE,
        "types::parse_uuid",
        "types::{parse_uuid, ComponentId}",
    );
    actor.replace(
        SOURCE,
        "Api::ephemeral(component()).blocking_get()",
        "unreachable!()",
    );
}
