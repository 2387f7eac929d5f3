//! The shopping cart with a stub that is no crate: `compose` makes its component from the WIT.

use golem_rpc_tests::{Run, Workspace};

use super::shopping_cart::{is_composed, the_tasks_of_the_stub_work, two_checkouts_are_two_orders};

#[test]
fn every_step_of_the_walkthrough_works() {
    let cart = Workspace::cart();
    init(&cart, "component")
        .success()
        .says("import shopping:purchase-history-stub/stub-purchase-history;");
    there_is_no_stub_crate(&cart);
    cart.overlay("shopping-cart/final");

    cart.make("build-flow").success().does_not_say("warning");
    is_composed(&cart, "debug");
    two_checkouts_are_two_orders(&cart, &[]);
    cart.make("release-build-flow").success();
    is_composed(&cart, "release");
    two_checkouts_are_two_orders(&cart, &["--release"]);

    there_is_no_stub_crate(&cart);
    the_tasks_of_the_stub_work(&cart);
    let settled = cart.tree();
    cart.init_cart().success();
    cart.golem_rpc(&["regenerate"]).success();
    cart.make("build-flow").success().says("Fresh");
    cart.tree().assert_same_as(&settled);
}

#[test]
fn a_crate_becomes_a_component_and_a_crate_again() {
    let cart = Workspace::cart();
    cart.overlay("shopping-cart/final");
    init(&cart, "crate").success();
    let build = |cart: &Workspace| {
        cart.make("build-flow").success().does_not_say("warning");
        is_composed(cart, "debug");
        cart.tree()
    };
    let as_crate = build(&cart);
    init(&cart, "component").success();
    there_is_no_stub_crate(&cart);
    let as_component = build(&cart);
    init(&cart, "crate").success();
    build(&cart).assert_same_content_as(&as_crate);
    init(&cart, "component").success();
    build(&cart).assert_same_content_as(&as_component);
}

/// What a stub is stays what it is where `init` is not told otherwise.
#[test]
fn another_link_leaves_the_backend_as_it_is() {
    let cart = Workspace::cart();
    init(&cart, "component").success();
    let args = [
        "init",
        "--targets",
        "shopping-cart",
        "--callers",
        "purchase-history",
    ];
    cart.golem_rpc(&args).success();
    there_is_no_stub_crate(&cart);
    assert!(cart.path("shopping-cart-stub/Cargo.toml").is_file());
}

fn init(cart: &Workspace, backend: &str) -> Run {
    let args = [
        "init",
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart",
        "--stub-backend",
        backend,
    ];
    cart.golem_rpc(&args)
}

fn there_is_no_stub_crate(cart: &Workspace) {
    let stub = cart.path("purchase-history-stub");
    let held: Vec<_> = stub
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string())
        .collect();
    assert_eq!(held, ["wit"]);
    let metadata = cart.cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let members = metadata.success().stdout;
    assert!(
        members.contains(r#""name":"purchase-history""#),
        "{members}"
    );
    assert!(
        !members.contains(r#""name":"purchase-history-stub""#),
        "{members}"
    );
}
