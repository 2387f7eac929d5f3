//! What is not composed, and what the error shows.

mod support;

use std::error::Error;

use golem_rpc_compose::{ComposeError, NotAComponent};
use support::{HISTORY, RPC, cart, component, compose_with, history, history_stub, io, pair};

/// `item | caller's side | stub's side` for each difference.
fn stale(expected: &str, found: &str) -> Vec<String> {
    let (caller, stub) = pair(expected, found);
    let error = compose_with(&caller, &[("stub.wasm", &stub)]).expect_err("the types differ");
    let ComposeError::TypesDiffer {
        importer,
        stub,
        interface,
        differences,
        ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (&*importer, &*stub, &*interface),
        ("caller.wasm", "stub.wasm", "t:t/api")
    );
    let lines = differences.into_iter().map(|difference| {
        let found = difference.found.unwrap_or_else(|| "-".to_owned());
        format!("{} | {} | {found}", difference.item, difference.expected)
    });
    lines.collect()
}

#[test]
fn another_field_type_inside_a_record_shows_both_records() {
    let functions = "resource api { constructor(); blocking-add-order: func(order: order); }
        get-orders: func() -> list<order>;";
    let item = "record item { id: string, price: f32 }";
    let order = "record order { items: list<item>, total: f32 }";
    let found = stale(
        &format!("{item} {order} {functions}"),
        &format!("{} {order} {functions}", item.replace("f32", "f64")),
    );
    assert_eq!(
        found,
        ["item | record item { id: string, price: f32 } | record item { id: string, price: f64 }"]
    );
}

#[test]
fn names_of_fields_cases_and_flags_are_part_of_the_type() {
    let f = "f: func(t: t);";
    for (expected, found) in [
        ("record t { a: u8, b: u8 }", "record t { a: u8, c: u8 }"),
        ("record t { a: u8 }", "record t { a: u8, c: u8 }"),
        ("variant t { a(u8), b }", "variant t { a(u8), b(u8) }"),
        ("variant t { a(u8), b }", "variant t { a(u16), b }"),
        ("enum t { a, b }", "enum t { b, a }"),
        ("flags t { a, b }", "flags t { a, b, c }"),
        ("record t { a: u8 }", "variant t { a(u8) }"),
    ] {
        let difference = stale(&format!("{expected} {f}"), &format!("{found} {f}"));
        assert_eq!(difference, [format!("t | {expected} | {found}")]);
    }
}

#[test]
fn another_alias_shows_both_aliases() {
    let f = "f: func(t: option<t>);";
    for (expected, found) in [
        ("u32", "u64"),
        ("list<u8>", "list<char>"),
        ("tuple<u8, u8>", "tuple<u8>"),
        ("result<u8>", "result<u8, string>"),
        ("option<u8>", "u8"),
    ] {
        let difference = stale(
            &format!("type t = {expected}; {f}"),
            &format!("type t = {found}; {f}"),
        );
        assert_eq!(
            difference,
            [format!("t | type t = {expected} | type t = {found}")]
        );
    }
    let difference = stale(
        &format!("record r {{ a: u8 }} type t = r; {f}"),
        &format!("record r {{ a: s8 }} type t = r; {f}"),
    );
    assert_eq!(difference, ["r | record r { a: u8 } | record r { a: s8 }"]);
}

#[test]
fn another_signature_shows_both_signatures() {
    for (expected, found) in [
        ("func(a: u8)", "func(a: u16)"),
        ("func(a: u8)", "func(b: u8)"),
        ("func(a: u8)", "func(a: u8, b: list<string>)"),
        ("func() -> string", "func()"),
        ("func() -> option<string>", "func() -> result<string>"),
        ("func() -> result<u8, string>", "func() -> result<u8, char>"),
    ] {
        let free = stale(&format!("f: {expected};"), &format!("f: {found};"));
        assert_eq!(free, [format!("f | {expected} | {found}")]);
        let method = stale(
            &format!("resource r {{ f: {expected}; }}"),
            &format!("resource r {{ f: {found}; }}"),
        );
        assert_eq!(method, [format!("r.f | {expected} | {found}")]);
    }
    let new = stale(
        "resource r { constructor(a: u8); }",
        "resource r { constructor(a: s8); }",
    );
    assert_eq!(
        new,
        ["r.constructor | constructor(a: u8) | constructor(a: s8)"]
    );
}

