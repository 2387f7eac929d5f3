//! `cargo golem-rpc`: typed worker-to-worker RPC for Golem components.
//!
//! `cli` turns arguments into requests, `ops` carries them out (read → derive → plan → apply), and
//! `report` is the only place that prints.

mod cli;
mod error;
mod ops;
mod place;
mod report;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args: Vec<_> = std::env::args_os().collect();
    // As `cargo golem-rpc …` we are run as `cargo-golem-rpc golem-rpc …`.
    if args.get(1).is_some_and(|arg| arg == "golem-rpc") {
        args.remove(1);
    }
    cli::run(&args)
}
