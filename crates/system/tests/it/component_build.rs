//! Real builds by cargo-component of a tiny workspace: two members whose package, target and
//! directory names differ, with WIT of their own and nothing from a WIT registry.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_system::cargo::{CargoFlags, metadata};
use golem_rpc_system::{
    BuildError, BuildTool, Built, ComponentBuild, Profile, RunError, component_build, interrupt,
};

use crate::child;
use crate::place::Place;

fn member(package: &str) -> String {
    format!(
        r#"[package]
name = "{package}"
version = "0.1.0"
edition = "2021"

[lib]
name = "{package}_component"
crate-type = ["cdylib"]

[dependencies]
wit-bindgen-rt = "0.41.0"

[package.metadata.component]
package = "demo:{package}"
"#
    )
}

const SOURCE: &str = "#[allow(warnings)]
mod bindings;

struct Component;

impl bindings::Guest for Component {
    fn double(n: u32) -> u32 {
        n * 2
    }
}

bindings::export!(Component with_types_in bindings);
";

fn workspace() -> Place {
    let wit = |package| {
        format!(
            "package demo:{package};\n\nworld w {{\n  export double: func(n: u32) -> u32;\n}}\n"
        )
    };
    let root = "[workspace]\nmembers = [\"parts/*\"]\nresolver = \"2\"\n\n[profile.small]\ninherits = \"release\"\nopt-level = \"s\"\n";
    Place::new(&[
        ("Cargo.toml", root),
        ("parts/a dir/Cargo.toml", &member("first")),
        ("parts/a dir/wit/world.wit", &wit("first")),
        ("parts/a dir/src/lib.rs", SOURCE),
        ("parts/b/Cargo.toml", &member("second")),
        ("parts/b/wit/world.wit", &wit("second")),
        ("parts/b/src/lib.rs", SOURCE),
        (
            "parts/plain/Cargo.toml",
            "[package]\nname = \"plain\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
        ),
        ("parts/plain/src/lib.rs", ""),
    ])
}

fn request(
    root: &Utf8Path,
    packages: &[&str],
    profile: Profile,
    flags: CargoFlags,
) -> ComponentBuild {
    let described = metadata(None, root, CargoFlags::default()).unwrap();
    let members = described.workspace_packages().into_iter();
    ComponentBuild {
        workspace_root: described.workspace_root.clone(),
        tool: BuildTool::CargoComponent,
        packages: members
            .filter(|member| packages.contains(&member.name.as_str()))
            .map(|member| (member.name.to_string(), member.id.clone()))
            .collect(),
        profile,
        target_dir: None,
        flags,
        cargo_args: vec!["--target-dir".to_string(), root.join("target").to_string()],
        on_terminal: false,
    }
}

fn build(root: &Utf8Path, flags: CargoFlags) -> Result<BTreeMap<String, Built>, BuildError> {
    let request = request(root, &["first", "second"], Profile::Dev, flags);
    component_build(&request, None)
}

fn is_component(wasm: &Utf8Path) -> bool {
    fs::read(wasm).unwrap().starts_with(b"\0asm\x0d\0\x01\0")
}

const BARE: CargoFlags = CargoFlags {
    offline: false,
    locked: false,
    frozen: false,
};

