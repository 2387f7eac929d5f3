//! `build`: a stub of a component in any language, by files.

use camino::Utf8Path;
use golem_rpc_tests::{Invocation, Run, Workspace, component, fixture, which};

const STUB: &str = "shopping:purchase-history-stub/stub-purchase-history";

/// Where there is nothing but our binary.
#[test]
fn neither_cargo_nor_a_compiler_is_needed() {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    cart.golem_rpc(&["build-members"]).success();
    let empty = cart.outside("empty");
    std::fs::create_dir(&empty).unwrap();
    let bare = |args: &[&str]| -> Run {
        let command = cart.command(which("cargo-golem-rpc").as_str(), args);
        let command = command.without_environment();
        command.path(std::slice::from_ref(&empty)).run()
    };
    let wit = cart.path("purchase-history/wit");
    bare(&build(&wit, "stub.wasm", "stub-wit")).success();
    let stub = component(&cart.path("stub.wasm"));
    assert!(stub.exports.contains(STUB), "{stub:?}");
    cart.read("stub-wit/_stub.wit");
    let settled = cart.tree();
    bare(&build(&wit, "stub.wasm", "stub-wit")).success();
    cart.tree().assert_same_as(&settled);

    let args = [
        "compose",
        "--source-wasm",
        "target/wasm32-wasip1/debug/shopping_cart.wasm",
        "--stub-wasm",
        "stub.wasm",
        "--dest-wasm",
        "composed.wasm",
    ];
    bare(&args).success();
    let imports = component(&cart.path("composed.wasm")).imports;
    assert!(!imports.contains(STUB), "{imports:?}");
    assert!(imports.contains("golem:rpc/types@0.1.0"), "{imports:?}");
}

#[test]
fn the_text_of_a_stub_is_for_reading() {
    let cart = Workspace::cart();
    let before = cart.tree();
    let args = ["build", "-s", "purchase-history/wit", "--emit", "wat"];
    let run = cart.golem_rpc(&args).success();
    assert!(run.stdout.contains("(component"), "{run}");
    assert!(run.stdout.contains(STUB), "{run}");
    cart.tree().assert_same_as(&before);
    cart.golem_rpc(&[&args[..], &["--dest-wasm", "stub.wat"]].concat())
        .success();
    assert_eq!(cart.read("stub.wat"), run.stdout);
}

/// Both compile a crate of the same name, and the environment wants one target directory for all.
#[test]
fn two_crates_at_once_are_two_stubs() {
    let files = Workspace::empty("files");
    let start = |wit: &Utf8Path, name: &str| {
        let (wasm, dir) = (format!("{name}.wasm"), format!("{name}-wit"));
        let args = [&build(wit, &wasm, &dir)[..], &["--stub-backend", "crate"]].concat();
        let command = Invocation::new("cargo-golem-rpc", &args, files.root());
        let shared = files.outside("shared-target");
        command.env("CARGO_TARGET_DIR", shared.as_str()).start()
    };
    let history = fixture("shopping-cart/start/purchase-history/wit");
    let counter = fixture("minimal-actor/start/component1/wit");
    let children = [start(&history, "history"), start(&counter, "counter")];
    for child in children {
        Run::of_child(child).success();
    }
    for (name, export) in [
        ("history", STUB),
        ("counter", "demo:component1-stub/stub-component1"),
    ] {
        let stub = component(&files.path(&format!("{name}.wasm")));
        assert!(stub.exports.contains(export), "{name}: {stub:?}");
        let wit = files.read(&format!("{name}-wit/_stub.wit"));
        let (package, _) = export.split_once('/').unwrap();
        assert!(wit.contains(&format!("package {package};")), "{wit}");
    }
}

#[test]
fn wit_that_is_no_stubs_is_not_mixed_with_ours() {
    let cart = Workspace::cart();
    let wit = cart.path("purchase-history/wit");
    let args = build(&wit, "stub.wasm", "shopping-cart/wit");
    cart.refuses(&args, 5, &["shopping-cart/wit"]);
    let own = build(&wit, "stub.wasm", "purchase-history/wit");
    cart.refuses(&own, 5, &["purchase-history/wit"]);
    let over = build(&wit, "shopping-cart/src/lib.rs", "stub-wit");
    cart.refuses(&over, 5, &["shopping-cart/src/lib.rs"]);
}

fn build<'a>(wit: &'a Utf8Path, wasm: &'a str, dir: &'a str) -> [&'a str; 7] {
    [
        "build",
        "-s",
        wit.as_str(),
        "--dest-wasm",
        wasm,
        "--dest-wit-root",
        dir,
    ]
}
