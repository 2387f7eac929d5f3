//! No rows make a journal panic: see `src/oplog_rows.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| golem_rpc_fuzz::oplog_rows::run(data));
