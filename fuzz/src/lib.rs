//! What the fuzz targets do with their bytes. Each module stands by itself, so that the replay of
//! the corpora (`crates/local/tests/corpora.rs`) includes it as it is, on stable Rust.

pub mod wit_stub;
pub mod wit_value;
