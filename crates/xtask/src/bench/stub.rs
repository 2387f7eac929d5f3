//! Stubs of both backends: what they weigh and cost by themselves, and in the shopping cart.

use anyhow::Result;
use camino::Utf8Path;

use super::sizes;
use crate::repository;
use crate::shell::{Shell, status};

/// The bench of crate `stub-wasm`: it needs wasmtime, which this one is to be built without.
const FIGURES: [&str; 6] = [
    "cargo",
    "bench",
    "--package",
    "golem-rpc-stub-wasm",
    "--bench",
    "figures",
];

/// Measures and prints.
pub(super) fn run(programs: &Utf8Path) -> Result<()> {
    status("Measuring", "stubs");
    Shell::new(repository::root()).quiet(&FIGURES)?;
    status("Measuring", "the shopping cart's components");
    println!("\n{}", sizes::measure(programs)?);
    Ok(())
}
