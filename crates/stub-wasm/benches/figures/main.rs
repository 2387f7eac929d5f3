//! Figures of emitted stubs beside those of the Rust stub crate built in release, as tables;
//! nothing is asserted. `cargo xtask bench --only stub` runs this.
//!
//! Each time is the minimum of several runs, in this process; the crates are built by
//! `cargo component build --release`, with the profile of our workspaces.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "this reads files, prints figures, and fails where something is wrong"
)]

mod bytes;
mod compose;
mod fuel;
mod pair;
mod times;

// what the tests have too; they use more of it
#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/it/address.rs"]
mod address;
#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/it/corpus.rs"]
mod corpus;
#[path = "../../tests/it/crates.rs"]
mod crates;
#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/it/host.rs"]
mod host;
#[path = "../../tests/it/measure.rs"]
mod measure;
#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/it/random.rs"]
mod random;
#[path = "../../../xtask/src/bench/table.rs"]
mod table;
#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/it/wire.rs"]
mod wire;

use crate::pair::Pair;

/// The numbers of functions of worlds of which a Rust crate is built.
const BUILT: [usize; 3] = [1, 10, 100];

/// A number of functions that rustc takes too long for.
const MANY: usize = 1_000;

fn main() {
    println!("From WIT to a validated component, in process:\n");
    println!("{}", times::measure());
    let pairs = Pair::all();
    println!("Bytes of components:\n\n{}", bytes::measure(&pairs));
    println!("Fuel of a call:\n\n{}", fuel::measure(&pairs));
    println!("Composing with a caller that imports the stub, in process:\n");
    println!("{}", compose::measure(&pairs));
}
