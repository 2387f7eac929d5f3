//! A caller's copy of a stub, compared with the stub as it would be made now.

use golem_rpc_compat::{compare, stub_source};
use golem_rpc_stub::{Source, Stub};

use crate::{lines, source};

/// What a caller gets of this target.
fn vendored(text: &str) -> Source {
    let stub = Stub::new(&source(text), &Default::default()).unwrap();
    stub_source(&stub.resolve, stub.package).unwrap()
}

const OLD: &str = "record order { id: string, total: f32 }\n add: func(order: order);\n orders: func() -> list<order>;\n new: func() -> u8;";

#[test]
fn the_same_stub_differs_in_nothing() {
    assert_eq!(compare(&vendored(OLD), &vendored(OLD)), []);
}

#[test]
fn what_changed_in_the_target_is_found_in_its_stub_once() {
    let new = OLD
        .replace("f32", "f64")
        .replace("func() -> u8", "func(x: u8) -> u8");
    let found = lines(&compare(&vendored(OLD), &vendored(&new)));
    let expected = [
        "wire field retyped a:b-stub/stub-w.api.add: param order: record order: field total",
        "wire param added a:b-stub/stub-w.api.new: param x",
    ];
    assert_eq!(found, expected);
}

#[test]
fn functions_that_are_gone_are_told_without_their_futures() {
    let new = OLD.replace("orders: func() -> list<order>;", "blocking-add: func();");
    let found = lines(&compare(&vendored(OLD), &vendored(&new)));
    let expected = [
        "wire function removed a:b-stub/stub-w.api.orders",
        "compatible function added a:b-stub/stub-w.api.blocking-add",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_package_that_is_no_stub_has_none() {
    let source = source("f: func();");
    assert!(stub_source(&source.resolve, source.package).is_none());
}
