//! What cargo says about a workspace: where it is, and `cargo metadata` without dependencies.
//!
//! The cargo that runs us as its subcommand (`$CARGO`) is the one that is asked; else the one on
//! PATH.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::{Error, Metadata, MetadataCommand};
use golem_rpc_plan::{Class, CommandSpec, normal};

use crate::error::PathError;
use crate::rejection::Rejection;
use crate::{RunError, Streams, apply, interrupt, run};

/// cargo's flags about network and lock file, as the user gave them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CargoFlags {
    /// `--offline`
    pub offline: bool,
    /// `--locked`
    pub locked: bool,
    /// `--frozen`
    pub frozen: bool,
}

impl CargoFlags {
    /// The flags as arguments for cargo itself.
    pub fn args(self) -> Vec<String> {
        let flags = [
            (self.offline, "--offline"),
            (self.locked, "--locked"),
            (self.frozen, "--frozen"),
        ];
        let given = flags.into_iter().filter(|(given, _)| *given);
        given.map(|(_, flag)| flag.to_string()).collect()
    }
}

/// A workspace that cargo could not describe.
#[derive(Debug, thiserror::Error)]
pub enum CargoError {
    /// There is no cargo.
    #[error("there is no program `{program}`")]
    CargoMissing {
        /// The program that was looked for.
        program: String,
    },
    /// There is no Cargo.toml in a directory or any above it.
    #[error("there is no Cargo.toml in `{looked_in}` or above")]
    NoManifest {
        /// The directory.
        looked_in: Utf8PathBuf,
    },
    /// The manifest that was named does not exist.
    #[error("there is no manifest `{path}`")]
    ManifestMissing {
        /// The path as given.
        path: Utf8PathBuf,
    },
    /// Members have `[workspace]` tables of their own.
    #[error(
        "{} a [workspace] table of {} own, which a member of `{root}` cannot have",
        have(.manifests),
        if .manifests.len() == 1 { "its" } else { "their" }
    )]
    OtherRoots {
        /// The manifests of these members.
        manifests: Vec<Utf8PathBuf>,
        /// The root manifest.
        root: Utf8PathBuf,
    },
    /// cargo rejects a manifest.
    #[error("cargo cannot read the workspace\n{}", stderr.trim_end())]
    Rejected {
        /// All that cargo wrote to standard error.
        stderr: String,
        /// What that says.
        reason: Rejection,
    },
    /// cargo's answer was not understood.
    #[error("cannot parse the output of `cargo metadata`")]
    Unreadable {
        /// What is wrong with it.
        source: Error,
    },
    /// cargo named no root.
    #[error("cannot parse the output of `cargo locate-project`")]
    NoRoot,
    /// cargo could not be started.
    #[error(transparent)]
    Io(#[from] PathError),
    /// A signal arrived.
    #[error("`cargo metadata` was interrupted")]
    Interrupted,
}

impl CargoError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        match self {
            CargoError::NoManifest { .. }
            | CargoError::ManifestMissing { .. }
            | CargoError::OtherRoots { .. }
            | CargoError::Rejected { .. } => Class::Workspace,
            CargoError::CargoMissing { .. } => Class::ToolMissing,
            CargoError::Interrupted => Class::Interrupted,
            CargoError::Unreadable { .. } | CargoError::NoRoot | CargoError::Io(_) => Class::Failed,
        }
    }

    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            CargoError::NoManifest { .. } | CargoError::ManifestMissing { .. } => {
                "run it in a Cargo workspace, or name one with `--manifest-path`".into()
            }
            CargoError::OtherRoots { manifests, .. } => {
                let files: Vec<_> = manifests.iter().map(|file| format!("`{file}`")).collect();
                format!("remove [workspace] from {}", files.join(" and "))
            }
            CargoError::Rejected { reason, .. } => reason.hint(),
            CargoError::CargoMissing { .. } => "install Rust with rustup: https://rustup.rs".into(),
            _ => return None,
        })
    }
}

/// The workspace of `manifest_path`, or else the one that `cwd` lies in; dependencies are left out.
pub fn metadata(
    manifest_path: Option<&Utf8Path>,
    cwd: &Utf8Path,
    flags: CargoFlags,
) -> Result<Metadata, CargoError> {
    let mut command = MetadataCommand::new();
    command.current_dir(cwd).cargo_path(cargo()).no_deps();
    command.other_options(flags.args());
    if let Some(path) = manifest_path {
        command.manifest_path(path);
    }
    command.exec().map_err(|error| match error {
        _ if interrupt::was_interrupted() => CargoError::Interrupted,
        Error::CargoMetadata { stderr } => rejected(stderr, manifest_path, cwd),
        Error::Io(source) if source.kind() == ErrorKind::NotFound && cwd.is_dir() => {
            CargoError::CargoMissing { program: cargo() }
        }
        Error::Io(source) => PathError::new("run cargo in", cwd, source).into(),
        source => CargoError::Unreadable { source },
    })
}

