//! Members that call themselves and each other: what is planned comes to rest, and resolves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use camino::Utf8Path;
use support::{Scratch, changed};

const MOODS: &str = "interface moods {\n  enum mood { calm, merry }\n}\n";

/// Members by name, each with what its WIT holds beside its package.
fn workspace(members: &[(&str, &str)]) -> Scratch {
    let names: Vec<String> = members
        .iter()
        .map(|(name, _)| format!("{name:?}"))
        .collect();
    let scratch = Scratch::new();
    let root = format!(
        "[workspace]\nresolver = \"2\"\nmembers = [{}]\n",
        names.join(", ")
    );
    scratch.write("Cargo.toml", root);
    for (name, wit) in members {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component]\n"
        );
        scratch.write(&format!("{name}/Cargo.toml"), manifest);
        scratch.write(
            &format!("{name}/wit/{name}.wit"),
            format!("package x:{name};\n\n{wit}"),
        );
    }
    scratch.complete();
    scratch
}

/// A world `w` that exports an interface `api` and imports the stub of a member.
fn world(uses: &str, stub: &str) -> String {
    format!(
        "interface api {{\n  use {uses}.{{mood}};\n  go: func(mood: mood) -> mood;\n}}\n\nworld w {{\n  import x:{stub}-stub/stub-w;\n  export api;\n}}\n"
    )
}

/// Every member's WIT resolves with what lies below its `deps`.
#[track_caller]
fn all_resolve(scratch: &Scratch) {
    let (workspace, disk) = (scratch.workspace().unwrap(), scratch.snapshot());
    for member in workspace.members.values() {
        if let Err(error) = member.wit(&disk).and_then(|root| Ok(root.select(None)?)) {
            panic!("{}: {error}", member.name);
        }
    }
}

fn stub_in(scratch: &Scratch, member: &str, target: &str) -> String {
    scratch.read(&format!("{member}/wit/deps/x_{target}-stub/_stub.wit"))
}

#[test]
fn a_member_calls_itself() {
    let scratch = workspace(&[("a", &format!("{MOODS}\n{}", world("moods", "a")))]);
    scratch.init_twice(&["a"], &["a"]);
    all_resolve(&scratch);
    assert!(stub_in(&scratch, "a", "a").contains("enum mood"));
    assert!(!scratch.root.join("a/wit/deps/x_a/a.wit").exists());
}

#[test]
fn two_members_call_each_other_in_one_go() {
    let of_a = format!("{MOODS}\n{}", world("moods", "b"));
    let of_b = world("x:a/moods", "a");
    let scratch = workspace(&[("a", &of_a), ("b", &of_b)]);
    // all to all: the stub of `a` cannot bring the package `x:a`, which `b` uses itself
    scratch.init_twice(&["a", "b"], &["a", "b"]);
    all_resolve(&scratch);
    assert!(stub_in(&scratch, "b", "a").contains("enum mood"));
    assert!(scratch.read("b/wit/deps/x_a/a.wit").contains("enum mood"));
    assert!(!scratch.root.join("a/wit/deps/x_a/a.wit").exists());

    scratch.write(
        "a/wit/a.wit",
        format!("package x:a;\n\n{of_a}").replace("merry", "merry, sad"),
    );
    scratch.apply(&scratch.regenerate(&["a", "b"], &["a", "b"]).unwrap());
    for copy in [
        "b/wit/deps/x_a/a.wit",
        "b/wit/deps/x_a-stub/_stub.wit",
        "a/wit/deps/x_b-stub/_stub.wit",
    ] {
        assert!(scratch.read(copy).contains("sad"), "{copy}");
    }
    let again = scratch.regenerate(&["a", "b"], &["a", "b"]).unwrap();
    assert_eq!(changed(&again, &scratch.root), Vec::<String>::new());
}

#[test]
fn what_a_cycle_brought_and_nothing_needs_goes() {
    let of_a = format!("{MOODS}\n{}", world("moods", "b"));
    let scratch = workspace(&[("a", &of_a), ("b", &world("x:a/moods", "a"))]);
    scratch.init_twice(&["a", "b"], &["a", "b"]);
    let before = scratch.read("b/Cargo.toml");
    assert!(before.contains("\"x:a\" ="), "{before}");
    let without = format!(
        "package x:b;\n\ninterface mine {{\n  enum mood {{ calm }}\n}}\n\n{}",
        world("mine", "a")
    );
    scratch.write("b/wit/b.wit", without);
    scratch.init_twice(&["a", "b"], &["a", "b"]);
    all_resolve(&scratch);
    assert!(!scratch.root.join("b/wit/deps/x_a/a.wit").exists());
    assert!(!scratch.read("b/Cargo.toml").contains("\"x:a\" ="));
}

