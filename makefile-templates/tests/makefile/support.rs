//! A scratch workspace with a Makefile.toml of ours, and cargo-make run in it.
//!
//! Hermetic: the environment is cleared, HOME is the scratch directory, and PATH holds the
//! toolchain, a link to cargo-make, and (unless a test leaves it out) a `cargo-golem-rpc` that writes
//! down how it was called instead of doing anything. It fails when an argument is `fail`.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use golem_rpc_makefile_templates::{Caller, Flow, new_file_header, tables};
use tempfile::TempDir;

/// One target and one caller: the shopping cart's flow.
pub(crate) const CART: Flow<'static> = Flow {
    targets: &["purchase-history"],
    crates: &["purchase-history"],
    callers: &[Caller {
        name: "shopping-cart",
        targets: &["purchase-history"],
    }],
};

/// Three targets and two callers; `pay` is both.
pub(crate) const SHOP: Flow<'static> = Flow {
    targets: &["mail", "pay", "stock"],
    crates: &["mail", "pay", "stock"],
    callers: &[
        Caller {
            name: "cart",
            targets: &["mail", "pay", "stock"],
        },
        Caller {
            name: "pay",
            targets: &["mail"],
        },
    ],
};

/// A flow's Makefile.toml, as it is written where there was none.
pub(crate) fn makefile(flow: &Flow<'_>) -> String {
    let mut text = new_file_header().to_owned();
    for table in tables(flow) {
        text += "\n";
        text += &table.toml;
    }
    text
}

/// A Cargo workspace in a temporary directory.
pub(crate) struct Scratch {
    dir: TempDir,
}

impl Scratch {
    /// With a flow's Makefile.toml, tables of the user's own below it, and a recording `cargo-golem-rpc`.
    pub(crate) fn new(flow: &Flow<'_>, own: &str) -> Self {
        let scratch = Self::without_binary(flow, own);
        scratch.record_program("bin/cargo-golem-rpc");
        scratch
    }

    /// The same, with no `cargo-golem-rpc` anywhere.
    pub(crate) fn without_binary(flow: &Flow<'_>, own: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let scratch = Self { dir };
        fs::create_dir_all(scratch.path("bin")).unwrap();
        symlink(installed("cargo-make"), scratch.path("bin/cargo-make")).unwrap();
        fs::create_dir_all(scratch.path("wörk space/member/src")).unwrap();
        fs::write(scratch.path("wörk space/member/src/lib.rs"), "").unwrap();
        fs::write(scratch.path("wörk space/member/Cargo.toml"), MEMBER).unwrap();
        fs::write(scratch.path("wörk space/Cargo.toml"), ROOT).unwrap();
        let text = format!("{}\n{own}", makefile(flow));
        fs::write(scratch.path("wörk space/Makefile.toml"), text).unwrap();
        scratch
    }

    /// Puts a program that writes down how it was called into the scratch directory; `bin/` is on
    /// the PATH, `.cargo/bin/` is where cargo installs to.
    pub(crate) fn record_program(&self, relative: &str) {
        let file = self.path(relative);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, RECORDER).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Changes the text of Makefile.toml.
    pub(crate) fn edit_makefile(&self, edit: impl FnOnce(String) -> String) {
        let file = self.path("wörk space/Makefile.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, edit(text)).unwrap();
    }

    /// `cargo make` with these arguments in the workspace.
    pub(crate) fn make(&self, args: &[&str]) -> Output {
        let toolchain = Path::new(env!("CARGO")).parent().unwrap();
        let path = [
            self.path("bin"),
            toolchain.to_owned(),
            "/usr/bin".into(),
            "/bin".into(),
        ];
        Command::new(self.path("bin/cargo-make"))
            .args(["make", "--disable-check-for-updates"])
            .args(args)
            .current_dir(self.path("wörk space"))
            .env_clear()
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("HOME", self.dir.path())
            .env("RECORD", self.path("record"))
            .output()
            .unwrap()
    }

    /// How the recording programs were called, in order: a line for each call.
    pub(crate) fn record(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("record")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }
}

/// Both streams of a process, for messages and searches.
pub(crate) fn text(output: &Output) -> String {
    let both = [output.stdout.clone(), output.stderr.clone()].concat();
    String::from_utf8(both).unwrap()
}

fn installed(program: &str) -> PathBuf {
    let home = std::env::var_os("HOME").unwrap_or_default();
    let cargo_bin = match std::env::var_os("CARGO_HOME") {
        Some(cargo_home) => PathBuf::from(cargo_home).join("bin"),
        None => PathBuf::from(home).join(".cargo/bin"),
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    (std::env::split_paths(&path).chain([cargo_bin]))
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("`{program}` is not installed: run `cargo xtask setup`"))
}

const RECORDER: &str = r#"#!/bin/sh
{
    printf '%s backtrace=%s' "${0##*/}" "$RUST_BACKTRACE"
    for arg in "$@"; do printf ' [%s]' "$arg"; done
    echo
} >> "$RECORD"
for arg in "$@"; do
    if [ "$arg" = fail ]; then echo "hint: the last line of ours" >&2; exit 3; fi
done
"#;

const ROOT: &str = r#"[workspace]
resolver = "3"
members = ["member"]
"#;

const MEMBER: &str = r#"[package]
name = "member"
version = "0.1.0"
edition = "2024"
"#;
