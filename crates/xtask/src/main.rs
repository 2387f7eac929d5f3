//! `cargo xtask`: what people who work on the project type.
//!
//! Each command is a list of other commands, shown as they are run. Nothing here is part of the
//! product.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool of the project itself: it runs processes, makes files and prints"
)]

mod bench;
mod demo;
mod dist;
mod fuzz;
mod repository;
mod setup;
mod shell;
mod test;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The project's own tasks
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing: the wasm targets, rustfmt, clippy, cargo-component, cargo-make
    Setup,
    /// Walk through the shopping cart, from a plain workspace to an order in a purchase history
    Demo,
    /// Do everything that CI does: format, lints, documentation, tests
    Test,
    /// Measure times and sizes
    Bench(bench::BenchArgs),
    /// Lay out what a package installs: the program, manual pages, completions, documents
    Dist(dist::DistArgs),
    /// Look for mistakes with random worlds and fuzz targets
    Fuzz(fuzz::FuzzArgs),
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Setup => setup::run_for_tests(),
        Command::Demo => demo::run(),
        Command::Test => test::run(),
        Command::Bench(args) => bench::run(&args),
        Command::Dist(args) => dist::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
    }
}
