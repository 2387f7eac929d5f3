//! Every crate builds with `cargo component build`, without a warning, as a member of one workspace,
//! and the component exports what the stub world says.

use std::env;
use std::fs;
use std::process::Command;
use std::sync::LazyLock;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_stub::Stub;
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{PackageId, Resolve};

use crate::corpus;

/// Writes one workspace of all stub crates; it stays between runs, so that little is compiled anew.
fn write_workspace(worlds: &[String]) -> Utf8PathBuf {
    let root = Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join("stub-crates");
    for world in worlds {
        let dir = root.join(format!("{world}-stub"));
        if dir.join("wit").exists() {
            fs::remove_dir_all(dir.join("wit")).unwrap();
        }
        corpus::write_dir(&dir, corpus::stub_crate(world));
    }
    let members: Vec<String> = worlds.iter().map(|w| format!("\"{w}-stub\"")).collect();
    let manifest = format!(
        "[workspace]\nresolver = \"2\"\nmembers = [{}]\n",
        members.join(", ")
    );
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    root
}

fn build(root: &Utf8Path) {
    let mut command = Command::new("cargo");
    command.args(["component", "build", "--workspace"]);
    command.current_dir(root);
    command.env("CARGO_TARGET_DIR", root.join("target"));
    command.env("CARGO_TERM_COLOR", "never");
    for variable in ["RUSTFLAGS", "CARGO_BUILD_TARGET", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(variable);
    }
    let output = command.output().expect("cargo runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(!stderr.contains("warning"), "{stderr}");
}

/// A package as WIT text, without its worlds, docs and the versions of what it uses of WASI: a
/// component has WASI at the version of cargo-component's adapter.
fn interfaces(resolve: &Resolve, package: PackageId) -> String {
    let mut printer = WitPrinter::default();
    printer.emit_docs(false);
    printer.print(resolve, package, &[]).unwrap();
    let text = printer.output.to_string();
    let text = text.split("\nworld ").next().unwrap_or_default().trim_end();
    let lines = text.lines().map(|line| match line.find("wasi:io/poll@") {
        Some(_) => "  use wasi:io/poll.{pollable};",
        None => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The stub package of a component, as its only export's interface shows it.
fn exported(wasm: &[u8], stub: &Stub) -> String {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(wasm).unwrap() else {
        panic!("a component was built");
    };
    let exports: Vec<String> = resolve.worlds[world]
        .exports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .collect();
    let expected = stub.resolve.id_of(stub.interface).unwrap();
    assert_eq!(exports, [expected]);
    let name = &stub.resolve.packages[stub.package].name;
    interfaces(&resolve, resolve.package_names[name])
}

/// The component of every crate, built once.
static BUILT: LazyLock<Utf8PathBuf> = LazyLock::new(|| {
    let root = write_workspace(&corpus::worlds());
    build(&root);
    root.join("target/wasm32-wasip1/debug")
});

/// The stub component of a world.
pub(crate) fn component(world: &str) -> Vec<u8> {
    let file = format!("{world}-stub").replace('-', "_");
    fs::read(BUILT.join(file).with_extension("wasm")).unwrap()
}

#[test]
fn every_crate_builds_without_a_warning_and_exports_the_stub() {
    for world in corpus::worlds() {
        let stub = corpus::stub(&world);
        let expected = interfaces(&stub.resolve, stub.package);
        assert_eq!(exported(&component(&world), &stub), expected, "{world}");
    }
}
