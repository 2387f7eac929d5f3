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
fn the_wit_is_the_stubs_own() {
    let stub = corpus::stub("versioned");
    let files = generate(&stub, &CrateOptions::new("c")).unwrap();
    for (path, content) in stub.wit.iter() {
        assert_eq!(files.get(format!("wit/{path}")), Some(content), "{path}");
    }
    assert_eq!(files.len(), stub.wit.len() + 2);
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
    ];
    for (name, rust, interface) in refused {
        let exported = interface.split(' ').nth(1).unwrap();
        let namespace = if name == "exports" { "exports" } else { "a" };
        let world =
            format!("package {namespace}:b;\n{interface}\nworld w {{ export {exported}; }}");
        let stub = corpus::stub_of_text(&world);
        let error = generate(&stub, &CrateOptions::new("c")).unwrap_err();
        let shown = format!("`{name}` is `{rust}` in the stub's Rust bindings");
        assert!(
            error.to_string().starts_with(&shown),
            "{interface}: {error}"
        );
    }
}
