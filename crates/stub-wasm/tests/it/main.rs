//! Tests of the emitted components, over the worlds of `stub-rust` and some of our own
//! (`tests/worlds`). Neither caller nor target is needed: wasmtime calls a stub's exports, and a
//! host of golem:rpc (`host`) records what arrives and answers as a test wants it to.
//!
//! - `encode`: every stub becomes a component that exports the stub's interface
//! - `bench`: random values (`random`) arrive as they should (`wire`), and come back as they should
//! - `random_worlds`: the same for types that are made up
//! - `differential`: the Rust stub crates (`crates`) do the same
//! - `failures`: errors and hostile answers
//! - `endurance`: a million calls, large values, resources that come and go
//! - `figures`: bytes and fuel, of what `measure` has
//! - `explain`: the readable view

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "these tests read files, print figures, and fail where something is wrong"
)]

mod bench;
mod corpus;
mod crates;
mod differential;
mod encode;
mod endurance;
mod explain;
mod failures;
mod figures;
mod host;
mod measure;
mod random;
mod random_worlds;
mod wire;
