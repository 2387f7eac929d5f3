//! A caller that is built by cargo alone, for `wasm32-wasip2`: its WASI is newer than a stub's.

use golem_rpc_tests::{Workspace, add_target, cache_dir, component, fixture};

#[test]
fn a_caller_of_a_newer_wasi_is_composed() {
    add_target("wasm32-wasip2");
    let caller = Workspace::empty("caller");
    caller.write("Cargo.toml", MANIFEST);
    caller.write("src/lib.rs", SOURCE);
    caller.write("wit/caller.wit", WIT);
    let target = fixture("minimal-actor/start/component1/wit");
    let args = [
        "build",
        "-s",
        target.as_str(),
        "--dest-wasm",
        "stub.wasm",
        "--dest-wit-root",
        "stub",
    ];
    caller.golem_rpc(&args).success();
    caller
        .golem_rpc(&["add-stub-dependency", "-s", "stub", "-d", "wit"])
        .success();

    let out = cache_dir("wasip2");
    let command = caller.command("cargo", &["build", "--target", "wasm32-wasip2"]);
    command
        .env("CARGO_TARGET_DIR", out.as_str())
        .run()
        .success();
    let source = out.join("wasm32-wasip2/debug/caller.wasm");
    let plain = component(&source);
    let newer = |name: &String| name.starts_with("wasi:") && !name.ends_with("@0.2.0");
    assert!(plain.imports.iter().any(newer), "{:?}", plain.imports);

    let args = [
        "compose",
        "--source-wasm",
        source.as_str(),
        "--stub-wasm",
        "stub.wasm",
        "--dest-wasm",
        "composed.wasm",
    ];
    caller.golem_rpc(&args).success().does_not_say("warning");
    let composed = component(&caller.path("composed.wasm"));
    let stub = "demo:component1-stub/stub-component1";
    assert!(plain.imports.contains(stub), "{:?}", plain.imports);
    assert!(!composed.imports.contains(stub), "{:?}", composed.imports);
    assert_eq!(composed.exports, plain.exports);
}

const MANIFEST: &str = r#"[package]
name = "caller"
version = "0.1.0"
edition = "2021"

[workspace]

[lib]
crate-type = ["cdylib"]

[dependencies]
wit-bindgen = { version = "=0.41.0", default-features = false, features = ["macros", "realloc"] }
"#;

const WIT: &str = "package demo:caller;

world caller {
  import demo:component1-stub/stub-component1;
  export total: func() -> u64;
}
";

const SOURCE: &str = r#"wit_bindgen::generate!({ path: "wit", world: "caller", generate_all });

use demo::component1_stub::stub_component1::Api;
use golem::rpc::types::Uri;

struct Component;

impl Guest for Component {
    fn total() -> u64 {
        let id = std::env::var("COMPONENT1_COMPONENT_ID").unwrap();
        let value = format!("urn:worker:{id}/total");
        Api::new(&Uri { value }).blocking_get()
    }
}

export!(Component);
"#;
