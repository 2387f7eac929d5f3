//! What is composed is never older than its sources: `compose --caller` has cargo build first.

use std::fs;

use golem_rpc_tests::{Run, Workspace};

use super::invoke::unblocked;

const COMPOSED: &str = "target/wasm32-wasip1/debug/shopping_cart_composed.wasm";
const CART: &str = "shopping-cart/src/lib.rs";

fn compose(cart: &Workspace, flags: &[&str]) -> Run {
    let args = ["compose", "--caller", "shopping-cart"];
    cart.golem_rpc(&[&args[..], flags].concat())
}

#[test]
fn what_is_no_source_may_change() {
    let cart = composed_cart();
    for file in [
        // what editors and people leave beside sources
        "shopping-cart/src/.lib.rs.swp",
        "shopping-cart/wit/.shopping-cart.wit.swp",
        "shopping-cart/README.md",
        "shopping-cart/tests/cart.rs",
        "purchase-history/README.md",
        "README.md",
    ] {
        cart.write(file, "// new\n");
        let run = unblocked(|| compose(&cart, &[])).success();
        assert_eq!(run.stderr, format!("       Fresh {COMPOSED}\n"), "{file}");
    }
    let manifest = cart.read("Makefile.toml") + "\n# ours\n";
    cart.write("Makefile.toml", manifest);
    compose(&cart, &[]).success().says("Fresh");
}

#[test]
fn what_is_a_source_is_compiled_first() {
    let cart = composed_cart();
    let before = wasm(&cart);
    cart.replace(CART, "\"{}-{}\"", "\"{}/{}\"");
    compose(&cart, &["--no-build"]).success().says("Fresh");
    assert_eq!(wasm(&cart), before);
    let dry = compose(&cart, &["--dry-run"]).success();
    assert!(dry.stdout.contains("$ cargo component build"), "{dry}");
    assert_eq!(wasm(&cart), before);
    let run = compose(&cart, &[]).success();
    run.says(" Compiling shopping-cart ")
        .does_not_say(" Compiling purchase-history")
        .says("Composing");
    assert_ne!(wasm(&cart), before);

    cart.replace(CART, "\"{}/{}\"", "\"{}-{}\"");
    compose(&cart, &[]).success().says("Composing");
    assert_eq!(wasm(&cart), before);
    cart.replace(CART, "struct Component;", "struct Component");
    compose(&cart, &[]).refusal(1, &["error: expected", "cargo component build"]);
    assert_eq!(wasm(&cart), before);
}

/// The stub is made of the target's WIT, which the caller's component knows nothing of.
#[test]
fn a_target_whose_wit_changes_gets_another_stub() {
    let cart = composed_cart();
    let before = wasm(&cart);
    let wit = "purchase-history/wit/purchase-history.wit";
    cart.replace(wit, "total: f32", "total: f64");
    cart.replace(
        CART,
        "total: total(&items),",
        "total: total(&items).into(),",
    );
    let run = compose(&cart, &[]).success();
    run.says("Updating shopping-cart/wit/deps/shopping_purchase-history")
        .says(" Compiling purchase-history-stub ")
        .says("Composing");
    assert_ne!(wasm(&cart), before);
    cart.golem_rpc(&["check"]).success();
}

/// A crate of the workspace that is no component, which a member is compiled with.
#[test]
fn a_library_is_a_source_of_who_depends_on_it() {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    cart.write("prices/Cargo.toml", LIBRARY);
    cart.write("prices/src/lib.rs", "pub const TAX: f32 = 0.5;\n");
    let dependency = "[dependencies]\nprices = { path = \"../prices\" }";
    cart.replace("shopping-cart/Cargo.toml", "[dependencies]", dependency);
    cart.replace(
        CART,
        "let order_id",
        "assert!(prices::TAX < 1.0);\n    let order_id",
    );
    compose(&cart, &[]).success();
    let before = wasm(&cart);
    cart.replace("prices/src/lib.rs", "0.5", "1.5");
    compose(&cart, &[]).success().says(" Compiling prices ");
    assert_ne!(wasm(&cart), before);
}

const LIBRARY: &str = "[package]\nname = \"prices\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

fn composed_cart() -> Workspace {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    compose(&cart, &[]).success();
    cart
}

fn wasm(cart: &Workspace) -> Vec<u8> {
    fs::read(cart.path(COMPOSED)).unwrap()
}