/// The root directory of the workspace of `manifest_path`, or else of the one that `cwd` lies in.
///
/// cargo reads no other member for that, so it knows the root even where a plan that was cut off
/// names members that are not there. Where that plan has the root manifest itself in its hands,
/// its journal marks the root.
pub fn workspace_root(
    manifest_path: Option<&Utf8Path>,
    cwd: &Utf8Path,
) -> Result<Utf8PathBuf, CargoError> {
    let mut args = vec!["locate-project", "--workspace", "--message-format=plain"];
    if let Some(path) = manifest_path {
        args.extend(["--manifest-path", path.as_str()]);
    }
    let spec = CommandSpec {
        program: cargo(),
        args: args.into_iter().map(str::to_string).collect(),
        cwd: cwd.to_path_buf(),
        env: BTreeMap::new(),
    };
    let start = cwd.join(manifest_path.unwrap_or(Utf8Path::new("Cargo.toml")));
    let stdout = match run(&spec, Streams::Captured) {
        Ok(finished) => finished.stdout,
        Err(error) => {
            let marked = start.ancestors().skip(1).find(|dir| apply::is_marked(dir));
            let error = |_| not_located(error, manifest_path, cwd);
            return marked.map(Utf8Path::to_path_buf).ok_or(()).map_err(error);
        }
    };
    let manifest = String::from_utf8(stdout)
        .ok()
        .map(|text| text.trim_end().to_string());
    let manifest = manifest.map(Utf8PathBuf::from);
    let root = manifest.as_deref().and_then(Utf8Path::parent);
    root.map(Utf8Path::to_path_buf).ok_or(CargoError::NoRoot)
}

fn not_located(error: RunError, manifest_path: Option<&Utf8Path>, cwd: &Utf8Path) -> CargoError {
    match error {
        RunError::NotFound { program, .. } => CargoError::CargoMissing { program },
        RunError::Interrupted { .. } => CargoError::Interrupted,
        RunError::Io { source, .. } => PathError::new("run cargo in", cwd, source).into(),
        RunError::Failed { stderr, .. } => rejected(stderr.unwrap_or_default(), manifest_path, cwd),
    }
}

/// The cargo to run: `$CARGO`, else the one on PATH.
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_string())
}

/// Whether the environment names a target directory that hangs on the working directory.
pub fn target_dir_is_relative() -> bool {
    let names = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"];
    let mut named = names.into_iter().filter_map(std::env::var_os);
    named.any(|dir| PathBuf::from(dir).is_relative())
}

/// Whether cargo has a subcommand of that name: a program `cargo-NAME` on PATH or among those that
/// `cargo install` has put in place.
pub fn has_subcommand(name: &str) -> bool {
    let program = format!("cargo-{name}{}", std::env::consts::EXE_SUFFIX);
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut dirs = std::env::split_paths(&path).chain(home.map(|home| home.join("bin")));
    dirs.any(|dir| dir.join(&program).is_file())
}

fn have(manifests: &[Utf8PathBuf]) -> String {
    let names: Vec<String> = manifests.iter().map(|path| format!("`{path}`")).collect();
    let verb = if names.len() == 1 { "has" } else { "have" };
    format!("{} {verb}", names.join(" and "))
}

/// The members that cargo names because they have [workspace] tables, as the root has.
fn other_roots(
    stderr: &str,
    manifest_path: Option<&Utf8Path>,
    cwd: &Utf8Path,
) -> Option<CargoError> {
    let (_, roots) =
        stderr.split_once("multiple workspace roots found in the same workspace:\n")?;
    let root = workspace_root(manifest_path, cwd).ok()?;
    let roots = roots.lines().map_while(|line| line.strip_prefix("  "));
    let others = roots.map(Utf8Path::new).filter(|dir| *dir != root);
    let manifests: BTreeSet<_> = others.map(|dir| dir.join("Cargo.toml")).collect();
    Some(CargoError::OtherRoots {
        manifests: manifests.into_iter().collect(),
        root: root.join("Cargo.toml"),
    })
}

fn rejected(stderr: String, manifest_path: Option<&Utf8Path>, cwd: &Utf8Path) -> CargoError {
    match manifest_path {
        None if stderr.contains("could not find `Cargo.toml`") => CargoError::NoManifest {
            looked_in: cwd.to_path_buf(),
        },
        Some(path) if !cwd.join(path).exists() => CargoError::ManifestMissing {
            path: path.to_path_buf(),
        },
        _ => other_roots(&stderr, manifest_path, cwd).unwrap_or_else(|| {
            let stderr = with_whole_paths(&stderr, cwd);
            let reason = Rejection::of(&stderr);
            CargoError::Rejected { stderr, reason }
        }),
    }
}

/// cargo shows a place as `--> Cargo.toml:3:9`, from where it ran: that may be another directory
/// than the user's.
fn with_whole_paths(stderr: &str, cwd: &Utf8Path) -> String {
    let lines = stderr.split_inclusive('\n');
    let whole = lines.map(|line| match line.split_once("--> ") {
        Some((indent, place)) if indent.trim().is_empty() => {
            format!("{indent}--> {}", normal(&cwd.join(place)))
        }
        _ => line.to_string(),
    });
    whole.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_shown_with_the_whole_path() {
        let stderr = "error: unclosed table\n --> ../Cargo.toml:5:9\n  |\n5 | [a --> b\n";
        let whole = "error: unclosed table\n --> /shop/Cargo.toml:5:9\n  |\n5 | [a --> b\n";
        assert_eq!(with_whole_paths(stderr, Utf8Path::new("/shop/cart")), whole);
    }
}
