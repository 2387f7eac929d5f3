//! The Rust stub crates of stubs, built by `cargo component build --release` as members of one
//! workspace that stays between runs, so that only what changed is compiled anew.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::FileSet;
use golem_rpc_stub::Stub;
use golem_rpc_stub_rust::{CrateOptions, generate};

use crate::corpus;

/// The release profile that `cargo golem-rpc init` adds to a workspace.
const PROFILE: &str = r#"
[profile.release]
opt-level = "s"
lto = true
strip = true
"#;

/// The components of a workspace of stub crates.
pub(crate) struct Crates {
    built: Utf8PathBuf,
}

impl Crates {
    /// Builds the crate of each stub, by name, in the workspace `directory`.
    pub(crate) fn build(directory: &str, stubs: &[(String, Stub)]) -> Crates {
        let root = Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join(directory);
        for (name, stub) in stubs {
            write(&root.join(name), name, stub);
        }
        let names = stubs.iter().map(|(name, _)| format!("\"{name}\""));
        let members = names.collect::<Vec<_>>().join(", ");
        let manifest = format!("[workspace]\nresolver = \"2\"\nmembers = [{members}]\n{PROFILE}");
        fs::write(root.join("Cargo.toml"), manifest).unwrap();
        let mut command = Command::new("cargo");
        command.args(["component", "build", "--workspace", "--release"]);
        command.current_dir(&root);
        command.env("CARGO_TARGET_DIR", root.join("target"));
        for variable in ["RUSTFLAGS", "CARGO_BUILD_TARGET", "CARGO_ENCODED_RUSTFLAGS"] {
            command.env_remove(variable);
        }
        let output = command.output().expect("cargo runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        let built = root.join("target/wasm32-wasip1/release");
        Crates { built }
    }

    /// The component of the stub `name`.
    pub(crate) fn component(&self, name: &str) -> Vec<u8> {
        let file = self.built.join(name.replace('-', "_"));
        fs::read(file.with_extension("wasm")).unwrap()
    }
}

/// Writes a crate, leaving those files alone that are right already.
fn write(dir: &Utf8Path, name: &str, stub: &Stub) {
    let files = generate(stub, &CrateOptions::new(name)).unwrap();
    remove_old(&dir.join("wit"), &stub.wit);
    for (path, content) in files {
        let path = dir.join(path);
        if fs::read(&path).ok().as_ref() != Some(&content) {
            fs::create_dir_all(path.parent().expect("a file in a crate")).unwrap();
            fs::write(&path, content).unwrap();
        }
    }
}

/// Removes a crate's WIT if a file of it is there no more.
fn remove_old(wit: &Utf8Path, files: &FileSet) {
    let mut old = false;
    if wit.exists() {
        corpus::read_under(wit, &mut |path, _| {
            let path = path.strip_prefix(wit).unwrap();
            old |= files.get(path).is_none();
        });
    }
    if old {
        fs::remove_dir_all(wit).unwrap();
    }
}
