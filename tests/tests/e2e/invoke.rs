//! `invoke` builds first, as `cargo run` does: what runs is what the sources say.

use golem_rpc_messages::Message;
use golem_rpc_tests::{Run, Workspace};

const CART: &str = "shopping-cart/src/lib.rs";
const CALLS: [&str; 4] = [
    "shopping-cart/ann",
    "initialize-cart(\"ann\")",
    "shopping-cart/ann",
    "checkout()",
];

fn cart() -> Workspace {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    cart
}

#[track_caller]
fn invoke(cart: &Workspace, flags: &[&str]) -> Run {
    cart.golem_rpc(&[&["invoke"], flags, &CALLS].concat())
}

#[track_caller]
fn order_is(run: Run, id: &str) {
    assert_eq!(
        run.stdout,
        format!("success({{order-id: \"{id}\"}})\n"),
        "{run}"
    );
}

/// A run that did not have to wait for other tests' cargo.
pub(super) fn unblocked(run: impl Fn() -> Run) -> Run {
    let mut runs = std::iter::repeat_with(run);
    runs.find(|run| !run.was_blocked()).unwrap()
}

#[test]
fn what_the_sources_say_is_called() {
    let cart = cart();
    let run = invoke(&cart, &[]).success();
    run.says(" Compiling shopping-cart ").says(" Finished ");
    quiet_when_nothing_changes(&cart);

    cart.replace(CART, "\"{}-{}\"", "\"{}/{}\"");
    order_is(invoke(&cart, &["--no-build"]).success(), "ann-1");
    let run = invoke(&cart, &[])
        .success()
        .says(" Compiling shopping-cart ");
    order_is(run.does_not_say(" Compiling purchase-history"), "ann/1");
    order_is(invoke(&cart, &["--no-build"]).success(), "ann/1");

    cart.replace(CART, "struct Component;", "struct Component");
    let run = invoke(&cart, &[]).refusal(1, &["error: expected", "cargo component build"]);
    assert_eq!(run.stdout, "", "nothing is called: {run}");
    order_is(invoke(&cart, &["--no-build"]).success(), "ann/1");
}

#[track_caller]
fn quiet_when_nothing_changes(cart: &Workspace) {
    let before = cart.tree();
    let run = unblocked(|| invoke(cart, &[])).success();
    let of_workers = |line: &str| line.starts_with("shopping-cart/ann | ");
    assert!(run.stderr.lines().all(of_workers), "{run}");
    order_is(run, "ann-1");
    let run = invoke(cart, &["-v"]).success();
    order_is(
        run.says("Running cargo component build").says("Finished"),
        "ann-1",
    );
    let json = invoke(cart, &["--message-format", "json"]).success();
    let is_fresh = |message: &Message| match message {
        Message::Artifact(artifact) => artifact.fresh,
        _ => true,
    };
    assert!(json.messages().iter().all(is_fresh), "{json}");
    cart.tree().assert_same_as(&before);
}

#[test]
fn a_change_of_the_target_reaches_the_caller() {
    let cart = cart();
    invoke(&cart, &[]).success();
    let wit = "purchase-history/wit/purchase-history.wit";
    cart.replace(wit, "total: f32", "total: f64");
    cart.replace(
        CART,
        "total: total(&items),",
        "total: total(&items).into(),",
    );
    let before = cart.tree();
    let run = invoke(&cart, &["--dry-run"]).success();
    cart.tree().assert_same_as(&before);
    let copy = "shopping-cart/wit/deps/shopping_purchase-history/purchase-history.wit";
    assert!(run.stdout.contains(&format!("+++ b/{copy}")), "{run}");
    assert!(run.stdout.contains("$ cargo component build"), "{run}");

    let orders = ["purchase-history/ann", "get-orders()"];
    let calls = [&["invoke"], &CALLS[..], &orders].concat();
    let run = cart.golem_rpc(&calls).success();
    assert!(run.stdout.contains("order-id: \"ann-1\""), "{run}");
    assert!(cart.read(copy).contains("total: f64"));
    run.says(&format!("Updating {copy}"))
        .says(" Compiling purchase-history-stub ");
}

#[test]
fn only_what_is_called_is_built() {
    let cart = cart();
    cart.replace(CART, "struct Component;", "struct Component");
    let args = ["invoke", "purchase-history/ann", "get-orders()"];
    let run = cart.golem_rpc(&args).success();
    assert_eq!(run.stdout, "[]\n", "{run}");
    run.says(" Compiling purchase-history ")
        .does_not_say("-stub");
    cart.golem_rpc(&[&args[..], &["--release"]].concat())
        .success();
    assert!(
        cart.path("target/wasm32-wasip1/release/purchase_history.wasm")
            .exists()
    );
}

/// What the last build left may be of cargo's own making.
#[test]
fn what_cargo_has_built_is_found() {
    let cart = cart();
    invoke(&cart, &["--no-build"]).refusal(1, &["has not been built", "--no-build"]);
    let manifest = cart.read("Cargo.toml") + "\n[profile.small]\ninherits = \"release\"\n";
    cart.write("Cargo.toml", manifest);
    cart.cargo(&["component", "build", "--profile", "small"])
        .success();
    order_is(
        invoke(&cart, &["--no-build", "--profile", "small"]).success(),
        "ann-1",
    );
    assert!(
        !cart
            .path("target/wasm32-wasip1/debug/shopping_cart.wasm")
            .exists()
    );
}
