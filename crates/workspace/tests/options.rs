//! Options of a target in the root manifest: written, changed, taken out again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeSet;

use golem_rpc_stub::{GolemRpc, RpcErrors};
use golem_rpc_workspace::{OptionChanges, Options, StubBackend, TargetOptions};
use support::Scratch;

const TABLE: &str = "\n[workspace.metadata.golem-rpc.targets.a]\ngolem-rpc = \"0.2.2\"\nredeclare = [\"x:a\", \"x:other\"]\nrpc-errors = \"result\"\nskip-unsupported = true\nstub-backend = \"component\"\nworld = \"less\"\n";

fn workspace() -> Scratch {
    let scratch = Scratch::new();
    scratch.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"a\", \"c\"]\n",
    );
    for name in ["a", "c"] {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component.target]\nworld = \"{name}\"\n"
        );
        let wit = format!(
            "package x:{name};\n\ninterface api {{\n  go: func(n: u8) -> u8;\n}}\n\nworld {name} {{\n  export api;\n}}\n\nworld less {{\n  export api;\n}}\n"
        );
        scratch.write(&format!("{name}/Cargo.toml"), manifest);
        scratch.write(&format!("{name}/wit/{name}.wit"), wit);
    }
    scratch.complete();
    scratch
}

fn all() -> OptionChanges {
    OptionChanges {
        backend: Some(StubBackend::Component),
        rpc_errors: Some(RpcErrors::Result),
        golem_rpc: Some(GolemRpc::V0_2_2),
        skip_unsupported: Some(true),
        redeclare: Some(["x:a", "x:other"].map(str::to_string).into()),
        world: Some("less".to_string()),
    }
}

fn defaults() -> OptionChanges {
    OptionChanges {
        backend: Some(StubBackend::Crate),
        rpc_errors: Some(RpcErrors::Panic),
        golem_rpc: Some(GolemRpc::V0_1_0),
        skip_unsupported: Some(false),
        redeclare: Some(BTreeSet::new()),
        world: Some(String::new()),
    }
}

fn change(scratch: &Scratch, changes: OptionChanges) {
    let (planned, _) = scratch
        .init_with(changes.clone(), &["a"], &["c"], false)
        .unwrap();
    scratch.apply(&planned);
    let (again, _) = scratch
        .init_with(changes.clone(), &["a"], &["c"], false)
        .unwrap();
    assert!(again.plan.is_empty(), "{:?}", again.plan);
    scratch.init_twice(&["a"], &["c"]);
}

fn options(scratch: &Scratch) -> TargetOptions {
    Options::of(&scratch.workspace().unwrap()).unwrap().get("a")
}

#[test]
fn all_are_written_in_order_and_taken_out_again() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    let plain = scratch.content();
    assert_eq!(options(&scratch), TargetOptions::default());
    change(&scratch, all());
    assert!(
        scratch.read("Cargo.toml").contains(TABLE),
        "{}",
        scratch.read("Cargo.toml")
    );
    assert_eq!(options(&scratch).golem_rpc, GolemRpc::V0_2_2);
    assert_eq!(options(&scratch).rpc_errors, RpcErrors::Result);
    assert!(options(&scratch).skip_unsupported);
    change(&scratch, defaults());
    assert_eq!(scratch.content(), plain);
}

#[test]
fn one_at_a_time() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    let plain = scratch.content();
    let (new, old) = (all(), defaults());
    let none = OptionChanges::default();
    let steps = [
        OptionChanges {
            world: new.world,
            ..none.clone()
        },
        OptionChanges {
            redeclare: new.redeclare,
            ..none.clone()
        },
        OptionChanges {
            golem_rpc: new.golem_rpc,
            ..none.clone()
        },
        OptionChanges {
            backend: new.backend,
            ..none.clone()
        },
        OptionChanges {
            rpc_errors: new.rpc_errors,
            ..none.clone()
        },
        OptionChanges {
            skip_unsupported: new.skip_unsupported,
            ..none.clone()
        },
    ];
    steps.into_iter().for_each(|step| change(&scratch, step));
    assert!(
        scratch.read("Cargo.toml").contains(TABLE),
        "{}",
        scratch.read("Cargo.toml")
    );
    let back = [
        OptionChanges {
            redeclare: old.redeclare,
            ..none.clone()
        },
        OptionChanges {
            world: old.world,
            ..none.clone()
        },
        OptionChanges {
            rpc_errors: old.rpc_errors,
            ..none.clone()
        },
        OptionChanges {
            skip_unsupported: old.skip_unsupported,
            ..none.clone()
        },
        OptionChanges {
            golem_rpc: old.golem_rpc,
            ..none.clone()
        },
        OptionChanges {
            backend: old.backend,
            ..none.clone()
        },
    ];
    back.into_iter().for_each(|step| change(&scratch, step));
    assert_eq!(scratch.content(), plain);
}

#[test]
fn options_in_braces() {
    let scratch = workspace();
    let braces = "\n[workspace.metadata]\ngolem-rpc = { targets = { a = { rpc-errors = \"result\" } } } # mine\n";
    scratch.write("Cargo.toml", scratch.read("Cargo.toml") + braces);
    change(&scratch, all());
    assert_eq!(options(&scratch).golem_rpc, GolemRpc::V0_2_2);
    change(&scratch, defaults());
    let root = scratch.read("Cargo.toml");
    assert!(!root.contains("rpc-errors"), "{root}");
    assert_eq!(options(&scratch), TargetOptions::default());
}

/// What an option brings into a caller goes with it.
#[test]
fn packages_of_a_golem_rpc_come_and_go() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    let clocks = scratch.root.join("c/wit/deps/clocks/wall-clock.wit");
    for version in [
        GolemRpc::V0_2_0,
        GolemRpc::V0_1_1,
        GolemRpc::V0_2_1,
        GolemRpc::V0_1_0,
    ] {
        let step = OptionChanges {
            golem_rpc: Some(version),
            ..OptionChanges::default()
        };
        change(&scratch, step);
        assert_eq!(clocks.exists(), version.has_schedule(), "{version}");
        assert_eq!(
            scratch.read("c/Cargo.toml").contains("wasi:clocks"),
            version.has_schedule()
        );
        let rpc = scratch.read("c/wit/deps/wasm-rpc/wasm-rpc.wit");
        assert!(
            rpc.contains(&format!("package golem:rpc@{version};")),
            "{rpc}"
        );
    }
}

#[test]
fn what_is_skipped_is_told() {
    let scratch = workspace();
    let wit = scratch.read("a/wit/a.wit");
    scratch.write(
        "a/wit/a.wit",
        wit.replace("  go:", "  watch: func() -> stream<u8>;\n  go:"),
    );
    let error = scratch.init(&["a"], &["c"], false).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot generate a stub for `a`: "),
        "{error}"
    );
    let (planned, limits) = scratch.init_with(all(), &["a"], &["c"], false).unwrap();
    scratch.apply(&planned);
    let names: Vec<&str> = limits["a"]
        .skipped
        .iter()
        .map(|skipped| skipped.wire_name.as_str())
        .collect();
    assert_eq!(names, ["x:a/api.{watch}"]);
    assert!(
        limits["a"].skipped[0].reason.contains("a/wit/a.wit:4:"),
        "{:?}",
        limits["a"]
    );
}
