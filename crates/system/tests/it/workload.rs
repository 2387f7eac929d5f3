//! A plan that does everything a plan can do, the place that it is made for, and the child that
//! carries it out while somebody stops it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use camino::Utf8Path;
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_system::{Recovered, lock};

use crate::place::Place;
use golem_rpc_trace::ready;

/// The files of the plan as planned, in path order, and where they are without links.
pub(crate) const PLANNED: [(&str, &str); 10] = [
    ("Cargo.toml", "Cargo.toml"),
    ("build.sh", "build.sh"),
    ("gone/deep/only", "gone/deep/only"),
    ("half/gone", "half/gone"),
    ("linked-dir/new.wit", "shared/new.wit"),
    ("linked.toml", "elsewhere/real.toml"),
    ("secret.toml", "secret.toml"),
    ("shared/no-longer", "shared/no-longer"),
    ("stub/Cargo.toml", "stub/Cargo.toml"),
    ("stub/src/lib.rs", "stub/src/lib.rs"),
];

/// Files with all that has to survive: line endings, a BOM, modes, links to files and directories.
pub(crate) fn place() -> Place {
    let place = Place::new(&[
        ("Cargo.toml", "\u{feff}[workspace]\r\nmembers = []\r\n"),
        ("build.sh", "#!/bin/sh\n"),
        ("secret.toml", "key = 1"),
        ("elsewhere/real.toml", "real"),
        ("shared/stays", "stays"),
        ("gone/deep/only", "removed"),
        ("half/gone", "removed"),
        ("half/stays", "stays"),
    ]);
    symlink("elsewhere/real.toml", place.path("linked.toml")).unwrap();
    symlink("shared", place.path("linked-dir")).unwrap();
    symlink("../half/stays", place.path("shared/no-longer")).unwrap();
    for (name, mode) in [
        ("build.sh", 0o755),
        ("secret.toml", 0o600),
        ("half/gone", 0o440),
    ] {
        fs::set_permissions(place.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    place
}

pub(crate) fn plan(dir: &Utf8Path, disk: &Snapshot) -> Plan {
    let mut plan = Plan::new();
    for (path, content) in [
        (
            "Cargo.toml",
            "\u{feff}[workspace]\r\nmembers = [\"stub\"]\r\n",
        ),
        ("build.sh", "#!/bin/sh\necho\n"),
        ("secret.toml", "key = 2"),
        ("linked.toml", "really"),
        ("linked-dir/new.wit", "package a:b;"),
        ("stub/Cargo.toml", "[package]\n"),
        ("stub/src/lib.rs", ""),
    ] {
        plan.write(disk, &dir.join(path), content);
    }
    for path in ["gone/deep/only", "half/gone", "shared/no-longer"] {
        plan.remove(disk, &dir.join(path));
    }
    plan
}

/// One file of each kind, where kinds are told by what has to be done and undone.
pub(crate) fn small_plan(dir: &Utf8Path, disk: &Snapshot) -> Plan {
    let mut plan = Plan::new();
    plan.write(disk, &dir.join("build.sh"), "#!/bin/sh\necho\n");
    plan.write(disk, &dir.join("linked.toml"), "really");
    plan.write(disk, &dir.join("stub/src/lib.rs"), "");
    plan.remove(disk, &dir.join("gone/deep/only"));
    plan
}

/// The child's part: the next command.
pub(crate) fn recover_traced(dir: &Utf8Path) {
    ready();
    lock(dir, &mut || {}).unwrap();
}

/// The child's part: a command that changes the workspace.
pub(crate) fn apply_traced(dir: &Utf8Path, plan: &dyn Fn(&Utf8Path, &Snapshot) -> Plan) {
    let disk = golem_rpc_system::read::tree(dir, |_| true).unwrap();
    let plan = plan(dir, &disk);
    ready();
    let applied = lock(dir, &mut || {}).map(|lock| lock.apply(&plan));
    let failure: Option<Box<dyn Error>> = match applied {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => Some(error.into()),
        Err(error) => Some(error.into()),
    };
    let Some(error) = failure else {
        return println!("applied");
    };
    println!("failed: {error}");
    let cause = error.source().map(ToString::to_string);
    println!("{}", cause.unwrap_or_default());
}

/// What everything is like once the plan is applied.
pub(crate) fn after(plan: &dyn Fn(&Utf8Path, &Snapshot) -> Plan) -> BTreeMap<String, String> {
    let place = place();
    let plan = plan(&place.path(""), &place.read());
    lock(&place.path(""), &mut || {})
        .unwrap()
        .apply(&plan)
        .unwrap();
    let shape = place.shape();
    assert!(
        shape.keys().all(|path| !path.contains(".golem-rpc")),
        "{shape:?}"
    );
    shape
}

/// Undoes or finishes what is left, and answers what was said about it.
pub(crate) fn recover(place: &Place, context: &str) -> Option<Recovered> {
    let lock = lock(&place.path(""), &mut || {});
    let lock = lock.unwrap_or_else(|error| panic!("{context}: {error}"));
    lock.recovered().cloned()
}
