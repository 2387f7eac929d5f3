//! Records of builds below a real target directory.

use std::fs;
use std::time::{Duration, SystemTime};

use golem_rpc_plan::ContentHash;
use golem_rpc_system::Profile;
use golem_rpc_system::artifacts::{Artifact, ArtifactState, Artifacts, Composition};
use golem_rpc_system::dep_info::compiled_from;

use crate::place::Place;

fn one(place: &Place, package: &str, inputs: &str) -> Artifacts {
    let wasm = place.path("wasm32-wasip1/debug/x.wasm");
    let inputs = ContentHash::of(inputs.as_bytes());
    let artifact = Artifact::record(&place.path(""), &wasm, &inputs).unwrap();
    Artifacts {
        by_package: [(package.to_string(), artifact)].into(),
        ..Artifacts::default()
    }
}

#[test]
fn storing_merges_and_writes_only_what_differs() {
    let place = Place::new(&[("wasm32-wasip1/debug/x.wasm", "wasm")]);
    let target = place.path("");
    one(&place, "a", "1").store(&target, &Profile::Dev).unwrap();
    one(&place, "b", "1").store(&target, &Profile::Dev).unwrap();
    one(&place, "a", "2").store(&target, &Profile::Dev).unwrap();
    one(&place, "a", "3")
        .store(&target, &Profile::Release)
        .unwrap();
    let loaded = Artifacts::load(&target, &Profile::Dev).unwrap();
    assert_eq!(loaded.by_package.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(loaded.by_package["a"].inputs(), ContentHash::of(b"2"));
    assert_eq!(
        loaded.by_package["a"].wasm(&target),
        place.path("wasm32-wasip1/debug/x.wasm")
    );

    let before = place.state();
    loaded.store(&target, &Profile::Dev).unwrap();
    assert_eq!(place.state(), before);
    assert!(
        !place
            .text("golem-rpc/debug/artifacts.json")
            .contains(target.as_str())
    );
}

#[test]
fn an_artifact_knows_whether_its_file_is_the_same() {
    let place = Place::new(&[("wasm32-wasip1/debug/x.wasm", "wasm")]);
    let target = place.path("");
    one(&place, "a", "1").store(&target, &Profile::Dev).unwrap();
    let read = || Artifacts::load(&target, &Profile::Dev).unwrap().by_package["a"].read(&target);
    place.put("wasm32-wasip1/debug/x.wasm", "wasm");
    assert_eq!(read().unwrap(), ArtifactState::Unchanged(b"wasm".to_vec()));
    place.put("wasm32-wasip1/debug/x.wasm", "waSm");
    assert_eq!(read().unwrap(), ArtifactState::Changed);
    fs::remove_file(place.path("wasm32-wasip1/debug/x.wasm")).unwrap();
    assert_eq!(read().unwrap(), ArtifactState::Missing);
    let gone = Artifact::record(&target, &place.path("gone.wasm"), &ContentHash::of(b""));
    assert_eq!(gone.unwrap_err().path, place.path("gone.wasm"));
}

#[test]
fn a_record_that_does_not_parse_counts_as_none() {
    let place = Place::new(&[
        ("wasm32-wasip1/debug/x.wasm", "wasm"),
        ("golem-rpc/mine/artifacts.json", "{\"by_package\": 7}"),
    ]);
    let (target, profile) = (place.path(""), Profile::Named("mine".to_string()));
    assert_eq!(
        Artifacts::load(&target, &profile).unwrap(),
        Artifacts::default()
    );
    one(&place, "a", "1").store(&target, &profile).unwrap();
    assert_eq!(
        Artifacts::load(&target, &profile).unwrap().by_package.len(),
        1
    );
}

#[test]
fn stores_at_the_same_time_lose_nothing() {
    let place = Place::new(&[("wasm32-wasip1/debug/x.wasm", "wasm")]);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let place = &place;
            scope.spawn(move || {
                let name = format!("p{thread}");
                one(place, &name, "1")
                    .store(&place.path(""), &Profile::Dev)
                    .unwrap();
            });
        }
    });
    let loaded = Artifacts::load(&place.path(""), &Profile::Dev).unwrap();
    assert_eq!(loaded.by_package.len(), 8);
}

#[test]
fn a_file_is_fresh_while_all_that_it_was_made_of_is_the_same() {
    let wasm = "wasm32-wasip1/debug/x.wasm";
    let place = Place::new(&[(wasm, "wasm"), ("motto.txt", "one")]);
    let (target, motto) = (place.path(""), place.path("motto.txt"));
    let hash = |text: &str| ContentHash::of(text.as_bytes());
    let recorded = Artifact::record(&target, &place.path(wasm), &hash("sources")).unwrap();
    let fresh = |artifact: &Artifact, inputs: &str, surroundings: &str| {
        let (inputs, surroundings) = (hash(inputs), hash(surroundings));
        artifact.is_fresh(&target, &inputs, &surroundings).unwrap()
    };
    assert!(
        !fresh(&recorded, "sources", ""),
        "nobody knows how it was made"
    );
    let artifact = recorded.made_in(&hash("rustc"), [(motto, hash("one"))].into());
    assert!(fresh(&artifact, "sources", "rustc"));
    assert!(!fresh(&artifact, "other sources", "rustc"));
    assert!(!fresh(&artifact, "sources", "another rustc"));
    for (file, before, after) in [("motto.txt", "one", "two"), (wasm, "wasm", "waSm")] {
        place.put(file, after);
        assert!(!fresh(&artifact, "sources", "rustc"), "{file}");
        place.put(file, before);
        assert!(fresh(&artifact, "sources", "rustc"), "{file}");
        fs::remove_file(place.path(file)).unwrap();
        assert!(!fresh(&artifact, "sources", "rustc"), "without {file}");
        place.put(file, before);
    }
}

