//! What a machine needs beside cargo, installed where it is missing.

use anyhow::{Context as _, Result};
use camino::Utf8Path;

use crate::repository;
use crate::shell::{Shell, status};

/// Tools and their versions, as the Makefile.toml of our users pins them.
const TOOLS: [(&str, &str); 2] = [("cargo-component", "0.21.1"), ("cargo-make", "0.37.24")];

/// What only our own tests need.
const TEST_TOOLS: [(&str, &str); 1] = [("cargo-deny", "0.20.2")];

/// They are compiled once and run for seconds, so that what their own release profiles ask for (link-time
/// optimization over one unit, opt-level 3) costs more than it gains.
const QUICK: [&str; 6] = [
    "--config",
    "profile.release.lto=false",
    "--config",
    "profile.release.codegen-units=16",
    "--config",
    "profile.release.opt-level=1",
];

/// The standard libraries that components are compiled with: cargo-component's, and that of plain
/// cargo.
const TARGETS: [&str; 2] = ["wasm32-wasip1", "wasm32-wasip2"];

/// Installs what is missing; says nothing but `Ready` where nothing is.
pub(crate) fn run() -> Result<()> {
    let shell = Shell::new(repository::root());
    for target in TARGETS {
        if !has_target(&shell, target)? {
            status("Installing", &format!("the Rust target {target}"));
            let add = shell.run(&["rustup", "target", "add", target]);
            add.with_context(|| format!("rustup (https://rustup.rs) can add {target}"))?;
        }
    }
    for (component, probe) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if shell.silent(&["cargo", probe, "--version"]).is_err() {
            status("Installing", component);
            let add = shell.run(&["rustup", "component", "add", component]);
            add.with_context(|| format!("rustup (https://rustup.rs) can add {component}"))?;
        }
    }
    for (tool, version) in TOOLS {
        install(&shell, tool, version)?;
    }
    status("Ready", "everything that is needed is installed");
    Ok(())
}

/// The same with what the tests need.
pub(crate) fn run_for_tests() -> Result<()> {
    let shell = Shell::new(repository::root());
    for (tool, version) in TEST_TOOLS {
        install(&shell, tool, version)?;
    }
    run()
}

fn has_target(shell: &Shell, target: &str) -> Result<bool> {
    let ask = ["rustc", "--print", "target-libdir", "--target", target];
    let libdir = shell.silent(&ask)?;
    Ok(Utf8Path::new(libdir.trim_end()).is_dir())
}

/// A tool in another version is the person's own choice: it stays, and that is said.
fn install(shell: &Shell, tool: &str, version: &str) -> Result<()> {
    let name = tool.trim_start_matches("cargo-");
    let Ok(found) = shell.silent(&["cargo", name, "--version"]) else {
        status("Installing", &format!("{tool} {version}"));
        let mut command = vec!["cargo", "install", "--locked", tool, "--version", version];
        if tool == "cargo-make" {
            // Its default features load files from the net with TLS, which no task of ours does.
            command.push("--no-default-features");
        }
        command.extend(QUICK);
        return shell.run(&command);
    };
    let found = found
        .split_whitespace()
        .last()
        .unwrap_or_default()
        .to_string();
    if found != version {
        status(
            "Keeping",
            &format!("{tool} {found}; tests and tasks are made for {version}"),
        );
    }
    Ok(())
}
