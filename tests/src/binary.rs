//! `cargo-golem-rpc`, built from this checkout.
//!
//! The first test that needs it builds it; cargo makes that quick where it is up to date. It lies
//! in the target directory that this very test binary comes from.

use std::process::Command;
use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};

use crate::repository;

/// The directory that holds `cargo-golem-rpc`.
pub(crate) fn directory() -> &'static Utf8Path {
    static DIRECTORY: OnceLock<Utf8PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(build)
}

fn build() -> Utf8PathBuf {
    let target = target_dir();
    // With the whole workspace and a test, cargo unites features as it did for this very test:
    // otherwise wasmtime would be compiled a second time.
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--workspace"])
        .args(["--bin", "cargo-golem-rpc", "--test", "e2e"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(repository())
        .status()
        .unwrap();
    assert!(
        status.success(),
        "`cargo build --bin cargo-golem-rpc` failed"
    );
    target.join("debug")
}

/// A directory that outlives the tests, for what is long to compile and the same each time.
pub fn cache_dir(name: &str) -> Utf8PathBuf {
    target_dir().join("e2e-cache").join(name)
}

/// Tests lie in `<target directory>/<profile>/deps`.
fn target_dir() -> Utf8PathBuf {
    let test = Utf8PathBuf::from_path_buf(std::env::current_exe().unwrap()).unwrap();
    test.ancestors().nth(3).unwrap().to_path_buf()
}
