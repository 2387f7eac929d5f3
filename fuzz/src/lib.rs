//! What the fuzz targets do with their bytes. Each module stands by itself, so that the replay of
//! the corpora (`tests/corpora.rs` of `local`, `tests/it/corpora.rs` of `oplog`) includes it as it is, on stable Rust.

pub mod oplog_entry;
pub mod oplog_rows;
pub mod wit_stub;
pub mod wit_value;
