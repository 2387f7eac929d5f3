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
use std::thread;

/// WIT is walked by recursion, in the libraries as well, and a chain of types may be long.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let mut args: Vec<_> = std::env::args_os().collect();
    // As `cargo golem-rpc …` we are run as `cargo-golem-rpc golem-rpc …`.
    if args.get(1).is_some_and(|arg| arg == "golem-rpc") {
        args.remove(1);
    }
    let run = || cli::run(&args);
    thread::scope(|scope| {
        let roomy = thread::Builder::new().name("main".into()).stack_size(STACK);
        match roomy.spawn_scoped(scope, run) {
            Ok(running) => running
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => run(),
        }
    })
}
