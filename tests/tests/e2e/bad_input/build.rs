//! Builds, compositions and calls that cannot work.

use golem_rpc_tests::Workspace;

#[test]
fn a_compile_error_in_a_member() {
    let cart = Workspace::initialized_cart();
    cart.replace(
        "purchase-history/src/lib.rs",
        "struct Component;",
        "struct Component",
    );
    // what cargo-component and cargo make of their own before they compile
    cart.golem_rpc(&["build-members"]);
    let before = cart.tree();
    let run = cart
        .golem_rpc(&["build-members"])
        .refusal(1, &["purchase-history/src/lib.rs", "again"]);
    cart.tree().assert_same_as(&before);
    assert!(
        run.stderr.contains("error: expected"),
        "cargo's own output is missing: {run}"
    );

    let run = cart.make("build-flow");
    assert_ne!(run.code, 0, "{run}");
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(
        said.contains("hint: ") && !said.contains("stack backtrace"),
        "{run}"
    );
    assert!(!said.contains("Composing"), "{run}");
}

#[test]
fn composing_what_was_not_built() {
    let cart = Workspace::initialized_cart();
    let compose = ["compose", "--no-build", "--caller", "shopping-cart"];
    cart.refuses(&compose, 1, &["`shopping-cart`", "without `--no-build`"]);
    cart.golem_rpc(&["build-members"]).success();
    cart.golem_rpc(&compose).success();
    let release = [&compose[..], &["--release"]].concat();
    cart.refuses(&release, 1, &["`shopping-cart`", "without `--no-build`"]);
}

#[test]
fn a_stub_wasm_that_is_not_a_component() {
    let files = Workspace::empty("files");
    // the smallest component, and the smallest core module
    files.write("caller.wasm", b"\0asm\x0d\0\x01\0");
    files.write("module.wasm", b"\0asm\x01\0\0\0");
    files.write("text.wasm", "not wasm at all");
    let compose = |source: &str, stub: &str, thing: &str| {
        let args = [
            "compose",
            "--source-wasm",
            source,
            "--stub-wasm",
            stub,
            "--dest-wasm",
            "x/out.wasm",
        ];
        files.refuses(&args, 1, &[thing, "component"]);
    };
    compose("caller.wasm", "module.wasm", "`module.wasm`");
    compose("caller.wasm", "text.wasm", "`text.wasm`");
    compose("text.wasm", "caller.wasm", "`text.wasm`");
}

#[test]
fn files_that_are_not_there() {
    let files = Workspace::empty("files");
    let args = [
        "compose",
        "--source-wasm",
        "a.wasm",
        "--stub-wasm",
        "b.wasm",
        "--dest-wasm",
        "c.wasm",
    ];
    files.golem_rpc(&args).failure(3, &["a.wasm"]);
    let args = ["generate", "-s", "wit", "-d", "stub"];
    files.golem_rpc(&args).failure(3, &["wit"]);
}

#[test]
fn a_generated_crate_in_a_directory_of_the_users() {
    let cart = Workspace::cart();
    let args = [
        "generate",
        "-s",
        "purchase-history/wit",
        "-d",
        "shopping-cart",
    ];
    cart.refuses(&args, 5, &["shopping-cart"]);
}

#[test]
fn calls_of_what_does_not_exist() {
    let cart = Workspace::initialized_cart();
    cart.make("build-flow").success();
    let wrong = |worker: &str, call: &str, code: i32, things: &[&str]| {
        cart.golem_rpc(&["invoke", worker, call])
            .failure(code, things);
    };
    wrong(
        "shopping-cart/u",
        "chekout()",
        2,
        &["chekout", "checkout", "get-cart-contents"],
    );
    wrong(
        "shoping-cart/u",
        "checkout()",
        3,
        &["shoping-cart", "shopping-cart"],
    );
    wrong(
        "shopping-cart/u",
        "remove-item(1)",
        2,
        &["remove-item", "string"],
    );
    wrong("shopping-cart/u", "remove-item()", 2, &["remove-item"]);
    wrong("shopping-cart/u", "checkout(", 2, &["checkout("]);
}
