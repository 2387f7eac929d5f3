//! Ctrl-C at any moment: exit code 130 and an untouched workspace, or all of it done.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use golem_rpc_messages::Message;
use golem_rpc_tests::{Run, Workspace, link_programs, script, which};

use super::INIT;

/// A cargo that interrupts whoever runs it, then does what it is asked for.
#[test]
fn while_the_workspace_is_read() {
    let cart = Workspace::cart();
    let bin = cart.outside("bin");
    script(
        &bin.join("cargo"),
        &format!("kill -INT $PPID\nexec '{}' \"$@\"", which("cargo")),
    );
    let before = cart.tree();
    let command = cart.command("cargo-golem-rpc", &INIT).path_first(&bin);
    command
        .without_env("CARGO")
        .run()
        .failure(130, &["interrupted"]);
    cart.tree().assert_same_as(&before);
}

#[test]
fn at_any_moment() {
    let done = Workspace::initialized_cart();
    for delay in (0..60).step_by(3) {
        let cart = Workspace::cart();
        let before = cart.tree();
        let child = cart.command("cargo-golem-rpc", &INIT).start();
        sleep(Duration::from_millis(delay));
        interrupt(child.id());
        let run = Run::of_child(child);
        match run.code {
            0 => assert_eq!(
                cart.tree().files().count(),
                done.tree().files().count(),
                "{run}"
            ),
            // 128 + SIGINT: it came before there was anything to watch for signals
            130 => cart.tree().assert_same_as(&before),
            _ => panic!("after {delay} ms: {run}"),
        }
    }
}

/// A cargo-component that interrupts the build and does not end by itself soon.
#[test]
fn while_members_are_built() {
    let cart = Workspace::initialized_cart();
    let bin = cart.outside("bin");
    link_programs(&bin, &["cargo-golem-rpc"]);
    // cargo has become cargo-component: its parent is ours
    let body = "kill -INT $PPID\nsleep 1\nexit 130";
    script(&bin.join("cargo-component"), body);
    let before = cart.tree();
    let command = cart
        .command("cargo-golem-rpc", &["build-members"])
        .path_first(&bin);
    command.run().failure(130, &["interrupted"]);
    cart.tree().assert_same_as(&before);
}

/// A worker that never returns by itself.
#[test]
fn while_a_worker_runs() {
    let actor = Workspace::of_fixture("minimal-actor/start");
    actor.replace(
        "component1/src/lib.rs",
        "COUNT.get()\n    }",
        "println!(\"spinning\");\n        loop {}\n    }",
    );
    let args = ["init", "--targets", "component1", "--callers", "component2"];
    actor.golem_rpc(&args).success();
    actor
        .golem_rpc(&["build-members", "-p", "component1"])
        .success();
    let before = actor.tree();
    let calls = ["invoke", "component1/a", "get()", "component1/b", "add(1)"];
    let mut child = actor.command("cargo-golem-rpc", &calls).start();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("spinning") {
        line.clear();
        let length = said.read_line(&mut line).unwrap();
        assert_ne!(length, 0, "it ended: {}", Run::of_child(child));
    }
    interrupt(child.id());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    let run = Run::of_child(child);
    assert_eq!(run.code, 130, "{rest}");
    assert!(rest.contains("error: interrupted"), "{rest}");
    assert_eq!(run.stdout, "");
    actor.tree().assert_same_as(&before);
}

/// Work in memory looks at no flag: both signals end it all the same, and soon.
#[test]
fn while_something_is_computed() {
    let cart = Workspace::initialized_cart();
    let functions: String = (0..60_000)
        .map(|n| format!("  call{n}: func(a: u32, b: string) -> option<u32>;\n"))
        .collect();
    let wit = format!(
        "package a:large;\n\ninterface api {{\n{functions}}}\n\nworld large {{ export api; }}\n"
    );
    cart.write("large/large.wit", &wit);
    let target = "purchase-history/wit/purchase-history.wit";
    cart.replace(
        target,
        "  get-orders:",
        &format!("{functions}\n  get-orders:"),
    );
    let before = cart.tree();
    let commands: [(&[&str], &str); 5] = [
        (&["generate", "-s", "large", "-d", "stub"], "-INT"),
        (
            &[
                "build",
                "-s",
                "large",
                "--dest-wasm",
                "large.wasm",
                "--dest-wit-root",
                "stub",
            ],
            "-TERM",
        ),
        (&["regenerate"], "-TERM"),
        (&["check"], "-INT"),
        (
            &["describe", "purchase-history", "--message-format", "json"],
            "-TERM",
        ),
    ];
    for (args, signal_name) in commands {
        let mut child = cart.command("cargo-golem-rpc", args).start();
        sleep(Duration::from_secs(2));
        assert!(
            child.try_wait().unwrap().is_none(),
            "{args:?} ends too early"
        );
        let sent = Instant::now();
        signal(child.id(), signal_name);
        let run = Run::of_child(child);
        // 200 ms where nobody else needs the processor
        assert!(
            sent.elapsed() < Duration::from_secs(4),
            "{args:?} {:?}",
            sent.elapsed()
        );
        assert_eq!(run.code, 130, "{args:?}: {run}");
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains("interrupted"), "{args:?}: {run}");
        cart.tree().assert_same_as(&before);
        if args.contains(&"json") {
            assert!(
                matches!(run.messages().last(), Some(Message::Finish(_))),
                "{run}"
            );
        }
    }
}

/// Nobody reads what it writes, so that it is stuck.
#[test]
fn while_it_waits_for_a_reader() {
    let cart = Workspace::empty("files");
    let functions: String = (0..500)
        .map(|n| format!("call{n}: func(a: u32, b: string) -> option<u32>;\n"))
        .collect();
    let wit =
        format!("package a:long;\ninterface api {{\n{functions}}}\nworld long {{ export api; }}\n");
    cart.write("wit/long.wit", wit);
    let args = ["build", "-s", "wit", "--emit", "wat"];
    let child = cart.command("cargo-golem-rpc", &args).start();
    sleep(Duration::from_secs(2));
    signal(child.id(), "-TERM");
    let sent = Instant::now();
    let mut child = child;
    let code = child.wait().unwrap().code();
    assert!(
        sent.elapsed() < Duration::from_secs(4),
        "{:?}",
        sent.elapsed()
    );
    assert_eq!(code, Some(130));
}

fn interrupt(process: u32) {
    signal(process, "-INT");
}

fn signal(process: u32, name: &str) {
    let status = Command::new("kill")
        .args([name, &process.to_string()])
        .status()
        .unwrap();
    // it may have ended already
    let _ = status.success();
}
