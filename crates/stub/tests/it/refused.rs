//! What is refused, with the place and with what to do about it.

use golem_rpc_stub::{Stub, StubError, WitError};

use crate::select;

fn refused(text: &str) -> (String, Option<String>) {
    let source = select(&[("main.wit", text)], None).unwrap_or_else(|error| panic!("{error}"));
    let error = Stub::new(&source).expect_err("this is refused");
    (error.to_string(), error.hint())
}

#[test]
fn what_the_protocol_cannot_carry() {
    let cases = [
        ("f: func(x: stream<u8>);", "a stream"),
        ("f: func() -> future<u8>;", "a future"),
        ("f: async func();", "a async function"),
        (
            "resource r; f: func(x: borrow<r>);",
            "borrowed resource handle",
        ),
        ("resource r { m: func(); }", "resource"),
        (
            "record p { x: list<error-context> } f: func(p: p);",
            "error-context",
        ),
        ("f: func(x: map<string, u8>);", "map"),
        ("f: func(x: list<u8, 4>);", "fixed-length list"),
    ];
    for (body, construct) in cases {
        let (message, _) = refused(&format!(
            "package a:b;\ninterface api {{ {body} }}\nworld w {{ export api; }}"
        ));
        assert!(
            message.contains(construct.trim_start_matches("a ")),
            "{construct}: {message}"
        );
        assert!(message.contains("/wit/main.wit:2:"), "{message}");
        assert!(message.contains('^'), "{message}");
    }
}

#[test]
fn a_resource_is_shown_by_its_name() {
    let (message, hint) = refused(
        "package a:b;\ninterface api {\n  resource cart {\n    constructor();\n  }\n}\nworld w { export api; }",
    );
    assert!(message.contains("--> /wit/main.wit:3:12"), "{message}");
    assert!(hint.is_some_and(|hint| hint.contains("id")));
}

#[test]
fn a_world_that_exports_nothing() {
    let (message, hint) = refused("package a:b; world w { import x: func(); }");
    assert!(
        message.contains("world `w` of package `a:b` exports no function"),
        "{message}"
    );
    assert!(hint.is_some_and(|hint| hint.contains("export")));
}

#[test]
fn old_spellings_say_what_to_write() {
    let text = "package a:b;\ninterface api {\n  price: func(x: float32) -> ();\n}\n";
    let error = select(&[("main.wit", text)], None).expect_err("refused");
    let message = error.to_string();
    assert!(message.contains("/wit/main.wit:3:18"), "{message}");
    assert!(
        message.contains("write `f32` instead of `float32`"),
        "{message}"
    );
    assert!(message.contains("remove `-> ()`"), "{message}");
    assert!(matches!(error, WitError::OldSpelling { .. }));
}

#[test]
fn mistakes_show_the_place() {
    let text = "package a:b;\ninterface api {\n  f: func(x: ordr);\n}\n";
    let message = select(&[("main.wit", text)], None)
        .expect_err("refused")
        .to_string();
    assert!(message.contains("`ordr` does not exist"), "{message}");
    assert!(message.contains("--> /wit/main.wit:3:14"), "{message}");
    assert!(message.contains('^'), "{message}");
}

#[test]
fn a_file_without_a_package_is_named() {
    let files = [("main.wit", "interface api { f: func(); }")];
    let error = select(&files, None).expect_err("refused");
    assert!(error.to_string().contains("--> /wit/main.wit"), "{error}");
}

#[test]
fn several_worlds_want_a_name() {
    let text = "package a:b; world one { export f: func(); } world two { export g: func(); }";
    let error = select(&[("main.wit", text)], None).expect_err("refused");
    assert!(
        error.to_string().contains("several worlds: `one`, `two`"),
        "{error}"
    );
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("--world one"))
    );
    let error = select(&[("main.wit", text)], Some("three")).expect_err("refused");
    assert!(error.to_string().contains("no world `three`"), "{error}");
    for name in ["two", "a:b/two"] {
        let source = select(&[("main.wit", text)], Some(name)).expect("a world of that name");
        assert_eq!(source.resolve.worlds[source.world].name, "two");
    }
}

#[test]
fn two_versions_of_one_package() {
    let files = [
        (
            "main.wit",
            "package a:b; interface api { use c:d/t@1.0.0.{x}; use c:d/t@2.0.0.{x as y}; f: func(x: x, y: y); } world w { export api; }",
        ),
        (
            "deps/d1.wit",
            "package c:d@1.0.0; interface t { record x { a: u8 } }",
        ),
        (
            "deps/d2.wit",
            "package c:d@2.0.0; interface t { record x { b: u8 } }",
        ),
    ];
    let source = select(&files, None).expect("this is legal WIT");
    let error = Stub::new(&source).expect_err("refused");
    assert!(matches!(error, StubError::TwoVersions { .. }), "{error}");
    assert!(
        error.to_string().contains("two versions of `c:d`"),
        "{error}"
    );
}
