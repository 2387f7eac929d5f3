//! What decides about a build beside the sources of the members, as one digest.
//!
//! That is what cargo reads (the root manifest, Cargo.lock, its configuration in the root and above and
//! in its home), the toolchain, and what the environment tells them; and ourselves. What code asks
//! the environment for while it is compiled is not in it: cargo does not tell.

use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::ContentHash;

use crate::cargo::cargo;
use crate::error::PathError;
use crate::tools::ask;
use crate::{Profile, RunError, read};

/// Files that count in a directory and in those above it.
const FILES: [&str; 4] = [
    ".cargo/config.toml",
    ".cargo/config",
    "rust-toolchain.toml",
    "rust-toolchain",
];

/// Variables that change what cargo and rustc do.
const VARIABLES: [&str; 5] = [
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "RUSTC",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
];
/// Where results go decides nothing about them; the record lies there too.
const PLACES: [&str; 2] = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"];
const PREFIXES: [&str; 3] = ["CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_TARGET_"];

/// The surroundings of builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// All but Cargo.lock, which a build may write.
    given: ContentHash,
    /// All of it.
    all: ContentHash,
}

impl Surroundings {
    /// The surroundings of builds in a workspace.
    ///
    /// # Errors
    /// If a file cannot be read, or a signal arrives. A tool that is missing is no error.
    pub fn read(root: &Utf8Path) -> Result<Surroundings, SurroundingsError> {
        let mut parts = vec![(
            "version".to_string(),
            env!("CARGO_PKG_VERSION").as_bytes().to_vec(),
        )];
        for file in files(root) {
            let content = read::file(&file)?;
            parts.extend(content.map(|content| (file.into_string(), content)));
        }
        let tools: [(String, &[&str]); 2] = [
            ("rustc".to_string(), &["-vV"]),
            (cargo(), &["component", "--version"]),
        ];
        for (program, args) in tools {
            match ask(&program, args, root) {
                Err(error @ RunError::Interrupted { .. }) => return Err(error.into()),
                answer => parts.push((args.join(" "), answer.unwrap_or_default().into_bytes())),
            }
        }
        let mut variables: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| counts(name))
            .collect();
        variables.sort();
        let variables = variables.into_iter();
        parts.extend(variables.map(|(name, value)| (name, value.into_bytes())));
        let given = digest(&parts);
        let lock = read::file(&root.join("Cargo.lock"))?;
        parts.push(("Cargo.lock".to_string(), lock.unwrap_or_default()));
        Ok(Surroundings {
            given,
            all: digest(&parts),
        })
    }

    /// The digest of all, for builds in a profile: some profiles share a directory.
    pub fn digest(&self, profile: &Profile) -> ContentHash {
        let all = ("surroundings", self.all.as_str().as_bytes());
        ContentHash::of_parts([all, ("profile", profile.name().as_bytes())])
    }

    /// Whether nothing has changed since `before`, save Cargo.lock.
    pub fn are_still(&self, before: &Surroundings) -> bool {
        self.given == before.given
    }
}

/// Surroundings that are not known.
#[derive(Debug, thiserror::Error)]
pub enum SurroundingsError {
    /// A file cannot be read.
    #[error(transparent)]
    Io(#[from] PathError),
    /// A signal arrived.
    #[error(transparent)]
    Run(#[from] RunError),
}

fn files(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let above = root.ancestors();
    let mut files: Vec<Utf8PathBuf> = above
        .flat_map(|dir| FILES.map(|file| dir.join(file)))
        .collect();
    files.push(root.join("Cargo.toml"));
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    if let Some(Ok(home)) = home.map(Utf8PathBuf::from_path_buf) {
        files.extend(["config.toml", "config"].map(|file| home.join(file)));
    }
    files
}

fn counts(name: &str) -> bool {
    let is_setting = PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    VARIABLES.contains(&name) || is_setting && !PLACES.contains(&name)
}

fn digest(parts: &[(String, Vec<u8>)]) -> ContentHash {
    let parts = parts.iter();
    ContentHash::of_parts(parts.map(|(name, content)| (name.as_str(), content.as_slice())))
}
