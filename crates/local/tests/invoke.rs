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
        counter.get: func() -> u64\n  other.get: func() -> u64";
    assert_eq!(ambiguous, expected);
    for (name, near) in [
        ("nope", "it has:"),
        ("other.nope", "it has:"),
        ("by", "did you mean `buy`? It has:"),
        ("buuy", "did you mean `buy`? It has:"),
        ("others.get", "did you mean `other.get`? It has:"),
        ("some-none", "did you mean `some-or-none`? It has:"),
        (
            "test:target/other.{get}",
            "did you mean `other.get`? It has:",
        ),
        (
            "test:target/other@1.2.4.{top}",
            "did you mean `other.get`? It has:",
        ),
    ] {
        let error = world.error("target/t", &format!("{name}()"));
        let expected = format!("`target` has no function `{name}`; {near}\n  ");
        assert!(error.starts_with(&expected), "{error}");
        let listed = "\n  buy: func(item: record {…}, times: u8) -> result<record {…}, string>\n";
        assert!(error.contains(listed), "{error}");
        let listed = "\n  some-or-none: func(a: u8, b: option<u8>) -> option<u8>";
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
    let expected = "argument `times` is no u8: 256 is out of range\n";
    assert!(error.starts_with(expected), "{error}");
    assert!(
        error.ends_with("^^^") && !error.ends_with("^^^^"),
        "{error}"
    );
    for (call, wrong) in [
        ("add(-1)", "-1 is out of range"),
        (
            "add(18446744073709551616)",
            "18446744073709551616 is out of range",
        ),
        ("add(1.5)", "1.5 is not a whole number"),
        ("add(1e3)", "1e3 is not a whole number"),
        ("add(true)", "invalid value type"),
    ] {
        let error = world.error("target/t", call);
        let expected = format!("argument `value` is no u64: {wrong}\n  {call}\n");
        assert!(error.starts_with(&expected), "{error}");
    }
    let error = world.error(
        "target/t",
        r#"buy({name: "M", price: 1, amount: some(-4)}, 2)"#,
    );
    assert!(error.contains(": -4 is out of range\n"), "{error}");
    for bad in [
        "", "add", "add(", "add(1", "add 1", "(1)", "add(1) x", "add(@)",
    ] {
        let error = world.error("target/t", bad);
        assert!(error.starts_with("not a call: "), "{bad}: {error}");
    }
}

#[test]
fn cases_that_are_words_of_wave() {
    let wit = "package test:words;
        world w {
          export pick: func(one: enum-of-words, more: list<option<maybe>>);
          export plain: func(number: u8);
          enum enum-of-words { none, some, nan, plain }
          variant maybe { ok, %true(u8), err(string) }
        }";
    let world = World::of(vec![spec("words", dummy(wit, "0.1.1"))]);
    let parse = |call: &str| world.runtime.parse(&"words/w".parse().unwrap(), call);
    for (call, word) in [
        ("pick(none, [])", "none"),
        ("pick(nan, [])", "nan"),
        ("pick(some, [])", "some"),
        ("pick(plain, [none, some(ok), true(1)])", "true"),
        ("pick(plain, [some(true)])", "true"),
        ("pick(plain, [ok])", "ok"),
        ("pick(plain, [err(\"x\")])", "err"),
    ] {
        let error = parse(call).err().unwrap().to_string();
        let advice = format!(
            "; the case `{word}` is written `%{word}`, since `{word}` is a word of WAVE\n  {call}\n"
        );
        assert!(error.contains(&advice), "{error}");
        let written = call.replace(word, &format!("%{word}"));
        let other = parse(&written).err().map(|error| error.to_string());
        let again = other.is_some_and(|error| error.contains(&advice));
        assert!(!again, "{written} is told the same");
    }
    let right = "pick(%some, [%ok, some(%ok), none, %true(1), some(%err(\"x\"))])";
    assert_eq!(parse(right).err(), None);
    for call in ["pick(true, [])", "plain(none)", "pick(plain, [1])"] {
        let error = parse(call).err().unwrap().to_string();
        assert!(!error.contains("is written"), "{error}");
    }
}

#[test]
fn numbers_of_arguments() {
    let world = World::new();
    let options = "some-or-none: func(a: u8, b: option<u8>) -> option<u8>";
    for (call, expected) in [
        (
            "add()",
            "`add` takes 1 argument, but none is given: add: func(value: u64)",
        ),
        (
            "add(1, 2)",
            "`add` takes 1 argument, but 2 are given: add: func(value: u64)",
        ),
        (
            "top(1)",
            "`top` takes no arguments, but 1 is given: top: func() -> u32",
        ),
    ] {
        assert_eq!(world.error("target/t", call), expected);
    }
    let error = world.error("target/t", "some-or-none()");
    let takes = "`some-or-none` takes at least 1 argument, but none is given";
    assert_eq!(error, format!("{takes}: {options}"));
    let error = world.error("target/t", "some-or-none(1, some(2), 3)");
    let takes = "`some-or-none` takes at most 2 arguments, but 3 are given";
    assert_eq!(error, format!("{takes}: {options}"));
}

#[test]
fn parsing_a_call_runs_nothing() {
    let world = World::new();
    let target = "target/t".parse().unwrap();
    let add = world.runtime.parse(&target, "add(5)").unwrap();
    assert!(world.runtime.parse(&target, "add(x)").is_err());
    assert_eq!(world.events(), []);
    assert_eq!(world.runtime.invoke(add), Ok(None));
    assert_eq!(world.ok("target/t", "counter.get()"), "5");
}

#[test]
fn a_component_without_functions() {
    let wit = "package test:none; world none {}";
    let world = World::of(vec![spec("none", component(wit, "(module)"))]);
    let error = world.error("none/x", "f()");
    let expected = "`none` has no function `f`: it exports no function that can be called";
    assert_eq!(error, expected);
}

#[test]
fn a_function_of_the_world_is_not_taken_for_one_of_an_interface() {
    let wit = "
package test:both;
interface api { get: func() -> u32; }
world both { export api; export get: func() -> u32; }
";
    let core = r#"(module
  (func (export "test:both/api#get") (result i32) (i32.const 1))
  (func (export "get") (result i32) (i32.const 2)))"#;
    let world = World::of(vec![spec("both", component(wit, core))]);
    assert_eq!(world.ok("both/b", "get()"), "2");
    assert_eq!(world.ok("both/b", "api.get()"), "1");
    let functions = world.runtime.functions("both").unwrap();
    assert_eq!(functions, ["get: func() -> u32", "api.get: func() -> u32"]);
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
        ("golem:rpc/types@0.3.0", "golem:rpc@0.3.0", "types"),
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
