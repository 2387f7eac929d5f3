//! Which members count as components that cargo alone builds, and where their WIT is looked for.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the tests put workspaces on disk, for real cargo to read"
)]

mod support;

use golem_rpc_workspace::{Member, Style, WasmTarget};
use support::Scratch;

const ROOT: (&str, &str) = (
    "Cargo.toml",
    "[workspace]\nmembers = [\"a\"]\nresolver = \"2\"\n",
);

fn manifest(more: &str) -> String {
    format!("[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{more}")
}

const BINDGEN: &str = "[dependencies]\nwit-bindgen = \"0.63\"\n";

/// The only member of a workspace, with the WIT root of the member and its world.
fn member(manifest: &str, code: &[(&str, &str)]) -> (Member, Result<(String, String), String>) {
    let files = [&[ROOT, ("a/Cargo.toml", manifest)], code].concat();
    let scratch = Scratch::with(&files);
    let member = scratch.workspace().unwrap().members["a"].clone();
    let dir = format!("{}/a/", scratch.root);
    let short = |text: String| text.replace(&dir, "");
    let local = member.local().map_err(|error| short(error.to_string()));
    let local = local.map(|local| {
        let world = local.world.clone().unwrap_or_default();
        (short(local.wit_root.to_string()), world)
    });
    (member, local)
}

fn found(code: &[(&str, &str)]) -> Option<(String, String)> {
    let (member, local) = member(&manifest(BINDGEN), code);
    member.style.map(|style| {
        assert_eq!(style, Style::Cargo(WasmTarget::Wasip2));
        local.unwrap()
    })
}

fn refused(code: &str) -> String {
    let (member, local) = member(&manifest(BINDGEN), &[("a/src/lib.rs", code)]);
    assert_eq!(member.style, Some(Style::Cargo(WasmTarget::Wasip2)));
    local.unwrap_err()
}

fn wit(path: &str, world: &str) -> Option<(String, String)> {
    Some((path.to_string(), world.to_string()))
}

#[test]
fn bindings_are_found_wherever_the_crate_has_them() {
    let lib = |code| found(&[("a/src/lib.rs", code)]);
    assert_eq!(lib("wit_bindgen::generate!();"), wit("wit", ""));
    assert_eq!(lib("::wit_bindgen::generate!(\"w\");"), wit("wit", "w"));
    let imported = "use wit_bindgen::{generate, rt};\ngenerate!({ path: \"../idl\" });";
    let (_, local) = member(&manifest(BINDGEN), &[("a/src/lib.rs", imported)]);
    assert!(local.unwrap().0.ends_with("/idl"));
    let inner = "fn f() {}\nmod b { use wit_bindgen::*; generate! { in r\"idl\" } }";
    assert_eq!(lib(inner), wit("idl", ""));
    let reexported = "golem_rust::wit_bindgen::generate!({ world: \"w\" });";
    assert_eq!(lib(reexported), wit("wit", "w"));
}

#[test]
fn modules_are_followed() {
    let call = "wit_bindgen::generate!({ path: \"idl\" });";
    let of = |lib, file: &str| found(&[("a/src/lib.rs", lib), (file, call)]);
    assert_eq!(of("mod b;", "a/src/b.rs"), wit("idl", ""));
    assert_eq!(of("pub mod r#b;", "a/src/b/mod.rs"), wit("idl", ""));
    assert_eq!(of("mod b { mod c; }", "a/src/b/c.rs"), wit("idl", ""));
    let deep = [
        ("a/src/lib.rs", "mod b;"),
        ("a/src/b.rs", "mod c;"),
        ("a/src/b/c.rs", call),
    ];
    assert_eq!(found(&deep), wit("idl", ""));
    let binary = [
        ("a/src/main.rs", "mod b; fn main() {}"),
        ("a/src/b.rs", call),
    ];
    let scratch = Scratch::new();
    scratch.write(ROOT.0, ROOT.1);
    scratch.write("a/Cargo.toml", manifest(BINDGEN));
    binary
        .iter()
        .for_each(|(file, code)| scratch.write(file, code));
    let workspace = scratch.workspace().unwrap();
    assert_eq!(
        workspace.members["a"].style,
        Some(Style::Cargo(WasmTarget::Wasip2))
    );
}

