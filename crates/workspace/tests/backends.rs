//! Stub crates and stubs that are nothing but WIT, and the way from the one to the other.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use golem_rpc_workspace::StubBackend::{Component, Crate};
use golem_rpc_workspace::{Note, Options, StubBackend, WorkspaceError};
use support::{Scratch, changed};

const OPTION: &str =
    "[workspace.metadata.golem-rpc.targets.b]\nstub-backend = \"component\" # mine\nother = 1\n";

/// Members `a`, `b` and `c`, not in order.
fn workspace() -> Scratch {
    let manifest = |name: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component]\n"
        )
    };
    let scratch = Scratch::with(&[(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"c\", \"b\", \"a\"]\n",
    )]);
    for name in ["a", "b", "c"] {
        let wit = format!(
            "package shop:{name};\n\ninterface api {{\n  go: func(n: u8) -> u8;\n}}\n\nworld {name} {{\n  export api;\n}}\n"
        );
        scratch.write(&format!("{name}/Cargo.toml"), manifest(name));
        scratch.write(&format!("{name}/wit/{name}.wit"), wit);
    }
    scratch.complete();
    scratch
}

fn with_option(scratch: &Scratch, option: &str) {
    scratch.write("Cargo.toml", scratch.read("Cargo.toml") + "\n" + option);
}

fn backend(scratch: &Scratch, target: &str) -> StubBackend {
    let options = Options::of(&scratch.workspace().unwrap());
    options.unwrap().get(target).backend
}

/// The packages that the task `build` builds.
fn built(scratch: &Scratch) -> Vec<String> {
    let text = scratch.read("Makefile.toml");
    let (_, build) = text.split_once("[tasks.build]").unwrap();
    let (build, _) = build.split_once("\n[").unwrap();
    let flags = build
        .lines()
        .filter_map(|line| line.trim().strip_prefix("\"-p\", \""));
    flags
        .map(|flag| flag.trim_end_matches("\",").to_string())
        .collect()
}

#[test]
fn a_stub_without_a_crate_is_its_wit_alone() {
    let scratch = workspace();
    let planned = scratch.init_twice_as(Some(Component), &["a"], &["c"]);
    let files = changed(&planned, &scratch.root);
    let stub: Vec<&String> = files.iter().filter(|f| f.starts_with("a-stub/")).collect();
    let wit = |file: &&&String| file.starts_with("a-stub/wit/");
    assert!(
        !stub.is_empty() && stub.iter().all(|file| wit(&file)),
        "{stub:?}"
    );
    assert_eq!(backend(&scratch, "a"), Component);
    assert!(!scratch.workspace().unwrap().members.contains_key("a-stub"));
    assert_eq!(built(&scratch), ["a", "c"]);
    let copy = |stub: &str| scratch.read(&format!("{stub}/_stub.wit"));
    assert_eq!(copy("c/wit/deps/shop_a-stub"), copy("a-stub/wit"));
}

#[test]
fn one_target_of_several_is_switched_and_switched_back() {
    let scratch = workspace();
    scratch.init_twice(&["b"], &["c"]);
    scratch.init_twice(&["a"], &["c"]);
    for others in [Crate, Component] {
        scratch.init_twice_as(Some(others), &["a", "b"], &["c"]);
        for target in ["a", "b"] {
            let before = scratch.content();
            let (to, from) = match others {
                Crate => (Component, Crate),
                Component => (Crate, Component),
            };
            scratch.init_twice_as(Some(to), &[target], &["c"]);
            assert_eq!(backend(&scratch, target), to);
            let stub = format!("{target}-stub");
            let members = scratch.workspace().unwrap().members;
            assert_eq!(members.contains_key(&stub), to == Crate);
            assert_eq!(built(&scratch).contains(&stub), to == Crate);
            scratch.init_twice_as(Some(from), &[target], &["c"]);
            assert_eq!(scratch.content(), before, "{target} to {to} and back");
        }
    }
}

#[test]
fn what_cargo_component_wrote_goes_with_the_crate() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    scratch.write("a-stub/src/bindings.rs", "// generated\n");
    scratch.write("a-stub/notes.txt", "mine\n");
    let planned = scratch.init_twice_as(Some(Component), &["a"], &["c"]);
    let files = changed(&planned, &scratch.root);
    assert!(
        files.contains(&"-a-stub/src/bindings.rs".to_string()),
        "{files:?}"
    );
    assert_eq!(scratch.read("a-stub/notes.txt"), "mine\n");
}

