//! Plans on disks that are really full, really read-only and really several: in a mount namespace of
//! the child's own, which needs no root's rights where user namespaces are allowed.

use std::fs;
use std::io::ErrorKind;
use std::process::Command;

use camino::Utf8Path;
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_system::{ApplyError, lock, read};

use crate::child;
use crate::place::{Place, seen};

/// Runs the test `name` as a child in a namespace where the shell commands `mounts` were run in its
/// directory.
fn run_with(mounts: &str, name: &str, place: &Place) {
    let probe = Command::new("unshare").args(["-rm", "true"]).output();
    match probe {
        Ok(output) if !output.status.success() => {
            // Containers often forbid it; the failing calls of the module `failing` remain.
            let reason = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(reason.contains("unshare"), "{reason}");
            return eprintln!("not run: {reason}");
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::NotFound);
            return eprintln!("not run: there is no `unshare`");
        }
        Ok(_) => {}
    }
    let script = format!(r#"cd "$DIR" && {mounts} && exec "$0" "$@""#);
    let wrapper = ["unshare", "-rm", "sh", "-c", script.as_str()];
    let mut command = child::command(&wrapper, name, &place.path(""));
    child::passed(&command.env("DIR", place.path("")).output().unwrap());
}

fn plan(dir: &Utf8Path, disk: &Snapshot) -> Plan {
    let mut plan = Plan::new();
    plan.write(disk, &dir.join("a"), "new".repeat(3000));
    plan.write(disk, &dir.join("new/deep/b"), "b".repeat(5000));
    plan.write(disk, &dir.join("z"), "new z");
    plan.remove(disk, &dir.join("gone/file"));
    plan
}

/// The disk has room for ever more of the plan, until it has for all of it.
#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let name = "mounts::a_full_disk_leaves_everything_as_it_was";
    let Some(dir) = child::role(name) else {
        let place = Place::new(&[("small/x", "")]);
        return run_with("mount -t tmpfs -o size=256k none small", name, &place);
    };
    let root = dir.join("small");
    let mut refused = 0;
    for room in 0..20 {
        for (path, content) in [("a", "old"), ("z", "old z"), ("gone/file", "x")] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), content).unwrap();
        }
        let filler = fs::File::create(root.join("filler")).unwrap();
        fill(&filler);
        filler
            .set_len(filler.metadata().unwrap().len().saturating_sub(room * 4096))
            .unwrap();
        let before = seen(&root, true);
        let disk = read::tree(&root, |path| path != "filler").unwrap();
        match lock(&root, &mut || {}).unwrap().apply(&plan(&root, &disk)) {
            Ok(_) => {
                assert_eq!(fs::read_to_string(root.join("z")).unwrap(), "new z");
                assert!(!root.join("gone").exists());
                assert!(refused > 3, "only {refused}");
                return;
            }
            Err(ApplyError::Io(error)) => {
                assert_eq!(error.source.kind(), ErrorKind::StorageFull, "{error:?}");
                assert_eq!(seen(&root, true), before, "room for {room}");
                refused += 1;
            }
            Err(error) => panic!("room for {room}: {error}"),
        }
    }
    panic!("there never was enough room");
}

fn fill(mut file: &fs::File) {
    use std::io::Write as _;
    while file.write_all(&[0; 4096]).is_ok() {}
}

#[test]
fn a_read_only_part_is_named_and_everything_is_as_it_was() {
    let name = "mounts::a_read_only_part_is_named_and_everything_is_as_it_was";
    let Some(dir) = child::role(name) else {
        let files = [
            ("a", "old"),
            ("z", "old"),
            ("fixed/new/x", ""),
            ("fixed/gone/file", "x"),
        ];
        let mounts = "mount --bind fixed fixed && mount -o remount,ro,bind fixed";
        return run_with(mounts, name, &Place::new(&files));
    };
    let (before, disk) = (seen(&dir, true), read::tree(&dir, |_| true).unwrap());
    type Edit = fn(&mut Plan, &Snapshot, &Utf8Path);
    let edits: [(&str, Edit); 3] = [
        ("fixed/gone/file", |plan, disk, dir| {
            plan.remove(disk, &dir.join("gone/file"))
        }),
        ("fixed/new", |plan, disk, dir| {
            plan.write(disk, &dir.join("new/file"), "1")
        }),
        ("fixed/other", |plan, disk, dir| {
            plan.write(disk, &dir.join("other/file"), "1")
        }),
    ];
    for (named, edit) in edits {
        let mut plan = Plan::new();
        for path in ["a", "z"] {
            plan.write(&disk, &dir.join(path), "new");
        }
        edit(&mut plan, &disk, &dir.join("fixed"));
        refused(&dir, &plan, &dir.join(named));
        assert_eq!(seen(&dir, true), before);
    }
    // The whole workspace may be read and locked, and a plan that changes nothing be applied.
    let root = dir.join("fixed");
    lock(&root, &mut || {})
        .unwrap()
        .apply(&Plan::new())
        .unwrap();
    let mut plan = Plan::new();
    plan.write(&disk, &root.join("new/file"), "1");
    refused(&root, &plan, &root.join(".golem-rpc.journal"));
}

fn refused(root: &Utf8Path, plan: &Plan, named: &Utf8Path) {
    match lock(root, &mut || {}).unwrap().apply(plan) {
        Err(ApplyError::Io(error)) => {
            assert_eq!(error.path, named);
            assert_eq!(error.source.kind(), ErrorKind::ReadOnlyFilesystem);
        }
        other => panic!("{other:?}"),
    }
}

/// Such as a target directory, or sources that are linked to from elsewhere.
#[test]
fn a_plan_may_span_several_disks() {
    let name = "mounts::a_plan_may_span_several_disks";
    let Some(dir) = child::role(name) else {
        let place = Place::new(&[("here", "old"), ("other/x", ""), ("zz", "old")]);
        let mounts = "mount -t tmpfs none other && mount --bind zz zz";
        return run_with(mounts, name, &place);
    };
    fs::write(dir.join("other/there"), "old").unwrap();
    std::os::unix::fs::symlink("other/there", dir.join("link")).unwrap();
    let disk = read::tree(&dir, |_| true).unwrap();
    let mut plan = Plan::new();
    for path in ["here", "link", "other/new/file"] {
        plan.write(&disk, &dir.join(path), "new");
    }
    let before = seen(&dir, true);
    let mut failing = plan.clone();
    // A file that something is mounted on can be written, and not be replaced: the last step fails.
    failing.write(&disk, &dir.join("zz"), "new");
    let error = lock(&dir, &mut || {}).unwrap().apply(&failing).unwrap_err();
    let ApplyError::Io(error) = error else {
        panic!("{error}");
    };
    assert_eq!(error.path, dir.join("zz"));
    assert_eq!(error.source.kind(), ErrorKind::ResourceBusy);
    assert_eq!(seen(&dir, true), before);
    lock(&dir, &mut || {}).unwrap().apply(&plan).unwrap();
    for path in ["here", "other/there", "other/new/file"] {
        assert_eq!(fs::read_to_string(dir.join(path)).unwrap(), "new");
    }
    assert!(dir.join("link").is_symlink());
}