#[test]
fn a_composition_is_fresh_while_its_file_and_its_parts_are_the_same() {
    let place = Place::new(&[("x_composed.wasm", "both")]);
    let (target, wasm) = (place.path(""), place.path("x_composed.wasm"));
    let (parts, others) = (ContentHash::of(b"parts"), ContentHash::of(b"others"));
    let composed = Composition::record(&target, &wasm, &parts, b"both");
    assert_eq!(composed.wasm(&target), wasm);
    let fresh = |parts| composed.is_fresh(&target, &wasm, parts).unwrap();
    assert!(fresh(&parts) && !fresh(&others));
    let unused = composed.clone().with_warnings(true);
    assert!(!unused.is_fresh(&target, &wasm, &parts).unwrap());
    let elsewhere = place.path("y_composed.wasm");
    assert!(!composed.is_fresh(&target, &elsewhere, &parts).unwrap());
    place.put("x_composed.wasm", "mine");
    assert!(!fresh(&parts));
    fs::remove_file(&wasm).unwrap();
    assert!(!fresh(&parts));
}

#[test]
fn what_was_composed_is_forgotten_alone() {
    let place = Place::new(&[("wasm32-wasip1/debug/x.wasm", "wasm")]);
    let target = place.path("");
    let mut record = one(&place, "a", "1");
    let composed = Composition::record(&target, &place.path("x"), &ContentHash::of(b""), b"");
    for caller in ["a", "b"] {
        record.composed.insert(caller.to_string(), composed.clone());
    }
    record.store(&target, &Profile::Dev).unwrap();
    Artifacts::forget_composed(&target, &Profile::Dev, &["a".to_string()]).unwrap();
    record.composed.remove("a");
    assert_eq!(Artifacts::load(&target, &Profile::Dev).unwrap(), record);
}

#[test]
fn what_the_compiler_read_is_in_the_note_beside_the_file() {
    let place = Place::new(&[("x.wasm", "wasm"), ("a b.txt", "one")]);
    let (wasm, file) = (place.path("x.wasm"), place.path("a b.txt"));
    let target = place.path("target");
    let since =
        |start, as_source: bool| compiled_from(&wasm, &target, start, |_| as_source).unwrap();
    let (past, future) = (
        SystemTime::UNIX_EPOCH,
        SystemTime::now() + Duration::from_secs(60),
    );
    assert_eq!(since(future, true), None, "there is no note");
    let note = format!("{wasm}: {}\n", file.as_str().replace(' ', "\\ "));
    place.put("x.d", &note);
    let wanted = [(file.clone(), ContentHash::of(b"one"))].into();
    assert_eq!(since(future, true), Some(wanted));
    assert_eq!(since(past, true), None, "it was changed since");
    assert!(since(past, false).is_some(), "what a build writes may be");
    fs::remove_file(&file).unwrap();
    assert_eq!(since(future, true), None, "it is gone");
}

/// What `cargo:rerun-if-changed=templates` of a build script makes of the note.
#[test]
fn a_directory_in_the_note_is_the_files_in_it() {
    let place = Place::new(&[
        ("x.wasm", "wasm"),
        ("templates/a.html", "one"),
        ("templates/target/x", "built"),
        ("templates/out/CACHEDIR.TAG", "built"),
    ]);
    let (wasm, target) = (place.path("x.wasm"), place.path("templates/target"));
    place.put("x.d", &format!("{wasm}: {}\n", place.path("templates")));
    let since = |start| compiled_from(&wasm, &target, start, |_| true).unwrap();
    assert_eq!(since(SystemTime::UNIX_EPOCH), None, "it was changed since");
    let read = since(SystemTime::now() + Duration::from_secs(60)).unwrap();
    let hash = ContentHash::of(b"");
    let artifact = Artifact::record(&target, &wasm, &hash).unwrap();
    let artifact = artifact.made_in(&hash, read);
    let fresh = || artifact.is_fresh(&target, &hash, &hash).unwrap();
    assert!(fresh());
    for unrelated in ["templates/target/x", "templates/out/x", "templates/.a.swp"] {
        place.put(unrelated, "new");
        assert!(fresh(), "{unrelated}");
    }
    for (file, text) in [("templates/a.html", "two"), ("templates/b.html", "")] {
        place.put(file, text);
        assert!(!fresh(), "{file}");
        place.put("templates/a.html", "one");
    }
    fs::remove_file(place.path("templates/b.html")).unwrap();
    assert!(fresh());
    fs::remove_dir_all(place.path("templates")).unwrap();
    assert!(!fresh());
}

/// A note does not name it, and a package outside of the workspace may be read by way of another.
#[test]
fn the_manifest_above_a_file_in_the_note_counts() {
    let manifest = "features/Cargo.toml";
    let place = Place::new(&[
        ("x.wasm", "wasm"),
        ("features/src/lib.rs", ""),
        (manifest, ""),
    ]);
    let (wasm, target) = (place.path("x.wasm"), place.path("target"));
    let file = place.path("features/src/lib.rs");
    place.put("x.d", &format!("{wasm}: {file}\n"));
    let future = SystemTime::now() + Duration::from_secs(60);
    let read = compiled_from(&wasm, &target, future, |_| true).unwrap();
    let read = read.unwrap();
    assert_eq!(
        read.keys().collect::<Vec<_>>(),
        [&place.path(manifest), &file]
    );
}