#[test]
fn every_function_and_type_that_the_stub_lacks_is_named() {
    let found = stale(
        "resource r { constructor(); f: func(x: u8); } record gone { a: u8 } g: func(x: gone);",
        "resource r { constructor(); }",
    );
    assert_eq!(
        found,
        [
            "gone | record gone { a: u8 } | -",
            "r.f | func(x: u8) | -",
            "g | func(x: gone) | -",
        ]
    );
}

#[test]
fn the_message_shows_both_sides_under_their_files() {
    let (caller, stub) = pair(
        "record order { total: f32 } add: func(order: order); gone: func();",
        "record order { total: f64 } add: func(order: order);",
    );
    let error = compose_with(&caller, &[("a/stub.wasm", &stub)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`caller.wasm` imports `t:t/api` with other types than `a/stub.wasm` exports
  `order`
    in caller.wasm: record order { total: f32 }
    in a/stub.wasm: record order { total: f64 }
  `gone`
    in caller.wasm: func()
    in a/stub.wasm: does not have it"
    );
    assert!(error.source().is_some());
}

#[test]
fn a_type_from_a_shared_package_that_changed_is_shown() {
    let newer = HISTORY.replace("total: f32", "total: f32, note: string");
    let world = "package shop:history-component;
        world w {
            import golem:rpc/types@0.1.0;
            import wasi:io/poll@0.2.0;
            export shop:history-stub/stub-history;
        }";
    let stub = component(&[RPC, &newer, &io("0.2.0"), &history_stub("0.2.0"), world]);
    let error = compose_with(&cart("0.2.3"), &[("stub.wasm", &stub)]).unwrap_err();
    let ComposeError::TypesDiffer { differences, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].item, "order");
    assert_eq!(
        differences[0].found.as_deref(),
        Some("record order { id: string, total: f32, note: string }")
    );
}

#[test]
fn a_resource_of_an_incompatible_version_is_shown_with_its_interface() {
    let error = compose_with(&cart("0.2.3"), &[("stub.wasm", &history("0.3.0"))]).unwrap_err();
    let ComposeError::TypesDiffer { differences, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(differences.len(), 1);
    assert_eq!(
        differences[0].expected,
        "resource pollable of wasi:io/poll@0.2.3"
    );
    assert_eq!(
        differences[0].found.as_deref(),
        Some("resource pollable of wasi:io/poll@0.3.0")
    );
}

#[test]
fn an_incompatible_version_of_the_stub_is_not_just_left_out() {
    let wit = |version: &str| format!("package t:a{version}; interface api {{ f: func(); }}");
    for (imported, exported) in [("@1.0.0", "@2.0.0"), ("", "@1.0.0"), ("@0.1.0", "")] {
        let caller = format!("package t:c; world w {{ import t:a/api{imported}; }}");
        let caller = component(&[&wit(imported), &caller]);
        let stub = format!("package t:c; world w {{ export t:a/api{exported}; }}");
        let stub = component(&[&wit(exported), &stub]);
        let error = compose_with(&caller, &[("stub.wasm", &stub)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "`caller.wasm` imports `t:a/api{imported}`, but `stub.wasm` exports `t:a/api{exported}`"
            )
        );
    }
}

#[test]
fn an_input_that_is_not_a_component_is_said_to_be_what_it_is() {
    let mut old = wat::parse_str("(module)").unwrap();
    old[4] = 0x0a;
    let text = b";; a comment\n\n  (component)".to_vec();
    for (wasm, expected) in [
        (Vec::new(), NotAComponent::Empty),
        (
            wat::parse_str("(module)").unwrap(),
            NotAComponent::CoreModule,
        ),
        (old, NotAComponent::OtherVersion),
        (text, NotAComponent::Text),
        (b"hello".to_vec(), NotAComponent::Unknown),
        (vec![0xff, 0xfe, 0x00], NotAComponent::Unknown),
    ] {
        let as_stub = compose_with(&cart("0.2.0"), &[("x.wasm", &wasm)]).unwrap_err();
        assert_eq!(as_stub.to_string(), format!("`x.wasm` is {expected}"));
        let as_caller = compose_with(&wasm, &[("history.wasm", &history("0.2.0"))]).unwrap_err();
        assert_eq!(
            as_caller.to_string(),
            format!("`caller.wasm` is {expected}")
        );
    }
    let module = wat::parse_str("(module)").unwrap();
    let error = compose_with(&module, &[]).unwrap_err();
    assert!(error.to_string().contains("cargo component build"));
}

#[test]
fn a_broken_component_is_named() {
    let stub = history("0.2.0");
    for cut in [9, stub.len() / 2, stub.len() - 1] {
        let error = compose_with(&cart("0.2.0"), &[("cut.wasm", &stub[..cut])]).unwrap_err();
        let ComposeError::Invalid { name, .. } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(name, "cut.wasm");
    }
    let bad_body = wat::parse_str(
        r#"(component
            (core module $m (func (export "f") i32.const 1))
            (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i "f")))
            (instance $api (export "f" (func $f)))
            (export "t:t/api" (instance $api)))"#,
    )
    .unwrap();
    let (caller, _) = pair("f: func();", "f: func();");
    let error = compose_with(&caller, &[("bad.wasm", &bad_body)]).unwrap_err();
    assert!(
        matches!(&error, ComposeError::Invalid { name, .. } if name == "bad.wasm"),
        "{error:?}"
    );
    let error = compose_with(&bad_body, &[]).unwrap_err();
    assert!(matches!(&error, ComposeError::Invalid { name, .. } if name == "caller.wasm"));
}

