//! Two commands in one workspace: one waits for the other. What a killed one left is said by those
//! that only look, and mended by those that change something.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command};

use golem_rpc_tests::{Run, Workspace};
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use golem_rpc_trace::{Call, Fate};

const INIT: [&str; 6] = [
    "golem-rpc",
    "init",
    "--targets",
    "purchase-history",
    "--callers",
    "shopping-cart",
];

/// Starts `init` in a workspace that somebody has locked, and waits until it says so.
fn blocked(workspace: &Workspace) -> Child {
    let mut child = workspace.command("cargo-golem-rpc", &INIT).start();
    let mut line = String::new();
    let stderr = child.stderr.as_mut().unwrap();
    BufReader::new(stderr).read_line(&mut line).unwrap();
    assert!(
        line.contains("Blocking waiting for another `cargo golem-rpc`"),
        "{line}"
    );
    child
}

#[test]
fn a_command_waits_for_the_one_before_it() {
    let workspace = Workspace::cart();
    let before = workspace.tree();
    let root = File::open(workspace.root()).unwrap();
    root.lock().unwrap();
    let child = blocked(&workspace);
    workspace.tree().assert_same_as(&before);
    drop(root);
    Run::of_child(child).success();
    assert!(workspace.path("Makefile.toml").exists());
}

#[test]
fn a_wait_can_be_interrupted() {
    let workspace = Workspace::cart();
    let before = workspace.tree();
    let root = File::open(workspace.root()).unwrap();
    root.lock().unwrap();
    let child = blocked(&workspace);
    let id = child.id().to_string();
    let kill = Command::new("kill").args(["-INT", &id]).status();
    assert!(kill.unwrap().success());
    Run::of_child(child).failure(130, &["interrupted while another process was at work"]);
    workspace.tree().assert_same_as(&before);
}

#[test]
fn those_that_change_nothing_do_not_wait() {
    let workspace = Workspace::initialized_cart();
    let root = File::open(workspace.root()).unwrap();
    root.lock().unwrap();
    workspace.golem_rpc(&["regenerate", "--dry-run"]).success();
}

#[test]
fn two_at_the_same_time_do_the_same_as_one() {
    let (workspace, alone) = (Workspace::cart(), Workspace::initialized_cart());
    let start = || workspace.command("cargo-golem-rpc", &INIT).start();
    let both = [start(), start()].map(|child| Run::of_child(child).success());
    assert!(both.iter().any(|run| run.stderr.contains("Fresh")));
    workspace.tree().assert_same_content_as(&alone.tree());
}

/// A workspace in which `init` was killed when it had changed some of its files.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn half_done() -> Workspace {
    let workspace = Workspace::cart();
    let mut renames = 0;
    let command = workspace.command("cargo-golem-rpc", &INIT);
    let traced = command.trace(|_, call| {
        renames += usize::from(call == Call::Rename);
        if renames == 6 { Fate::Dies } else { Fate::Goes }
    });
    assert!(traced.was_killed);
    workspace
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn what_is_half_done_is_said_and_left_by_those_that_only_look() {
    let workspace = half_done();
    let torn = workspace.tree();
    let args = [&INIT[..], &["--dry-run"]].concat();
    let run = workspace.command("cargo-golem-rpc", &args).run();
    run.says("warning: an earlier command was cut off in the middle of its changes")
        .says("hint: the next command that changes files undoes or finishes them");
    workspace.tree().assert_same_as(&torn);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn what_was_changed_since_is_not_undone() {
    let workspace = half_done();
    workspace.replace("Cargo.toml", "[workspace]", "[workspace] # mine");
    let torn = workspace.tree();
    workspace
        .command("cargo-golem-rpc", &INIT)
        .run()
        .refusal(5, &["have been changed since", "Cargo.toml"]);
    workspace.tree().assert_same_as(&torn);
}
