//! Exported resources: what stands for them in the stub, and how calls find their worker.

use golem_rpc_stub::{Receiver, ResourceKind};

use crate::{has_lines, stub, stub_of, text, wire_names};

const COUNTER: &str = "package demo:counters@0.3.0;
    interface api {
      resource counter {
        constructor(name: string);
        add: func(by: u64);
        get: func() -> u64;
        make: static func(name: string) -> counter;
        merge: static func(a: borrow<counter>, b: borrow<counter>) -> counter;
      }
      take: func(c: counter);
    }
    world w { export api; }";

#[test]
fn an_exported_resource_is_a_resource_of_the_stub() {
    let stub = stub(COUNTER);
    let expected = "\
interface stub-w {
  use golem:rpc/types@0.1.0.{uri};
  use wasi:io/poll@0.2.0.{pollable};

  resource future-counter-get-result {
    /// The pollable must be dropped before this future: otherwise the worker traps.
    subscribe: func() -> pollable;
    get: func() -> option<u64>;
  }

  resource future-counter-make-result {
    /// The pollable must be dropped before this future: otherwise the worker traps.
    subscribe: func() -> pollable;
    get: func() -> option<counter>;
  }

  resource future-counter-merge-result {
    /// The pollable must be dropped before this future: otherwise the worker traps.
    subscribe: func() -> pollable;
    get: func() -> option<counter>;
  }

  resource counter {
    constructor(location: uri, name: string);
    blocking-add: func(by: u64);
    add: func(by: u64);
    blocking-get: func() -> u64;
    get: func() -> future-counter-get-result;
    blocking-make: static func(location: uri, name: string) -> counter;
    make: static func(location: uri, name: string) -> future-counter-make-result;
    blocking-merge: static func(a: borrow<counter>, b: borrow<counter>) -> counter;
    merge: static func(a: borrow<counter>, b: borrow<counter>) -> future-counter-merge-result;
  }

  resource api {
    constructor(location: uri);
    blocking-take: func(c: counter);
    take: func(c: counter);
  }
}
";
    assert!(text(&stub).contains(expected), "{}", text(&stub));
}

#[test]
fn the_model_says_how_calls_find_the_worker() {
    let stub = stub(COUNTER);
    let [counter, api] = stub.resources.as_slice() else {
        panic!("two resources: {:?}", stub.resources);
    };
    assert_eq!(
        counter.kind,
        ResourceKind::Remote {
            new: Some("demo:counters/api@0.3.0.{counter.new}".into()),
            drop: "demo:counters/api@0.3.0.{counter.drop}".into(),
        }
    );
    assert_eq!(api.kind, ResourceKind::Worker);
    assert_eq!(counter.constructor.as_deref(), Some("[constructor]counter"));
    assert_eq!(counter.ephemeral, None);
    let receivers: Vec<_> = counter.functions.iter().map(|f| f.receiver).collect();
    let expected = [
        Receiver::Resource,
        Receiver::Resource,
        Receiver::Address,
        Receiver::Param(0),
    ];
    assert_eq!(receivers, expected);
    assert_eq!(api.functions[0].receiver, Receiver::Worker);
    let make = &counter.functions[2];
    assert_eq!(make.wire_name, "demo:counters/api@0.3.0.{counter.make}");
    assert_eq!(make.blocking, "[static]counter.blocking-make");
    assert_eq!(make.start, "[static]counter.make");
    let functions = &stub.resolve.interfaces[stub.interface].functions;
    for function in stub.resources.iter().flat_map(|r| &r.functions) {
        assert!(functions.contains_key(&function.blocking), "{function:?}");
        assert!(functions.contains_key(&function.start), "{function:?}");
    }
    let future = make.future.expect("it has a result");
    let future = stub.resolve.types[future].name.as_deref();
    assert_eq!(future, Some("future-counter-make-result"));
}

#[test]
fn a_static_function_finds_its_worker_by_a_handle_of_its_own() {
    let stub = stub(
        "package a:b;
         interface api {
           resource r;
           type alias = r;
           type handle = borrow<alias>;
           type again = handle;
           record held { r: r }
           resource s {
             by-alias: static func(n: u8, x: again) -> u8;
             not-inside: static func(x: list<r>, y: option<borrow<r>>, z: held) -> u8;
             own-of-another: static func(x: alias);
           }
         }
         world w { export api; }",
    );
    let s = &stub.resources[1];
    let receivers: Vec<_> = s.functions.iter().map(|f| f.receiver).collect();
    let expected = [Receiver::Param(1), Receiver::Address, Receiver::Param(0)];
    assert_eq!(receivers, expected);
    has_lines(
        &stub,
        &[
            "blocking-by-alias: static func(n: u8, x: borrow<r>) -> u8;",
            "not-inside: static func(location: uri, x: list<r>, y: option<borrow<r>>, z: held) -> future-s-not-inside-result;",
            "blocking-own-of-another: static func(x: r);",
            "record held {",
        ],
    );
    assert!(!text(&stub).contains("type "), "{}", text(&stub));
}

