//! The process is aborted after every single entry of the journal, and the next one goes on: results, state
//! and what was said are those of a run that nobody kills.
//!
//! The test starts itself as a child that runs one scenario in a directory and aborts after so many entries,
//! then again without, until the scenario is done. Every call has a key, so that who asks again asks for the
//! same call.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that unwraps the wrong thing fails; it starts itself as a child, and reads what that prints"
)]

mod support;

use std::env;
use std::path::Path;
use std::process::{Command, Output};

use golem_rpc_oplog::{DiskStore, Journal};
use support::*;

const SCENARIO: &str = "KILLED_SCENARIO";
const STATE: &str = "KILLED_STATE";
const AFTER: &str = "KILLED_AFTER";

/// Worker and call, one after the other.
type Calls = Vec<(&'static str, String)>;

/// What is done, by name.
fn scenarios() -> Vec<(&'static str, Calls)> {
    let (t, u) = (uri("target", "t"), uri("target", "u"));
    let add = |number: u64| rpc("call", &t, ADD, &[&format!("prim-u64({number})")]);
    let total = ("target/t", "counter.get()".to_owned());
    let log = ("target/t", "counter.log()".to_owned());
    let hops = through(&uri("caller", "far"), &t, GET);
    let hops: Vec<&str> = hops.iter().map(String::as_str).collect();
    let chain = rpc("call", &uri("caller", "near"), CALL, &hops);
    let started =
        |to: &str, number| format!("({to:?}, {ADD:?}, [{{nodes: [prim-u64({number})]}}])");
    let fan = [(&t, 1), (&u, 2), (&t, 3)].map(|(to, number)| started(to, number));
    let trigger = |function, params: &[&str]| rpc("trigger", &t, function, params);
    vec![
        (
            "outside",
            vec![
                ("target/t", "add(5)".into()),
                ("target/t", r#"say("here")"#.into()),
                ("target/t", "add(6)".into()),
                log.clone(),
            ],
        ),
        (
            "calls",
            vec![
                ("caller/c", add(5)),
                ("caller/c", add(6)),
                ("caller/d", rpc("twice", &t, ADD, &["prim-u64(7)"])),
                log.clone(),
            ],
        ),
        ("chain", vec![("caller/c", add(5)), ("caller/c", chain)]),
        (
            "futures",
            vec![
                ("caller/c", format!("gather([{}])", fan.join(", "))),
                total.clone(),
                ("target/u", "counter.get()".into()),
            ],
        ),
        (
            "triggers",
            vec![
                ("caller/c", trigger(ADD, &["prim-u64(5)"])),
                ("caller/c", trigger(ADD, &["prim-u64(6)"])),
                log,
            ],
        ),
        (
            "failures",
            vec![
                ("target/t", "add(5)".into()),
                ("caller/c", rpc("call", &t, FAIL, &[])),
                total,
                ("target/u", "nope(5)".into()),
                ("caller/c", rpc("call", &u, "nope", &[])),
                ("target/u", "counter.get()".into()),
            ],
        ),
    ]
}

/// Runs a scenario and prints what comes of it.
fn run(calls: &Calls, state: &Path, after: usize) {
    let journal = Journal::open(DiskStore::open(state).unwrap()).unwrap();
    if after > 0 {
        journal.abort_after(after);
    }
    let world = World::journaled(journal);
    for (number, (worker, call)) in calls.iter().enumerate() {
        let parsed = world.runtime.parse(&worker.parse().unwrap(), call);
        let result = match parsed {
            Ok(_) => world.keyed(&format!("key {number}"), worker, call),
            Err(error) => error.to_string(),
        };
        // futures end in any order
        let mut parts: Vec<char> = result.chars().collect();
        if call.starts_with("gather") {
            parts.sort_unstable();
        }
        println!("{worker}: {}", parts.into_iter().collect::<String>());
    }
    println!("failed triggers: {:?}", world.runtime.failed_triggers());
}

fn child(scenario: &str, state: &Path, after: usize) -> Output {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "every_entry", "--nocapture"])
        .env(SCENARIO, scenario)
        .env(STATE, state)
        .env(AFTER, after.to_string())
        .output()
        .unwrap()
}

/// What a scenario has printed.
fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let is_ours = |line: &&str| line.contains(": ") && !line.starts_with("test ");
    let lines = text.lines().filter(is_ours);
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_entry() {
    if let Ok(name) = env::var(SCENARIO) {
        let scenarios = scenarios();
        let (_, calls) = scenarios.iter().find(|(known, _)| *known == name).unwrap();
        let after = env::var(AFTER).unwrap().parse().unwrap();
        return run(calls, Path::new(&env::var(STATE).unwrap()), after);
    }
    std::thread::scope(|threads| {
        for (name, _) in scenarios() {
            threads.spawn(move || kill_at_every_entry(name));
        }
    });
}

fn kill_at_every_entry(name: &str) {
    let state = tempfile::tempdir().unwrap();
    let expected = printed(&child(name, state.path(), 0));
    for after in 1.. {
        let state = tempfile::tempdir().unwrap();
        let killed = child(name, state.path(), after);
        if killed.status.success() {
            assert_eq!(printed(&killed), expected, "{name}");
            assert!(after > 8, "{name} has {after} entries");
            return;
        }
        // the next process is killed as well, after one more entry
        let _ = child(name, state.path(), 1);
        let end = printed(&child(name, state.path(), 0));
        assert_eq!(end, expected, "{name}, killed after {after} entries");
    }
}
