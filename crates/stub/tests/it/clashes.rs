//! Names that would meet, and where the wire names stay what the target calls them.

use golem_rpc_stub::{GolemRpc, RpcErrors, Stub, StubOptions};

use crate::{has_lines, stub, stub_of, stub_with, text, wire_names};

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

const KEYWORDS: [&str; 45] = [
    "use",
    "type",
    "func",
    "u8",
    "u16",
    "u32",
    "u64",
    "s8",
    "s16",
    "s32",
    "s64",
    "f32",
    "f64",
    "char",
    "resource",
    "own",
    "borrow",
    "record",
    "flags",
    "variant",
    "enum",
    "bool",
    "string",
    "option",
    "result",
    "future",
    "stream",
    "error-context",
    "list",
    "map",
    "as",
    "from",
    "static",
    "interface",
    "tuple",
    "world",
    "import",
    "export",
    "package",
    "constructor",
    "include",
    "with",
    "async",
    "self",
    "errorcontext",
];

#[test]
fn every_keyword_as_every_name() {
    for word in KEYWORDS {
        let target = format!(
            "package %{word}:%{word};
             interface types {{
               record %{word} {{ %{word}: u8 }}
             }}
             interface %{word} {{
               use types.{{%{word} as held}};
               variant choice {{ %{word}(held) }}
               enum level {{ %{word} }}
               flags marks {{ %{word} }}
               resource res {{ %{word}: static func(%{word}: marks) -> choice; }}
               %{word}x: func(%{word}: level) -> held;
             }}
             world %{word}-w {{
               export %{word};
               export %{word}y: func(%{word}: u8) -> u8;
             }}"
        );
        let stub = stub_with(&[("main.wit", &target)], &later())
            .unwrap_or_else(|error| panic!("{word}: {error}"));
        let package = &stub.resolve.packages[stub.package].name;
        assert_eq!(package.namespace, word);
        let names: Vec<_> = stub.resources.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, ["res", word, &format!("{word}-w")]);
        let wire = format!("{word}:{word}/{word}.{{res.{word}}}");
        assert_eq!(stub.resources[0].functions[0].wire_name, wire);
        assert_eq!(stub.resources[2].functions[0].wire_name, format!("{word}y"));
    }
}

fn later() -> StubOptions {
    StubOptions {
        golem_rpc: GolemRpc::V0_2_0,
        rpc_errors: RpcErrors::Result,
        ..StubOptions::default()
    }
}

fn later_stub(text: &str) -> Stub {
    stub_with(&[("main.wit", text)], &later()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn resources_called_like_interfaces_and_worlds() {
    let stub = stub(
        "package a:b;
         interface one { resource one { m: func() -> one; } resource both; f: func() -> both; }
         interface two {
           resource both { m: func() -> both; }
           resource three;
           resource w;
           g: func(x: three, y: w, z: both);
         }
         interface three { h: func(); }
         world w { export one; export two; export three; export i: func(); }",
    );
    assert_eq!(
        wire_names(&stub),
        [
            ("one-one", vec!["a:b/one.{one.m}"]),
            ("one-both", vec![]),
            ("one", vec!["a:b/one.{f}"]),
            ("two-both", vec!["a:b/two.{both.m}"]),
            ("two-three", vec![]),
            ("w", vec![]),
            ("two", vec!["a:b/two.{g}"]),
            ("three", vec!["a:b/three.{h}"]),
            ("w-world", vec!["i"]),
        ]
    );
    has_lines(
        &stub,
        &[
            "resource future-one-one-m-result {",
            "resource future-two-both-m-result {",
            "g: func(x: two-three, y: w, z: two-both);",
        ],
    );
}

#[test]
fn a_resource_called_like_its_interface_of_resources_alone() {
    let stub = stub(
        "package a:b; interface cart { resource cart { constructor(); } } world w { export cart; }",
    );
    assert_eq!(wire_names(&stub), [("cart", vec![])]);
}

#[test]
fn a_world_called_like_an_interface_and_what_it_would_become() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b;
             interface w-world { g: func(); }
             world w { export c:d/w; export w-world; export h: func(); }",
        ),
        ("deps/d.wit", "package c:d; interface w { f: func(); }"),
    ]);
    assert_eq!(
        wire_names(&stub),
        [
            ("w", vec!["c:d/w.{f}"]),
            ("w-world", vec!["a:b/w-world.{g}"]),
            ("w-world-n2", vec!["h"]),
        ]
    );
}

