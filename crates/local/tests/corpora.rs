//! What fuzzing has found and tried, again: every file of `fuzz/corpus/<target>`, through the code of
//! the fuzz targets themselves. See CONTRIBUTING.md for how a file comes there.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "these tests read files, and fail where that fails; the targets are a library's modules"
)]

#[path = "../../../fuzz/src/wit_stub.rs"]
mod wit_stub;
#[path = "../../../fuzz/src/wit_value.rs"]
mod wit_value;

use camino::Utf8Path;

/// Runs `target` on every file of its corpus; a panic names the file.
fn replay(name: &str, target: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let corpus = Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(name);
    let mut replayed = 0;
    for file in corpus.read_dir_utf8().unwrap() {
        let file = file.unwrap();
        let data = std::fs::read(file.path()).unwrap();
        let outcome = std::panic::catch_unwind(|| target(&data));
        assert!(outcome.is_ok(), "{} fails", file.path());
        replayed += 1;
    }
    assert!(replayed > 0, "no file in {corpus}");
}

#[test]
fn wit_gives_a_stub_or_an_error() {
    replay("wit_stub", |data| {
        assert!(wit_stub::run(data), "it is no WIT, or too long");
    });
}

#[test]
fn nodes_give_a_value_or_an_error() {
    replay("wit_value", wit_value::run);
}
