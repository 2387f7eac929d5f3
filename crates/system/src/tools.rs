//! Which tools there are: what they say about their versions, and which targets rustc has.

use std::collections::BTreeMap;

use camino::Utf8Path;
use golem_rpc_plan::CommandSpec;

use crate::cargo::cargo;
pub use crate::rejection::NoToolchain;
use crate::rejection::no_toolchain;
use crate::{RunError, Streams, run};

/// The target that cargo-component builds for.
pub const WASM_TARGET: &str = "wasm32-wasip1";

/// A tool that can be asked for its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// The compiler.
    Rustc,
    /// The cargo that runs us, else the one on PATH.
    Cargo,
    /// A subcommand of that cargo.
    Subcommand(&'static str),
}

/// Why a tool gives no version, though it may be there.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// rustup has no such toolchain.
    #[error(transparent)]
    NoToolchain(#[from] NoToolchain),
    /// A signal arrived.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// The version that a tool gives; none if it is not installed.
///
/// # Errors
/// If rustup has not the toolchain that was chosen, or a signal arrives.
pub fn version(tool: Tool, cwd: &Utf8Path) -> Result<Option<String>, ToolError> {
    let said = match tool {
        Tool::Rustc => ask("rustc", &["--version"], cwd),
        Tool::Cargo => ask(&cargo(), &["--version"], cwd),
        Tool::Subcommand(name) => ask(&cargo(), &[name, "--version"], cwd),
    };
    match said {
        Ok(text) => Ok(version_in(&text)),
        Err(error @ RunError::Interrupted { .. }) => Err(error.into()),
        Err(RunError::Failed { stderr, .. }) => {
            match no_toolchain(stderr.as_deref().unwrap_or_default()) {
                Some(error) => Err(error.into()),
                None => Ok(None),
            }
        }
        Err(_) => Ok(None),
    }
}

/// Whether the standard library of a target is installed; none if rustc does not say.
///
/// # Errors
/// If a signal arrives.
pub fn has_target(target: &str, cwd: &Utf8Path) -> Result<Option<bool>, RunError> {
    let libdir = ["--print", "target-libdir", "--target", target];
    match ask("rustc", &libdir, cwd) {
        Ok(libdir) => Ok(Some(Utf8Path::new(libdir.trim_end()).is_dir())),
        Err(error @ RunError::Interrupted { .. }) => Err(error),
        Err(_) => Ok(None),
    }
}

/// What a program answers on standard output.
pub(crate) fn ask(program: &str, args: &[&str], cwd: &Utf8Path) -> Result<String, RunError> {
    let question = CommandSpec {
        program: program.to_string(),
        args: args.iter().map(|arg| arg.to_string()).collect(),
        cwd: cwd.to_path_buf(),
        env: BTreeMap::new(),
    };
    let finished = run(&question, Streams::Captured)?;
    Ok(String::from_utf8_lossy(&finished.stdout).into_owned())
}

/// The first word that begins with a digit.
fn version_in(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let version = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    version.map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_say() {
        let version = |text: &str| version_in(text).unwrap_or_default();
        assert_eq!(version("rustc 1.95.0 (59807616e 2026-04-14)\n"), "1.95.0");
        assert_eq!(version("cargo-component-component 0.21.1\n"), "0.21.1");
        assert_eq!(version("nightly\n"), "");
    }
}