#[test]
fn a_crate_that_was_edited_by_hand_does_not_go_unless_forced() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    scratch.write("a-stub/src/lib.rs", "// mine\n");
    let error = scratch
        .init_as(Some(Component), &["a"], &["c"], false)
        .unwrap_err();
    let file = scratch.root.join("a-stub/src/lib.rs");
    assert!(
        matches!(&error, WorkspaceError::Edited { files } if *files == [file.clone()]),
        "{error}"
    );
    let forced = scratch
        .init_as(Some(Component), &["a"], &["c"], true)
        .unwrap();
    assert_eq!(forced.notes, [Note::Overwritten { file }]);
    scratch.apply(&forced);
    assert!(scratch.init(&["a"], &["c"], false).unwrap().plan.is_empty());
}

#[test]
fn an_entry_of_the_user_s_that_makes_the_stub_a_member_is_named() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    let root = scratch.read("Cargo.toml");
    let defaults = "default-members = [\"a-stub\"]\n\n[workspace.metadata";
    scratch.write(
        "Cargo.toml",
        root.replacen("\n[workspace.metadata", defaults, 1),
    );
    for force in [false, true] {
        let switch = scratch.init_as(Some(Component), &["a"], &["c"], force);
        let error = switch.unwrap_err();
        assert!(error.to_string().contains("`a-stub`"), "{error}");
        assert!(error.hint().unwrap().contains("default-members"), "{error}");
    }
    scratch.write("Cargo.toml", root);
    scratch.init_twice_as(Some(Component), &["a"], &["c"]);
    assert!(!scratch.workspace().unwrap().members.contains_key("a-stub"));
}

#[test]
fn an_option_that_the_user_wrote_is_carried_out_and_taken_back() {
    let scratch = workspace();
    with_option(&scratch, OPTION);
    scratch.init_twice(&["b"], &["c"]);
    assert!(scratch.read("Cargo.toml").contains(OPTION));
    assert_eq!(built(&scratch), ["b", "c"]);
    scratch.init_twice_as(Some(Crate), &["b"], &["c"]);
    assert!(!scratch.read("Cargo.toml").contains("stub-backend"));
    assert_eq!(built(&scratch), ["b", "b-stub", "c"]);
}

#[test]
fn an_option_beside_ours_keeps_the_table() {
    let scratch = workspace();
    scratch.init_twice_as(Some(Component), &["a"], &["c"]);
    let ours = "stub-backend = \"component\"\n";
    let root = scratch
        .read("Cargo.toml")
        .replace(ours, &format!("{ours}other = 1\n"));
    scratch.write("Cargo.toml", &root);
    scratch.init_twice_as(Some(Crate), &["a"], &["c"]);
    let table = "\n[workspace.metadata.golem-rpc.targets.a]\nother = 1\n";
    assert!(scratch.read("Cargo.toml").contains(table));
}

/// A change of the option by hand is carried out by `regenerate`, for the targets it is about.
#[test]
fn an_option_changed_by_hand_is_carried_out() {
    let scratch = workspace();
    scratch.init_twice(&["a", "b"], &["c"]);
    with_option(&scratch, OPTION);
    scratch.apply(&scratch.regenerate(&["a"], &["c"]).unwrap());
    let workspace = scratch.workspace().unwrap();
    assert!(
        workspace.members.contains_key("b-stub"),
        "its crate is still there"
    );
    scratch.apply(&scratch.regenerate(&["b"], &["c"]).unwrap());
    let workspace = scratch.workspace().unwrap();
    assert!(!workspace.members.contains_key("b-stub"));
    assert!(workspace.members.contains_key("a-stub"));
    scratch.write("Cargo.toml", scratch.read("Cargo.toml").replace(OPTION, ""));
    scratch.apply(&scratch.regenerate(&["a"], &["c"]).unwrap());
    let workspace = scratch.workspace().unwrap();
    assert!(
        !workspace.members.contains_key("b-stub"),
        "it has no crate yet"
    );
    scratch.apply(&scratch.regenerate(&["b"], &["c"]).unwrap());
    assert!(scratch.workspace().unwrap().members.contains_key("b-stub"));
}
