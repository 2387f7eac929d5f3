//! A golem:rpc stub as a WebAssembly component, without any compiler.
//!
//! ```text
//! Stub → World (imports) + Module (functions, data) → component → stripped, validated bytes
//! ```
//!
//! Every exported method does the same: its parameters become `wit-value`s, golem:rpc calls the
//! worker, and the answer becomes the result.
//!
//! ```text
//! method(worker, core values) ─ params: core values → memory → nodes ─┐
//!                   result: nodes → memory → core value or pointer ◄──┴─ wait (or start, then get)
//! ```
//!
//! # How values travel
//!
//! A parameter is a list of nodes of 24 bytes, its root first. What a type is in memory (left) and
//! as a node (right):
//!
//! | type | memory, by the canonical ABI | node: kind at 0, payload at 8 |
//! |---|---|---|
//! | number, bool, char | 1 to 8 bytes | the same bytes |
//! | string | pointer, length | the same two: the text itself is copied in neither direction |
//! | record, tuple | fields at their offsets | pointer and length of a list of indices |
//! | list | pointer, length | the same; a node for each item |
//! | option | tag, value | tag at 8, index at 12 |
//! | variant | tag of 1, 2 or 4 bytes, payload | tag at 8, `option<index>` at 12 and 16 |
//! | result | tag, payload | tag at 8, `option<index>` at 12 and 16 |
//! | enum | tag of 1, 2 or 4 bytes | tag of 4 bytes |
//! | flags | bits | pointer and length of a list of bools |
//! | handle of a remote resource | handle, or representation if it is borrowed | URI at 8, id at 16 |
//!
//! - *There*: the nodes of a parameter are counted, allocated at once, and filled. The children of
//!   a node lie side by side, so that their indices are a stretch of one table 0, 1, 2, … and need
//!   not be written.
//! - *Back*: each index is checked, each node must be of the expected kind and is taken at most
//!   once, so that no answer can make the stub read beyond it or loop.
//!
//! There is one function to count, one to lower and one to lift each compound type ([`Stub`] types
//! of the same structure are one), and small helpers that all of them share; what no function of
//! the stub needs is not there. Memory is an arena that is emptied when a call ends, before which
//! the records of resources lie; see the module `memory`. Resources that live in a worker have records
//! of their own; see the module `handles`.
//!
//! # What the stub says
//!
//! A call that fails, or an answer that is not of the function's type, ends in a trap after one line
//! on standard error with the function, the worker and the reason. So a component imports
//! `wasi:cli/stderr` beside golem:rpc. Where the stub's options ask for results, these are returned as
//! errors, and only constructors of remote resources trap; see the module `failure`.

mod address;
mod component;
mod count;
mod emit;
mod error;
mod explain;
mod exports;
mod failure;
mod functions;
mod handles;
mod imports;
mod lift;
mod lower;
mod memory;
mod module;
mod params;
mod remote;
mod results;
mod shape;
mod value;

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]
mod layout_tests;

pub use error::EmitError;

use golem_rpc_stub::Stub;

use crate::emit::Emit;
use crate::imports::{Owned, World};
use crate::module::Module;
use crate::shape::Shapes;

/// The stub as a component: validated, without names and other custom sections.
pub fn emit(stub: &Stub) -> Result<Vec<u8>, EmitError> {
    let world = World::of(stub)?;
    let module = derive_module(stub, &world)?.finish(false);
    let encoded = component::encode(module, &world).map_err(or_limit)?;
    let stripped = component::strip(&encoded)?;
    component::validate(&stripped).map_err(or_limit)?;
    Ok(stripped)
}

/// What is no mistake of ours: the validator's words for its limits.
fn or_limit(error: EmitError) -> EmitError {
    let text = match &error {
        EmitError::Encode(error) => format!("{error:#}"),
        EmitError::Invalid(error) => error.message().to_string(),
        _ => return error,
    };
    let words = ["exceeds limit", "exceeds the limit", "nesting is too deep"];
    if words.iter().any(|word| text.contains(word)) {
        EmitError::Limit(text)
    } else {
        error
    }
}

/// The component as WAT text, with comments that name the functions and types of the source.
///
/// Its code is that of [`emit`]; function names and custom sections are still there.
pub fn explain(stub: &Stub) -> Result<String, EmitError> {
    let world = World::of(stub)?;
    let mut module = derive_module(stub, &world)?;
    let encoded = component::encode(module.finish(true), &world)?;
    explain::print(stub, &module, &encoded)
}

fn derive_module(stub: &Stub, world: &World) -> Result<Module, EmitError> {
    let mut shapes = Shapes::new(&stub.resolve)?;
    let owned = Owned::of(stub, &mut shapes)?;
    let mut module = Module::default();
    let imports = imports::add(&mut module, stub, world, &owned)?;
    let mut emit = Emit::new(stub, shapes, &owned, module, imports, functions::body);
    exports::add(&mut emit, stub)?;
    Ok(emit.module)
}
