//! Why cargo does not read a workspace: cargo's words on standard error → what to do.
//!
//! cargo gives its errors as text only, so this is the one place where they are parsed.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::MARK;

/// A toolchain that was chosen, and that rustup does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct NoToolchain {
    /// What rustup says.
    pub said: String,
    /// The toolchain, if rustup could install it.
    pub name: Option<String>,
}

impl NoToolchain {
    /// What to type about it.
    pub fn hint(&self) -> String {
        match &self.name {
            Some(name) => format!(
                "rustup toolchain install {name}; or choose another in `RUSTUP_TOOLCHAIN` or rust-toolchain.toml: `rustup toolchain list`"
            ),
            None => "choose another in `RUSTUP_TOOLCHAIN` or rust-toolchain.toml: `rustup toolchain list` gives those that there are".into(),
        }
    }
}

/// What rustup says on standard error in the place of a tool whose toolchain it does not have.
pub(crate) fn no_toolchain(stderr: &str) -> Option<NoToolchain> {
    let said = stderr
        .lines()
        .map(|line| line.trim_start_matches("error: "));
    for line in said {
        let name = || line.split('\'').nth(1).map(str::to_string);
        let name = match line {
            _ if line.contains("toolchain") && line.contains("is not installed") => name(),
            _ if line.contains("invalid toolchain") => None,
            _ => continue,
        };
        let said = line.trim().to_string();
        return Some(NoToolchain { said, name });
    }
    None
}

/// The line that git begins a conflict with.
const CONFLICT: &str = "<<<<<<< ";

/// Why cargo does not read a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// rustup does not have the toolchain.
    NoToolchain(NoToolchain),
    /// A stub crate that the root manifest lists is gone.
    StubMissing,
    /// A merge has left conflict markers in the manifest of a stub crate.
    StubConflict {
        /// The stub crate's directory.
        dir: Utf8PathBuf,
    },
    /// Something else, in this manifest if cargo names one.
    Manifest(Option<Utf8PathBuf>),
}

impl Rejection {
    pub(crate) fn of(stderr: &str) -> Rejection {
        if let Some(missing) = no_toolchain(stderr) {
            return Rejection::NoToolchain(missing);
        }
        if is_stub_missing(stderr) {
            return Rejection::StubMissing;
        }
        let manifest = manifest(stderr);
        match manifest.as_deref().and_then(conflicting_stub) {
            Some(dir) => Rejection::StubConflict { dir },
            None => Rejection::Manifest(manifest),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Rejection::NoToolchain(missing) => missing.hint(),
            Rejection::StubMissing => {
                "restore the stub crate from version control; or remove it from `members`, and `cargo golem-rpc init` generates it again".into()
            }
            Rejection::StubConflict { dir } => format!(
                "the file is generated, so take either side: `git checkout --ours {dir}`, then `cargo golem-rpc regenerate --force`"
            ),
            Rejection::Manifest(Some(file)) => format!("fix `{file}`, then run this again"),
            Rejection::Manifest(None) => {
                "fix the manifest that cargo names above, then run this again".into()
            }
        }
    }
}

fn is_stub_missing(stderr: &str) -> bool {
    let mut lines = stderr.lines();
    let names = |line: &str| line.contains("failed to read") && line.contains("-stub/Cargo.toml`");
    lines.any(names) && stderr.contains("os error 2")
}

/// The manifest that cargo means: `--> /shop/Cargo.toml:3:9`, or "failed to parse manifest at `…`".
fn manifest(stderr: &str) -> Option<Utf8PathBuf> {
    let shown = stderr.lines().find_map(|line| {
        let place = line.trim().strip_prefix("--> ")?;
        let mut parts = place.rsplitn(3, ':');
        let numbers = [parts.next()?, parts.next()?];
        let is_place = numbers.iter().all(|number| number.parse::<u32>().is_ok());
        parts.next().filter(|_| is_place)
    });
    let named = || {
        let (_, path) = stderr.split_once("failed to parse manifest at `")?;
        Some(path.split_once('`')?.0)
    };
    shown.or_else(named).map(Utf8PathBuf::from)
}

/// The directory of a manifest that is generated and has conflict markers in it.
fn conflicting_stub(manifest: &Utf8Path) -> Option<Utf8PathBuf> {
    let text = fs::read_to_string(manifest).ok()?;
    let is_conflict = text.lines().any(|line| line.starts_with(CONFLICT));
    let is_stub = is_conflict && text.contains(MARK);
    manifest
        .parent()
        .filter(|_| is_stub)
        .map(Utf8Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_the_one_that_cargo_shows() {
        let path = |path: &str| Some(Utf8PathBuf::from(path));
        let shown = "error: unclosed table\n --> /a b/Cargo.toml:5:9\n  |\n5 | [a --> b\n";
        assert_eq!(manifest(shown), path("/a b/Cargo.toml"));
        let named = "error: failed to parse manifest at `/w/Cargo.toml`\n\nCaused by:\n";
        assert_eq!(manifest(named), path("/w/Cargo.toml"));
        assert_eq!(manifest("error: something else"), None);
    }

    #[test]
    fn toolchains_that_are_not_there() {
        let name = |text: &str| no_toolchain(text).map(|found| found.name);
        let said = "info: x\nerror: toolchain '1.2.3-nope' is not installed\n\nhelp: y\n";
        assert_eq!(name(said), Some(Some("1.2.3-nope".into())));
        let said = "error: override toolchain '1.2' is not installed: the file names it\n";
        assert_eq!(name(said), Some(Some("1.2".into())));
        assert_eq!(name("error: invalid toolchain name: '?'"), Some(None));
        assert_eq!(name("error: no such command: `make`\n"), None);
    }
}
