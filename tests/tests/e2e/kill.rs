//! SIGKILL at each system call by which a command changes a file: the next command finds all of the
//! change or nothing of it, says what it undid or finished, and the same command then comes to the
//! end that it would have come to.

use std::collections::BTreeSet;

use golem_rpc_tests::{Run, Tree, Workspace};
use golem_rpc_trace::{Call, Fate};

const INIT: [&str; 5] = [
    "init",
    "--targets",
    "purchase-history",
    "--callers",
    "shopping-cart",
];

#[test]
fn init() {
    kill_at_each_call(&Workspace::cart, &INIT);
}

#[test]
fn link() {
    let args = ["link", "shopping-cart", "purchase-history", "--import"];
    kill_at_each_call(&Workspace::cart, &args);
}

#[test]
fn unlink() {
    let linked = || {
        let cart = Workspace::cart();
        let args = ["link", "shopping-cart", "purchase-history", "--import"];
        run(&cart, &args).success();
        cart
    };
    kill_at_each_call(&linked, &["unlink", "shopping-cart", "purchase-history"]);
}

#[test]
fn migrate() {
    let older = || Workspace::of_fixture("older/shopping-cart");
    kill_at_each_call(&older, &["migrate", "--allow-no-vcs"]);
}

/// Runs the command again and again, each time killed one call later, until it comes to its end.
fn kill_at_each_call(start: &dyn Fn() -> Workspace, args: &[&str]) {
    let whole = start();
    run(&whole, args).success();
    let after = whole.tree();
    let (mut kinds, mut outcomes) = (BTreeSet::new(), BTreeSet::new());
    for n in 0.. {
        let workspace = start();
        let before = workspace.tree();
        let command = workspace.command("cargo-golem-rpc", &[&["golem-rpc"], args].concat());
        let traced = command.trace(|number, _| match number == n {
            true => Fate::Dies,
            false => Fate::Goes,
        });
        if !traced.was_killed {
            workspace.tree().assert_same_content_as(&after);
            break;
        }
        kinds.extend(traced.calls.last().copied());
        outcomes.insert(outcome(&workspace, (&before, &after), n));
        let is_done = workspace.tree().has_same_content_as(&after);
        let again = run(&workspace, args);
        // A link that has gone cannot go once more.
        assert!(again.code == 0 || (is_done && again.code == 3), "{again}");
        workspace.tree().assert_same_content_as(&after);
    }
    assert!(kinds.contains(&Call::Rename), "only {kinds:?} were met");
    let both = BTreeSet::from([Outcome::Undone, Outcome::Finished]);
    assert!(outcomes.is_superset(&both), "{outcomes:?}");
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The command was killed before its first change, or after all was done.
    Nothing,
    Undone,
    Finished,
}

/// Has the next command look at what is left. It is one that changes nothing itself.
fn outcome(workspace: &Workspace, (before, after): (&Tree, &Tree), n: usize) -> Outcome {
    let next = run(workspace, &["build-members", "-p", "nobody"]);
    assert!([2, 3].contains(&next.code), "killed at call {n}: {next}");
    let tree = workspace.tree();
    let is = |state: &Tree| tree.has_same_content_as(state);
    let said = next.stderr.contains("an earlier command was cut off");
    match (said, next.stderr.contains("undid the changes")) {
        (_, true) if is(before) => Outcome::Undone,
        (true, _) if is(after) => Outcome::Finished,
        (true, _) if is(before) => Outcome::Undone,
        (false, false) if is(before) || is(after) => Outcome::Nothing,
        _ => panic!("killed at call {n}, neither before nor after: {next}"),
    }
}

fn run(workspace: &Workspace, args: &[&str]) -> Run {
    workspace
        .command("cargo-golem-rpc", &[&["golem-rpc"], args].concat())
        .run()
}
