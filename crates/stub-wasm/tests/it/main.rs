//! Tests of the emitted components, over the worlds of `fixtures/worlds` and random ones. Neither
//! caller nor target is needed: wasmtime calls a stub's exports, and a host of golem:rpc (`host`)
//! records what arrives and answers as a test wants it to.
//!
//! - `encode`: every stub becomes a component that exports the stub's interface
//! - `bench`: random values (`random`) arrive as they should (`wire`), and come back as they should,
//!   from workers at random addresses (`address`), and remote resources come and go
//! - `named_worlds`, `random_worlds`: that for all functions of named worlds, and of made-up ones
//! - `resources`, `results`: remote resources; failed calls that give results
//! - `differential`: the Rust stub crates (`crates`) do the same
//! - `doubling`: types that stand in each other over and over
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

mod address;
mod bench;
mod corpus;
mod crates;
mod differential;
mod doubling;
mod encode;
mod endurance;
mod explain;
mod failures;
mod figures;
mod host;
mod measure;
mod named_worlds;
mod pool;
mod random;
mod random_worlds;
mod resources;
mod results;
mod wire;
