//! What comes over from the target's WIT: documentation, what gates leave, includes and aliases,
//! and packages however they are written down.

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{GolemRpc, Stub, StubOptions, WitFile, WitPackage, WitRoot};
use wit_parser::Resolve;

use crate::{has_lines, make_component, root, select, stub, stub_of, stub_with, text, wire_names};

#[test]
fn documentation_of_everything_that_the_stub_declares() {
    let target = "package a:b;
         interface api {
           /// A r\u{e9}source: \u{6570}.
           ///
           /// Second paragraph.
           resource r {
             /// Makes one.
             constructor();
             /// A method.
             m: func();
             /// A static.
             s: static func() -> u8;
           }
           /// A record.
           record rec {
             /// A field.
             r: r,
           }
           /// A variant.
           variant var {
             /// A case.
             one(rec),
             /// Another.
             two,
           }
           /// A list.
           type l = list<r>;
         }
         world w {
           use api.{l};
           /// An enum.
           enum e {
             /// Its case.
             x,
           }
           /// Flags.
           flags f {
             /// A flag.
             y,
           }
           export api;
           /// Of the world.
           export g: func(e: e, f: f) -> u8;
           export inner: interface {
             use api.{rec, var};
             h: func(r: rec) -> var;
           }
         }";
    let options = StubOptions {
        golem_rpc: GolemRpc::V0_2_0,
        ..StubOptions::default()
    };
    let stub = stub_with(&[("main.wit", target)], &options).expect("a stub");
    let text = text(&stub);
    let flat: Vec<_> = text.lines().map(str::trim).collect();
    let flat = flat.join("\n");
    for part in [
        "/// A r\u{e9}source: \u{6570}.\n///\n/// Second paragraph.\nresource r {",
        "/// Makes one.\nconstructor(worker-id: worker-id);",
        "/// Makes one.\nephemeral: static func(",
        "/// A method.\nblocking-m: func();\n/// A method.\nm: func();\n/// A method.\nschedule-m: func(",
        "/// A static.\ns: static func(worker-id",
        "/// A record.\nrecord rec {\n/// A field.\nr: r,",
        "/// A variant.\nvariant var {\n/// A case.\none(rec),\n/// Another.\ntwo,",
        "/// An enum.\nenum e {\n/// Its case.\nx,",
        "/// Flags.\nflags f {\n/// A flag.\ny,",
        "/// Of the world.\ng: func(e: e, f: f) -> future-g-result;",
    ] {
        assert!(flat.contains(part), "{part} in {text}");
    }
}

#[test]
fn documentation_of_types_that_are_used_stays_in_their_package() {
    let stub = stub(
        "package a:b;
         interface api {
           /// An order.
           record order {
             /// Its id.
             id: u8,
           }
           f: func(o: order);
         }
         world w { export api; }",
    );
    let copy = stub.wit.text("deps/a_b/b.wit").expect("a copy");
    assert!(copy.contains("/// An order.\n"), "{copy}");
    assert!(copy.contains("/// Its id.\n"), "{copy}");
}

const GATED: &str = "package a:b@1.2.0;
    @since(version = 1.0.0)
    interface api {
      @since(version = 1.0.0)
      record item { x: u8 }
      @unstable(feature = later)
      record gated { y: u8 }
      @since(version = 1.1.0)
      resource r {
        @since(version = 1.1.0)
        constructor();
        @unstable(feature = later)
        gated: func() -> gated;
        @since(version = 1.1.0)
        @deprecated(version = 1.2.0)
        old: func() -> item;
      }
      @unstable(feature = later)
      resource gated-resource;
      @unstable(feature = later)
      f: func(g: gated, r: gated-resource);
      @since(version = 1.2.0)
      g: func() -> item;
    }
    @unstable(feature = later)
    interface gated-api { h: func(); }
    world w {
      @since(version = 1.0.0)
      export api;
      @unstable(feature = later)
      export gated-api;
      @unstable(feature = later)
      export i: func();
    }";

