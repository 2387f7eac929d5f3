//! golem:rpc in its versions: workers by id, ephemeral ones, and invocations for later.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps the wrong thing fails"
)]

mod support;

use std::time::{Duration, SystemTime};

use golem_rpc_local::{Event, InvokeError, Note, component_id};
use support::*;

const NEWER: [&str; 3] = ["0.2.0", "0.2.1", "0.2.2"];

/// `agent` at a version, and `target`.
fn world(version: &str) -> World {
    World::of(vec![
        spec("agent", agent(version)),
        spec("target", target()),
    ])
}

fn id(high: u64, low: u64) -> String {
    format!("{{high-bits: {high}, low-bits: {low}}}")
}

fn target_id() -> String {
    let (high, low) = component_id("target").as_u64_pair();
    id(high, low)
}

/// The arguments that name the target's worker `t`.
fn there() -> String {
    format!("{}, \"t\"", target_id())
}

/// A datetime so long from now.
fn after(delay: Duration) -> String {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let at = since_1970.unwrap() + delay;
    format!(
        "{{seconds: {}, nanoseconds: {}}}",
        at.as_secs(),
        at.subsec_nanos()
    )
}

fn add(value: u64) -> String {
    format!("{ADD:?}, [{{nodes: [prim-u64({value})]}}]")
}

fn notes(world: &World) -> Vec<Note> {
    let events = world.events().into_iter();
    let notes = events.filter_map(|event| match event {
        Event::Note(note) => Some(note),
        _ => None,
    });
    notes.collect()
}

#[test]
fn everything_that_a_version_has_is_linked() {
    for version in ["0.1.0", "0.1.1", "0.1.9", "0.2.0", "0.2.1", "0.2.2"] {
        let wit = format!(
            "package test:all; world all {{ import golem:rpc/types@{version}; export run: func(); }}"
        );
        let world = World::of(vec![spec("all", dummy(&wit, version))]);
        let error = world.error("all/a", "run()");
        let entered = "all/a failed in run: wasm trap: wasm `unreachable` instruction executed";
        assert_eq!(error, entered, "{version}");
    }
}

#[test]
fn a_worker_is_found_by_its_id() {
    for version in NEWER {
        let world = world(version);
        let call = format!("call({}, {})", there(), add(5));
        let empty = "ok({nodes: [tuple-value([])]})";
        assert_eq!(world.ok("agent/a", &call), empty, "{version}");
        assert_eq!(world.ok("target/t", "counter.get()"), "5", "{version}");
        // a name is a name and no part of a URI
        let odd = format!("call({}, \"a/b%20c\", {})", target_id(), add(6));
        assert_eq!(world.ok("agent/a", &odd), empty);
        assert_eq!(world.ok("target/a/b%20c", "counter.get()"), "6");
        let nowhere = format!("call({}, \"t\", {})", id(1, 2), add(5));
        let error = world.ok("agent/a", &nowhere);
        let expected = "err(remote-internal-error(\"Failed to get latest version of component \
            00000000-0000-0001-0000-000000000002";
        assert!(error.starts_with(expected), "{error}");
        assert_eq!(notes(&world), []);
    }
}

#[test]
fn an_ephemeral_worker_is_new_each_time() {
    for version in ["0.2.0", "0.2.1"] {
        let world = world(version);
        let twice = format!("twice({}, {})", target_id(), add(5));
        for _ in 0..2 {
            assert_eq!(
                world.ok("agent/a", &twice),
                "ok({nodes: [tuple-value([])]})"
            );
        }
        let events = world.events();
        let created = events.iter().filter_map(|event| match event {
            Event::WorkerCreated { worker } if worker.component == "target" => Some(&worker.name),
            _ => None,
        });
        let names: Vec<_> = created.collect();
        assert_eq!(names.len(), 2, "one for two calls: {names:?}");
        assert_ne!(names[0], names[1]);
    }
}

#[test]
fn uuids_are_read_and_written() {
    for version in NEWER {
        let world = world(version);
        let text = "6b3a2c1e-0f4d-4e5a-9b8c-7d6e5f4a3b2c";
        let bits = id(0x6b3a_2c1e_0f4d_4e5a, 0x9b8c_7d6e_5f4a_3b2c);
        assert_eq!(
            world.ok("agent/a", &format!("show({bits})")),
            format!("{text:?}")
        );
        let parsed = world.ok("agent/a", &format!("parse({text:?})"));
        assert_eq!(parsed, format!("ok({bits})"));
        let error = world.ok("agent/a", "parse(\"nonsense\")");
        assert!(error.starts_with("err(\"invalid"), "{error}");
    }
}

