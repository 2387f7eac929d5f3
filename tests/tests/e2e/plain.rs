//! Members that cargo alone builds with wit-bindgen, beside one that cargo-component builds.

use std::fs;
use std::os::unix::fs::symlink;

use golem_rpc_tests::{Run, Workspace, component, link_programs, script, sysroot};

use super::breaking::git;

const CALLS: [&str; 9] = [
    "invoke",
    "prices/main",
    "set-price(\"mug\", 950)",
    "stock/main",
    "put(\"mug\", 3)",
    "orders/me",
    "order(\"mug\", 2)",
    "orders/me",
    "order(\"mug\", 2)",
];

#[track_caller]
pub(super) fn orders_are_taken(shop: &Workspace) {
    let run = shop.golem_rpc(&CALLS).success();
    let second = "err(\"there are not 2 pieces of mug\")";
    assert_eq!(run.stdout, format!("ok(1900)\n{second}\n"), "{run}");
    run.says("prices/main | mug costs 950")
        .says("orders/me | ordering 2 pieces of mug");
}

#[test]
fn every_build_style_calls_every_other() {
    let start = Workspace::of_fixture("build-styles/start");
    let shop = Workspace::shop();
    for manifest in ["orders/Cargo.toml", "prices/Cargo.toml"] {
        let unchanged = shop.read(manifest) == start.read(manifest);
        assert!(unchanged, "wit-bindgen finds its packages by itself");
    }
    assert!(shop.path("orders/wit/deps/shop_stock-stub").is_dir());
    shop.make("build-flow").success().does_not_say("warning");
    is_composed(
        &shop,
        "target/wasm32-wasip2/debug/orders",
        "shop:stock-stub/stub-stock",
    );
    is_composed(
        &shop,
        "target/wasm32-wasip1/debug/stock",
        "shop:prices-stub/stub-prices",
    );
    component(&shop.path("target/golem-rpc/debug/prices.wasm"));
    orders_are_taken(&shop);

    // the caller as a core module, with a stub that needs no crate
    let manifest = shop.read("orders/Cargo.toml");
    let target = "[package.metadata.golem-rpc]\ntarget = \"wasm32-wasip1\"\n";
    shop.write("orders/Cargo.toml", format!("{manifest}\n{target}"));
    let args = ["init", "--targets", "stock", "--callers", "orders"];
    let args = [&args[..], &["--stub-backend", "component"]].concat();
    shop.golem_rpc(&args).success();
    shop.make("build-flow").success().does_not_say("warning");
    is_composed(
        &shop,
        "target/golem-rpc/debug/orders",
        "shop:stock-stub/stub-stock",
    );
    orders_are_taken(&shop);
}

#[track_caller]
fn is_composed(shop: &Workspace, stem: &str, stub: &str) {
    let plain = component(&shop.path(&format!("{stem}.wasm")));
    let composed = component(&shop.path(&format!("{stem}_composed.wasm")));
    assert!(plain.imports.contains(stub), "{:?}", plain.imports);
    assert!(!composed.imports.contains(stub), "{:?}", composed.imports);
    assert_eq!(composed.exports, plain.exports);
}

#[test]
fn links_come_and_go() {
    let shop = Workspace::of_fixture("build-styles/start");
    let before = shop.tree();
    let links = [["link", "orders", "stock"], ["link", "stock", "prices"]];
    for link in links {
        shop.golem_rpc(&[&link[..], &["--import"]].concat())
            .success();
    }
    shop.golem_rpc(&["check"]).success();
    let doctor = shop.golem_rpc(&["doctor"]);
    let target = "the Rust target wasm32-wasip2";
    assert!(doctor.stdout.contains(target), "{doctor}");
    shop.overlay("build-styles/final");
    let line = "orders/src/lib.rs:9: use bindings::shop::stock_stub::stub_stock;";
    shop.refuses(&["unlink", "orders", "stock"], 5, &["still uses", line]);
    shop.overlay("build-styles/start");
    for link in links {
        shop.golem_rpc(&[&link[..], &["--import"]].concat())
            .success();
    }
    shop.golem_rpc(&["unlink", "--all"]).success();
    shop.tree().assert_same_content_as(&before);
}

/// The manifest of an older version does not say where the WIT of such a member is; its code does.
#[test]
fn a_revision_is_compared_with() {
    let shop = Workspace::of_fixture("build-styles/start");
    let link = ["link", "stock", "prices"];
    shop.golem_rpc(&link).success();
    git(&shop, &["init", "--quiet"]);
    git(&shop, &["add", "."]);
    git(&shop, &["commit", "--quiet", "--message", "shop"]);
    let args = ["check", "--breaking", "--against", "HEAD", "prices"];
    shop.golem_rpc(&args).success();
    shop.replace("prices/idl/prices.wit", "price: u64", "price: u32");
    let run = shop.golem_rpc(&args);
    assert_eq!(run.code, 1, "{run}");
    assert!(run.stdout.contains("set-price"), "{run}");
}

