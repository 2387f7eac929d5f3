//! What the WIT loaders pass over, what they choke on, and what lies in directories of ours.

use std::fs;
use std::os::unix::fs::symlink;

use golem_rpc_tests::Workspace;

use super::{INIT, garden, loads};

const STUB: &str = "florist/wit/deps/garden_nursery-stub";

/// The garden with the link, the import aside.
fn linked() -> Workspace {
    let garden = garden();
    garden.golem_rpc(&INIT).success();
    garden
}

/// Files that are no WIT, in all places.
fn litter(garden: &Workspace, text: &str) {
    for dir in [
        "nursery/wit",
        "nursery/wit/deps",
        "nursery/wit/deps/plants",
        "florist/wit",
        "florist/wit/deps",
    ] {
        for name in [".DS_Store", "README.md", "plants.wit.orig"] {
            garden.write(&format!("{dir}/{name}"), text);
        }
    }
}

#[test]
fn what_is_no_wit_changes_nothing() {
    let garden = garden();
    litter(&garden, "one");
    garden.golem_rpc(&INIT).success();
    litter(&garden, "two");
    garden.golem_rpc(&["check"]).success();
    garden.golem_rpc(&["regenerate"]).success().says("Fresh");
}

#[test]
fn what_is_no_wit_makes_no_component_stale() {
    let garden = garden();
    garden.add_wit_bindgen();
    litter(&garden, "one");
    garden
        .golem_rpc(&[&INIT[..], &["--stub-backend", "component"]].concat())
        .success();
    garden.golem_rpc(&["build-workspace"]).success();
    litter(&garden, "two");
    let run = garden
        .golem_rpc(&["invoke", "florist/main", "order(\"rose\")"])
        .success();
    assert_eq!(run.stdout, "4\n", "{run}");
}

#[test]
fn directories_of_ours_go_with_the_systems_junk() {
    let garden = garden();
    let before = garden.tree();
    garden.golem_rpc(&INIT).success();
    for dir in [
        STUB,
        "nursery-stub",
        "nursery-stub/wit",
        "nursery-stub/wit/deps",
    ] {
        garden.write(&format!("{dir}/.DS_Store"), "junk");
    }
    garden.write(&format!("{STUB}/._garden.wit.txt"), "junk");
    let run = garden.golem_rpc(&["unlink", "--all"]).success();
    run.says(&format!("`{STUB}/.DS_Store` goes with its directory"));
    garden.tree().assert_same_content_as(&before);
    loads(&garden, "florist");
}

#[test]
fn files_of_the_users_in_directories_of_ours() {
    let garden = linked();
    let notes = format!("{STUB}/notes.md");
    garden.write(&notes, "mine");
    garden.write(&format!("{STUB}/.DS_Store"), "junk");
    let things = [
        "the bindings of `florist` fail on a directory without WIT",
        &notes,
    ];
    let refused = garden.refuses(&["unlink", "--all"], 5, &things);
    refused.does_not_say(".DS_Store");
    fs::rename(garden.path(&notes), garden.path("notes.md")).unwrap();
    fs::create_dir(garden.path(&format!("{STUB}/.idea"))).unwrap();
    garden.refuses(&["unlink", "--all"], 5, &[&format!("{STUB}/.idea")]);
    fs::remove_dir(garden.path(&format!("{STUB}/.idea"))).unwrap();
    garden.golem_rpc(&["unlink", "--all"]).success();
    loads(&garden, "florist");
    assert!(!garden.path(STUB).exists());
}

#[test]
fn forced_the_users_files_go_too() {
    let garden = linked();
    garden.write(&format!("{STUB}/notes.md"), "mine");
    let run = garden.golem_rpc(&["unlink", "--all", "--force"]).success();
    run.says(&format!("`{STUB}/notes.md`"));
    assert!(!garden.path(STUB).exists());
}

#[test]
fn directories_without_wit_are_named() {
    for (name, file) in [
        (".idea", Some("workspace.xml")),
        ("empty", None),
        ("seen", Some(".DS_Store")),
    ] {
        let garden = garden();
        let dir = format!("nursery/wit/deps/{name}");
        fs::create_dir_all(garden.path(&dir)).unwrap();
        if let Some(file) = file {
            garden.write(&format!("{dir}/{file}"), "x");
        }
        garden.refuses(&INIT, 4, &[&format!("`{dir}` holds no WIT"), "remove it"]);
        let doctor = garden.golem_rpc(&["doctor"]);
        assert!(
            doctor.stdout.contains(&format!("`{dir}` holds no WIT")),
            "{doctor}"
        );
        let loaded = wit_parser::Resolve::default().push_path(garden.path("nursery/wit"));
        loaded.expect_err("wit-bindgen fails on it");
    }
}

#[test]
fn hidden_wit_is_wit() {
    let garden = garden();
    let file = "nursery/wit/._nursery.wit";
    garden.write(file, [0, 5, 0x16, 7, 0xff, 0xfe]);
    garden.refuses(&INIT, 4, &[file, "not UTF-8", "macOS"]);
    fs::remove_file(garden.path(file)).unwrap();
    symlink("me@here.4711:1", garden.path("nursery/wit/.#nursery.wit")).unwrap();
    garden
        .golem_rpc(&INIT)
        .refusal(4, &[".#nursery.wit", "leads nowhere", "an editor"]);
}

#[test]
fn what_is_left_of_a_stub_that_a_glob_finds() {
    let garden = garden();
    garden.replace(
        "Cargo.toml",
        "[\"nursery\", \"florist\"]",
        "[\"*\"]\nexclude = [\"target\"]",
    );
    let before = garden.tree();
    for backend in ["crate", "component"] {
        garden
            .golem_rpc(&[&INIT[..], &["--stub-backend", backend]].concat())
            .success();
        garden.write("nursery-stub/.DS_Store", "junk");
        garden.write("nursery-stub/wit/notes.md", "mine");
        let things = [
            "cargo fails on a directory without a manifest",
            "nursery-stub/wit/notes.md",
        ];
        garden.refuses(&["unlink", "--all"], 5, &things);
        fs::remove_file(garden.path("nursery-stub/wit/notes.md")).unwrap();
        garden.golem_rpc(&["unlink", "--all"]).success();
        garden.tree().assert_same_content_as(&before);
        garden
            .cargo(&["metadata", "--no-deps", "--format-version", "1"])
            .success();
    }
}
