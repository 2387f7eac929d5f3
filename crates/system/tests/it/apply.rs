//! Plans on real files: what is written, what is refused, what is put back.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};

use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_system::{ApplyError, MovedOn, apply, interrupt};

use crate::child;
use crate::place::Place;

#[test]
fn creates_changes_and_removes() {
    let place = Place::new(&[("a", "one\r\ntwo\r\n"), ("d/e/gone", "x"), ("d/stays", "y")]);
    let disk = place.read();
    let mut plan = Plan::new();
    plan.write(&disk, &place.path("a"), "one\r\nnew\r\ntwo\r\n");
    plan.write(&disk, &place.path("new/deep/b"), [0xff, 0, 13, 10]);
    plan.remove(&disk, &place.path("d/e/gone"));
    let applied = apply(&plan).unwrap();
    assert_eq!(applied.created, [place.path("new/deep/b")]);
    assert_eq!(applied.changed, [place.path("a")]);
    assert_eq!(applied.removed, [place.path("d/e/gone")]);
    assert_eq!(
        place.paths(),
        ["a", "d", "d/stays", "new", "new/deep", "new/deep/b"]
    );
    assert_eq!(place.text("a"), "one\r\nnew\r\ntwo\r\n");
    assert_eq!(
        fs::read(place.path("new/deep/b")).unwrap(),
        [0xff, 0, 13, 10]
    );
}

#[test]
fn a_new_file_has_the_mode_that_any_new_file_has() {
    let place = Place::new(&[("usual", "")]);
    let mut plan = Plan::new();
    plan.write(&Snapshot::new(), &place.path("new"), "x");
    apply(&plan).unwrap();
    let mode = |name| fs::metadata(place.path(name)).unwrap().permissions();
    assert_eq!(mode("new"), mode("usual"));
}

