//! Sources written for Golem 1.0 address workers with `worker://`. The local runtime still takes
//! that, and says that Golem has not since 1.1.

use golem_rpc_tests::Workspace;

#[test]
fn worker_uris_of_golem_1_0_still_work_locally() {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    cart.replace("shopping-cart/src/lib.rs", "urn:worker:", "worker://");
    let calls = [
        "invoke",
        "shopping-cart/ann",
        "initialize-cart(\"ann\")",
        "shopping-cart/ann",
        "checkout()",
        "purchase-history/ann",
        "get-orders()",
    ];
    let run = cart.golem_rpc(&calls).success();
    assert!(run.stdout.contains("[{order-id: \"ann-1\""), "{run}");
    run.says("worker://").says("urn:worker:");
}
