//! A plan that was cut off, and what others did to its files before the next command: their work is
//! never touched, and what stands in the way is named.

use std::fs;

use golem_rpc_plan::Plan;
use golem_rpc_system::{
    ApplyError, FileState, LockError, Outcome, RecoverError, Unrestored, lock, unfinished,
};

use crate::place::Place;
use crate::workload::{place, plan, recover};
use golem_rpc_trace::{Call, Fate, trace};

/// The test that plays the child.
const APPLY: &str = "kill::a_kill_at_any_call_leaves_all_or_nothing";

/// A place whose plan was cut off before its `n`th renaming; the first puts the journal in force,
/// the last but one removes a file, and the last one says that all is done.
fn torn_at(n: usize) -> Place {
    let place = place();
    let mut renames = 0;
    let traced = trace(place.child(APPLY), |_, call| {
        renames += usize::from(call == Call::Rename);
        if renames > n { Fate::Dies } else { Fate::Goes }
    });
    assert!(traced.was_killed);
    place
}

/// Everything is changed, and not yet done.
const LAST: usize = 11;

fn refused(place: &Place) -> (Vec<Unrestored>, String) {
    let before = place.state();
    let error = lock(&place.path(""), &mut || {}).unwrap_err();
    assert_eq!(place.state(), before, "nothing is touched");
    let LockError::Recover(error) = error else {
        panic!("{error}");
    };
    let hint = error.hint();
    let RecoverError::Changed { files, .. } = error else {
        panic!("{error}");
    };
    (files, hint)
}

#[test]
fn files_that_were_edited_since_are_named_and_nothing_is_touched() {
    let place = torn_at(LAST);
    place.put("Cargo.toml", "mine");
    place.put("stub/Cargo.toml", "mine");
    let (files, hint) = refused(&place);
    let said: Vec<_> = files
        .iter()
        .map(|file| place.relative(&file.path))
        .collect();
    assert_eq!(said, ["Cargo.toml", "stub/Cargo.toml"]);
    let FileState::Edited { aside: Some(aside) } = &files[0].state else {
        panic!("{:?}", files[0]);
    };
    assert!(
        fs::read_to_string(aside)
            .unwrap()
            .ends_with("members = []\r\n")
    );
    assert_eq!(files[1].state, FileState::Edited { aside: None });
    assert!(hint.contains("move your version of each away"), "{hint}");

    // As the hint says.
    for name in ["Cargo.toml", "stub/Cargo.toml"] {
        fs::rename(place.path(name), place.path("mine.txt")).unwrap();
    }
    assert_eq!(recover(&place, "moved").unwrap().outcome, Outcome::Undone);
    fs::remove_file(place.path("mine.txt")).unwrap();
    assert_eq!(place.shape(), crate::workload::place().shape());
}

#[test]
fn files_that_the_plan_had_not_come_to_may_change() {
    // Of ten files, only the manifest is changed.
    let place = torn_at(2);
    let old = crate::workload::place().shape();
    assert_ne!(place.shape()["Cargo.toml"], old["Cargo.toml"]);
    assert_eq!(place.shape()["build.sh"], old["build.sh"]);
    place.put("secret.toml", "mine");
    place.put("stub/src/lib.rs", "mine");
    fs::remove_file(place.path("half/gone")).unwrap();
    fs::write(place.path("half/gone"), "mine").unwrap();
    let recovered = recover(&place, "edited").unwrap();
    assert_eq!(recovered.files, [place.path("Cargo.toml")]);
    for name in ["secret.toml", "stub/src/lib.rs", "half/gone"] {
        assert_eq!(place.text(name), "mine");
    }
    assert_eq!(place.shape()["Cargo.toml"], old["Cargo.toml"]);
}

#[test]
fn directories_that_somebody_has_removed_are_not_missed() {
    // The manifest is changed, and the file that a link leads to is not.
    let place = torn_at(2);
    fs::remove_dir_all(place.path("elsewhere")).unwrap();
    let recovered = recover(&place, "removed").unwrap();
    assert_eq!(recovered.files, [place.path("Cargo.toml")]);
    assert!(!place.path("elsewhere").exists());
}

