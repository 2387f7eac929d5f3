//! Standard output that is no longer read.

use golem_rpc_tests::{Run, Workspace};

use super::INIT;

#[test]
fn only_the_first_line_is_read() {
    let cart = Workspace::cart();
    let before = cart.tree();
    let script = format!("cargo golem-rpc {} --dry-run | head -n 1", INIT.join(" "));
    let run = cart.command("sh", &["-c", &script]).run().success();
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
    did_not_panic(run);
    cart.tree().assert_same_as(&before);
}

#[test]
fn nothing_is_read() {
    let cart = Workspace::cart();
    let before = cart.tree();
    let dry = [&INIT[..], &["--dry-run"]].concat();
    did_not_panic(cart.command("cargo-golem-rpc", &dry).run_unread());
    cart.tree().assert_same_as(&before);
    did_not_panic(cart.command("cargo-golem-rpc", &["--help"]).run_unread());
    // the work is done all the same
    let json = [&INIT[..], &["--message-format", "json"]].concat();
    did_not_panic(cart.command("cargo-golem-rpc", &json).run_unread());
    assert!(cart.path("golem-rpc.lock").is_file());
}

#[track_caller]
fn did_not_panic(run: Run) {
    run.does_not_say("thread '").does_not_say("panicked");
}
