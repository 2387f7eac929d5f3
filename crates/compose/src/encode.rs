//! A core module for WASI 0.1, with the WIT that wit-bindgen left in it → a component.
//!
//! The adapter is the one that cargo-component puts in, so that it asks for the same WASI 0.2 as the
//! members which that builds.

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
    WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasmparser::{Export, Parser, Payload};
use wit_component::ComponentEncoder;

use crate::input::Input;

/// No component can be made of a module.
#[derive(Debug, thiserror::Error)]
#[error("no component can be made of the module `{name}`")]
pub struct EncodeError {
    /// The module.
    pub name: String,
    /// Why not.
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// Makes a component of a module. The same module gives the same bytes.
///
/// # Errors
///
/// If it is no core module, or imports and exports other functions than its WIT says.
pub fn encode(module: Input<'_>) -> Result<Vec<u8>, EncodeError> {
    let adapter = if is_program(module.wasm) {
        WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER
    } else {
        WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER
    };
    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(module.wasm)
        .and_then(|encoder| encoder.adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, adapter))
        .and_then(ComponentEncoder::encode);
    encoded.map_err(|source| EncodeError {
        name: module.name.to_string(),
        source: source.into(),
    })
}

/// Whether it is a core module.
pub fn is_module(wasm: &[u8]) -> bool {
    Parser::is_core_wasm(wasm)
}

/// Whether a module was compiled from something with a `main`. What cannot be read is no program.
fn is_program(wasm: &[u8]) -> bool {
    let sections = Parser::new(0).parse_all(wasm);
    let mut exports = sections.filter_map(|section| match section {
        Ok(Payload::ExportSection(exports)) => Some(exports),
        _ => None,
    });
    let starts = |export: Result<Export<'_>, _>| export.is_ok_and(|export| export.name == "_start");
    exports.any(|exports| exports.into_iter().any(starts))
}