#[test]
fn what_is_unstable_is_not_there() {
    let stub = stub(GATED);
    assert_eq!(
        wire_names(&stub),
        [
            ("r", vec!["a:b/api@1.2.0.{r.old}"]),
            ("api", vec!["a:b/api@1.2.0.{g}"]),
        ]
    );
    let all: String = stub
        .wit
        .iter()
        .map(|(_, content)| String::from_utf8_lossy(content))
        .collect();
    assert!(!all.contains("gated"), "{all}");
    let copy = stub.wit.text("deps/a_b/b.wit").expect("a copy");
    assert!(
        copy.contains("@since(version = 1.0.0)\n  record item"),
        "{copy}"
    );
}

/// The package as `wasm-tools component wit --wasm --all-features` writes it.
fn encoded(text: &str) -> Vec<u8> {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let package = resolve.push_source("x.wit", text).expect("this parses");
    wit_component::encode(&resolve, package, false).expect("this encodes")
}

fn stub_of_root(root: &WitRoot) -> Stub {
    let source = root.select(None).unwrap_or_else(|error| panic!("{error}"));
    let stub = Stub::new(&source, &Default::default()).unwrap_or_else(|error| panic!("{error}"));
    make_component(&stub);
    stub
}

#[test]
fn an_encoded_package_as_the_main_one_has_what_was_enabled() {
    let mut disk = Snapshot::new();
    disk.insert("/wit.wasm", encoded(GATED));
    let root = WitRoot::read(&disk, "/wit.wasm".into()).expect("a root");
    let stub = stub_of_root(&root);
    assert_eq!(
        wire_names(&stub),
        [
            (
                "r",
                vec!["a:b/api@1.2.0.{r.gated}", "a:b/api@1.2.0.{r.old}"]
            ),
            ("gated-resource", vec![]),
            ("api", vec!["a:b/api@1.2.0.{f}", "a:b/api@1.2.0.{g}"]),
            ("gated-api", vec!["a:b/gated-api@1.2.0.{h}"]),
            ("w", vec!["i"]),
        ]
    );
    // Its copy is complete for everybody who reads it as text.
    has_lines(&stub, &["use a:b/api@1.2.0.{gated, item};"]);
    let copy = stub.wit.text("deps/a_b/b.wit").expect("a copy");
    assert!(copy.contains("record gated {"), "{copy}");
    assert!(!copy.contains("@unstable"), "{copy}");
}

#[test]
fn an_encoded_package_as_a_dependency() {
    let main = "package a:b;
        interface api {
          use c:d/t@0.1.0.{x, r};
          f: func(x: x) -> r;
        }
        world w { export api; export c:d/t@0.1.0; }";
    let mut files = root(&[("main.wit", main)]);
    let content = encoded(
        "package c:d@0.1.0;
         interface t {
           /// From afar.
           @unstable(feature = later)
           record x { a: u8 }
           resource r { m: func() -> x; }
         }",
    );
    files.deps.push(WitPackage {
        path: "dep".into(),
        files: vec![WitFile {
            path: "/wit/deps/d.wasm".into(),
            content,
        }],
    });
    let stub = stub_of_root(&files);
    assert_eq!(
        wire_names(&stub),
        [
            ("r", vec!["c:d/t@0.1.0.{r.m}"]),
            ("api", vec!["a:b/api.{f}"])
        ]
    );
    has_lines(
        &stub,
        &["use c:d/t@0.1.0.{x};", "blocking-f: func(x: x) -> r;"],
    );
    let copy = stub.wit.text("deps/c_d/d.wit").expect("a copy");
    assert!(copy.contains("/// From afar.\n  record x {"), "{copy}");
}

#[test]
fn an_encoded_package_is_refused_by_function() {
    let mut disk = Snapshot::new();
    let target = "package a:b; interface api { record deep { s: future<u8> } resource r { m: func(x: list<deep>); } } world w { export api; }";
    disk.insert("/wit.wasm", encoded(target));
    let root = WitRoot::read(&disk, "/wit.wasm".into()).expect("a root");
    let source = root.select(None).unwrap_or_else(|error| panic!("{error}"));
    let error = Stub::new(&source, &Default::default()).expect_err("refused");
    let message = error.to_string();
    assert!(
        message.contains("a stub cannot carry a future"),
        "{message}"
    );
    assert!(message.contains("`a:b/api.{r.m}`"), "{message}");
}

