//! The stubs of the two walkthroughs, word for word.

use crate::{stub, text};

#[test]
fn the_minimal_actor() {
    let stub = stub(
        "package demo:component1;
         interface api { add: func(value: u64); get: func() -> u64; }
         world component1 { export api; }",
    );
    let expected = "\
package demo:component1-stub;

interface stub-component1 {
  use golem:rpc/types@0.1.0.{uri};
  use wasi:io/poll@0.2.0.{pollable};

  resource future-get-result {
    /// The pollable must be dropped before this future: otherwise the worker traps.
    subscribe: func() -> pollable;
    get: func() -> option<u64>;
  }

  resource api {
    constructor(location: uri);
    blocking-add: func(value: u64);
    add: func(value: u64);
    blocking-get: func() -> u64;
    get: func() -> future-get-result;
  }
}

world wasm-rpc-stub-component1 {
  export stub-component1;
}
";
    assert_eq!(stub.wit.text("_stub.wit"), Some(expected));
    let files: Vec<_> = stub.wit.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        files,
        [
            "_stub.wit",
            "deps/io/poll.wit",
            "deps/wasm-rpc/wasm-rpc.wit"
        ]
    );
    let wire: Vec<_> = stub.resources[0]
        .functions
        .iter()
        .map(|f| f.wire_name.as_str())
        .collect();
    assert_eq!(
        wire,
        ["demo:component1/api.{add}", "demo:component1/api.{get}"]
    );
    assert!(stub.resources[0].functions[0].future.is_none());
    assert!(stub.resources[0].functions[1].future.is_some());
}

#[test]
fn the_purchase_history() {
    let stub = stub(
        "package shopping:purchase-history;
         interface api {
           record product-item { product-id: string, name: string, price: f32, quantity: u32 }
           record order { order-id: string, items: list<product-item>, total: f32, timestamp: u64 }
           /// Records a purchase.
           add-order: func(order: order);
           get-orders: func() -> list<order>;
         }
         world purchase-history { export api; }",
    );
    let text = text(&stub);
    assert!(
        text.contains("use shopping:purchase-history/api.{order};"),
        "{text}"
    );
    assert!(
        text.contains("/// Records a purchase.\n    add-order: func(order: order);"),
        "{text}"
    );
    assert!(
        text.contains("blocking-get-orders: func() -> list<order>;"),
        "{text}"
    );
    let copy = stub
        .wit
        .text("deps/shopping_purchase-history/purchase-history.wit");
    let copy = copy.expect("the target's package is copied");
    assert!(copy.contains("record product-item"), "{copy}");
    assert!(!copy.contains("world"), "worlds are dropped: {copy}");
}