#[test]
fn what_is_no_part_of_the_crate_does_not_count() {
    let call = "wit_bindgen::generate!();";
    for lib in [
        "",
        "// wit_bindgen::generate!();",
        "const S: &str = \"wit_bindgen::generate!();\";",
        "other::generate!();",
        "fn generate() { wit_bindgen::generate; }",
        "#[cfg(test)] mod b;",
        "#[cfg(test)]\nmod t { wit_bindgen::generate!(); }",
    ] {
        let code = [("a/src/lib.rs", lib), ("a/src/b.rs", call)];
        assert_eq!(found(&code), None, "{lib}");
    }
    // nor does a dependency of another name
    let other = manifest("[dependencies]\nwit-bindgen-rt = \"0.44\"\n");
    assert_eq!(member(&other, &[("a/src/lib.rs", call)]).0.style, None);
    let renamed =
        manifest("[dependencies]\nwb = { package = \"wit-bindgen\", version = \"0.63\" }\n");
    let style = member(&renamed, &[("a/src/lib.rs", "wb::generate!();")])
        .0
        .style;
    assert_eq!(style, Some(Style::Cargo(WasmTarget::Wasip2)));
}

#[test]
fn what_cannot_be_told_says_where() {
    let twice = "mod x { wit_bindgen::generate!(); }\n  wit_bindgen::generate!();";
    assert_eq!(
        refused(twice),
        "`a` calls `wit_bindgen::generate!` more than once (src/lib.rs:1:22, src/lib.rs:2:16)"
    );
    let inline = refused("wit_bindgen::generate!({ inline: \"package a:b;\" });");
    assert!(inline.ends_with("(src/lib.rs:1:14)"), "{inline}");
    let computed = refused("wit_bindgen::generate!({ path: env!(\"WIT\") });");
    assert!(
        computed.contains("`path`") && computed.contains("src/lib.rs:1:14"),
        "{computed}"
    );
    let broken = refused("\nfn generate( {");
    assert!(
        broken.starts_with("this is not Rust (src/lib.rs:2:"),
        "{broken}"
    );
}

#[test]
fn the_manifest_can_say_it() {
    let with = |table: &str, code: &str| {
        let manifest = manifest(&format!("{BINDGEN}[package.metadata.golem-rpc]\n{table}"));
        member(&manifest, &[("a/src/lib.rs", code)])
    };
    let (member, local) = with(
        "wit = \"idl\"\nworld = \"w\"\ntarget = \"wasm32-wasip1\"",
        "not Rust",
    );
    assert_eq!(member.style, Some(Style::Cargo(WasmTarget::Wasip1)));
    assert_eq!(local.ok(), wit("idl", "w"));
    let (member, local) = with("target = \"wasm32-wasip1\"", "wit_bindgen::generate!();");
    assert_eq!(member.style, Some(Style::Cargo(WasmTarget::Wasip1)));
    assert_eq!(local.ok(), wit("wit", ""));
    let (_, local) = with("target = \"wasm32-unknown-unknown\"", "");
    let error = local.unwrap_err();
    assert!(
        error.contains("`target` of [package.metadata.golem-rpc]: unknown value `wasm32-unknown-unknown`, expected `wasm32-wasip1`"),
        "{error}"
    );
    let (_, local) = with("wit = 3", "");
    assert!(local.unwrap_err().contains("`wit` of"));
    // a component section comes first
    let both =
        manifest("[package.metadata.component]\n[package.metadata.golem-rpc]\nwit = \"idl\"\n");
    let (member, local) = self::member(&both, &[]);
    assert_eq!(member.style, Some(Style::CargoComponent));
    assert_eq!(local.ok(), wit("wit", ""));
}