#[test]
fn a_changed_file_keeps_its_mode() {
    let place = Place::new(&[("script", "old")]);
    fs::set_permissions(place.path("script"), fs::Permissions::from_mode(0o751)).unwrap();
    let mut plan = Plan::new();
    plan.write(&place.read(), &place.path("script"), "new");
    apply(&plan).unwrap();
    let mode = fs::metadata(place.path("script"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o751);
    assert_eq!(place.text("script"), "new");
}

#[test]
fn a_linked_file_is_written_where_the_link_leads() {
    let place = Place::new(&[("shared/real", "old"), ("d/x", "")]);
    symlink("../shared/real", place.path("d/hop")).unwrap();
    symlink("hop", place.path("d/link")).unwrap();
    let mut plan = Plan::new();
    plan.write(&place.read(), &place.path("d/link"), "new");
    apply(&plan).unwrap();
    assert_eq!(place.text("shared/real"), "new");
    assert_eq!(
        fs::read_link(place.path("d/link")).unwrap().to_str(),
        Some("hop")
    );

    let mut plan = Plan::new();
    plan.remove(&place.read(), &place.path("d/link"));
    apply(&plan).unwrap();
    assert_eq!(
        place.paths(),
        ["d", "d/hop", "d/x", "shared", "shared/real"]
    );
}

#[test]
fn files_that_moved_on_are_all_named_and_nothing_is_touched() {
    let place = Place::new(&[("a", "1"), ("changed", "1"), ("gone", "1")]);
    let disk = place.read();
    let mut plan = Plan::new();
    for name in ["a", "appeared", "changed", "gone"] {
        plan.write(&disk, &place.path(name), "2");
    }
    place.put("appeared", "mine");
    place.put("changed", "mine");
    fs::remove_file(place.path("gone")).unwrap();
    let before = place.state();
    let Err(ApplyError::MovedOn { files }) = apply(&plan) else {
        panic!("three files moved on");
    };
    let expected = [
        MovedOn::Appeared(place.path("appeared")),
        MovedOn::Changed(place.path("changed")),
        MovedOn::Disappeared(place.path("gone")),
    ];
    assert_eq!(files, expected);
    assert_eq!(place.state(), before);
}

#[test]
fn a_directory_in_a_files_place_is_named() {
    let place = Place::new(&[("taken/inner", "")]);
    let before = place.state();
    let mut plan = Plan::new();
    plan.write(&Snapshot::new(), &place.path("a"), "1");
    plan.write(&Snapshot::new(), &place.path("taken"), "1");
    let error = io_error(apply(&plan).unwrap_err());
    assert_eq!(
        error,
        (place.path("taken").to_string(), ErrorKind::IsADirectory)
    );
    assert_eq!(place.state(), before);
}

#[test]
fn a_file_in_a_directorys_place_is_named_and_new_directories_go_again() {
    let place = Place::new(&[("z/file", "")]);
    let before = place.state();
    let mut plan = Plan::new();
    plan.write(&Snapshot::new(), &place.path("a/b/c"), "1");
    plan.write(&Snapshot::new(), &place.path("z/file/below"), "1");
    let (path, _) = io_error(apply(&plan).unwrap_err());
    assert_eq!(path, place.path("z/file"));
    assert_eq!(place.state(), before);
}

#[test]
fn endless_links_end() {
    let place = Place::new(&[]);
    symlink("b", place.path("a")).unwrap();
    symlink("a", place.path("b")).unwrap();
    let mut plan = Plan::new();
    plan.write(&Snapshot::new(), &place.path("a"), "1");
    let (path, _) = io_error(apply(&plan).unwrap_err());
    assert_eq!(path, place.path("a"));
}

/// A write that the system cuts off in the middle, as on a full disk: a process may limit the size
/// of the files that it writes.
#[test]
fn a_write_that_fails_in_the_middle_is_undone() {
    let name = "apply::a_write_that_fails_in_the_middle_is_undone";
    if let Some(dir) = child::role(name) {
        let mut plan = Plan::new();
        let mut disk = Snapshot::new();
        disk.insert(dir.join("a"), "old");
        plan.write(&disk, &dir.join("a"), "new");
        plan.write(&disk, &dir.join("b/c/big"), vec![b'x'; 1 << 20]);
        let error = io_error(apply(&plan).unwrap_err());
        assert_eq!(
            error,
            (dir.join("b/c/big").to_string(), ErrorKind::FileTooLarge)
        );
        return;
    }
    let place = Place::new(&[("a", "old")]);
    let before = place.state();
    let limit = ["sh", "-c", r#"trap "" XFSZ; ulimit -f 8; exec "$0" "$@""#];
    child::passed(
        &child::command(&limit, name, &place.path(""))
            .output()
            .unwrap(),
    );
    assert_eq!(place.state(), before);
}

/// The removal can only fail when its turn comes: the file itself is writable, its directory not.
#[test]
fn a_removal_that_fails_undoes_the_files_before_it() {
    let name = "apply::a_removal_that_fails_undoes_the_files_before_it";
    if let Some(dir) = child::role(name) {
        let disk = golem_rpc_system::read::tree(&dir, |_| true).unwrap();
        let mut plan = Plan::new();
        plan.write(&disk, &dir.join("a"), "new");
        plan.write(&disk, &dir.join("b/new"), "new");
        plan.remove(&disk, &dir.join("fixed/file"));
        let error = io_error(apply(&plan).unwrap_err());
        assert_eq!(
            error,
            (
                dir.join("fixed/file").to_string(),
                ErrorKind::PermissionDenied
            )
        );
        return;
    }
    let place = Place::new(&[("a", "old"), ("fixed/file", "x")]);
    fs::set_permissions(place.path("fixed"), fs::Permissions::from_mode(0o555)).unwrap();
    let before = place.state();
    child::passed(&child::as_nobody(&place, name));
    assert_eq!(place.state(), before);
    fs::set_permissions(place.path("fixed"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_read_only_file_or_directory_is_named_before_anything_is_written() {
    let name = "apply::a_read_only_file_or_directory_is_named_before_anything_is_written";
    if let Some(dir) = child::role(name) {
        let disk = golem_rpc_system::read::tree(&dir, |_| true).unwrap();
        for (path, named) in [("file", "file"), ("dir/new", "dir")] {
            let mut plan = Plan::new();
            plan.write(&disk, &dir.join("a"), "new");
            plan.write(&disk, &dir.join(path), "new");
            let error = io_error(apply(&plan).unwrap_err());
            assert_eq!(
                error,
                (dir.join(named).to_string(), ErrorKind::PermissionDenied)
            );
        }
        return;
    }
    let place = Place::new(&[("a", "old"), ("file", "x"), ("dir/x", "")]);
    fs::set_permissions(place.path("file"), fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(place.path("dir"), fs::Permissions::from_mode(0o555)).unwrap();
    let before = place.state();
    child::passed(&child::as_nobody(&place, name));
    assert_eq!(place.state(), before);
    fs::set_permissions(place.path("dir"), fs::Permissions::from_mode(0o755)).unwrap();
}

/// The child applies a plan and its opposite in turn until the signal stops it, wherever that is.
#[test]
fn ctrl_c_in_the_middle_leaves_one_whole_state() {
    let name = "apply::ctrl_c_in_the_middle_leaves_one_whole_state";
    if let Some(dir) = child::role(name) {
        interrupt::install().unwrap();
        interrupt::install().unwrap();
        println!("ready");
        for round in 0.. {
            let disk = golem_rpc_system::read::tree(&dir, |_| true).unwrap();
            match apply(&round_plan(&dir, &disk, round)) {
                Ok(_) => {}
                Err(ApplyError::Interrupted) => break,
                Err(error) => panic!("{error}"),
            }
        }
        assert!(interrupt::was_interrupted());
        return;
    }
    for signal in ["-INT", "-TERM"] {
        let place = Place::new(&[("changed/0", "old"), ("removed/0", "x"), ("keep", "")]);
        for file in 1..40 {
            place.put(&format!("changed/{file}"), "old");
            place.put(&format!("removed/{file}"), "x");
        }
        let first = place.paths();
        let mut command = child::command(&[], name, &place.path(""));
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("ready")));
        wait_for_the_other_state(&place);
        let pid = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        let rest: Vec<String> = lines.map(Result::unwrap).collect();
        assert!(child.wait().unwrap().success(), "{rest:?}");
        let is_first = place.path("removed").exists();
        let other = place.paths();
        assert_eq!(is_first, other == first, "a mixture: {other:?}");
        for file in 0..40 {
            let content = if is_first { "old" } else { "new" };
            assert_eq!(place.text(&format!("changed/{file}")), content);
            assert_eq!(
                place.path(&format!("created/{file}/deep")).exists(),
                !is_first
            );
        }
        assert!(other.iter().all(|path| !path.contains(".tmp")), "{other:?}");
    }
}

fn wait_for_the_other_state(place: &Place) {
    while !place.path("created/0").exists() {
        std::thread::yield_now();
    }
}

/// Even rounds change, create and remove; odd ones take that back.
fn round_plan(dir: &camino::Utf8Path, disk: &Snapshot, round: u32) -> Plan {
    let mut plan = Plan::new();
    for file in 0..40 {
        let path = |kind: &str| dir.join(kind).join(file.to_string());
        let (changed, created, removed) = (
            path("changed"),
            path("created").join("deep"),
            path("removed"),
        );
        if round.is_multiple_of(2) {
            plan.write(disk, &changed, "new");
            plan.write(disk, &created, "x");
            plan.remove(disk, &removed);
        } else {
            plan.write(disk, &changed, "old");
            plan.remove(disk, &created);
            plan.write(disk, &removed, "x");
        }
    }
    plan
}

/// Path and cause; what is shown names no file of ours.
fn io_error(error: ApplyError) -> (String, ErrorKind) {
    match error {
        ApplyError::Io(error) if error.source.to_string().contains(".tmp") => panic!("{error:?}"),
        ApplyError::Io(error) => (error.path.into_string(), error.source.kind()),
        error => panic!("not an IO error: {error}"),
    }
}
