//! Tests of the generated stub crates, over the worlds in `fixtures/worlds`.
//!
//! - `golden`: three of the crates, file by file (`tests/golden/<name>`; `BLESS=1` rewrites them)
//! - `format`: every crate, and names of every length, are formatted as rustfmt formats them
//! - `compile`: every crate builds with `cargo component build` and exports the stub's interface
//! - `run`, `resources`, `variants`: the components run, over a host (`host`) that answers calls as a
//!   test wants it to

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "these tests read files and run tools, and fail where that fails"
)]

mod compile;
mod corpus;
mod doubling;
mod format;
mod golden;
mod host;
mod options;
mod protocol;
mod resources;
mod run;
mod variants;
