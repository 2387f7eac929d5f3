//! Workspaces whose root is itself a component.

use std::fs;

use golem_rpc_tests::{Run, Workspace, component, fixture};

#[test]
fn it_calls_a_member() {
    let actor = calling_root();
    actor.make("build-flow").success().does_not_say("warning");
    let run = actor.golem_rpc(&[&["invoke"], CALLS].concat()).success();
    assert_eq!(run.stdout, "3\n");
}

/// What is built lies inside of the package that it is built from.
#[test]
fn it_calls_a_member_and_holds_the_target_directory() {
    let actor = calling_root();
    let run = |args: &[&str]| -> Run {
        let command = actor.command("cargo", args);
        command.env("CARGO_TARGET_DIR", "out").run().success()
    };
    let flow = ["make", "--disable-check-for-updates", "build-flow"];
    run(&flow);
    let composed = actor.path("out/wasm32-wasip1/debug/component2_composed.wasm");
    component(&composed);
    let before = fs::metadata(&composed).unwrap().modified().unwrap();
    run(&flow).does_not_say(" Compiling ").says("Fresh");
    let after = fs::metadata(&composed).unwrap().modified().unwrap();
    assert_eq!(after, before, "{composed} was rewritten");
    let calls = run(&[&["golem-rpc", "invoke"], CALLS].concat());
    assert_eq!(calls.stdout, "3\n");
    assert!(!actor.path("target").exists());
}

/// Both of two members are callers and targets, and the root is a target for somebody.
#[test]
fn it_is_called_by_a_member() {
    let actor = Workspace::of_fixture("minimal-actor/start");
    move_to_root(&actor, "component1", "component2");
    actor
        .golem_rpc(&["init", "--targets", "component1", "--callers", "component2"])
        .success();
    assert!(actor.path("component1-stub/wit/_stub.wit").is_file());
    actor.overlay("minimal-actor/final");
    actor.make("build-flow").success().does_not_say("warning");
}

const CALLS: &[&str] = &[
    "--env",
    "TARGET_COMPONENT_ID=component1",
    "component2/a",
    "add(3)",
    "component2/a",
    "get()",
];

/// `component2` is the root and calls `component1`.
fn calling_root() -> Workspace {
    let actor = Workspace::of_fixture("minimal-actor/start");
    move_to_root(&actor, "component2", "component1");
    actor
        .golem_rpc(&["init", "--targets", "component1", "--callers", "."])
        .success();
    for file in ["src/lib.rs", "wit/component2.wit"] {
        let written = fixture("minimal-actor/final/component2").join(file);
        actor.write(file, fs::read(written).unwrap());
    }
    actor
}

/// Makes one member the root; the other stays the only member beside it.
fn move_to_root(actor: &Workspace, root: &str, member: &str) {
    let manifest = actor.read(&format!("{root}/Cargo.toml"));
    let members = format!("{manifest}\n[workspace]\nmembers = [\"{member}\"]\n");
    actor.write("Cargo.toml", members);
    for dir in ["src", "wit"] {
        fs::rename(actor.path(root).join(dir), actor.path(dir)).unwrap();
    }
    fs::remove_dir_all(actor.path(root)).unwrap();
}