#[test]
fn characters_that_only_an_encoded_package_can_hold() {
    let mut resolve = Resolve::default();
    let target = "package a:b; interface api { resource r { constructor(); /// Docs.\nm: func(); } } world w { export api; }";
    let package = resolve.push_source("x.wit", target).expect("this parses");
    let api = resolve.packages[package].interfaces["api"];
    let function = resolve.interfaces[api].functions.get_mut("[method]r.m");
    let function = function.expect("it is there");
    function.docs.contents = Some("one\u{202e}two\u{7}\u{149}\r\n\r\nthree".into());
    let content = wit_component::encode(&resolve, package, false).expect("this encodes");
    let mut disk = Snapshot::new();
    disk.insert("/wit.wasm", content);
    let stub = stub_of_root(&WitRoot::read(&disk, "/wit.wasm".into()).expect("a root"));
    has_lines(&stub, &["/// onetwo", "/// three"]);
}

#[test]
fn nested_packages_in_the_main_file_and_in_a_dependency() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b;
             interface api { use c:d/t@1.0.0.{x, r}; use g:h/t.{y}; f: func(x: x, r: r) -> y; }
             world w { export c:d/t@1.0.0; export api; }
             package c:d@1.0.0 {
               interface t { record x { a: u8 } resource r { constructor(); } }
             }",
        ),
        (
            "deps/e.wit",
            "package e:f; package g:h { interface t { record y { a: u8 } } }",
        ),
    ]);
    assert_eq!(
        wire_names(&stub),
        [("r", vec![]), ("api", vec!["a:b/api.{f}"])]
    );
    let dirs: Vec<_> = stub.packages.iter().map(|p| p.dir.as_str()).collect();
    assert_eq!(dirs, ["c_d", "g_h", "wasm-rpc", "io"]);
    has_lines(
        &stub,
        &[
            "use c:d/t@1.0.0.{x};",
            "use g:h/t.{y};",
            "f: func(x: x, r: r) -> future-f-result;",
        ],
    );
}

#[test]
fn included_functions_are_called_by_their_new_names() {
    let files = [
        (
            "main.wit",
            "package a:b;
             interface api { f: func(); }
             world base { type t = u8; export api; export run: func(t: t) -> t; }
             world w {
               include base with { run as start }
               include c:d/other;
             }",
        ),
        (
            "deps/d.wit",
            "package c:d; interface far { resource r { constructor(); } } world other { export far; export stop: func(); }",
        ),
    ];
    let source = select(&files, Some("w")).unwrap_or_else(|error| panic!("{error}"));
    let stub = Stub::new(&source, &Default::default()).unwrap_or_else(|error| panic!("{error}"));
    make_component(&stub);
    assert_eq!(
        wire_names(&stub),
        [
            ("api", vec!["a:b/api.{f}"]),
            ("r", vec![]),
            ("w", vec!["start", "stop"]),
        ]
    );
    has_lines(
        &stub,
        &["type t = u8;", "start: func(t: t) -> future-start-result;"],
    );
}

#[test]
fn aliases_of_aliases() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b;
             interface api {
               use c:d/t.{top as far};
               type near = far;
               type nearest = near;
               type again = list<nearest>;
               f: func(a: nearest, b: again) -> far;
             }
             world w {
               use api.{again, nearest as n};
               type mine = again;
               export api;
               export g: func(a: mine) -> n;
             }",
        ),
        (
            "deps/d.wit",
            "package c:d; interface base { record x { a: u8 } } interface t { use base.{x}; type middle = x; type top = middle; }",
        ),
    ]);
    let text = text(&stub);
    has_lines(
        &stub,
        &[
            "use a:b/api.{nearest, again};",
            "use c:d/t.{top};",
            "f: func(a: nearest, b: again) -> future-f-result;",
            "blocking-f: func(a: nearest, b: again) -> top;",
        ],
    );
    assert!(text.contains("g: func(a: "), "{text}");
}

#[test]
fn a_world_uses_types_under_other_names() {
    let stub = stub(
        "package a:b;
         interface types { record order { id: u8 } }
         world w {
           use types.{order as purchase};
           record pair { a: purchase, b: purchase }
           export f: func(p: pair) -> purchase;
         }",
    );
    has_lines(
        &stub,
        &[
            "use a:b/types.{order};",
            "a: order,",
            "blocking-f: func(p: pair) -> order;",
        ],
    );
}
