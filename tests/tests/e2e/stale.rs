//! What has to be built again before it is composed, and what has not.

use golem_rpc_tests::Workspace;

const COMPOSE: [&str; 3] = ["compose", "--caller", "shopping-cart"];

#[test]
fn what_is_no_source_may_change() {
    let cart = built_cart();
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
        cart.golem_rpc(&COMPOSE).success().says("Fresh");
    }
    let manifest = cart.read("Makefile.toml") + "\n# ours\n";
    cart.write("Makefile.toml", manifest);
    cart.golem_rpc(&COMPOSE).success().says("Fresh");
}

#[test]
fn what_is_a_source_may_not() {
    let cart = built_cart();
    for file in [
        "shopping-cart/src/lib.rs",
        "shopping-cart/wit/shopping-cart.wit",
    ] {
        let text = cart.read(file);
        cart.write(file, format!("{text}\n// changed\n"));
        cart.refuses(&COMPOSE, 1, &["`shopping-cart`", "build-workspace"]);
        cart.write(file, &text);
        cart.golem_rpc(&COMPOSE).success().says("Fresh");
    }
    cart.write("shopping-cart/src/prices.rs", "");
    cart.refuses(&COMPOSE, 1, &["`shopping-cart`", "build-workspace"]);
    cart.golem_rpc(&["build-members"]).success();
    cart.golem_rpc(&COMPOSE).success();
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
    cart.golem_rpc(&["build-members"]).success();
    cart.golem_rpc(&COMPOSE).success();
    cart.replace("prices/src/lib.rs", "0.5", "0.25");
    cart.refuses(&COMPOSE, 1, &["`shopping-cart`", "build-workspace"]);
    cart.golem_rpc(&["build-members"]).success();
    cart.golem_rpc(&COMPOSE).success();
}

const LIBRARY: &str = "[package]\nname = \"prices\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

fn built_cart() -> Workspace {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    cart.golem_rpc(&["build-members"]).success();
    cart.golem_rpc(&COMPOSE).success();
    cart
}