/// What is imported may be linked later: one link at a time.
#[test]
fn a_circle_can_be_linked_step_by_step() {
    let of_a = format!("{MOODS}\n{}", world("moods", "b"));
    let members = [
        ("a", of_a.as_str()),
        ("b", &world("x:a/moods", "c")),
        ("c", &world("x:a/moods", "a")),
    ];
    let scratch = workspace(&members);
    for (target, caller) in [("a", "c"), ("c", "b"), ("b", "a")] {
        scratch.init_twice(&[target], &[caller]);
    }
    all_resolve(&scratch);
    assert!(stub_in(&scratch, "a", "b").contains("enum mood"));
    assert!(!stub_in(&scratch, "b", "c").contains("enum mood"));
}

/// No order by name is always the order in which the members depend on each other.
#[test]
fn a_circle_comes_to_rest_in_every_order() {
    for [one, two, three] in [
        ["a", "b", "c"],
        ["a", "c", "b"],
        ["c", "b", "a"],
        ["b", "a", "c"],
    ] {
        let first = format!("{MOODS}\n{}", world("moods", two));
        let uses = format!("x:{one}/moods");
        let (second, third) = (world(&uses, three), world(&uses, one));
        let scratch = workspace(&[(one, &first), (two, &second), (three, &third)]);
        // one → two → three → one; `two` has the moods from the stub of `three`, `three` from that of `one`
        let links = [(one, two), (two, three), (three, one)];
        let lines = links
            .map(|(caller, target)| format!("{caller} = [\"{target}\"]\n"))
            .concat();
        let root = scratch.read("Cargo.toml");
        scratch.write(
            "Cargo.toml",
            format!("{root}\n[workspace.metadata.golem-rpc.links]\n{lines}"),
        );
        let all = [one, two, three];
        scratch.apply(&scratch.regenerate(&all, &all).unwrap());
        all_resolve(&scratch);
        let again = scratch.regenerate(&all, &all).unwrap();
        assert_eq!(
            changed(&again, &scratch.root),
            Vec::<String>::new(),
            "{all:?}"
        );

        let file = format!("{one}/wit/{one}.wit");
        scratch.write(&file, scratch.read(&file).replace("merry", "merry, sad"));
        scratch.apply(&scratch.regenerate(&all, &all).unwrap());
        let again = scratch.regenerate(&all, &all).unwrap();
        assert_eq!(
            changed(&again, &scratch.root),
            Vec::<String>::new(),
            "{all:?}"
        );
        for (path, content) in scratch.snapshot().iter() {
            let text = String::from_utf8_lossy(content);
            let stale = text.contains("merry") && !text.contains("sad");
            assert!(!stale, "{path} is out of date");
        }
    }
}

/// The import of a stub can be written before there is one, and survives the loss of all copies.
#[test]
fn copies_that_were_lost_come_back_in_a_cycle() {
    let of_a = format!("{MOODS}\n{}", world("moods", "b"));
    let scratch = workspace(&[("a", &of_a), ("b", &world("x:a/moods", "a"))]);
    scratch.init_twice(&["a", "b"], &["a", "b"]);
    let whole = scratch.content();
    for lost in ["a/wit/deps", "b/wit/deps", "a-stub", "b-stub"] {
        scratch.remove(lost);
    }
    let root = scratch.read("Cargo.toml");
    let members = root.replace("\"a-stub\", ", "").replace(", \"b-stub\"", "");
    scratch.write("Cargo.toml", members);
    scratch.init_twice(&["a", "b"], &["a", "b"]);
    let same: Vec<_> = scratch
        .content()
        .into_iter()
        .filter(|(path, _)| *path != "Cargo.toml")
        .collect();
    let whole: Vec<_> = whole
        .into_iter()
        .filter(|(path, _)| *path != "Cargo.toml")
        .collect();
    assert_eq!(same, whole);
}

#[test]
fn a_missing_package_is_still_an_error_with_its_place() {
    let scratch = workspace(&[
        ("a", &world("x:nowhere/moods", "b")),
        ("b", &world("x:a/moods", "a")),
    ]);
    let error = scratch.init(&["a", "b"], &["a", "b"], false).unwrap_err();
    let place = Utf8Path::new("a/wit/a.wit");
    assert!(error.to_string().contains(place.as_str()), "{error}");
    assert!(error.hint().unwrap().contains("`x:nowhere`"), "{error}");
}
