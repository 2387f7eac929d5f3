//! No list of nodes makes the local runtime panic or take memory without bound: see
//! `src/wit_value.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| golem_rpc_fuzz::wit_value::run(data));
