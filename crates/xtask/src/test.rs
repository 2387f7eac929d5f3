//! Everything that CI does, one step after the other; the first failure ends it.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::repository;
use crate::setup;
use crate::shell::{Shell, status};

/// A step and its command.
const STEPS: [(&str, &[&str]); 5] = [
    ("format", &["cargo", "fmt", "--all", "--check"]),
    (
        "dependencies",
        &[
            "cargo", "deny", "--locked", "check", "bans", "licenses", "sources",
        ],
    ),
    (
        "lints",
        &[
            "cargo",
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    ),
    (
        "documentation",
        &[
            "env",
            "RUSTDOCFLAGS=-D warnings",
            "cargo",
            "doc",
            "--workspace",
            "--no-deps",
            "--locked",
        ],
    ),
    ("tests", &["cargo", "test", "--workspace", "--locked"]),
];

/// Runs all steps.
pub(crate) fn run() -> Result<()> {
    let start = Instant::now();
    timed("setup", setup::run_for_tests)?;
    let shell = Shell::new(repository::root());
    for (name, command) in STEPS {
        timed(name, || shell.run(command))?;
    }
    status(
        "Passed",
        &format!("everything in {}", seconds(start.elapsed())),
    );
    Ok(())
}

fn timed(name: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
    status("Running", name);
    let start = Instant::now();
    step()?;
    status("Passed", &format!("{name} in {}", seconds(start.elapsed())));
    Ok(())
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
