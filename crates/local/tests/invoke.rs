//! What a person gets to see who calls from outside: names, arguments, bad components.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps the wrong thing fails"
)]

mod support;

use support::*;

#[test]
fn names_of_functions() {
    let world = World::new();
    assert_eq!(world.ok("target/t", "other.get()"), "42");
    assert_eq!(
        world.ok("target/t", "test:target/other@1.2.3.{get}()"),
        "42"
    );
    assert_eq!(world.ok("target/t", "top()"), "7");
    let ambiguous = world.error("target/t", "get()");
    let expected = "`get` may be any of these; name its interface:\n  \
        test:target/counter@1.2.3.{get}: func() -> u64\n  \
        test:target/other@1.2.3.{get}: func() -> u64";
    assert_eq!(ambiguous, expected);
    for name in [
        "nope",
        "other.nope",
        "test:target/other.{get}",
        "test:target/other@1.2.4.{get}",
    ] {
        let error = world.error("target/t", &format!("{name}()"));
        assert!(
            error.starts_with(&format!("`target` has no function `{name}`; it has:\n")),
            "{error}"
        );
        let listed = "\n  test:target/other@1.2.3.{buy}: func(item: record { name: string, \
            price: f32, amount: option<u32> }, times: u8) -> result<record { name: string, \
            price: f32, amount: option<u32> }, string>";
        assert!(error.contains(listed), "{error}");
        assert!(error.contains("\n  top: func() -> u32\n"), "{error}");
    }
    assert_eq!(world.runtime.functions("target").unwrap().len(), 13);
    let error = world.error("nobody/t", "get()");
    assert_eq!(error, "no component `nobody`; there are: caller, target");
}

#[test]
fn arguments_in_wave() {
    let world = World::new();
    let bought = world.ok("target/t", r#"buy({price: 2.5, name: "Mug"}, 2)"#);
    assert_eq!(bought, r#"ok({name: "Mug", price: 5})"#);
    let error = world.error("target/t", r#"buy({name: "Müg", price: "x"}, 2)"#);
    let expected = "argument `item` is no record { name: string, price: f32, amount: \
        option<u32> }: invalid value type\n  \
        buy({name: \"Müg\", price: \"x\"}, 2)\n                           ^^^";
    assert_eq!(error, expected);
    let error = world.error("target/t", r#"buy({name: "M"}, 2)"#);
    assert!(error.contains("missing field \"price\""), "{error}");
    let error = world.error(
        "target/t",
        "test:target/other@1.2.3.{buy}({name: \"M\", price: 1}, 256)",
    );
    assert!(error.starts_with("argument `times` is no u8"), "{error}");
    assert!(
        error.ends_with("^^^") && !error.ends_with("^^^^"),
        "{error}"
    );
    let error = world.error("target/t", "add()");
    let signature = "test:target/counter@1.2.3.{add}: func(value: u64)";
    assert_eq!(
        error,
        format!("0 arguments, where 1 are expected: {signature}")
    );
    for bad in [
        "", "add", "add(", "add(1", "add 1", "(1)", "add(1) x", "add(@)",
    ] {
        let error = world.error("target/t", bad);
        assert!(error.starts_with("not a call: "), "{bad}: {error}");
    }
}

#[test]
fn an_uncomposed_component_says_what_to_do() {
    let wit = "
package test:cart;
world cart {
  import test:history-stub/stub-history;
  export run: func();
}
package test:history-stub { interface stub-history { note: func(); } }
";
    let core = r#"(module
  (import "test:history-stub/stub-history" "note" (func $note))
  (func (export "run") (call $note)))"#;
    let world = World::of(vec![spec("cart", component(wit, core))]);
    let error = world.error("cart/c", "run()");
    let expected = "Failed to create worker cart/c: the component imports \
        `test:history-stub/stub-history`, which nothing here provides; it is not composed \
        with its stubs: run `cargo make build-flow`";
    assert_eq!(error, expected);
}

#[test]
fn an_import_that_nobody_provides_is_named() {
    let core =
        |import: &str| format!("(module (import {import:?} \"f\" (func)) (func (export \"run\")))");
    for (import, package, interface) in [
        ("golem:api/host@1.1.0", "golem:api@1.1.0", "host"),
        ("wasi:http/types@0.2.0", "wasi:http@0.2.0", "types"),
        ("golem:rpc/types@0.2.0", "golem:rpc@0.2.0", "types"),
    ] {
        let wit = format!(
            "package test:it; world it {{ import {import}; export run: func(); }}
            package {package} {{ interface {interface} {{ f: func(); }} }}"
        );
        let world = World::of(vec![spec("it", component(&wit, &core(import)))]);
        let error = world.error("it/x", "run()");
        let expected =
            format!("Failed to create worker it/x: component imports instance `{import}`");
        assert!(error.starts_with(&expected), "{error}");
        let again = world.error("it/x", "run()");
        assert!(
            again.starts_with("Previous invocation failed: Failed to create"),
            "{again}"
        );
    }
}

#[test]
fn an_exit_is_a_failure_that_says_so() {
    let world = World::new();
    let error = world.error("target/t", "exit()");
    assert!(error.ends_with(": exited with status 1"), "{error}");
}

#[test]
fn functions_of_resources_are_refused_for_now() {
    let wit = "
package test:things;
interface api {
  resource thing { constructor(); poke: func(); }
  plain: func() -> u32;
}
world things { export api; }
";
    let core = r#"(module
  (func (export "test:things/api#[constructor]thing") (result i32) (i32.const 1))
  (func (export "test:things/api#[method]thing.poke") (param i32))
  (func (export "test:things/api#plain") (result i32) (i32.const 5)))"#;
    let things = component(wit, core);
    let world = World::of(vec![
        spec("things", things),
        spec("caller", caller("0.1.1")),
    ]);
    assert_eq!(world.ok("things/t", "plain()"), "5");
    assert_eq!(world.runtime.functions("things").unwrap().len(), 1);
    for name in [
        "thing.poke",
        "api.{thing.new}",
        "test:things/api.{[method]thing.poke}",
    ] {
        let error = world.error("things/t", &format!("{name}()"));
        let expected = "is of an exported resource, which cannot be called yet";
        assert_eq!(error, format!("`{name}` {expected}"));
    }
    for function in ["thing.new", "[constructor]thing", "thing(\"x\").poke"] {
        let function = format!("test:things/api.{{{function}}}");
        let error = world.ok(
            "caller/c",
            &rpc("call", &uri("things", "t"), &function, &[]),
        );
        assert!(error.starts_with("err(protocol-error("), "{error}");
    }
    assert_eq!(world.ok("things/t", "plain()"), "5");
}

#[test]
fn bytes_that_are_no_component() {
    let module = wat::parse_str("(module)").unwrap();
    let world = World::of(vec![
        spec("module", module),
        spec("text", b"hello".to_vec()),
    ]);
    for name in ["module", "text"] {
        let error = world.error(&format!("{name}/x"), "f()");
        let expected = format!("`{name}` is not a component that can run: ");
        assert!(error.starts_with(&expected), "{error}");
    }
}