#[test]
fn members_are_built_found_and_left_alone_when_fresh() {
    let name = "component_build::members_are_built_found_and_left_alone_when_fresh";
    if let Some(root) = child::role(name) {
        assert!(std::env::var("CARGO").is_err());
        let built = build(&root, BARE).unwrap();
        assert!(built.values().all(|built| built.fresh), "{built:?}");
        return;
    }
    let place = workspace();
    let root = place.path("");

    // Without a lock file `--locked` constrains cargo.
    let locked = CargoFlags {
        locked: true,
        ..BARE
    };
    assert!(matches!(
        build(&root, locked),
        Err(BuildError::BuildFailed { .. })
    ));

    let built = build(&root, BARE).unwrap();
    assert_eq!(built.keys().collect::<Vec<_>>(), ["first", "second"]);
    for (package, built) in &built {
        assert_eq!(built.target, format!("{package}_component"));
        assert!(!built.fresh && is_component(&built.wasm), "{built:?}");
    }
    assert!(!place.path("Cargo-component.lock").exists());

    // With one, all flags are satisfied by a project without registry WIT, and nothing is rebuilt.
    let before = fs::read(&built["first"].wasm).unwrap();
    let offline = CargoFlags {
        offline: true,
        ..BARE
    };
    let frozen = CargoFlags {
        frozen: true,
        ..BARE
    };
    for flags in [BARE, offline, locked, frozen] {
        let again = build(&root, flags).unwrap();
        assert!(
            again.values().all(|built| built.fresh),
            "{flags:?}: {again:?}"
        );
        assert_eq!(again["first"].wasm, built["first"].wasm);
    }
    assert_eq!(fs::read(&built["first"].wasm).unwrap(), before);

    // Started by hand or by cargo, which sets some variables: both find the other's work fresh.
    let mut by_hand = child::command(&[], name, &root);
    for (variable, _) in std::env::vars() {
        if variable.starts_with("CARGO")
            || variable == "RUSTUP_TOOLCHAIN"
            || variable == "LD_LIBRARY_PATH"
        {
            by_hand.env_remove(variable);
        }
    }
    child::passed(&by_hand.output().unwrap());

    last_builds_are_found(&root, &built);
    let small = Profile::Named("small".to_string());
    let built = component_build(&request(&root, &["second"], small.clone(), BARE), None).unwrap();
    assert!(
        built["second"].wasm.as_str().contains(small.directory())
            && is_component(&built["second"].wasm)
    );
}

/// A build that is not asked for leaves its files where cargo has said.
fn last_builds_are_found(root: &Utf8Path, built: &BTreeMap<String, Built>) {
    let described = metadata(None, root, BARE).unwrap();
    let target_dir = root.join("target");
    for package in described.workspace_packages() {
        let last = |profile| BuildTool::CargoComponent.last_built(package, profile, &target_dir);
        let wasm = built.get(package.name.as_str()).map(|built| &built.wasm);
        assert_eq!(last(&Profile::Dev).as_ref(), wasm, "{}", package.name);
        assert_eq!(last(&Profile::Release), None);
        let tool = BuildTool::Cargo {
            target: "wasm32-wasip2",
        };
        assert_eq!(tool.last_built(package, &Profile::Dev, &target_dir), None);
    }
}