#[test]
fn functions_called_like_what_the_stub_adds() {
    let stub = later_stub(
        "package a:b;
         interface api {
           resource r {
             constructor();
             ephemeral: func() -> u8;
             x: func();
             schedule-x: func();
             blocking-x: func();
             blocking-schedule-x: static func();
           }
           ephemeral: func();
           get: func() -> u8;
           subscribe: func() -> u8;
           drop: func();
         }
         world w { export api; }",
    );
    let starts = |resource: usize| -> Vec<&str> {
        let functions = stub.resources[resource].functions.iter();
        let starts = functions.map(|f| f.start.rsplit('.').next().expect("a name"));
        starts.collect()
    };
    let expected = [
        "call-ephemeral",
        "x",
        "call-schedule-x",
        "call-blocking-x",
        "call-blocking-schedule-x",
    ];
    assert_eq!(starts(0), expected);
    assert_eq!(
        starts(1),
        ["call-ephemeral", "get", "subscribe", "call-drop"]
    );
    has_lines(
        &stub,
        &[
            "ephemeral: static func(component-id: component-id) -> r;",
            "blocking-ephemeral: func() -> result<u8, rpc-error>;",
            "schedule-schedule-x: func(when: datetime) -> cancellation-token;",
            "resource future-get-result {",
        ],
    );
}

#[test]
fn such_functions_keep_their_names_where_nothing_is_added() {
    let stub = stub(
        "package a:b; interface api { ephemeral: func(); x: func(); schedule-x: func(); } world w { export api; }",
    );
    let starts: Vec<_> = stub.resources[0]
        .functions
        .iter()
        .map(|f| &f.start)
        .collect();
    let expected = ["ephemeral", "x", "schedule-x"].map(|f| format!("[method]api.{f}"));
    assert!(starts.into_iter().eq(&expected));
}

#[test]
fn functions_called_like_their_resource() {
    let stub = later_stub(
        "package a:b;
         interface add { add: func(); }
         interface blocking-x { x: func(); }
         interface schedule-y { y: func(); }
         world w { export add; export blocking-x; export schedule-y; }",
    );
    has_lines(
        &stub,
        &[
            "call-add: func() -> result<_, rpc-error>;",
            "blocking-add: func() -> result<_, rpc-error>;",
            "call-blocking-x: func() -> result<_, rpc-error>;",
            "x: func() -> result<_, rpc-error>;",
            "call-schedule-y: func(when: datetime) -> cancellation-token;",
            "y: func() -> result<_, rpc-error>;",
        ],
    );
    let f = &stub.resources[1].functions[0];
    assert_eq!(f.blocking, "[method]blocking-x.call-blocking-x");
}

#[test]
fn every_type_of_ours_makes_room() {
    let stub = later_stub(
        "package a:b;
         interface api {
           type worker-id = u8;
           enum component-id { a }
           record rpc-error { x: u8 }
           resource cancellation-token { constructor(); }
           variant datetime { a }
           resource pollable;
           f: func(a: worker-id, b: component-id, c: rpc-error, d: borrow<cancellation-token>, e: datetime, f: pollable);
         }
         world w { export api; }",
    );
    has_lines(
        &stub,
        &[
            "use golem:rpc/types@0.2.0.{worker-id as golem-rpc-worker-id, component-id as golem-rpc-component-id, rpc-error as golem-rpc-rpc-error, cancellation-token as golem-rpc-cancellation-token};",
            "use wasi:clocks/wall-clock@0.2.0.{datetime as wasi-clocks-datetime};",
            "use wasi:io/poll@0.2.0.{pollable as wasi-io-pollable};",
            "use a:b/api.{worker-id, component-id, rpc-error, datetime};",
            "constructor(worker-id: golem-rpc-worker-id);",
            "ephemeral: static func(component-id: golem-rpc-component-id) -> cancellation-token;",
        ],
    );
    let stub = stub_with(
        &[(
            "main.wit",
            "package a:b; interface uri { enum agent-id { a } enum golem-rpc-agent-id { b } f: func(a: agent-id, b: golem-rpc-agent-id); } world w { export uri; }",
        )],
        &StubOptions {
            golem_rpc: GolemRpc::V0_2_2,
            ..StubOptions::default()
        },
    );
    has_lines(
        &stub.expect("a stub"),
        &[
            "use golem:rpc/types@0.2.2.{agent-id as golem-rpc-golem-rpc-agent-id, cancellation-token};",
        ],
    );
}

