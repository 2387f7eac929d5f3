//! Names that would meet, and where the wire names stay what the target calls them.

use crate::{stub, stub_of, text};

#[test]
fn the_same_names_in_two_interfaces() {
    let stub = stub(
        "package a:b@1.2.3;
         interface one { record item { id: u32 } get: func() -> item; put: func(x: item); }
         interface two { record item { id: u64 } get: func() -> item; }
         world w { export one; export two; }",
    );
    let text = text(&stub);
    for line in [
        "package a:b-stub@1.2.3;",
        "use a:b/one@1.2.3.{item as one-item};",
        "use a:b/two@1.2.3.{item as two-item};",
        "resource future-one-get-result {",
        "resource future-two-get-result {",
        "blocking-get: func() -> two-item;",
        "put: func(x: one-item);",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert_eq!(
        stub.resources[1].functions[0].wire_name,
        "a:b/two@1.2.3.{get}"
    );
}

#[test]
fn types_called_like_ours() {
    let stub = stub(
        "package a:b;
         interface api {
           record uri { value: string }
           record pollable { ready: bool }
           record api { x: u8 }
           enum future-f-result { a }
           f: func(u: uri, p: pollable, a: api, r: future-f-result) -> bool;
         }
         world w { export api; }",
    );
    let text = text(&stub);
    for line in [
        "use golem:rpc/types@0.1.0.{uri as golem-rpc-uri};",
        "use wasi:io/poll@0.2.0.{pollable as wasi-io-pollable};",
        "use a:b/api.{uri, pollable, api as api-api, future-f-result};",
        "resource future-api-f-result {",
        "constructor(location: golem-rpc-uri);",
        "f: func(u: uri, p: pollable, a: api-api, r: future-f-result) -> future-api-f-result;",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}

#[test]
fn functions_called_like_what_bindings_add() {
    let stub = stub(
        "package a:b;
         interface api {
           new: func(); from-handle: func(self: u8) -> u8; x: func(); blocking-x: func(); get: func();
         }
         world w { export api; }",
    );
    let text = text(&stub);
    for line in [
        "blocking-new: func();",
        "call-new: func();",
        "call-from-handle: func(self-param: u8) -> future-from-handle-result;",
        "x: func();",
        "call-blocking-x: func();",
        "blocking-blocking-x: func();",
        "    get: func();",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let wire: Vec<_> = stub.resources[0]
        .functions
        .iter()
        .map(|f| f.wire_name.as_str())
        .collect();
    assert_eq!(wire[0], "a:b/api.{new}");
    assert_eq!(wire[3], "a:b/api.{blocking-x}");
}

#[test]
fn world_functions_and_types_and_inline_interfaces() {
    let main = "package a:b;
         interface types { record order { id: u32 } }
         world w {
           use types.{order};
           record local { o: order, l: list<order> }
           export c:d/w;
           export inline: interface {
             use types.{order as purchase};
             variant kind { none, some(purchase) }
             g: func(k: kind) -> purchase;
           }
           export h: func(l: local) -> result<_, string>;
         }";
    let stub = stub_of(&[
        ("main.wit", main),
        ("deps/d.wit", "package c:d; interface w { f: func(); }"),
    ]);
    let text = text(&stub);
    for line in [
        "use a:b/types.{order};",
        "record local {\n    o: order,\n    l: list<order>,\n  }",
        "variant kind {\n    none,\n    some(order),\n  }",
        "resource w {",
        "resource w-world {",
        "resource inline {",
        "blocking-g: func(k: kind) -> order;",
        "get: func() -> option<result<_, string>>;",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let wire = |resource: usize| stub.resources[resource].functions[0].wire_name.as_str();
    assert_eq!(wire(0), "c:d/w.{f}");
    assert_eq!(wire(1), "inline.{g}");
    assert_eq!(wire(2), "h");
    let copy = stub
        .wit
        .text("deps/a_b/b.wit")
        .expect("the types are copied");
    assert!(!copy.contains("world"), "worlds are dropped: {copy}");
    assert!(
        stub.wit.get("deps/c_d/d.wit").is_none(),
        "only what is reached is copied"
    );
}

#[test]
fn two_exported_interfaces_of_one_name() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b; interface api { f: func(); } world w { export api; export c:d/api@0.1.0; }",
        ),
        (
            "deps/d.wit",
            "package c:d@0.1.0; interface api { f: func(); }",
        ),
    ]);
    let names: Vec<_> = stub.resources.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["b-api", "d-api"]);
    assert_eq!(
        stub.resources[1].functions[0].wire_name,
        "c:d/api@0.1.0.{f}"
    );
}

#[test]
fn keywords_as_names() {
    let stub = stub(
        "package %interface:%package;
         interface %world {
           record %record { %type: u8, %func: list<u8> }
           %use: func(%resource: %record) -> option<%record>;
         }
         world %export { export %world; }",
    );
    assert!(
        text(&stub).contains("%use: func(%resource: %record)"),
        "{}",
        text(&stub)
    );
    assert_eq!(
        stub.resources[0].functions[0].wire_name,
        "interface:package/world.{use}"
    );
}
