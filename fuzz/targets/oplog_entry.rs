//! No bytes make the decoder of entries panic: see `src/oplog_entry.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| golem_rpc_fuzz::oplog_entry::run(data));