#[test]
fn an_interface_called_like_a_type_of_ours() {
    let stub = stub("package a:b; interface uri { f: func() -> u8; } world w { export uri; }");
    has_lines(
        &stub,
        &[
            "use golem:rpc/types@0.1.0.{uri as golem-rpc-uri};",
            "constructor(location: golem-rpc-uri);",
        ],
    );
}

#[test]
fn parameters_called_like_ours() {
    let stub = stub(
        "package a:b;
         interface api {
           resource r {
             constructor(location: u8, stub-location: u8);
             s: static func(LOCATION: u8, self: u8, self-param: u8);
           }
           f: func(self: u8, location: u8);
         }
         world w { export api; }",
    );
    has_lines(
        &stub,
        &[
            "constructor(stub-stub-location: uri, location: u8, stub-location: u8);",
            "s: static func(stub-location: uri, LOCATION: u8, self-param-param: u8, self-param: u8);",
            "f: func(self-param: u8, location: u8);",
        ],
    );
}

#[test]
fn names_that_differ_only_in_case() {
    let stub = stub(
        "package a:b;
         interface one { record item { x: u8 } f: func() -> item; }
         interface two { record ITEM { y: u8 } F: func() -> ITEM; }
         world w { export one; export two; }",
    );
    has_lines(
        &stub,
        &[
            "record one-item {",
            "record two-ITEM {",
            "resource future-one-f-result {",
            "resource future-two-F-result {",
        ],
    );
}

#[test]
fn deep_inside_and_beside_ours_too() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b;
             interface one {
               use c:d/t.{holder};
               record item { x: u8 }
               record untouched { y: u8 }
               variant URI { a(untouched) }
               f: func(i: item, h: holder, u: URI) -> untouched;
             }
             world w { export one; }",
        ),
        (
            "deps/d.wit",
            "package c:d; interface t { enum ITEM { a } record holder { items: list<ITEM> } }",
        ),
    ]);
    has_lines(
        &stub,
        &[
            "use golem:rpc/types@0.1.0.{uri};",
            "use a:b/one.{untouched};",
            "record one-item {",
            "enum t-ITEM {",
            "record holder {",
            "variant one-URI {",
        ],
    );
}

#[test]
fn functions_that_are_one_when_joined_with_their_resources() {
    let stub = later_stub(
        "package a:b;
         interface cart { item-add: func(); x: func() -> u8; }
         interface cart-item { add: func(); }
         interface cart-blocking { x: func(); }
         interface future-x { result-get: func(); }
         world w { export cart; export cart-item; export cart-blocking; export future-x; }",
    );
    let starts = stub.resources.iter().flat_map(|r| &r.functions);
    let starts: Vec<_> = starts.map(|f| f.start.as_str()).collect();
    assert_eq!(
        starts,
        [
            "[method]cart.item-add",
            "[method]cart.x",
            "[method]cart-item.call-add",
            "[method]cart-blocking.call-x",
            "[method]future-x.call-result-get"
        ]
    );
}

#[test]
fn futures_whose_names_would_meet() {
    let stub = stub(
        "package a:b;
         interface api {
           resource r { get: func() -> u8; get-x: func() -> u8; }
           resource r-get { x: func() -> u8; }
           record future-r-get-result { x: u8 }
           f: func(x: future-r-get-result);
         }
         interface other { r-get: func() -> u8; }
         world w { export api; export other; }",
    );
    let futures = stub.resources.iter().flat_map(|r| &r.functions);
    let futures = futures.filter_map(|f| stub.resolve.types[f.future?].name.clone());
    assert_eq!(
        futures.collect::<Vec<_>>(),
        [
            "future-r-get-result-n2",
            "future-r-get-x-result",
            "future-r-get-x-result-n2",
            "future-other-r-get-result"
        ]
    );
}

/// Components compare names without their hyphens.
#[test]
fn futures_whose_names_differ_in_hyphens_only() {
    let stub = stub(
        "package a:b;
         interface x { e: func() -> u8; xe: func() -> u8; }
         interface y { e: func() -> u8; }
         world w { export x; export y; }",
    );
    let futures = stub.resources.iter().flat_map(|r| &r.functions);
    let futures = futures.filter_map(|f| stub.resolve.types[f.future?].name.clone());
    let folded: Vec<String> = futures.map(|name| name.replace('-', "")).collect();
    let different: std::collections::BTreeSet<&String> = folded.iter().collect();
    assert_eq!((folded.len(), different.len()), (3, 3), "{folded:?}");
}
