//! What cargo says about real workspaces, good and broken.

use golem_rpc_system::cargo::{CargoError, CargoFlags, metadata, workspace_root};

use crate::child;
use crate::place::Place;

const MEMBER: &str = "[package]\nname = \"one\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

fn workspace() -> Place {
    Place::new(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"one\"]\nresolver = \"2\"\n",
        ),
        ("one/Cargo.toml", MEMBER),
        ("one/src/lib.rs", ""),
        ("one/deep/x", ""),
    ])
}

#[test]
fn a_workspace_is_found_from_a_subdirectory_and_by_its_manifest() {
    let place = workspace();
    let elsewhere = Place::new(&[]);
    let flags = CargoFlags {
        offline: true,
        ..CargoFlags::default()
    };
    let from_below = metadata(None, &place.path("one/deep"), flags).unwrap();
    let manifest = place.path("one/Cargo.toml");
    let by_manifest = metadata(Some(&manifest), &elsewhere.path(""), flags).unwrap();
    for found in [from_below, by_manifest] {
        let names: Vec<_> = found
            .workspace_packages()
            .iter()
            .map(|p| p.name.to_string())
            .collect();
        assert_eq!(names, ["one"]);
        assert_eq!(
            found.workspace_root,
            place.path("").as_str().trim_end_matches('/')
        );
    }
    assert!(!place.path("Cargo.lock").exists(), "asking writes nothing");
}

#[test]
fn no_manifest_is_told_from_a_broken_one() {
    let empty = Place::new(&[]);
    let none = metadata(None, &empty.path(""), CargoFlags::default()).unwrap_err();
    assert!(
        matches!(&none, CargoError::NoManifest { looked_in } if *looked_in == empty.path("")),
        "{none:?}"
    );
    let wrong = empty.path("x/Cargo.toml");
    let none = metadata(Some(&wrong), &empty.path(""), CargoFlags::default()).unwrap_err();
    assert!(
        matches!(&none, CargoError::ManifestMissing { path } if *path == wrong),
        "{none:?}"
    );

    let place = workspace();
    place.put("one/Cargo.toml", "[package]\nname = \n");
    match metadata(None, &place.path(""), CargoFlags::default()).unwrap_err() {
        CargoError::Rejected { stderr, .. } => {
            assert!(
                stderr.contains("one/Cargo.toml") && stderr.contains("name ="),
                "{stderr}"
            );
        }
        error => panic!("{error}"),
    }
}

#[test]
fn a_missing_directory_is_named() {
    let place = Place::new(&[]);
    match metadata(None, &place.path("gone"), CargoFlags::default()).unwrap_err() {
        CargoError::Io(error) => assert_eq!(error.path, place.path("gone")),
        error => panic!("{error}"),
    }
}

#[test]
fn a_missing_cargo_is_recognised() {
    let name = "cargo::a_missing_cargo_is_recognised";
    if let Some(dir) = child::role(name) {
        let error = metadata(None, &dir, CargoFlags::default()).unwrap_err();
        assert!(
            matches!(error, CargoError::CargoMissing { .. }),
            "{error:?}"
        );
        return;
    }
    let place = workspace();
    let mut command = child::command(&[], name, &place.path(""));
    command.env_remove("CARGO").env("PATH", place.path("one"));
    child::passed(&command.output().unwrap());
}

#[test]
fn the_root_is_known_even_where_members_are_not_there_yet() {
    let place = workspace();
    let torn = "[workspace]\nmembers = [\"one\", \"half-made\"]\nresolver = \"2\"\n";
    place.put("Cargo.toml", torn);
    assert!(metadata(None, &place.path("one"), CargoFlags::default()).is_err());
    let root = place.path("");
    let root = root.as_str().trim_end_matches('/');
    assert_eq!(workspace_root(None, &place.path("one/deep")).unwrap(), root);
    let elsewhere = Place::new(&[]);
    let manifest = place.path("one/Cargo.toml");
    assert_eq!(
        workspace_root(Some(&manifest), &elsewhere.path("")).unwrap(),
        root
    );
    let error = workspace_root(None, &elsewhere.path("")).unwrap_err();
    assert!(matches!(error, CargoError::NoManifest { .. }), "{error}");

    // A plan that was cut off had the root manifest in its hands.
    place.put(".golem-rpc.journal", "");
    for manifest in [Some("members = ["), None] {
        match manifest {
            Some(text) => place.put("Cargo.toml", text),
            None => std::fs::remove_file(place.path("Cargo.toml")).unwrap(),
        }
        std::fs::remove_file(place.path("one/Cargo.toml")).ok();
        assert_eq!(workspace_root(None, &place.path("one/deep")).unwrap(), root);
    }
}
