//! Workers whose state outlives the process: the directory is all that the next one has.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps the wrong thing fails"
)]

mod support;

use std::path::Path;

use golem_rpc_local::{Event, component_id};
use golem_rpc_oplog::{DiskStore, Entry, Journal, Kind, Status, WorkerId, WorkerRecord};
use support::*;
use tempfile::TempDir;

fn state() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The entries of a worker's oplog, and its row.
fn oplog(directory: &Path, component: &str, name: &str) -> (Vec<Entry>, WorkerRecord) {
    let journal = Journal::open(DiskStore::open(directory).unwrap()).unwrap();
    let worker = WorkerId::new(component_id(component), name);
    let log = journal.log(&worker).unwrap().unwrap();
    let mut entries = Vec::new();
    loop {
        let page = journal.read(&log, entries.len() as u64 + 1).unwrap();
        if page.is_empty() {
            return (entries, journal.worker(&worker).unwrap().unwrap());
        }
        entries.extend(page.into_iter().map(|(_, entry)| entry));
    }
}

fn outputs(events: &[Event]) -> Vec<String> {
    let lines = events.iter().filter_map(|event| match event {
        Event::Output { line, .. } => Some(line.clone()),
        _ => None,
    });
    lines.collect()
}

#[test]
fn state_is_there_after_a_restart() {
    let state = state();
    for (round, sum) in [5, 10, 15].into_iter().enumerate() {
        let world = World::durable(state.path());
        world.ok("target/t", "add(5)");
        world.ok("target/t", r#"say("said")"#);
        assert_eq!(world.ok("target/t", "counter.get()"), sum.to_string());
        let events = world.events();
        let created = |event: &&Event| matches!(event, Event::WorkerCreated { .. });
        // one that is loaded again is not created, and does not say again what it has said
        assert_eq!(
            events.iter().filter(created).count(),
            usize::from(round == 0)
        );
        assert_eq!(outputs(&events), ["said"]);
        assert_eq!(world.ok("target/other", "counter.get()"), "0");
    }
    let (entries, row) = oplog(state.path(), "target", "t");
    let said = |entry: &&Entry| matches!(entry.kind, Kind::Log { .. });
    assert_eq!(entries.iter().filter(said).count(), 3);
    assert_eq!((row.status, row.wake), (Status::Idle, None));
}

#[test]
fn workers_in_memory_forget() {
    World::new().ok("target/t", "add(5)");
    assert_eq!(World::new().ok("target/t", "counter.get()"), "0");
}

#[test]
fn calls_between_workers_are_replayed_and_not_made_again() {
    let state = state();
    let there = uri("target", "t");
    let call = rpc("call", &there, ADD, &["prim-u64(5)"]);
    let trigger = rpc("trigger", &there, ADD, &["prim-u64(7)"]);
    let gather = format!(
        "gather([({there:?}, {GET:?}, []), ({:?}, {GET:?}, [])])",
        uri("target", "u")
    );
    for sum in [12, 24, 36] {
        let world = World::durable(state.path());
        world.ok("caller/c", &call);
        world.ok("caller/c", &trigger);
        let gathered = world.ok("caller/c", &gather);
        assert!(gathered.contains(&format!("prim-u64({sum})")), "{gathered}");
        assert_eq!(world.ok("target/t", "counter.get()"), sum.to_string());
    }
}

#[test]
fn a_key_is_good_for_one_invocation() {
    let state = state();
    for _ in 0..2 {
        let world = World::durable(state.path());
        for _ in 0..2 {
            assert_eq!(world.keyed("once", "target/t", "add(5)"), "");
            assert_eq!(world.keyed("now", "target/t", "counter.get()"), "5");
        }
        assert_eq!(world.keyed("at last", "target/u", "counter.get()"), "0");
    }
    let world = World::durable(state.path());
    assert_eq!(world.ok("target/t", "counter.get()"), "5");
    // a failure is an answer as well
    let failed = world.keyed("fails", "target/f", "fail()");
    assert!(failed.contains("unreachable"), "{failed}");
    drop(world);
    let again = World::durable(state.path()).keyed("fails", "target/f", "fail()");
    assert_eq!(again, failed);
}

#[test]
fn a_trap_is_tried_again_three_times() {
    let state = state();
    let world = World::durable(state.path());
    world.ok("target/t", "add(5)");
    let error = world.error("target/t", "fail()");
    assert!(error.contains("unreachable"), "{error}");
    let error = world.error("target/t", "counter.get()");
    assert!(error.starts_with("Previous invocation failed"), "{error}");
    drop(world);
    let (entries, row) = oplog(state.path(), "target", "t");
    let retried = entries.iter().filter_map(|entry| match entry.kind {
        Kind::Error { retried, .. } => Some(retried),
        _ => None,
    });
    assert_eq!(retried.collect::<Vec<_>>(), [true, true, true, false]);
    assert_eq!((row.status, row.wake), (Status::Failed, None));
    // and has failed for good
    let world = World::durable(state.path());
    let error = world.error("target/t", "counter.get()");
    assert!(error.starts_with("Previous invocation failed"), "{error}");
}

#[test]
fn what_cannot_become_right_is_not_tried_again() {
    for (worker, call) in [("target/t", "exit()"), ("caller/c", "itself")] {
        let state = state();
        let world = World::durable(state.path());
        let itself = rpc("call", &uri("caller", "c"), CALL, &[]);
        let call = if call == "itself" { &itself } else { call };
        world.error(worker, call);
        drop(world);
        let (component, name) = worker.split_once('/').unwrap();
        let (entries, _) = oplog(state.path(), component, name);
        let errors = |entry: &&Entry| matches!(entry.kind, Kind::Error { retried: false, .. });
        assert_eq!(entries.iter().filter(errors).count(), 1, "{worker}");
    }
}

#[test]
fn a_worker_keeps_the_version_and_the_environment_that_it_was_created_with() {
    let state = state();
    let journal = || Journal::open(DiskStore::open(state.path()).unwrap()).unwrap();
    World::journaled(journal()).ok("target/old", "add(5)");
    // the component's bytes change
    let other = journal();
    let (id, wasm) = (component_id("target"), caller("0.1.0"));
    let added = other.add_component(id, "target", &wasm, 0, Vec::new());
    assert_eq!(added.unwrap().version, 1);
    drop(other);
    let world = World::durable(state.path());
    assert_eq!(world.ok("target/old", "counter.get()"), "5");
    let version = |worker| world.ok(worker, "env()");
    assert!(version("target/old").contains(r#"("GOLEM_COMPONENT_VERSION", "0")"#));
    // the same bytes as in the beginning, but it is not the newest version any more
    assert!(version("target/new").contains(r#"("GOLEM_COMPONENT_VERSION", "2")"#));
}
