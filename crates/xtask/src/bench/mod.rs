//! Times and sizes, in release, as tables; nothing is asserted.
//!
//! - `workspace`: how long the commands take on workspaces (`pairs`, `times`)
//! - `web`: how long it takes to look at a workspace of up to 1,000 links, and how that grows (`web`)
//! - `stub`: stubs of both backends, by themselves and in the shopping cart (`sizes`)

mod pairs;
mod sizes;
mod stub;
mod table;
#[cfg(test)]
mod table_tests;
mod times;
mod web;
mod workspace;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::repository;
use crate::setup;
use crate::shell::{Shell, status};

#[derive(Args)]
pub(crate) struct BenchArgs {
    /// Measure only a part
    #[arg(long, value_enum, value_name = "PART")]
    only: Option<Part>,
    /// How often each thing is done in a workspace
    #[arg(long, default_value_t = 20, value_name = "NUMBER")]
    runs: usize,
    /// The sizes of the workspaces
    #[arg(long, default_values_t = [2, 20, 100], value_delimiter = ',', value_name = "MEMBERS")]
    members: Vec<usize>,
    /// The largest workspace that is also compiled, which takes a second or two for each member
    #[arg(long, default_value_t = 20, value_name = "MEMBERS")]
    build_up_to: usize,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    /// How long the commands take on workspaces
    Workspace,
    /// How long it takes to look at many links, and how that grows
    Web,
    /// The stubs of both backends: times, bytes, fuel, and what a link adds to a caller
    Stub,
}

/// Builds the command in release, measures and prints.
pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    setup::run()?;
    status("Building", "cargo-golem-rpc in release");
    let build = [
        "cargo",
        "build",
        "--release",
        "--package",
        "cargo-golem-rpc",
    ];
    Shell::new(repository::root()).quiet(&build)?;
    let programs = repository::binaries("release")?;
    let wanted = |part| args.only.is_none_or(|only| only == part);
    if wanted(Part::Workspace) {
        workspace::run(args, &programs)?;
    }
    if wanted(Part::Web) {
        web::run(&programs, args.runs)?;
    }
    if wanted(Part::Stub) {
        stub::run(&programs)?;
    }
    Ok(())
}
