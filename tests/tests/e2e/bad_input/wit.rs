//! WIT that no stub can be made of.

use std::fs;

use golem_rpc_tests::Workspace;

use super::INIT;

const HISTORY: &str = "purchase-history/wit/purchase-history.wit";

#[test]
fn a_target_without_a_wit_directory() {
    let cart = Workspace::cart();
    fs::remove_dir_all(cart.path("purchase-history/wit")).unwrap();
    cart.refuses(&INIT, 3, &["`purchase-history`", "purchase-history/wit"]);
}

#[test]
fn a_file_in_place_of_deps() {
    const DEPS: &str = "shopping-cart/wit/deps";
    let things = [
        "`shopping-cart/wit/deps` is a file, where a directory is needed",
        "move `shopping-cart/wit/deps`",
    ];
    let cart = Workspace::cart();
    cart.write(DEPS, "x\n");
    cart.refuses(&INIT, 4, &things);
    fs::remove_file(cart.path(DEPS)).unwrap();
    cart.golem_rpc(&INIT).success();

    fs::remove_dir_all(cart.path(DEPS)).unwrap();
    cart.write(DEPS, "x\n");
    for args in [&["regenerate"][..], &["doctor"], &["unlink", "--all"]] {
        let run = cart.golem_rpc(args);
        assert!(run.code < 101, "{args:?}: {run}");
    }
    cart.write(DEPS, "x\n");
    let run = cart.golem_rpc(&["check"]);
    assert!(run.code < 101, "{run}");
}

#[test]
fn a_link_to_nowhere_in_place_of_deps() {
    let cart = Workspace::cart();
    let deps = cart.path("shopping-cart/wit/deps");
    std::os::unix::fs::symlink(cart.outside("nowhere/deps"), deps).unwrap();
    let things = ["shopping-cart/wit/deps", "is a link that leads nowhere"];
    cart.golem_rpc(&INIT).refusal(4, &things);
    assert!(!cart.outside("nowhere").exists());
    assert!(!cart.path("purchase-history-stub").exists());
}

#[test]
fn a_target_whose_world_exports_nothing() {
    let cart = Workspace::cart();
    cart.replace(HISTORY, "  export api;\n", "");
    cart.refuses(&INIT, 4, &["`purchase-history`", "exports no function"]);
}

#[test]
fn several_worlds_and_none_is_named() {
    let cart = Workspace::cart();
    cart.write(
        HISTORY,
        format!(
            "{}\nworld admin {{\n  export api;\n}}\n",
            cart.read(HISTORY)
        ),
    );
    let args = ["generate", "-s", "purchase-history/wit", "-d", "stub"];
    cart.refuses(
        &args,
        4,
        &["several worlds", "`purchase-history`", "`admin`", "--world"],
    );
    cart.golem_rpc(&[&args[..], &["--world", "admin"]].concat())
        .success();
    assert!(
        cart.read("stub/wit/_stub.wit")
            .contains("interface stub-admin {")
    );
    let args = [
        "build",
        "-s",
        "purchase-history/wit",
        "--dest-wasm",
        "s.wasm",
        "--dest-wit-root",
        "w",
    ];
    cart.refuses(&args, 4, &["several worlds", "--world"]);
    fs::remove_dir_all(cart.path("stub")).unwrap();
    cart.refuses(
        &INIT,
        4,
        &["several worlds", "package.metadata.component.target"],
    );
}

#[test]
fn wit_that_does_not_parse() {
    let cart = Workspace::cart();
    cart.replace(HISTORY, "quantity: u32,", "quantity u32,");
    let run = cart.refuses(&INIT, 4, &["purchase-history.wit:8:", "quantity u32,"]);
    let caret = run
        .stderr
        .lines()
        .any(|line| line.trim_matches([' ', '|', '-']).starts_with('^'));
    assert!(caret, "no caret: {run}");
}

#[test]
fn old_spellings() {
    let cart = Workspace::cart();
    cart.replace(HISTORY, "price: f32,", "price: float32,");
    cart.replace(
        HISTORY,
        "add-order: func(order: order);",
        "add-order: func(order: order) -> ();",
    );
    let run = cart.refuses(&INIT, 4, &["float32", "f32", "-> ()"]);
    assert!(
        run.stderr.contains("purchase-history.wit:7:"),
        "no place: {run}"
    );
    assert!(
        run.stderr.contains("purchase-history.wit:18:"),
        "no place: {run}"
    );
}

#[test]
fn the_same_wit_package_in_two_members() {
    let cart = Workspace::cart();
    cart.replace(
        "shopping-cart/wit/shopping-cart.wit",
        "golem:template",
        "shopping:purchase-history",
    );
    let things = [
        "`shopping:purchase-history`",
        "`purchase-history`",
        "`shopping-cart`",
    ];
    cart.refuses(&INIT, 3, &things);
}

#[test]
fn a_construct_that_no_stub_can_carry() {
    let cart = Workspace::cart();
    cart.replace(
        HISTORY,
        "  add-order:",
        "  watch: func() -> stream<order>;\n\n  add-order:",
    );
    let things = [
        "`purchase-history`",
        "a stream",
        "purchase-history.wit:18:",
        "`--skip-unsupported` of `init`",
        "[workspace.metadata.golem-rpc.targets.purchase-history]",
    ];
    cart.refuses(&INIT, 4, &things);
    let generate = ["generate", "-s", "purchase-history/wit", "-d", "stub"];
    let things = [
        "a stream",
        "leave such functions out with `--skip-unsupported`",
    ];
    cart.refuses(&generate, 4, &things);
    cart.golem_rpc(&[&generate[..], &["--skip-unsupported"]].concat())
        .success();

    // nothing is left: that option does not help
    cart.write(
        HISTORY,
        "package shopping:purchase-history;\n\nworld purchase-history {\n  export watch: func() -> stream<u8>;\n}\n",
    );
    let run = cart.refuses(&INIT, 4, &["a stream", "write `list<T>`"]);
    assert!(!run.stderr.contains("skip-unsupported"), "{run}");
}

#[test]
fn wit_that_the_parser_panics_on() {
    let cart = Workspace::cart();
    let files = [
        (
            HISTORY,
            "package shopping:purchase-history;\n\ninterface api {\n  @deprecated(version = 1.0.0)\n  use shopping:money/types.{amount};\n  total: func() -> amount;\n}\n\nworld purchase-history {\n  export api;\n}\n",
        ),
        (
            "purchase-history/wit/deps/money.wit",
            "package shopping:money;\n\ninterface types {\n  type amount = u64;\n}\n",
        ),
    ];
    for (path, text) in files {
        cart.write(path, text);
    }
    let things = ["purchase-history.wit:4:4", "`@since(version = …)`"];
    let run = cart.refuses(&INIT, 4, &things);
    assert!(!run.stderr.contains("panicked"), "{run}");
}

#[test]
fn a_target_with_another_golem_rpc() {
    let cart = Workspace::cart();
    cart.replace(
        HISTORY,
        "  add-order:",
        "  use golem:rpc/types@0.1.0.{uri};\n\n  whose: func() -> uri;\n\n  add-order:",
    );
    cart.write(
        "purchase-history/wit/deps/rpc.wit",
        "package golem:rpc@0.1.0;\n\ninterface types {\n  record uri {\n    value: string,\n    port: u16,\n  }\n}\n",
    );
    let things = [
        "deps/rpc.wit:3:",
        "`golem:rpc@0.1.0`",
        "`pollable`",
        "that Golem has",
    ];
    cart.refuses(&INIT, 4, &things);
}