#[test]
fn a_call_scheduled_for_the_past_or_soon_has_been_made() {
    for version in NEWER {
        let world = world(version);
        let past = "{seconds: 0, nanoseconds: 0}";
        let soon = after(Duration::from_millis(30));
        for (value, at) in [(1, past), (10, soon.as_str())] {
            let schedule = format!("schedule({}, {at}, {})", there(), add(value));
            world.ok("agent/a", &schedule);
        }
        assert_eq!(world.ok("target/t", "counter.get()"), "11", "{version}");
        assert_eq!(world.runtime.failed_triggers(), []);
    }
}

#[test]
fn a_cancelled_call_is_not_made() {
    for version in NEWER {
        let world = world(version);
        let hour = after(Duration::from_secs(3600));
        let maybe = |at: &str, value, cancel: bool| {
            format!("maybe({}, {at}, {}, {cancel})", there(), add(value))
        };
        // were it not cancelled, this would wait for an hour
        world.ok("agent/a", &maybe(&hour, 1, true));
        assert_eq!(world.ok("target/t", "counter.get()"), "0", "{version}");
        // a token that is only dropped cancels nothing
        let soon = after(Duration::from_millis(30));
        world.ok("agent/a", &maybe(&soon, 2, false));
        assert_eq!(world.ok("target/t", "counter.get()"), "2", "{version}");
        assert_eq!(notes(&world), []);
    }
}

#[test]
fn a_long_wait_is_announced_and_can_be_interrupted() {
    for (delay, least) in [(7200, 7000), (u64::MAX, u64::MAX)] {
        let world = world("0.2.2");
        let at = match delay {
            u64::MAX => format!("{{seconds: {}, nanoseconds: 4000000000}}", u64::MAX),
            _ => after(Duration::from_secs(delay)),
        };
        let (events, interrupt) = (world.keep_events(), world.interrupt());
        let announced = std::thread::spawn(move || {
            loop {
                let found = events.lock().unwrap().iter().find_map(|event| match event {
                    Event::Note(note) => Some(note.clone()),
                    _ => None,
                });
                if let Some(note) = found {
                    interrupt();
                    return note;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let schedule = format!("schedule({}, {at}, {})", there(), add(1));
        let outcome = world.invoke("agent/a", &schedule);
        assert_eq!(outcome, Err(InvokeError::Interrupted));
        let note = announced.join().unwrap();
        let Note::Scheduled { calls: 1, seconds } = note else {
            panic!("another note: {note}")
        };
        assert!(seconds >= least, "{seconds}");
    }
}

#[test]
fn what_the_note_says() {
    let note = |calls, seconds| Note::Scheduled { calls, seconds }.to_string();
    assert_eq!(
        note(1, 60),
        "waiting for a scheduled call that is due in 60 s; on Golem nobody waits for scheduled calls"
    );
    assert_eq!(
        note(2, 60),
        "waiting for 2 scheduled calls, the last of them due in 60 s; on Golem nobody waits for \
        scheduled calls"
    );
}

#[test]
fn a_scheduled_call_that_fails_is_reported() {
    let world = world("0.2.0");
    let past = "{seconds: 0, nanoseconds: 0}";
    world.ok(
        "agent/a",
        &format!("schedule({}, {past}, {FAIL:?}, [])", there()),
    );
    world.ok(
        "agent/a",
        &format!("schedule({}, \"x\", {past}, {GET:?}, [])", id(1, 2)),
    );
    let failures = world.runtime.failed_triggers();
    let [trap, nowhere] = &failures[..] else {
        panic!("{failures:?}")
    };
    assert_eq!(
        (trap.worker.to_string(), &*trap.function),
        ("target/t".to_owned(), FAIL)
    );
    assert!(trap.cause.contains("unreachable"), "{trap}");
    let worker = "00000000-0000-0001-0000-000000000002/x";
    assert_eq!(nowhere.worker.to_string(), worker);
    assert!(
        nowhere.cause.starts_with("Failed to get latest version"),
        "{nowhere}"
    );
}
