//! Comparisons of WIT texts.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "these tests read files, and fail where that fails"
)]

mod doubling;
mod fixtures;
mod output;
mod random;
mod stubs;
mod table;

use camino::Utf8Path;
use golem_rpc_compat::{Change, compare};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, WitRoot};

/// The only world of these files below `/wit`.
fn source_of(files: &[(&str, &str)]) -> Source {
    let mut disk = Snapshot::new();
    for (path, text) in files {
        disk.insert(Utf8Path::new("/wit").join(path), *text);
    }
    let root = WitRoot::read(&disk, Utf8Path::new("/wit")).expect("a root with WIT");
    root.select(None)
        .unwrap_or_else(|error| panic!("{error}\n{files:?}"))
}

/// A whole package, or what stands in the interface `a:b/api` of a world that exports it.
fn source(text: &str) -> Source {
    let text = match text.starts_with("package") {
        true => text.to_string(),
        false => format!("package a:b;\ninterface api {{\n{text}\n}}\nworld w {{ export api; }}\n"),
    };
    source_of(&[("main.wit", &text)])
}

fn changes(old: &str, new: &str) -> Vec<Change> {
    compare(&source(old), &source(new))
}

/// Changes in a form that is quick to read: `wire field retyped a:b/api.f: param x: record r: field a`.
fn lines(changes: &[Change]) -> Vec<String> {
    let line = |change: &Change| {
        let words = format!("{:?} {:?} {:?}", change.class, change.subject, change.what);
        format!("{} {}", words.to_lowercase(), change.path)
    };
    changes.iter().map(line).collect()
}