/// `init` of the shop where `orders` has this code.
fn init_with(code: &str) -> Run {
    let shop = Workspace::of_fixture("build-styles/start");
    shop.write("orders/src/lib.rs", code);
    shop.golem_rpc(&["init", "--targets", "stock", "--callers", "orders"])
}

#[track_caller]
fn refuses(code: &str, things: &[&str]) {
    let shop = Workspace::of_fixture("build-styles/start");
    shop.write("orders/src/lib.rs", code);
    let args = ["init", "--targets", "stock", "--callers", "orders"];
    shop.refuses(&args, 3, things);
    // what nobody links may be as it likes
    let args = ["init", "--targets", "prices", "--callers", "stock"];
    shop.golem_rpc(&args).success();
}

#[test]
fn wit_in_the_code() {
    refuses(
        "//! Orders.\nwit_bindgen::generate!({ inline: \"package shop:orders;\" });\n",
        &[
            "stands in its Rust code",
            "(orders/src/lib.rs:2:14)",
            "move it to a file in `wit`",
        ],
    );
}

#[test]
fn no_bindings_at_all() {
    refuses(
        "// wit_bindgen::generate!();\n",
        &[
            "`orders` is not a component",
            "orders/Cargo.toml",
            "[package.metadata.golem-rpc] with `wit = \"wit\"`",
        ],
    );
}

#[test]
fn wit_where_nothing_is() {
    refuses(
        "wit_bindgen::generate!({ path: \"idl\" });\n",
        &[
            "`orders/idl`",
            "`path` of `wit_bindgen::generate!` (orders/src/lib.rs:1:14)",
        ],
    );
}

#[test]
fn bindings_of_two_worlds() {
    refuses(
        "mod a { wit_bindgen::generate!(\"a\"); }\nmod b { wit_bindgen::generate!(\"b\"); }\n",
        &[
            "more than once",
            "orders/src/lib.rs:1:22",
            "orders/src/lib.rs:2:22",
            "[package.metadata.golem-rpc]",
        ],
    );
}

#[test]
fn a_path_that_is_computed() {
    refuses(
        "wit_bindgen::generate!({ path: concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/wit\") });\n",
        &[
            "`path`",
            "not a single string",
            "orders/src/lib.rs:1:14",
            "wit = \"wit\"",
        ],
    );
}

#[test]
fn a_world_that_is_not_there() {
    let run = init_with("wit_bindgen::generate!({ world: \"order\" });\n");
    run.refusal(4, &["`order`", "orders/wit"]);
}

#[test]
fn a_caller_whose_wit_is_a_single_file() {
    refuses(
        "wit_bindgen::generate!({ path: \"wit/orders.wit\" });\n",
        &[
            "single file `orders/wit/orders.wit`",
            "a directory of its own",
        ],
    );
}

#[test]
fn a_target_that_makes_no_component() {
    let shop = Workspace::of_fixture("build-styles/start");
    shop.replace(
        "prices/Cargo.toml",
        "wasm32-wasip1",
        "wasm32-unknown-unknown",
    );
    let args = ["init", "--targets", "prices", "--callers", "stock"];
    let expected = "`target` of [package.metadata.golem-rpc]: unknown value";
    shop.refuses(&args, 3, &["prices/Cargo.toml", expected]);
}

/// A toolchain that has all targets but one.
#[test]
fn the_target_of_plain_cargo_is_missing() {
    let shop = Workspace::shop();
    let (real, fake) = (sysroot(), shop.outside("sysroot"));
    let libraries = fake.join("lib/rustlib");
    fs::create_dir_all(&libraries).unwrap();
    for target in real.join("lib/rustlib").read_dir_utf8().unwrap() {
        let target = target.unwrap();
        if target.file_name() != "wasm32-wasip2" {
            symlink(target.path(), libraries.join(target.file_name())).unwrap();
        }
    }
    let bin = shop.outside("bin");
    link_programs(&bin, &["cargo-golem-rpc", "cargo-component"]);
    let rustc = format!("exec '{real}/bin/rustc' --sysroot '{fake}' \"$@\"");
    script(&bin.join("rustc"), &rustc);
    let path = [bin, real.join("bin"), "/usr/bin".into(), "/bin".into()];
    let args = ["golem-rpc", "build-members", "-p", "orders"];
    let command = shop.command("cargo", &args);
    let run = command.path(&path).without_env("RUSTUP_TOOLCHAIN").run();
    run.refusal(6, &["`wasm32-wasip2`", "rustup target add wasm32-wasip2"]);
}
