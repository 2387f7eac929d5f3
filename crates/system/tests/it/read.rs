//! Snapshots of real directories.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use camino::Utf8Path;
use golem_rpc_system::Scratch;
use golem_rpc_system::read::{ReadError, file, tree};

use crate::place::Place;

#[test]
fn a_tree_holds_what_the_filter_keeps() {
    let place = Place::new(&[
        ("wit/a.wit", "a\r\n"),
        ("target/x", ""),
        ("Ünï cödé/b", "b"),
    ]);
    let snapshot = tree(&place.path(""), |path| path != "target").unwrap();
    let paths: Vec<_> = snapshot
        .iter()
        .map(|(path, _)| path.to_path_buf())
        .collect();
    assert_eq!(paths, [place.path("wit/a.wit"), place.path("Ünï cödé/b")]);
    assert_eq!(snapshot.text(place.path("wit/a.wit")), Some("a\r\n"));
}

#[test]
fn what_is_not_there_is_absent() {
    let place = Place::new(&[("file", "x")]);
    assert!(
        tree(&place.path("missing"), |_| true)
            .unwrap()
            .iter()
            .next()
            .is_none()
    );
    assert_eq!(file(&place.path("missing")).unwrap(), None);
    assert_eq!(file(&place.path("file/below")).unwrap(), None);
    assert_eq!(file(&place.path("file")).unwrap(), Some(b"x".to_vec()));
}

#[test]
fn links_are_followed_and_loops_and_dead_ends_left_alone() {
    let place = Place::new(&[("real/a", "1"), ("d/x", "2")]);
    symlink("../real", place.path("d/linked")).unwrap();
    symlink("..", place.path("d/up")).unwrap();
    symlink("nowhere", place.path("d/dangling")).unwrap();
    let snapshot = tree(&place.path("d"), |_| true).unwrap();
    assert_eq!(snapshot.text(place.path("d/linked/a")), Some("1"));
    assert_eq!(snapshot.text(place.path("d/up/real/a")), Some("1"));
    assert!(
        !snapshot.contains(place.path("d/up/d/x")),
        "a loop is not entered twice"
    );
    assert!(!snapshot.contains(place.path("d/dangling")));
}

#[test]
fn a_name_that_is_not_utf8_matters_only_where_it_is_kept() {
    let place = Place::new(&[("a", "1")]);
    let name = OsStr::from_bytes(b"caf\xe9");
    fs::write(place.path("").as_std_path().join(name), "").unwrap();
    match tree(&place.path(""), |_| true) {
        Err(ReadError::NotUtf8 { path }) => assert_eq!(path.file_name(), Some(name)),
        other => panic!("{other:?}"),
    }
    let without = tree(&place.path(""), |path| !path.as_str().starts_with("caf")).unwrap();
    assert_eq!(without.text(place.path("a")), Some("1"));
}

#[test]
fn only_regular_files_have_content() {
    let place = Place::new(&[("a", "1")]);
    let _socket = UnixListener::bind(place.path("socket")).unwrap();
    assert_eq!(tree(&place.path(""), |_| true).unwrap().iter().count(), 1);
    let error = file(&place.path("socket")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("could not read `{}`", place.path("socket"))
    );
    assert_eq!(
        file(&place.path("")).unwrap_err().source.kind(),
        std::io::ErrorKind::IsADirectory
    );
}

#[test]
fn a_scratch_directory_is_empty_and_goes_with_its_content() {
    let scratch = Scratch::new().unwrap();
    let other = Scratch::new().unwrap();
    let path = scratch.path().to_path_buf();
    assert!(path.is_absolute() && path.is_dir() && path != other.path());
    assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
    fs::create_dir(path.join("d")).unwrap();
    fs::write(path.join("d/x"), "").unwrap();
    drop(scratch);
    assert!(!path.exists());
}

#[test]
fn the_working_directory_is_the_processs() {
    let dir = golem_rpc_system::read::current_dir().unwrap();
    assert_eq!(
        fs::canonicalize(&dir).unwrap(),
        fs::canonicalize(Utf8Path::new(".")).unwrap()
    );
}
