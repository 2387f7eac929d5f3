//! Source grows with the number of types, not with the ways that lead to them.

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Stub, StubOptions, WitRoot};
use golem_rpc_stub_rust::{CrateOptions, generate, usage};

/// The source of the crate, and how it is used.
fn made(types: &str, last: usize) -> (String, String) {
    let text = format!(
        "package a:b;\ninterface api {{\n{types}f: func(v: t{last}) -> t{last};\n}}\nworld w {{ export api; }}\n"
    );
    let mut disk = Snapshot::new();
    disk.insert("/wit/main.wit", text.as_bytes());
    let source = WitRoot::read(&disk, Utf8Path::new("/wit"))
        .unwrap()
        .select(None)
        .unwrap();
    let stub =
        Stub::new(&source, &StubOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    let files = generate(&stub, &CrateOptions::new("c")).unwrap_or_else(|error| panic!("{error}"));
    (
        files.text("src/lib.rs").unwrap().to_string(),
        usage(&stub, "b").snippet,
    )
}

fn chain(last: usize, first: &str, next: &dyn Fn(usize, usize) -> String) -> String {
    let types = (1..=last).map(|n| next(n, n - 1) + "\n");
    format!("{first}\n{}", types.collect::<String>())
}

/// What one more type adds is bounded.
fn grows_evenly(first: &str, next: &dyn Fn(usize, usize) -> String) -> (String, String) {
    let (one, _) = made(&chain(2, first, next), 2);
    let (many, snippet) = made(&chain(13, first, next), 13);
    assert!(
        many.len() < one.len() + 11 * 1000,
        "{} bytes, then {}",
        one.len(),
        many.len()
    );
    assert!(snippet.len() < 10_000, "{snippet}");
    (many, snippet)
}

#[test]
fn records_that_double() {
    let next = |n, before| format!("record t{n} {{ a: t{before}, b: t{before} }}");
    let (_, snippet) = grows_evenly("record t0 { x: string }", &next);
    assert!(snippet.contains("todo!(\"some t"), "{snippet}");
}

/// A tuple has no Rust type of its own: its name stands for it.
#[test]
fn tuples_that_double() {
    let next = |n, before| format!("type t{n} = tuple<t{before}, t{before}>;");
    let (source, _) = grows_evenly("type t0 = u8;", &next);
    assert!(source.contains("v: stub::T13"), "{source}");
}

#[test]
fn variants_and_results_that_double() {
    let next = |n, before| match n % 2 {
        0 => format!("variant t{n} {{ a(t{before}), b(t{before}), c }}"),
        _ => format!("type t{n} = result<t{before}, t{before}>;"),
    };
    grows_evenly("record t0 { x: list<string> }", &next);
}