#[test]
fn handles_anywhere_in_a_type() {
    let stub = stub(
        "package a:b;
         interface api {
           resource r { constructor(others: list<borrow<r>>); }
           record plain { x: u8 }
           record pair { a: r, b: plain }
           variant choice { none, one(r), many(list<pair>) }
           type deep = option<result<tuple<r, choice>, plain>>;
           f: func(a: list<borrow<r>>, b: plain) -> deep;
           g: func(c: option<choice>) -> result<r, pair>;
         }
         world w { export api; }",
    );
    has_lines(
        &stub,
        &[
            "use a:b/api.{plain};",
            "constructor(location: uri, others: list<borrow<r>>);",
            "type deep = option<result<tuple<r, choice>, plain>>;",
            "many(list<pair>),",
            "blocking-f: func(a: list<borrow<r>>, b: plain) -> deep;",
            "get: func() -> option<result<r, pair>>;",
        ],
    );
    let copy = stub.wit.text("deps/a_b/b.wit").expect("`plain` is used");
    assert!(copy.contains("record plain"), "{copy}");
}

#[test]
fn several_resources_used_by_another_interface() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b;
             interface one {
               resource x { y: func(y: y) -> y; }
               resource y { constructor(); }
               record both { x: x, y: y }
             }
             interface two {
               use one.{x as ex, both};
               use c:d/three@1.0.0.{z};
               record more { both: both, z: z }
               f: func(x: ex, b: borrow<ex>, m: more);
             }
             world w { export one; export two; export c:d/three@1.0.0; }",
        ),
        (
            "deps/d.wit",
            "package c:d@1.0.0; interface three { resource z { constructor(); } }",
        ),
    ]);
    let names: Vec<_> = stub.resources.iter().map(|r| r.name.as_str()).collect();
    // `one` and `three` have only resources: there is none of their name.
    assert_eq!(names, ["x", "y", "z", "two"]);
    assert_eq!(
        wire_names(&stub)[0],
        ("x", vec!["a:b/one.{x.y}"]),
        "a method named like a resource"
    );
    let ResourceKind::Remote { new, drop } = &stub.resources[2].kind else {
        panic!("a remote resource");
    };
    assert_eq!(new.as_deref(), Some("c:d/three@1.0.0.{z.new}"));
    assert_eq!(drop, "c:d/three@1.0.0.{z.drop}");
    has_lines(
        &stub,
        &[
            "record both {",
            "record more {",
            "f: func(x: x, b: borrow<x>, m: more);",
            "y: func(y: y) -> future-x-y-result;",
        ],
    );
    assert!(!text(&stub).contains("a:b/"), "{}", text(&stub));
}

#[test]
fn resources_without_constructor_or_functions() {
    let stub = stub(
        "package a:b;
         interface api {
           resource token;
           resource door { open: func(t: token) -> bool; }
           enter: func() -> tuple<token, door>;
         }
         world w { export api; }",
    );
    for (index, drop) in ["a:b/api.{token.drop}", "a:b/api.{door.drop}"]
        .iter()
        .enumerate()
    {
        let resource = &stub.resources[index];
        assert_eq!(resource.constructor, None);
        let kind = ResourceKind::Remote {
            new: None,
            drop: drop.to_string(),
        };
        assert_eq!(resource.kind, kind);
    }
    has_lines(&stub, &["resource token;", "resource door {"]);
    let constructors = text(&stub).matches("constructor").count();
    assert_eq!(constructors, 1, "the interface's alone: {}", text(&stub));
}

#[test]
fn resources_of_an_inline_interface() {
    let stub = stub(
        "package a:b;
         world w {
           export inner: interface {
             resource r { constructor(x: u8); m: func() -> r; }
             f: func() -> r;
           }
         }",
    );
    let ResourceKind::Remote { new, .. } = &stub.resources[0].kind else {
        panic!("a remote resource");
    };
    assert_eq!(new.as_deref(), Some("inner.{r.new}"));
    assert_eq!(
        wire_names(&stub),
        [("r", vec!["inner.{r.m}"]), ("inner", vec!["inner.{f}"])]
    );
}

#[test]
fn functions_whose_short_wire_name_means_something_else() {
    let stub = stub(
        "package a:b;
         interface api {
           resource r {
             constructor();
             new: func() -> r;
             drop: static func(x: u8);
           }
           drop: func();
         }
         world w { export api; }",
    );
    assert_eq!(
        wire_names(&stub),
        [
            (
                "r",
                vec!["a:b/api.{[method]r.new}", "a:b/api.{[static]r.drop}"]
            ),
            ("api", vec!["a:b/api.{drop}"])
        ]
    );
}

#[test]
fn a_world_of_resources_that_nobody_can_get_is_refused() {
    let source = crate::select(
        &[(
            "main.wit",
            "package a:b; interface api { resource r; } world w { export api; }",
        )],
        None,
    );
    let source = source.expect("this is legal WIT");
    let error = golem_rpc_stub::Stub::new(&source, &Default::default()).expect_err("refused");
    assert!(error.to_string().contains("exports no function"), "{error}");
}
