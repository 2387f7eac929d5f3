//! What is refused, with the place and with what to do about it.

use golem_rpc_stub::{Stub, WitError};

use crate::select;

fn refused(text: &str) -> (String, Option<String>) {
    let source = select(&[("main.wit", text)], None).unwrap_or_else(|error| panic!("{error}"));
    let error = Stub::new(&source, &Default::default()).expect_err("this is refused");
    (error.to_string(), error.hint())
}

#[test]
fn what_the_protocol_cannot_carry() {
    let cases = [
        ("f: func(x: stream<u8>);", "a stream"),
        ("f: func() -> future<u8>;", "a future"),
        ("f: async func();", "a async function"),
        (
            "record p { x: list<error-context> } f: func(p: p);",
            "error-context",
        ),
        ("f: func(x: map<string, u8>);", "map"),
        ("f: func(x: list<u8, 4>);", "fixed-length list"),
        ("resource r { m: async func(); }", "async function"),
        ("resource r { m: static async func(); }", "async function"),
        (
            "resource r { constructor() -> result<r, string>; }",
            "fallible constructor",
        ),
        ("resource r { constructor(x: map<string, u8>); }", "map"),
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
fn flags_beyond_one_word() {
    let flags = |count: usize| {
        let names: String = (0..count).map(|n| format!("flag{n}, ")).collect();
        format!(
            "package a:b;\ninterface api {{ flags many {{ {names} }} f: func(x: list<many>); }}\nworld w {{ export api; }}"
        )
    };
    crate::stub(&flags(32));
    // Already the parser knows that.
    let error = select(&[("main.wit", &flags(33))], None).expect_err("refused");
    let message = error.to_string();
    assert!(message.contains("more than 32 flags"), "{message}");
    assert!(message.contains("--> /wit/main.wit:2:"), "{message}");
}

/// `type t1 = list<t0>` and so on, and a function that takes these of them.
fn nested(depth: usize, params: &[usize]) -> String {
    let types = (1..=depth).map(|n| format!("type t{n} = list<t{}>;\n", n - 1));
    let types: String = types.collect();
    let params = params.iter().map(|n| format!("x{n}: t{n}, "));
    let params: String = params.collect();
    format!(
        "package a:b;\ninterface api {{ type t0 = u8;\n{types} f: func({params}); }}\nworld w {{ export api; }}"
    )
}

#[test]
fn types_too_deep_to_walk() {
    let deepest = nested(88, &[88]).replace("t88, );", "t88) -> t88;");
    let options = golem_rpc_stub::StubOptions {
        rpc_errors: golem_rpc_stub::RpcErrors::Result,
        ..Default::default()
    };
    crate::stub_with(&[("main.wit", &deepest)], &options).expect("a stub");
    for target in [
        nested(91, &[91]),
        nested(5000, &[5000]),
        nested(150, &[75, 150]),
    ] {
        let (message, _) = refused(&target);
        assert!(message.contains("nested deeper than 90"), "{message}");
        assert!(message.contains("--> /wit/main.wit:"), "{message}");
    }
}

#[test]
fn handles_of_resources_that_only_the_world_imports() {
    let target = |export: &str| {
        format!(
            "package a:b;
interface types {{ resource file {{ constructor(); }} record holder {{ file: file }} }}
interface api {{ use types.{{holder}}; f: func(x: list<holder>); }}
world w {{ {export} export api; }}"
        )
    };
    let (message, hint) = refused(&target(""));
    for part in [
        "a handle of resource `file`",
        "`world w` does not export its interface `a:b/types`",
        "--> /wit/main.wit:2:68",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    let hint = hint.expect("a hint");
    assert!(
        hint.contains("add `export a:b/types;` to `world w`"),
        "{hint}"
    );
    crate::stub(&target("export types;"));
}

#[test]
fn handles_of_resources_of_the_host() {
    let files = [
        (
            "main.wit",
            "package a:b; interface api { use wasi:io/poll@0.2.0.{pollable}; f: func() -> pollable; } world w { export api; }",
        ),
        (
            "deps/io.wit",
            "package wasi:io@0.2.0; interface poll { resource pollable; }",
        ),
    ];
    let error = crate::stub_with(&files, &Default::default()).expect_err("refused");
    let message = error.to_string();
    assert!(message.contains("`wasi:io/poll@0.2.0`"), "{message}");
    let hint = error.hint().expect("a hint");
    assert!(!hint.contains("export"), "nobody exports that: {hint}");
}

#[test]
fn a_function_of_the_world_with_an_exported_resource() {
    let (message, hint) = refused(
        "package a:b;
interface api { resource r { constructor(); } }
world w { use api.{r}; export api; export f: func(x: borrow<r>); }",
    );
    assert!(message.contains("that `world w` imports"), "{message}");
    assert!(message.contains("--> /wit/main.wit:3:"), "{message}");
    assert!(hint.is_some_and(|hint| hint.contains("interface")));
}

#[test]
fn a_resource_of_the_world_itself() {
    let (message, _) = refused(
        "package a:b;\nworld w { resource r { constructor(); } export f: func(x: borrow<r>); }",
    );
    assert!(message.contains("a handle of resource `r`"), "{message}");
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

/// What is said of a package with these items, which uses another package.
fn gated(items: &str) -> (String, Option<String>) {
    let main = format!("package a:b@1.0.0;\n{items}\nworld w {{ export api; }}");
    let dep = "package c:d;\ninterface i { resource r; }\nworld v { import i; }";
    let error = select(&[("main.wit", &main), ("deps/c.wit", dep)], None).expect_err("refused");
    (error.to_string(), error.hint())
}

#[test]
fn gates_that_contradict_each_other() {
    let cases = [
        (
            "interface api { @deprecated(version = 1.0.0) use c:d/i.{r}; }",
            "--> /wit/main.wit:2:18",
            "^^^^^^^^^^ write `@since(version = …)` before it",
        ),
        (
            "interface api { /* @since(version = 1.0.0) */\n  @since(version = 1.0.0)\n  @since(version = 1.0.0)\n  use c:d/i.{r}; }",
            "--> /wit/main.wit:4:4",
            "^^^^^ remove it: there is one before it",
        ),
        (
            "interface api {}\nworld x { @unstable(feature = y) @since(version = 1.0.0) include c:d/v; }",
            "--> /wit/main.wit:3:35",
            "^^^^^ remove `@since` or `@unstable`",
        ),
        (
            "interface api {}\nworld x { @since(version = 1.0.0) import api; @deprecated(version = 1.0.0) export c:d/i; }",
            "--> /wit/main.wit:3:48",
            "^^^^^^^^^^ write `@since(version = …)` before it",
        ),
    ];
    for (items, place, advice) in cases {
        let (message, hint) = gated(items);
        assert!(message.starts_with("feature gates"), "{message}");
        assert!(message.contains(place), "{place}: {message}");
        assert!(message.ends_with(advice), "{message}");
        assert_eq!(hint.as_deref(), Some("fix it there, then run this again"));
    }
}

/// The parser panics as well, and `gates` does not see that both gates are of one item.
#[test]
fn a_parser_that_gives_up() {
    let (message, hint) = gated(
        "interface api {}\nworld x { @since(version = 1.0.0) @external-id(\") x\") @since(version = 1.0.0) import c:d/i; }",
    );
    println!("{message} {hint:?}");
    assert!(
        message.starts_with("the WIT parser crashed on `/wit/main.wit`: it panicked"),
        "{message}"
    );
    assert!(hint.is_some_and(|hint| hint.contains("rewrite what was added last")));
}
