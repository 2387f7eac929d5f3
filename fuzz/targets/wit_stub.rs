//! No text makes the WIT reader, the stub or its component panic: see `src/wit_stub.rs`.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    match golem_rpc_fuzz::wit_stub::run(data) {
        true => Corpus::Keep,
        false => Corpus::Reject,
    }
});
