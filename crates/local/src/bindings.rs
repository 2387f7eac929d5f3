//! The host side of golem:rpc, generated from the crate's own `wit` directory.
//!
//! One definition, 0.1.1, serves every 0.1.x import: the linker matches versions
//! that are semver-compatible, and 0.1.0 is a subset of 0.1.1.

wasmtime::component::bindgen!({
    path: "wit",
    world: "host",
    imports: { default: async | trappable },
    with: {
        "wasi:io/poll": wasmtime_wasi_io::bindings::wasi::io::poll,
        "golem:rpc/types.wasm-rpc": crate::host::RemoteWorker,
        "golem:rpc/types.future-invoke-result": crate::host::PendingResult,
    },
});

pub(crate) use golem::rpc::types;
