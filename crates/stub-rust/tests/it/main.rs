//! Tests of the generated stub crates, over the worlds in `tests/worlds/<name>/wit`.
//!
//! - `golden`: three of the crates, file by file (`tests/golden/<name>`; `BLESS=1` rewrites them)
//! - `format`: every crate, and names of every length, are formatted as rustfmt formats them
//! - `compile`: every crate builds with `cargo component build` and exports the stub's interface
//! - `run`: the components run, over a host (`host`) that answers calls as a test wants it to

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "these tests read files and run tools, and fail where that fails"
)]

mod compile;
mod corpus;
mod format;
mod golden;
mod host;
mod options;
mod run;
