//! The commands that take files instead of a workspace.

use golem_rpc_tests::{Workspace, component};

#[test]
fn a_stub_is_built_copied_and_composed_by_files() {
    let cart = Workspace::cart();
    let wasm = "out/new dir/history_stub.wasm";
    let args = [
        "build",
        "-s",
        "purchase-history/wit",
        "--dest-wasm",
        wasm,
        "--dest-wit-root",
        "out/wit",
    ];
    cart.golem_rpc(&args).success();
    let exports = component(&cart.path(wasm)).exports;
    assert!(
        exports.contains("shopping:purchase-history-stub/stub-purchase-history"),
        "{exports:?}"
    );

    let args = [
        "add-stub-dependency",
        "-s",
        "out/wit",
        "-d",
        "shopping-cart/wit",
        "--update-cargo-toml",
    ];
    cart.golem_rpc(&args).success();
    let settled = cart.tree();
    cart.golem_rpc(&args).success();
    cart.tree().assert_same_as(&settled);

    cart.overlay("shopping-cart/final");
    cart.cargo(&["component", "build", "-p", "shopping-cart"])
        .success();
    let source = "target/wasm32-wasip1/debug/shopping_cart.wasm";
    let dest = "a/b/composed.wasm";
    let args = [
        "compose",
        "--source-wasm",
        source,
        "--stub-wasm",
        wasm,
        "--dest-wasm",
        dest,
    ];
    cart.golem_rpc(&args).success();
    let imports = component(&cart.path(dest)).imports;
    assert!(
        !imports.iter().any(|import| import.contains("-stub/")),
        "{imports:?}"
    );
}

#[test]
fn a_generated_crate_compiles_without_a_warning() {
    let cart = Workspace::cart();
    let args = [
        "generate",
        "-s",
        "purchase-history/wit",
        "-d",
        "out/history-client",
        "--stub-crate-version",
        "1.2.3",
    ];
    cart.golem_rpc(&args).success();
    let manifest = cart.read("out/history-client/Cargo.toml");
    assert!(manifest.contains("name = \"history-client\""), "{manifest}");
    assert!(manifest.contains("version = \"1.2.3\""), "{manifest}");
    cart.replace(
        "Cargo.toml",
        "\"purchase-history\",",
        "\"purchase-history\", \"out/history-client\",",
    );
    cart.cargo(&["component", "build", "-p", "history-client"])
        .success()
        .does_not_say("warning");
    cart.cargo(&["fmt", "--check", "-p", "history-client"])
        .success();
}

#[test]
fn a_differing_copy_is_only_replaced_when_told_to() {
    let cart = Workspace::cart();
    cart.golem_rpc(&["generate", "-s", "purchase-history/wit", "-d", "stub"])
        .success();
    let add = [
        "add-stub-dependency",
        "-s",
        "stub/wit",
        "-d",
        "shopping-cart/wit",
    ];
    cart.golem_rpc(&add).success();
    let copy = "shopping-cart/wit/deps/shopping_purchase-history-stub/_stub.wit";
    let right = cart.read(copy);
    cart.replace(copy, "blocking-add-order", "blocking-put-order");
    let run = cart.refuses(&add, 5, &[copy, "--overwrite"]);
    assert!(
        run.stderr.contains("-    blocking-put-order"),
        "no difference is shown: {run}"
    );
    cart.golem_rpc(&[&add[..], &["--overwrite"]].concat())
        .success();
    assert_eq!(cart.read(copy), right);
}

/// The copies of the target's own types are as much the stub's as its interface is.
#[test]
fn types_that_changed_in_the_target_are_replaced_when_told_to() {
    let cart = Workspace::cart();
    let wit = cart.path("purchase-history/wit");
    let build = || {
        let dest = ["--dest-wasm", "stub.wasm", "--dest-wit-root", "stub"];
        cart.golem_rpc(&[&["build", "-s", wit.as_str()], &dest[..]].concat())
            .success();
    };
    let add = ["add-stub-dependency", "-s", "stub", "-d"];
    let add = [&add[..], &["shopping-cart/wit"]].concat();
    build();
    cart.golem_rpc(&add).success();
    cart.replace(
        "purchase-history/wit/purchase-history.wit",
        "total: f32",
        "total: f64",
    );
    // `build` replaces what it made before, and asks for no option
    build();
    let copies = "shopping-cart/wit/deps/shopping_purchase-history";
    let hint = format!("hint: `--overwrite` replaces `{copies}`");
    cart.refuses(&add, 4, &["f64", "f32", &hint]);
    cart.golem_rpc(&[&add[..], &["--overwrite"]].concat())
        .success();
    let copy = cart.read(&format!("{copies}/purchase-history.wit"));
    assert!(copy.contains("total: f64"), "{copy}");
}

#[test]
fn a_stub_with_other_types_than_the_caller_imports_is_refused() {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    cart.cargo(&["component", "build", "-p", "shopping-cart"])
        .success();
    cart.replace(
        "purchase-history/wit/purchase-history.wit",
        "total: f32",
        "total: f64",
    );
    let args = [
        "build",
        "-s",
        "purchase-history/wit",
        "--dest-wasm",
        "new.wasm",
        "--dest-wit-root",
        "new",
    ];
    cart.golem_rpc(&args).success();
    let source = "target/wasm32-wasip1/debug/shopping_cart.wasm";
    let args = [
        "compose",
        "--source-wasm",
        source,
        "--stub-wasm",
        "new.wasm",
        "--dest-wasm",
        "c.wasm",
    ];
    let stub = "shopping:purchase-history-stub/stub-purchase-history";
    cart.refuses(&args, 1, &[stub, "f32", "f64"]);
}

#[test]
fn an_edited_crate_is_only_replaced_when_told_to() {
    let cart = Workspace::cart();
    let generate = ["generate", "-s", "purchase-history/wit", "-d", "stub"];
    cart.golem_rpc(&generate).success();
    let right = cart.tree();
    cart.golem_rpc(&generate).success();
    cart.tree().assert_same_as(&right);

    for file in ["stub/src/lib.rs", "stub/Cargo.toml", "stub/wit/_stub.wit"] {
        cart.write(file, cart.read(file) + "\n");
        cart.refuses(&generate, 5, &[file, "--overwrite"]);
    }
    // a file that is nobody's but the user's
    cart.write("stub/src/notes.md", "to be done\n");
    cart.golem_rpc(&[&generate[..], &["--overwrite"]].concat())
        .success();
    assert_eq!(cart.read("stub/src/notes.md"), "to be done\n");
    std::fs::remove_file(cart.path("stub/src/notes.md")).unwrap();
    cart.tree().assert_same_content_as(&right);
}