/// What cargo says comes while it works, and the messages come all the same.
#[test]
fn what_cargo_says_can_be_watched() {
    #[derive(Clone, Default)]
    struct Said(Arc<Mutex<Vec<u8>>>);
    impl Write for Said {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let place = workspace();
    let root = place.path("");
    let program = "[package]\nname = \"plain\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
    place.put("parts/plain/Cargo.toml", program);
    for file in ["main.rs", "bin/earlier-tool.rs"] {
        place.put(&format!("parts/plain/src/{file}"), "fn main() {}\n");
    }
    let request = ComponentBuild {
        tool: BuildTool::Cargo {
            target: "wasm32-wasip1",
        },
        ..request(&root, &["plain"], Profile::Release, BARE)
    };
    let said = Said::default();
    let built = component_build(&request, Some(Box::new(said.clone()))).unwrap();
    let said = String::from_utf8(said.0.lock().unwrap().clone()).unwrap();
    assert!(
        said.contains(" Compiling plain ") && said.contains(" Finished "),
        "{said}"
    );
    let built = &built["plain"];
    assert!(!built.fresh && built.target == "earlier-tool", "{built:?}");
    let described = metadata(None, &root, BARE).unwrap();
    let packages = described.workspace_packages();
    let plain = packages
        .into_iter()
        .find(|package| package.name == "plain")
        .unwrap();
    let last = request
        .tool
        .last_built(plain, &Profile::Release, &root.join("target"));
    assert_eq!(last.as_ref(), Some(&built.wasm));
}

#[test]
fn a_compile_error_and_a_package_without_wasm_are_told_apart() {
    let place = workspace();
    let root = place.path("");
    let plain = component_build(&request(&root, &["plain"], Profile::Dev, BARE), None).unwrap_err();
    assert!(
        matches!(&plain, BuildError::NoArtifact { package } if package == "plain"),
        "{plain:?}"
    );
    place.put("parts/b/src/lib.rs", "fn broken( {}\n");
    match build(&root, BARE).unwrap_err() {
        BuildError::BuildFailed { status, command } => {
            assert_eq!(status.code(), Some(101));
            assert!(command.contains("-p first -p second"), "{command}");
        }
        error => panic!("{error}"),
    }
}

#[test]
fn a_cargo_without_the_subcommand_is_recognised() {
    let name = "component_build::a_cargo_without_the_subcommand_is_recognised";
    if let Some(root) = child::role(name) {
        let error = build(&root, BARE).unwrap_err();
        assert!(
            matches!(error, BuildError::CargoComponentMissing),
            "{error:?}"
        );
        return;
    }
    let (place, home) = (workspace(), Place::new(&[]));
    let mut command = child::command(&[], name, &place.path(""));
    let toolchain = real_rustc().parent().unwrap().to_path_buf();
    command
        .env("CARGO", toolchain.join("cargo"))
        .env("CARGO_HOME", home.path(""));
    child::passed(&command.env("PATH", toolchain).output().unwrap());
}

/// The wrapper makes the real compiler look for its libraries where there are none.
#[test]
fn a_toolchain_without_the_wasm_target_is_recognised() {
    let name = "component_build::a_toolchain_without_the_wasm_target_is_recognised";
    if let Some(root) = child::role(name) {
        let error = build(&root, BARE).unwrap_err();
        assert!(
            matches!(
                error,
                BuildError::TargetMissing {
                    target: "wasm32-wasip1"
                }
            ),
            "{error:?}"
        );
        return;
    }
    let place = workspace();
    let bare = Place::new(&[("sysroot/lib/rustlib/empty", "")]);
    let (rustc, sysroot) = (real_rustc(), bare.path("sysroot"));
    bare.put(
        "bin/rustc",
        &format!("#!/bin/sh\nexec '{rustc}' --sysroot '{sysroot}' \"$@\"\n"),
    );
    fs::set_permissions(bare.path("bin/rustc"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = child::command(&[], name, &place.path(""));
    let path = format!("{}:{}", bare.path("bin"), std::env::var("PATH").unwrap());
    command.env("PATH", path).env_remove("RUSTUP_TOOLCHAIN");
    child::passed(&command.output().unwrap());
}

/// Ctrl-C in a terminal goes to the whole process group: us, cargo and what cargo has started.
#[test]
fn ctrl_c_during_a_build_is_an_interruption() {
    let name = "component_build::ctrl_c_during_a_build_is_an_interruption";
    if let Some(root) = child::role(name) {
        interrupt::install().unwrap();
        let error = build(&root, BARE).unwrap_err();
        assert!(
            matches!(error, BuildError::Run(RunError::Interrupted { .. })),
            "{error:?}"
        );
        return;
    }
    let place = workspace();
    let started = place.path("started");
    let script = format!(
        "fn main() {{ std::fs::write({started:?}, \"\").unwrap(); std::thread::sleep(std::time::Duration::from_secs(600)); }}"
    );
    place.put("parts/b/build.rs", &script);
    let mut command = child::command(&[], name, &place.path(""));
    let mut child = command
        .process_group(0)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while !started.exists() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "the build ended too early"
        );
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let group = format!("-{}", child.id());
    assert!(
        Command::new("kill")
            .args(["-INT", "--", &group])
            .status()
            .unwrap()
            .success()
    );
    assert!(child.wait().unwrap().success());
}

/// The compiler itself, not rustup's stand-in for it.
fn real_rustc() -> Utf8PathBuf {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .unwrap();
    let sysroot = String::from_utf8(output.stdout).unwrap();
    Utf8Path::new(sysroot.trim_end()).join("bin/rustc")
}
