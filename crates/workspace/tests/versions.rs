//! Packages at several versions, in a caller and its targets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use golem_rpc_stub::GolemRpc;
use golem_rpc_workspace::{OptionChanges, WorkspaceError};
use support::Scratch;

fn manifest(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component]\n"
    )
}

fn shared(version: &str) -> String {
    format!(
        "package x:shared@{version};\n\ninterface types {{\n  record item {{ name: string }}\n}}\n"
    )
}

/// Targets `one` and `two`, which have `x:shared` at these versions, and a caller `c`.
fn workspace(one: &str, two: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"c\", \"one\", \"two\"]\n",
    );
    for (name, version) in [("one", one), ("two", two)] {
        let wit = format!(
            "package x:{name};\n\ninterface api {{\n  use x:shared/types@{version}.{{item}};\n  put: func(item: item);\n}}\n\nworld {name} {{\n  export api;\n}}\n"
        );
        scratch.write(&format!("{name}/Cargo.toml"), manifest(name));
        scratch.write(&format!("{name}/wit/{name}.wit"), wit);
        scratch.write(
            &format!("{name}/wit/deps/shared/shared.wit"),
            shared(version),
        );
    }
    scratch.write("c/Cargo.toml", manifest("c"));
    scratch.write("c/wit/c.wit", "package x:c;\n\nworld c {\n  import x:one-stub/stub-one;\n  import x:two-stub/stub-two;\n}\n");
    scratch.complete();
    scratch
}

/// Whether the copy of a target's stub in the caller has an item of its own.
fn declares(scratch: &Scratch, target: &str) -> bool {
    let stub = scratch.read(&format!("c/wit/deps/x_{target}-stub/_stub.wit"));
    stub.contains("record item")
}

fn resolves(scratch: &Scratch) {
    let (workspace, disk) = (scratch.workspace().unwrap(), scratch.snapshot());
    workspace.members["c"]
        .wit(&disk)
        .unwrap()
        .select(None)
        .unwrap();
}

#[test]
fn the_caller_has_another_version() {
    let scratch = workspace("2.0.0", "1.3.0");
    scratch.write("c/wit/deps/mine/shared.wit", shared("1.1.0"));
    scratch.init_twice(&["one", "two"], &["c"]);
    assert!(declares(&scratch, "one"), "2.0.0 does not go with 1.1.0");
    assert!(!declares(&scratch, "two"), "1.3.0 does");
    assert!(!scratch.root.join("c/wit/deps/x_shared").exists());
    resolves(&scratch);
    // with the caller's copy gone, the higher version is brought
    scratch.remove("c/wit/deps/mine");
    scratch.init_twice(&["one", "two"], &["c"]);
    assert!(!declares(&scratch, "one") && declares(&scratch, "two"));
    assert!(
        scratch
            .read("c/wit/deps/x_shared/shared.wit")
            .contains("2.0.0")
    );
    resolves(&scratch);
}

#[test]
fn compatible_versions_are_one() {
    let scratch = workspace("1.2.0", "1.0.3");
    scratch.init_twice(&["one", "two"], &["c"]);
    assert!(!declares(&scratch, "one") && !declares(&scratch, "two"));
    assert!(
        scratch
            .read("c/wit/deps/x_shared/shared.wit")
            .contains("1.2.0")
    );
    resolves(&scratch);
}

#[test]
fn a_stub_is_the_same_for_all_its_callers() {
    let scratch = workspace("2.0.0", "2.0.0");
    let root = scratch
        .read("Cargo.toml")
        .replace("\"c\",", "\"c\", \"d\",");
    scratch.write("Cargo.toml", root);
    scratch.write("d/Cargo.toml", manifest("d"));
    scratch.write("d/wit/d.wit", "package x:d;\n\nworld d {}\n");
    scratch.write("d/wit/deps/mine/shared.wit", shared("1.1.0"));
    scratch.complete();
    scratch.init_twice(&["one"], &["c"]);
    assert!(!declares(&scratch, "one"));
    scratch.init_twice(&["one"], &["d"]);
    assert!(declares(&scratch, "one"));
    assert!(!scratch.root.join("c/wit/deps/x_shared/shared.wit").exists());
}

#[test]
fn wasi_io_is_nobody_s_to_declare() {
    let scratch = workspace("1.0.0", "1.0.0");
    let io = "package wasi:io@0.3.0;\n\ninterface poll {\n  resource pollable;\n}\n";
    scratch.write("c/wit/deps/io/poll.wit", io);
    let error = scratch.init(&["one"], &["c"], false).unwrap_err();
    let said = error.to_string();
    assert!(matches!(error, WorkspaceError::Versions { .. }), "{said}");
    for thing in ["`c`", "`wasi:io@0.2.0`", "c/wit/deps/io", "`wasi:io@0.3.0`"] {
        assert!(said.contains(thing), "no {thing} in {said}");
    }
    assert!(error.hint().is_some());
    scratch.write("c/wit/deps/io/poll.wit", io.replace("0.3.0", "0.2.3"));
    scratch.init_twice(&["one"], &["c"]);
    assert!(
        scratch
            .read("c/wit/deps/x_one-stub/_stub.wit")
            .contains("wasi:io/poll@0.2.3")
    );
}

#[test]
fn one_caller_has_one_kind_of_golem_rpc() {
    let scratch = workspace("1.0.0", "1.0.0");
    scratch.init_twice(&["one", "two"], &["c"]);
    let newer = OptionChanges {
        golem_rpc: Some(GolemRpc::V0_2_0),
        ..OptionChanges::default()
    };
    let error = scratch
        .init_with(newer.clone(), &["two"], &["c"], false)
        .unwrap_err();
    let said = "`c` would call `one` through golem:rpc 0.1.0 and `two` through golem:rpc 0.2.0";
    assert_eq!(error.to_string(), said);
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("init --targets one two --callers c --golem-rpc 0.2.0"),
        "{hint}"
    );
    scratch.apply(
        &scratch
            .init_with(newer, &["one", "two"], &["c"], false)
            .unwrap()
            .0,
    );
    scratch.init_twice(&["one", "two"], &["c"]);
    assert!(
        scratch
            .root
            .join("c/wit/deps/clocks/wall-clock.wit")
            .is_file()
    );
    resolves(&scratch);
    for (target, version) in [("one", GolemRpc::V0_2_1), ("two", GolemRpc::V0_2_0)] {
        let one = OptionChanges {
            golem_rpc: Some(version),
            ..OptionChanges::default()
        };
        scratch.apply(&scratch.init_with(one, &[target], &["c"], false).unwrap().0);
    }
    scratch.init_twice(&["one", "two"], &["c"]);
    resolves(&scratch);
}

#[test]
fn the_caller_s_own_golem_rpc_decides() {
    let scratch = workspace("1.0.0", "1.0.0");
    let rpc = "package golem:rpc@0.2.0;\n\ninterface types {\n  record uri { value: string }\n}\n";
    scratch.write("c/wit/deps/golem/rpc.wit", rpc);
    let error = scratch.init(&["one"], &["c"], false).unwrap_err();
    let said = error.to_string();
    for thing in ["`golem:rpc@0.1.0`", "`golem:rpc@0.2.0`", "c/wit/deps/golem"] {
        assert!(said.contains(thing), "no {thing} in {said}");
    }
    assert!(
        error.hint().unwrap().contains("--golem-rpc 0.2.0"),
        "{:?}",
        error.hint()
    );
}
