//! A caller's copy of a stub, compared with the stub as it would be made now.

use golem_rpc_compat::{Class, compare, compare_stubs, stub_of, stub_source};
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

#[test]
fn what_is_found_stands_in_the_targets_own_wit() {
    let old = vendored(OLD);
    let new = source(
        &OLD.replace("f32", "f64")
            .replace("orders: ", "order-list: "),
    );
    let stub = Stub::new(&new, &Default::default()).unwrap();
    let changes = compare(&old, &stub_of(&stub, &new).unwrap());
    let places = changes.iter().map(|change| {
        let place = change.place.as_ref().unwrap();
        (place.path.as_str(), place.line, change.path.name())
    });
    // the body of the interface begins in line 3, and the world stands in line 8
    let expected = [
        ("/wit/main.wit", 3, "total"),
        ("/wit/main.wit", 8, "api.orders"),
        ("/wit/main.wit", 5, "api.order-list"),
    ];
    assert_eq!(places.collect::<Vec<_>>(), expected);
    let before = changes[0].old.as_ref().unwrap().place.as_ref().unwrap();
    assert_ne!(before.path, "/wit/main.wit");
}

/// The caller's copy of the stub calls the target by the target's own names.
#[test]
fn the_name_of_the_world_does_not_travel() {
    let stub = |text: &str| {
        let stub = Stub::new(&source(text), &Default::default()).unwrap();
        stub_source(&stub.resolve, stub.package).unwrap()
    };
    let old = "package a:b; interface api { add: func(x: u8); } world w { export api; export f: func() -> u8; }";
    let new = old.replace("world w", "world v");
    let changes = compare_stubs(&stub(old), &stub(&new));
    let expected = [
        "source world renamed w",
        "source resource renamed a:b-stub/stub-w: resource w",
    ];
    assert_eq!(lines(&changes), expected);
    // what is gone is gone all the same
    let gone = new
        .replace("add: func", "put: func")
        .replace("f: func", "g: func");
    let changes = compare_stubs(&stub(old), &stub(&gone));
    let wire = changes.iter().filter(|change| change.class == Class::Wire);
    assert_eq!(wire.count(), 2, "{changes:#?}");
    // the package is part of what the target's functions are called by
    let other = old.replace("a:b", "a:c");
    let changes = compare_stubs(&stub(old), &stub(&other));
    assert!(
        changes.iter().any(|change| change.class == Class::Wire),
        "{changes:#?}"
    );
}