#[test]
fn files_that_somebody_has_put_back_are_left() {
    let place = torn_at(LAST);
    let old = crate::workload::place();
    for name in ["Cargo.toml", "half/gone"] {
        fs::write(place.path("fresh"), old.text(name)).unwrap();
        fs::rename(place.path("fresh"), place.path(name)).unwrap();
    }
    let recovered = recover(&place, "put back").unwrap();
    assert!(!recovered.files.contains(&place.path("Cargo.toml")));
    let (mut now, mut then) = (place.shape(), old.shape());
    // It has the mode of a new file now.
    assert!(now.remove("half/gone") != then.remove("half/gone"));
    assert_eq!(now, then);
}

#[test]
fn old_files_that_somebody_has_removed_are_missed() {
    let place = torn_at(LAST);
    let ours: Vec<_> = place
        .paths()
        .into_iter()
        .filter(|path| path.ends_with("-old.tmp"))
        .collect();
    assert_eq!(ours.len(), 7);
    for path in ours {
        fs::remove_file(place.path(&path)).unwrap();
    }
    let (files, _) = refused(&place);
    let said: Vec<_> = files
        .iter()
        .map(|file| (place.relative(&file.path), &file.state))
        .collect();
    let changed = ["Cargo.toml", "build.sh", "linked.toml", "secret.toml"];
    let missing = ["gone/deep/only", "half/gone", "shared/no-longer"];
    for (path, state) in &said {
        match state {
            FileState::Changed { aside: None } => assert!(changed.contains(&path.as_str())),
            FileState::Missing { aside: None } => assert!(missing.contains(&path.as_str())),
            state => panic!("{state:?}"),
        }
    }
    assert_eq!(said.len(), 7);
}

#[test]
fn somebodys_file_in_a_new_directory_stays() {
    let place = torn_at(LAST);
    place.put("stub/notes", "mine");
    assert_eq!(recover(&place, "notes").unwrap().outcome, Outcome::Undone);
    assert_eq!(place.text("stub/notes"), "mine");
    assert!(!place.path("stub/src").exists() && !place.path("stub/Cargo.toml").exists());
}

#[test]
fn a_workspace_may_be_moved_meanwhile() {
    let place = torn_at(LAST);
    let (moved, stays) = (place.copy(), place.state());
    assert_eq!(recover(&moved, "moved").unwrap().outcome, Outcome::Undone);
    assert_eq!(moved.shape(), crate::workload::place().shape());
    assert_eq!(place.state(), stays);
}

#[test]
fn readers_hear_of_it_and_plans_are_refused_without_a_lock() {
    let place = torn_at(LAST);
    let root = place.path("");
    let before = place.state();
    let files = unfinished(&root).unwrap().unwrap();
    assert_eq!(files.len(), 10);
    assert_eq!(files[0], place.path("Cargo.toml"));
    assert_eq!(place.state(), before);
    let held = lock(&root, &mut || {}).unwrap();
    let said = held.recovered().unwrap().to_string();
    assert!(said.contains("undid the changes"), "{said}");
    assert!(
        said.contains(&format!("\n  `{}`", place.path("Cargo.toml"))),
        "{said}"
    );
    assert_eq!(unfinished(&root).unwrap(), None);
    // Somebody copies an old journal here.
    place.put(".golem-rpc.journal", "{}");
    let plan = plan(&root, &place.read());
    let error = held.apply(&plan).unwrap_err();
    assert!(matches!(error, ApplyError::Unfinished { .. }), "{error}");
    assert_eq!(
        unfinished(&root).unwrap(),
        None,
        "whoever holds the lock is at work"
    );
    assert!(held.apply(&Plan::new()).is_ok());
}

#[test]
fn a_journal_of_another_version_is_refused() {
    for (journal, because) in [
        (
            r#"{"version":2,"id":"x","directories":[],"files":[]}"#,
            "its version is 2",
        ),
        (
            r#"{"version":1,"id":"x","directories":[],"files":[],"more":1}"#,
            "unknown field",
        ),
        ("", "EOF"),
    ] {
        let place = Place::new(&[("a", "1"), (".golem-rpc.journal", journal)]);
        let before = place.state();
        let error = lock(&place.path(""), &mut || {}).unwrap_err();
        let LockError::Recover(error @ RecoverError::Foreign { .. }) = error else {
            panic!("{error}");
        };
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains(because), "{cause}");
        assert!(error.hint().contains(".golem-rpc.journal"));
        assert_eq!(place.state(), before);
    }
}
