//! The readable view is WAT text that parses, with the source's names in it.

use golem_rpc_stub_wasm::{emit, explain};
use wasmparser::{Parser, Payload};

use crate::corpus;

/// The code of all functions, in order.
fn code(component: &[u8]) -> Vec<Vec<u8>> {
    let payloads = Parser::new(0).parse_all(component);
    let bodies = payloads.filter_map(|payload| match payload.unwrap() {
        Payload::CodeSectionEntry(body) => Some(body.as_bytes().to_vec()),
        _ => None,
    });
    bodies.collect()
}

#[test]
fn the_view_is_the_component_in_words() {
    for world in corpus::worlds() {
        let stub = corpus::stub(&world);
        let view = explain(&stub).unwrap();
        let parsed = wat::parse_str(&view).unwrap_or_else(|e| panic!("{world}: {e}"));
        assert_eq!(code(&parsed), code(&emit(&stub).unwrap()), "{world}");
        for function in stub.resources.iter().flat_map(|r| &r.functions) {
            let waits = format!(";; waits for `{}`\n", function.wire_name);
            let starts = format!(";; starts `{}`\n", function.wire_name);
            assert!(view.contains(&waits) && view.contains(&starts), "{waits}");
        }
    }
}

#[test]
fn types_are_named() {
    let view = explain(&corpus::stub("shopping-history")).unwrap();
    for comment in [
        ";; record `order` to nodes\n",
        ";; record `order` from nodes\n",
        ";; the resource `api`: a worker by its address\n",
        ";;   blocking-get-orders, get-orders: call `shopping:purchase-history/api.{get-orders}`\n",
    ] {
        assert!(view.contains(comment), "{comment}");
    }
}
