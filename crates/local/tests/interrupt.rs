//! An interrupt ends a call whatever its workers are doing, and their runtime with it.
//!
//! Each test fails by running into [`LONGEST`], which nothing that works comes near.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps the wrong thing fails"
)]

mod support;

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use golem_rpc_local::{Event, InvokeError};
use support::*;

const LONGEST: Duration = Duration::from_secs(120);

/// A component that computes or sleeps for ever.
fn busy() -> Vec<u8> {
    let wit = "
package test:busy;
world busy {
  import wasi:io/poll@0.2.3;
  import wasi:clocks/monotonic-clock@0.2.3;
  export spin: func();
  export recurse: func();
  export sleep: func();
  export ask: func();
  export fine: func() -> u32;
}
";
    let core = r#"(module
  (import "wasi:io/poll@0.2.3" "poll" (func $poll (param i32 i32 i32)))
  (import "wasi:io/poll@0.2.3" "[method]pollable.ready" (func $ready (param i32) (result i32)))
  (import "wasi:clocks/monotonic-clock@0.2.3" "subscribe-duration"
    (func $timer (param i64) (result i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "spin") (loop $again (br $again)))
  (func $idle (param i32) (if (local.get 0) (then
    (call $idle (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "recurse") (loop $again (call $idle (i32.const 100)) (br $again)))
  (func (export "sleep")
    (i32.store (i32.const 8) (call $timer (i64.const 1_000_000_000_000_000)))
    (call $poll (i32.const 8) (i32.const 1) (i32.const 0)))
  (func (export "ask") (local $timer i32)
    (local.set $timer (call $timer (i64.const 1_000_000_000_000_000)))
    (loop $again (br_if $again (i32.eqz (call $ready (local.get $timer))))))
  (func (export "fine") (result i32) (i32.const 1)))"#;
    component(wit, core)
}

/// A component that triggers `ping` of a worker of another one whenever it is pinged.
fn pinging(other: &str) -> Vec<u8> {
    let wit = "
package test:pinging;
world pinging { import golem:rpc/types@0.1.1; export ping: func(); }
";
    let there = uri(other, "w");
    let core = format!(
        r#"(module
  (import "golem:rpc/types@0.1.1" "[constructor]wasm-rpc"
    (func $connect (param i32 i32) (result i32)))
  (import "golem:rpc/types@0.1.1" "[method]wasm-rpc.invoke"
    (func $trigger (param i32 i32 i32 i32 i32 i32)))
  (import "golem:rpc/types@0.1.1" "[resource-drop]wasm-rpc" (func $drop (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "ping")
  (data (i32.const 128) "{there}")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "ping") (local $rpc i32)
    (local.set $rpc (call $connect (i32.const 128) (i32.const {})))
    (call $trigger (local.get $rpc) (i32.const 64) (i32.const 4)
      (i32.const 0) (i32.const 0) (i32.const 0))
    (call $drop (local.get $rpc))))"#,
        there.len()
    );
    component(wit, &core)
}

fn world() -> World {
    World::of(vec![
        spec("busy", busy()),
        spec("ping", pinging("pong")),
        spec("pong", pinging("ping")),
        spec("caller", caller("0.1.1")),
    ])
}

fn created(event: &Event, component: &str) -> bool {
    matches!(event, Event::WorkerCreated { worker } if worker.component == component)
}

/// Makes a call that would never end, interrupts it after a worker of `last` has
/// come to be, and drops the runtime. Gives all that was told by then.
fn interrupted(worker: &'static str, call: String, last: &'static str) -> Vec<Event> {
    let (done, ended) = channel();
    thread::spawn(move || {
        let world = world();
        let (interrupt, events) = (world.interrupt(), world.keep_events());
        thread::spawn(move || {
            while !events
                .lock()
                .unwrap()
                .iter()
                .any(|event| created(event, last))
            {
                thread::sleep(Duration::from_millis(5));
            }
            thread::sleep(Duration::from_millis(200));
            interrupt();
        });
        assert_eq!(world.invoke(worker, &call), Err(InvokeError::Interrupted));
        let events = world.keep_events();
        drop(world);
        let events = events.lock().unwrap().clone();
        done.send(events).unwrap();
    });
    ended.recv_timeout(LONGEST).unwrap()
}

#[test]
fn a_guest_that_computes() {
    interrupted("busy/w", "spin()".into(), "busy");
    interrupted("busy/w", "recurse()".into(), "busy");
}

#[test]
fn a_guest_that_sleeps() {
    interrupted("busy/w", "sleep()".into(), "busy");
    interrupted("busy/w", "ask()".into(), "busy");
}

#[test]
fn workers_that_trigger_each_other_for_ever() {
    interrupted("ping/w", "ping()".into(), "pong");
}

#[test]
fn a_worker_that_another_one_calls() {
    for function in ["spin", "sleep"] {
        let call = rpc("call", &uri("busy", "w"), function, &[]);
        interrupted("caller/c", call, "busy");
    }
}

#[test]
fn what_was_triggered_is_stopped_and_has_not_failed() {
    for function in ["spin", "sleep"] {
        let call = rpc("trigger", &uri("busy", "w"), function, &[]);
        let events = interrupted("caller/c", call, "busy");
        let failed = |event: &Event| matches!(event, Event::TriggerFailed(_));
        assert!(!events.iter().any(failed), "{events:?}");
    }
}

#[test]
fn nothing_runs_after_an_interrupt() {
    let world = world();
    let parsed = world
        .runtime
        .parse(&"busy/w".parse().unwrap(), "fine()")
        .unwrap();
    world.interrupt()();
    assert_eq!(world.runtime.invoke(parsed), Err(InvokeError::Interrupted));
    assert_eq!(
        world.invoke("busy/w", "fine()"),
        Err(InvokeError::Interrupted)
    );
    assert_eq!(world.events(), []);
}
