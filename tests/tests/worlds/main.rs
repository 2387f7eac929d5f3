//! The corpus of worlds: every world below `fixtures/worlds` becomes a stub that calls a component
//! which exports that world, in the local runtime.
//!
//! A world is a directory that is a WIT root: `*.wit`, and `deps/` if need be. Its name says what it
//! is about.
//!
//! - A first line `// world: x` in one of its files selects a world of several.
//! - A directory below `deps/` whose name ends in `.wasm` stands for that file: the harness encodes
//!   the package in it.
//! - `refused-*` are refused. What is said stands beside, in `refused.txt`, and below it what the
//!   stub leaves out with `skip_unsupported`; what is left has to work.
//! - What a Rust crate cannot be made of, while the emitted component works, has `crate-refused.txt`.
//!
//! `BLESS=1` rewrites these texts, and the support table in docs/src/support.md.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read files, and fail where something is wrong"
)]

mod caller;
mod corpus;
mod generated;
mod random;
mod refused;
mod round_trip;
mod table;
mod value;
