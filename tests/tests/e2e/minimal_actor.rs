//! The second walkthrough: `component2` calls the counters of `component1`.

use golem_rpc_tests::{Run, Workspace, component};

#[test]
fn every_step_of_the_walkthrough_works() {
    let actor = Workspace::of_fixture("minimal-actor/start");
    actor.cargo(&["component", "build"]).success();
    let args = ["init", "--targets", "component1", "--callers", "component2"];
    actor.golem_rpc(&args).success();
    actor
        .make("build-flow")
        .success()
        .says("import demo:component1-stub/stub-component1;");
    actor.overlay("minimal-actor/final");
    actor.make("build-flow").success().does_not_say("warning");

    a_blocking_call_waits(&actor);
    a_trigger_arrives(&actor);
    three_futures_are_polled_together(&actor);
    a_missing_variable_is_told(&actor);

    actor.make("release-build-flow").success();
    for profile in ["debug", "release"] {
        let dir = actor.path("target/wasm32-wasip1").join(profile);
        let composed = component(&dir.join("component2_composed.wasm"));
        let left = composed
            .imports
            .iter()
            .any(|import| import.contains("-stub/"));
        assert!(!left, "{:?}", composed.imports);
    }
}

fn invoke(actor: &Workspace, calls: &[&str]) -> Run {
    let args = ["invoke", "--env", "TARGET_COMPONENT_ID=component1"];
    actor.golem_rpc(&[&args, calls].concat())
}

fn a_blocking_call_waits(actor: &Workspace) {
    let calls = [
        "component2/caller",
        "add(3)",
        "component2/caller",
        "add(4)",
        "component2/caller",
        "get()",
        "component1/target-worker",
        "get()",
    ];
    assert_eq!(invoke(actor, &calls).success().stdout, "7\n7\n");
}

fn a_trigger_arrives(actor: &Workspace) {
    let calls = [
        "component2/caller",
        "trigger-add(5)",
        "component1/target-worker",
        "get()",
    ];
    assert_eq!(invoke(actor, &calls).success().stdout, "5\n");
}

fn three_futures_are_polled_together(actor: &Workspace) {
    let calls = [
        "component1/counter-1",
        "add(1)",
        "component1/counter-2",
        "add(20)",
        "component1/counter-3",
        "add(300)",
        "component2/caller",
        "get-three()",
    ];
    assert_eq!(invoke(actor, &calls).success().stdout, "[1, 20, 300]\n");
}

fn a_missing_variable_is_told(actor: &Workspace) {
    let run = actor.golem_rpc(&["invoke", "component2/caller", "get()"]);
    run.failure(1, &["TARGET_COMPONENT_ID not set"]);
}
