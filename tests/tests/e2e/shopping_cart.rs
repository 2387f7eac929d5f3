//! The first walkthrough: a cart whose checkout tells the purchase history of its user.

use golem_rpc_tests::{Workspace, component};

const MUG: &str = r#"add-item({product-id: "p1", name: "Mug", price: 9.5, quantity: 2})"#;
const PEN: &str = r#"add-item({product-id: "p2", name: "Pen", price: 1.25, quantity: 4})"#;

#[test]
fn every_step_of_the_walkthrough_works() {
    let cart = Workspace::cart();
    cart.cargo(&["component", "build"]).success();

    init_generates_the_stub(&cart);
    building_without_the_import_warns(&cart);
    cart.overlay("shopping-cart/final");
    cart.make("build-flow").success().does_not_say("warning");
    is_composed(&cart, "debug");
    two_checkouts_are_two_orders(&cart, &[]);

    cart.make("release-build-flow").success();
    is_composed(&cart, "release");
    two_checkouts_are_two_orders(&cart, &["--release"]);
    the_tasks_of_the_stub_work(&cart);
}

fn init_generates_the_stub(cart: &Workspace) {
    cart.init_cart().success();
    for file in ["Cargo.toml", "src/lib.rs", "wit/_stub.wit"] {
        assert!(
            cart.path("purchase-history-stub").join(file).is_file(),
            "no {file}"
        );
    }
    assert!(cart.read("Cargo.toml").contains("purchase-history-stub"));
    let stub = cart.read("purchase-history-stub/wit/_stub.wit");
    assert!(
        stub.contains("package shopping:purchase-history-stub;"),
        "{stub}"
    );
    assert!(stub.contains("constructor(location: uri);"), "{stub}");
    assert!(
        stub.contains("blocking-add-order: func(order: order);"),
        "{stub}"
    );
    assert!(
        stub.contains("get-orders: func() -> future-get-orders-result;"),
        "{stub}"
    );
    for dir in [
        "shopping_purchase-history",
        "shopping_purchase-history-stub",
        "wasm-rpc",
        "io",
    ] {
        assert!(
            cart.path("shopping-cart/wit/deps").join(dir).is_dir(),
            "no {dir}"
        );
    }
    cart.make("--list-all-steps").success();
}

fn building_without_the_import_warns(cart: &Workspace) {
    cart.make("build-flow")
        .success()
        .says("warning: ")
        .says("import shopping:purchase-history-stub/stub-purchase-history;")
        .says("shopping-cart/wit/shopping-cart.wit");
}

pub(super) fn is_composed(cart: &Workspace, profile: &str) {
    let dir = cart.path("target/wasm32-wasip1").join(profile);
    let plain = component(&dir.join("shopping_cart.wasm"));
    let composed = component(&dir.join("shopping_cart_composed.wasm"));
    let stub = "shopping:purchase-history-stub/stub-purchase-history";
    assert!(plain.imports.contains(stub), "{:?}", plain.imports);
    assert!(!composed.imports.contains(stub), "{:?}", composed.imports);
    assert!(
        composed.imports.contains("golem:rpc/types@0.1.0"),
        "{:?}",
        composed.imports
    );
    assert_eq!(composed.exports, plain.exports);
}

pub(super) fn two_checkouts_are_two_orders(cart: &Workspace, flags: &[&str]) {
    let calls = [
        "shopping-cart/user-1",
        r#"initialize-cart("user-1")"#,
        "shopping-cart/user-1",
        MUG,
        "shopping-cart/user-1",
        "checkout()",
        "shopping-cart/user-1",
        PEN,
        "shopping-cart/user-1",
        "checkout()",
        "purchase-history/user-1",
        "get-orders()",
        "purchase-history/user-2",
        "get-orders()",
    ];
    let run = cart
        .golem_rpc(&[&["invoke"], flags, &calls].concat())
        .success();
    let results: Vec<&str> = run.stdout.lines().collect();
    let [first, second, of_user_1, of_user_2] = results[..] else {
        panic!("there should be four results: {run}");
    };
    assert_eq!(first, r#"success({order-id: "user-1-1"})"#);
    assert_eq!(second, r#"success({order-id: "user-1-2"})"#);
    assert_eq!(of_user_1.matches("timestamp: ").count(), 2, "{of_user_1}");
    let order_of_mugs = r#"{order-id: "user-1-1", items: [{product-id: "p1", name: "Mug", price: 9.5, quantity: 2}], total: 19, "#;
    let order_of_pens = r#"{order-id: "user-1-2", items: [{product-id: "p2", name: "Pen", price: 1.25, quantity: 4}], total: 5, "#;
    let places = (of_user_1.find(order_of_mugs), of_user_1.find(order_of_pens));
    assert!(
        matches!(places, (Some(mugs), Some(pens)) if mugs < pens),
        "{of_user_1}"
    );
    assert_eq!(of_user_2, "[]");
    assert!(
        run.stderr.contains("shopping-cart/user-1 | Adding item"),
        "{run}"
    );
}

/// The tasks that `build-flow` does not run.
pub(super) fn the_tasks_of_the_stub_work(cart: &Workspace) {
    for task in [
        "default",
        "generate-purchase-history-stub",
        "add-stub-dependency-purchase-history-shopping-cart",
        "regenerate-stubs",
        "compose-shopping-cart",
        "compose-release-shopping-cart",
        "post-build",
        "post-build-release",
        "test",
    ] {
        cart.make(task).success();
    }
}
