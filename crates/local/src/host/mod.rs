//! What components import: golem:rpc, and WASI with a `poll` that knows who waits.
//!
//! A future's pollable is an ordinary one of wasi:io, so it can be polled together with any other.
//! Our own `poll` stands before wasmtime's only to note which answers a worker waits for: see
//! [`crate::waits`].

mod clocks;
mod poll;
mod remote;
mod rpc;
mod schedule;
mod types;

use wasmtime::Engine;
use wasmtime::component::Linker;

use crate::state::WorkerState;

pub(crate) use schedule::resume_timers;

/// All that components of an engine can import.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<WorkerState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    linker.allow_shadowing(true);
    poll::add_to_linker(&mut linker)?;
    clocks::add_to_linker(&mut linker)?;
    linker.allow_shadowing(false);
    rpc::add_to_linker(&mut linker)?;
    Ok(linker)
}
