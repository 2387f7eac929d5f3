//! Core modules that become components, and what becomes none.
#![allow(clippy::unwrap_used, reason = "a step that fails is a failed test")]

use std::error::Error as _;

use golem_rpc_compose::{EncodeError, Input, encode, is_module};
use wasmparser::{Validator, WasmFeatures};
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

/// A module for a world that exports `total`, with the WIT in it.
fn module() -> Vec<u8> {
    let mut resolve = Resolve::default();
    let wit = "package shop:cart;\nworld cart { export total: func() -> u64; }\n";
    let package = resolve.push_str("cart.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    module
}

fn made_of(wasm: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let name = "cart.wasm";
    encode(Input { name, wasm })
}

#[test]
fn a_module_becomes_a_component() {
    let component = made_of(&module()).unwrap();
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    validator.validate_all(&component).unwrap();
    assert!(wasmparser::Parser::is_component(&component));
    assert!(is_module(&module()) && !is_module(&component));
    assert_eq!(made_of(&module()).unwrap(), component);
}

#[test]
fn what_is_no_module_is_refused_by_name() {
    for wasm in [
        &b"not wasm"[..],
        b"\0asm\x01\0\0\0\x07\xff",
        &made_of(&module()).unwrap(),
    ] {
        let error = made_of(wasm).unwrap_err();
        assert!(error.to_string().contains("`cart.wasm`"), "{error}");
        assert!(error.source().is_some());
    }
}
