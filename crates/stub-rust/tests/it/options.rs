//! The crate's name and version, its manifest, and names that have no Rust form.

use golem_rpc_stub_rust::{CrateOptions, GenerateError, generate};

use crate::corpus;

#[test]
fn what_cargo_would_refuse_is_refused() {
    let stub = corpus::stub("minimal-actor");
    for name in ["", "1st", "a b", "a\"b", "grün", "-a"] {
        let error = generate(&stub, &CrateOptions::new(name)).unwrap_err();
        assert!(matches!(error, GenerateError::CrateName { name: n } if n == name));
    }
    let options = CrateOptions {
        version: "1.0".into(),
        ..CrateOptions::new("c")
    };
    let error = generate(&stub, &options).unwrap_err();
    let text = "`1.0` is not a semantic version: unexpected end of input while parsing minor version number";
    assert_eq!(error.to_string(), text);
}

#[test]
fn the_manifest_says_what_was_asked_for_and_inherits_nothing() {
    let options = CrateOptions {
        name: "my_stub".into(),
        version: "1.2.3-beta.1".into(),
    };
    let files = generate(&corpus::stub("versioned"), &options).unwrap();
    let manifest = files.text("Cargo.toml").unwrap();
    for line in [
        "name = \"my_stub\"",
        "version = \"1.2.3-beta.1\"",
        "package = \"acme:counter-stub\"",
        "world = \"wasm-rpc-stub-counter\"",
        "\"acme:money\" = { path = \"wit/deps/acme_money\" }",
    ] {
        assert!(manifest.lines().any(|l| l == line), "{line}:\n{manifest}");
    }
    assert!(!manifest.contains("workspace") && !manifest.contains("[profile"));
}

#[test]
fn the_wit_is_the_stubs_with_types_alone_in_the_targets_packages() {
    let stub = corpus::stub_of_text(
        "package a:b;
interface api {
  record used { a: u8 }
  record unused { a: u8 }
  resource hidden { handle: func(); }
  enum kind {
    /// Not \"this\" \\ that.
    one,
  }
  f: func(a: used) -> result<u8, kind>;
}
world w { export api; }",
    );
    let files = generate(&stub, &CrateOptions::new("c")).unwrap();
    let paths: Vec<_> = files.iter().map(|(path, _)| path.to_string()).collect();
    let mut expected: Vec<_> = stub
        .wit
        .iter()
        .map(|(path, _)| format!("wit/{path}"))
        .collect();
    expected.splice(0..0, ["Cargo.toml".into(), "src/lib.rs".into()]);
    expected.sort();
    assert_eq!(paths, expected);
    let same = [
        "wit/_stub.wit",
        "wit/deps/wasm-rpc/wasm-rpc.wit",
        "wit/deps/io/poll.wit",
    ];
    for path in same {
        let in_stub = stub.wit.get(path.strip_prefix("wit/").unwrap());
        assert_eq!(files.get(path), in_stub, "{path}");
    }
    let copy = "package a:b;

interface api {
  record used {
    a: u8,
  }

  enum kind {
    /// Not 'this' / that.
    one,
  }
}
";
    assert_eq!(files.text("wit/deps/a_b/b.wit"), Some(copy));
}

#[test]
fn names_that_the_bindings_cannot_take_are_refused() {
    let refused = [
        (
            "exports",
            "exports",
            "interface api { record r { a: u8 } f: func(a: r); }",
        ),
        ("guest", "Guest", "interface guest { f: func(); }"),
        ("self", "Self", "interface self { f: func(); }"),
        (
            "option",
            "Option",
            "interface api { record %option { a: u8 } f: func(a: %option); }",
        ),
        (
            "result",
            "Result",
            "interface api { record %result { a: u8 } f: func(a: %result) -> result; }",
        ),
        (
            "self",
            "Self",
            "interface api { enum e { a, self } f: func(a: e); }",
        ),
        (
            "self",
            "Self",
            "interface api { record self { a: u8 } record r { a: self } f: func(a: r); }",
        ),
        (
            "api",
            "GuestApi",
            "interface api { record guest-api { a: u8 } f: func(a: guest-api); }",
        ),
        (
            "api",
            "ApiBorrow",
            "interface api { record api-borrow { a: u8 } f: func(a: api-borrow); }",
        ),
        (
            "option",
            "Option",
            "interface api { record %option { a: u8 } record r { a: %option, b: option<u8> } f: func(a: r); }",
        ),
        ("TYPE", "type", "interface api { f: func(TYPE: u8); }"),
        (
            "FN",
            "fn",
            "interface api { record r { FN: u8 } f: func(a: r); }",
        ),
        (
            "none",
            "None",
            "interface api { flags none { a } f: func(a: none); }",
        ),
        (
            "guest",
            "Guest",
            "interface api { resource guest { f: func(); } }",
        ),
    ];
    for (name, rust, interface) in refused {
        let exported = interface.split(' ').nth(1).unwrap();
        let namespace = if name == "exports" { "exports" } else { "a" };
        let world =
            format!("package {namespace}:b;\n{interface}\nworld w {{ export {exported}; }}");
        let stub = corpus::stub_of_text(&world);
        let generated = generate(&stub, &CrateOptions::new("c"));
        let Err(error) = generated else {
            panic!("{interface}: `{name}` is refused");
        };
        let shown = format!("`{name}` is `{rust}` in the stub's Rust bindings");
        assert!(
            error.to_string().starts_with(&shown),
            "{interface}: {error}"
        );
    }
}
