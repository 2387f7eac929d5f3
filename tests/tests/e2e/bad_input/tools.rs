//! Machines on which a tool is missing.

use std::fs;
use std::os::unix::fs::symlink;

use camino::Utf8PathBuf;
use golem_rpc_tests::{Workspace, link_programs, script, sysroot};

use super::INIT;

/// Directories for PATH with a whole system, but no cargo-component and no cargo-make.
fn bare_path(cart: &Workspace) -> Vec<Utf8PathBuf> {
    let bin = cart.outside("bin");
    link_programs(&bin, &["cargo-golem-rpc"]);
    vec![bin, sysroot().join("bin"), "/usr/bin".into(), "/bin".into()]
}

#[test]
fn cargo_component_is_missing() {
    let cart = Workspace::initialized_cart();
    let path = bare_path(&cart);
    // cargo looks for its subcommands in its home, too
    let home = cart.outside("cargo-home");
    fs::create_dir(&home).unwrap();
    let before = cart.tree();
    let command = cart.command("cargo", &["golem-rpc", "build-members"]);
    command
        .path(&path)
        .env("CARGO_HOME", home.as_str())
        .run()
        .refusal(
            6,
            &[
                "cargo-component",
                "cargo install --locked cargo-component --version 0.21.1",
            ],
        );
    cart.tree().assert_same_as(&before);
}

#[test]
fn cargo_make_is_missing() {
    let cart = Workspace::cart();
    let path = bare_path(&cart);
    let home = cart.outside("cargo-home");
    fs::create_dir(&home).unwrap();
    let command = cart.command("cargo", &[&["golem-rpc"], &INIT[..]].concat());
    let run = command
        .path(&path)
        .env("CARGO_HOME", home.as_str())
        .run()
        .success();
    run.says("cargo-make")
        .says("cargo install --locked cargo-make");
    cart.init_cart().success().does_not_say("cargo install");
}

#[test]
fn the_wasm_target_is_missing() {
    let cart = Workspace::initialized_cart();
    // a toolchain with nothing but the host's standard library
    let real = sysroot();
    let fake = cart.outside("sysroot");
    fs::create_dir_all(fake.join("lib/rustlib")).unwrap();
    for target in real.join("lib/rustlib").read_dir_utf8().unwrap() {
        let target = target.unwrap();
        if !target.file_name().starts_with("wasm32") {
            symlink(
                target.path(),
                fake.join("lib/rustlib").join(target.file_name()),
            )
            .unwrap();
        }
    }
    let bin = cart.outside("bin");
    link_programs(&bin, &["cargo-golem-rpc", "cargo-component"]);
    script(
        &bin.join("rustc"),
        &format!("exec '{real}/bin/rustc' --sysroot '{fake}' \"$@\""),
    );
    let path = [
        bin.clone(),
        real.join("bin"),
        "/usr/bin".into(),
        "/bin".into(),
    ];
    // cargo-component writes bindings before it looks for the target
    cart.golem_rpc(&["build-members"]).success();
    let before = cart.tree();
    let command = cart.command("cargo", &["golem-rpc", "build-members"]);
    let run = command.path(&path).without_env("RUSTUP_TOOLCHAIN").run();
    run.refusal(6, &["wasm32-wasip1", "rustup target add wasm32-wasip1"]);
    cart.tree().assert_same_as(&before);
}

#[test]
fn our_own_binary_is_missing() {
    let cart = Workspace::initialized_cart();
    let bin = cart.outside("bin");
    link_programs(&bin, &["cargo-make", "cargo-component"]);
    let home = cart.outside("cargo-home");
    fs::create_dir(&home).unwrap();
    let path = [bin, sysroot().join("bin"), "/usr/bin".into(), "/bin".into()];
    let args = ["make", "--disable-check-for-updates", "build-flow"];
    let run = cart
        .command("cargo", &args)
        .path(&path)
        .env("CARGO_HOME", home.as_str())
        .run();
    assert_ne!(run.code, 0, "{run}");
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(
        said.contains("hint: cargo install --locked --path"),
        "{run}"
    );
}
