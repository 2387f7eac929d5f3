//! A core module for WASI 0.1, with the WIT that wit-bindgen left in it → a component.
//!
//! The adapter is the one that cargo-component puts in, so that it asks for the same WASI 0.2 as the
//! members which that builds.

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
    WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_component::ComponentEncoder;

use crate::Input;

/// What a module was compiled from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModuleKind {
    /// A library: it is called.
    Library,
    /// A program, with a `main`: it runs.
    Program,
}

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
pub fn encode(module: Input<'_>, kind: ModuleKind) -> Result<Vec<u8>, EncodeError> {
    let adapter = match kind {
        ModuleKind::Library => WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        ModuleKind::Program => WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
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
