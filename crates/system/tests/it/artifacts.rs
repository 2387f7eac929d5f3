//! Records of builds below a real target directory.

use std::fs;

use golem_rpc_plan::ContentHash;
use golem_rpc_system::Profile;
use golem_rpc_system::artifacts::{Artifact, ArtifactState, Artifacts};

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
