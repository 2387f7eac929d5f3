//! Functions that Golem cannot run: those that take an owned handle.

use golem_rpc_stub::OwnedParameter;

use crate::{stub, stub_of, text};

fn owned(items: &str, functions: &str) -> Vec<OwnedParameter> {
    let text = format!(
        "package a:b;
interface api {{
  resource job {{ constructor(); }}
  {items}
  {functions}
}}
world w {{ export api; }}"
    );
    stub(&text).owned
}

#[test]
fn a_handle_in_a_parameter_however_deep() {
    for (items, parameter) in [
        ("", "job"),
        ("", "own<job>"),
        ("", "option<job>"),
        ("", "list<job>"),
        ("", "tuple<u8, job>"),
        ("", "result<job, string>"),
        ("", "result<_, job>"),
        ("record t { n: u8, j: job }", "t"),
        ("variant t { none, one(job) }", "t"),
        ("type t = job;", "t"),
        ("type t = list<job>;", "option<t>"),
        ("record in { j: option<list<job>> } record t { a: in }", "t"),
    ] {
        let found = owned(items, &format!("f: func(n: u8, x: {parameter});"));
        let names: Vec<_> = found
            .iter()
            .map(|f| (&*f.wire_name, &*f.parameter))
            .collect();
        assert_eq!(names, [("a:b/api.{f}", "x")], "{items} {parameter}");
        assert!(found[0].hint.contains("`borrow<job>`"), "{}", found[0].hint);
    }
}

#[test]
fn what_works_is_not_named() {
    for (items, function) in [
        ("", "f: func(x: borrow<job>);"),
        ("record t { j: borrow<job> }", "f: func(x: list<t>);"),
        ("", "f: func() -> job;"),
        ("record t { j: job }", "f: func() -> list<t>;"),
        ("resource other { go: func(n: u8) -> job; }", ""),
        (
            "record t { n: u8 } variant v { a(t), b(t) }",
            "f: func(x: v, y: tuple<t, t>);",
        ),
    ] {
        assert_eq!(owned(items, function), [], "{items} {function}");
    }
}

#[test]
fn functions_of_every_kind_are_named_once_each_in_order() {
    let items = "resource crew {
    constructor(first: job);
    add: func(next: job, other: job);
    merge: static func(a: crew, b: borrow<crew>) -> crew;
    size: func() -> u8;
  }";
    let found = owned(items, "g: func(x: job);");
    let names: Vec<_> = found
        .iter()
        .map(|f| (&*f.wire_name, &*f.parameter))
        .collect();
    assert_eq!(
        names,
        [
            ("a:b/api.{crew.new}", "first"),
            ("a:b/api.{crew.add}", "next"),
            ("a:b/api.{crew.merge}", "a"),
            ("a:b/api.{g}", "x"),
        ]
    );
}

#[test]
fn the_place_is_where_the_handle_is_asked_for() {
    let found = owned("record t {\n    n: u8,\n    j: job,\n  }", "f: func(x: t);");
    let reason = &found[0].reason;
    assert!(
        reason.starts_with(
            "Golem fails every call of `a:b/api.{f}`: its parameter `x` holds an owned `job`"
        ),
        "{reason}"
    );
    assert!(reason.contains("--> /wit/main.wit:6:5"), "{reason}");
    assert!(reason.contains("j: job"), "{reason}");
    let found = owned("", "f: func(n: u8, x: job);");
    let reason = &found[0].reason;
    assert!(
        reason.contains("its parameter `x` is an owned `job`"),
        "{reason}"
    );
    assert!(reason.contains("--> /wit/main.wit:5:18"), "{reason}");
}

#[test]
fn handles_of_another_packages_resource_that_the_world_exports() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b; interface api { use x:y/bank.{account}; close: func(a: account); } world w { export x:y/bank; export api; }",
        ),
        (
            "deps/y/y.wit",
            "package x:y; interface bank { resource account; open: func() -> account; }",
        ),
    ]);
    let names: Vec<_> = stub.owned.iter().map(|f| &*f.wire_name).collect();
    assert_eq!(names, ["a:b/api.{close}"]);
    assert!(text(&stub).contains("blocking-close"), "it is still there");
}
