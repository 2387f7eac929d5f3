//! Times and sizes, in release, as tables; nothing is asserted.
//!
//! - `workspace`: how long the commands take on workspaces (`pairs`, `times`)
//! - `web`: how long it takes to look at a workspace of up to 1,000 links, and how that grows (`web`)
//! - `stub`: stubs of both backends, by themselves and in the shopping cart (`sizes`)

mod args;
mod pairs;
mod sizes;
mod stub;
mod table;
#[cfg(test)]
mod table_tests;
mod times;
mod web;
mod workspace;

pub(crate) use args::BenchArgs;

use anyhow::Result;

use args::Part;

use crate::repository;
use crate::setup;
use crate::shell::{Shell, status};

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
