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
    assert!(cart.path("purchase-history-stub/wit/_stub.wit").is_file());
}

/// A disk that is full, for whatever prints.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_no_success() {
    let cart = Workspace::initialized_cart();
    let lines: [&[&str]; 8] = [
        &["graph", "--format", "svg"],
        &["status"],
        &["completions", "bash"],
        &["man"],
        &[
            "init",
            "--targets",
            "shopping-cart",
            "--callers",
            "purchase-history",
            "--dry-run",
        ],
        &["check", "--message-format", "json"],
        &["--help"],
        &["--help", "--message-format", "json"],
    ];
    for line in lines {
        let script = format!("cargo-golem-rpc {} >/dev/full", line.join(" "));
        let run = cart.command("sh", &["-c", &script]).run();
        let run = run.failure(
            1,
            &["error: standard output could not be written: No space left"],
        );
        assert!(run.stderr.contains("hint: "), "{run}");
        did_not_panic(run);
    }
    // an exit code that says more stays
    let script = "cargo-golem-rpc describe nobody --message-format json >/dev/full";
    cart.command("sh", &["-c", script])
        .run()
        .failure(3, &["could not be written"]);
    let pipe = cart
        .command("cargo-golem-rpc", &["status"])
        .run_unread()
        .success();
    assert_eq!(pipe.stderr, "", "{pipe}");
}

#[track_caller]
fn did_not_panic(run: Run) {
    run.does_not_say("thread '").does_not_say("panicked");
}
