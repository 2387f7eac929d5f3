//! Machines on which a tool is missing, or is not what it should be.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use crate::binary;

/// The toolchain's own directory; its programs are in `bin`, not the proxies of rustup.
pub fn sysroot() -> Utf8PathBuf {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .unwrap();
    Utf8PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end())
}

/// Has rustup install the standard library of a target where it is missing.
pub fn add_target(target: &str) {
    if sysroot().join("lib/rustlib").join(target).is_dir() {
        return;
    }
    let status = Command::new("rustup")
        .args(["target", "add", target])
        .status()
        .unwrap();
    assert!(status.success(), "`rustup target add {target}` failed");
}

/// Where a program is, ours among them.
pub fn which(program: &str) -> Utf8PathBuf {
    let path = std::env::var("PATH").unwrap();
    let dirs = path
        .split(':')
        .map(Utf8Path::new)
        .chain([binary::directory()]);
    let found = dirs
        .map(|dir| dir.join(program))
        .find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("`{program}` is not installed: run `cargo xtask setup`"))
}

/// Makes links to these programs in `dir`.
pub fn link_programs(dir: &Utf8Path, programs: &[&str]) {
    fs::create_dir_all(dir).unwrap();
    for program in programs {
        symlink(which(program), dir.join(program)).unwrap();
    }
}

/// Makes an executable shell script.
pub fn script(file: &Utf8Path, body: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(file, Permissions::from_mode(0o755)).unwrap();
}