#[test]
fn a_component_without_interfaces_is_not_a_stub() {
    let tool = component(&["package t:t; world w { export run: func(); }"]);
    let error = compose_with(&cart("0.2.0"), &[("tool.wasm", &tool)]).unwrap_err();
    assert!(matches!(error, ComposeError::NoInterface { name } if name == "tool.wasm"));
}

#[test]
fn two_stubs_of_one_interface_are_both_named() {
    let (one, other) = (history("0.2.0"), history("0.2.3"));
    let stubs = [
        ("one.wasm", one.as_slice()),
        ("other.wasm", other.as_slice()),
    ];
    let error = compose_with(&cart("0.2.0"), &stubs).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`one.wasm` and `other.wasm` both export `shop:history-stub/stub-history`: give one of them"
    );
}

#[test]
fn imports_that_cannot_be_merged_name_both_files() {
    let log = |ty: &str| format!("package t:log; interface log {{ f: func(text: {ty}); }}");
    let api = "package t:a; interface api { g: func(); }";
    let caller = "package t:c; world w { import t:log/log; import t:a/api; }";
    let caller = component(&[&log("string"), api, caller]);
    let stub = "package t:c; world w { import t:log/log; export t:a/api; }";
    let stub = component(&[&log("u8"), api, stub]);
    let error = compose_with(&caller, &[("stub.wasm", &stub)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`caller.wasm` and `stub.wasm` both import `t:log/log`, with different types
  `f`
    in caller.wasm: func(text: string)
    in stub.wasm: func(text: u8)"
    );
}

#[test]
fn stubs_that_need_each_other_are_named_in_a_circle() {
    let wit = "package t:a; interface a { f: func(); } interface b { g: func(); }";
    let a = component(&[wit, "package t:c; world w { import t:a/b; export t:a/a; }"]);
    let b = component(&[wit, "package t:c; world w { import t:a/a; export t:a/b; }"]);
    let caller = component(&[wit, "package t:c; world w { import t:a/a; }"]);
    let error = compose_with(&caller, &[("a.wasm", &a), ("b.wasm", &b)]).unwrap_err();
    let ComposeError::Circle { names } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(names, &["a.wasm", "b.wasm", "a.wasm"]);
}

#[test]
fn an_interface_that_would_still_be_imported_is_an_error() {
    let wit = "package t:a; interface api { f: func(); }";
    let proxy = component(&[
        wit,
        "package t:c; world w { import t:a/api; export t:a/api; }",
    ]);
    let caller = component(&[wit, "package t:c; world w { import t:a/api; }"]);
    let error = compose_with(&caller, &[("proxy.wasm", &proxy)]).unwrap_err();
    assert!(
        matches!(&error, ComposeError::StillImported { interface, stub }
            if interface == "t:a/api" && stub == "proxy.wasm"),
        "{error:?}"
    );

    let wit = "package t:a;
        interface api { record r { a: u8 } f: func() -> r; }
        interface host { use api.{r}; show: func(r: r); }";
    let caller = component(&[
        wit,
        "package t:c; world w { import t:a/api; import t:a/host; }",
    ]);
    let stub = component(&[wit, "package t:c; world w { export t:a/api; }"]);
    let error = compose_with(&caller, &[("stub.wasm", &stub)]).unwrap_err();
    assert!(
        matches!(&error, ComposeError::StillImported { .. }),
        "{error:?}"
    );
}
