//! What fuzzing has found and tried, again: every file of `fuzz/corpus/<target>`, through the code of
//! the fuzz targets themselves. See CONTRIBUTING.md for how a file comes there.

#[path = "../../../../fuzz/src/oplog_entry.rs"]
#[allow(unreachable_pub, reason = "the targets are a library's modules")]
mod oplog_entry;
#[path = "../../../../fuzz/src/oplog_rows.rs"]
#[allow(unreachable_pub, reason = "the targets are a library's modules")]
mod oplog_rows;

use std::fs;
use std::path::Path;

/// Runs `target` on every file of its corpus; a panic names the file.
fn replay(name: &str, target: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(name);
    let mut replayed = 0;
    for file in fs::read_dir(&corpus).unwrap() {
        let path = file.unwrap().path();
        let data = fs::read(&path).unwrap();
        let outcome = std::panic::catch_unwind(|| target(&data));
        assert!(outcome.is_ok(), "{} fails", path.display());
        replayed += 1;
    }
    assert!(replayed > 0, "no file in {}", corpus.display());
}

#[test]
fn bytes_give_an_entry_or_an_error() {
    replay("oplog_entry", oplog_entry::run);
}

#[test]
fn rows_give_a_state_or_an_error() {
    replay("oplog_rows", oplog_rows::run);
}
