//! Worlds that no stub can carry whole: what is said, and that the rest works.

use std::fmt::Write as _;

use golem_rpc_stub::{Stub, StubError, StubOptions};

use crate::corpus::{World, assert_beside, each, worlds};
use crate::round_trip::round_trip;

/// Worlds whose own component the local runtime cannot host: it needs a feature of WebAssembly that
/// is not switched on, imports what nothing there provides, or nothing makes its resource.
const NOT_HOSTED: [&str; 7] = [
    "refused-fallible-constructor",
    "refused-fixed-length-list",
    "refused-future",
    "refused-imported-resource-of-the-same-package",
    "refused-in-a-dependency",
    "refused-map",
    "refused-resource-in-a-world-function",
];

#[test]
fn refusals_say_why_and_leave_the_rest() {
    let mut worlds = worlds();
    worlds.retain(World::is_refused);
    assert!(worlds.len() > 15);
    each(&worlds, |world| {
        let (text, left) = refusal(world);
        assert_beside(world, "refused.txt", Some(&text));
        match left {
            true if NOT_HOSTED.contains(&world.name.as_str()) => {
                let stub = world.stub(&skip());
                let emitted = golem_rpc_stub_wasm::emit(&stub);
                emitted.unwrap_or_else(|error| panic!("{error}"));
            }
            true => round_trip(world, &skip()),
            false => {}
        }
    });
}

fn skip() -> StubOptions {
    StubOptions {
        skip_unsupported: true,
        ..StubOptions::default()
    }
}

/// The text of `refused.txt`, and whether something is left of the world.
fn refusal(world: &World) -> (String, bool) {
    let source = match world.source() {
        Ok(source) => source,
        Err(error) => return (message(&error, error.hint()), false),
    };
    let error = Stub::new(&source, &StubOptions::default()).expect_err("this is refused");
    let mut text = message(&error, error.hint());
    if !matches!(error, StubError::Unsupported(_)) {
        return (text, false);
    }
    text.push_str("\nwith --skip-unsupported:\n");
    match Stub::new(&source, &skip()) {
        Ok(stub) => {
            assert!(!stub.skipped.is_empty(), "nothing is left out");
            for skipped in &stub.skipped {
                writeln!(text, "without {}", skipped.wire_name).unwrap();
            }
            (text, true)
        }
        Err(error) => (text + &message(&error, error.hint()), false),
    }
}

fn message(error: &dyn std::error::Error, hint: Option<String>) -> String {
    let hint = hint.map(|hint| format!("hint: {hint}\n"));
    format!("{error}\n{}", hint.unwrap_or_default())
}
