//! The worlds, and their stubs.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Stub, WitRoot};

/// The worlds of the crate that makes stubs in Rust, then our own.
fn world_dirs() -> [Utf8PathBuf; 2] {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    [
        root.join("../stub-rust/tests/worlds"),
        root.join("tests/worlds"),
    ]
}

/// The names of all worlds.
pub(crate) fn worlds() -> Vec<String> {
    let mut names = Vec::new();
    for dir in world_dirs() {
        let entries = fs::read_dir(dir).unwrap();
        names.extend(entries.map(|e| e.unwrap().file_name().into_string().unwrap()));
    }
    names.sort();
    assert!(names.len() > 20, "the worlds are where they were");
    names
}

/// The stub of a world.
pub(crate) fn stub(world: &str) -> Stub {
    let dirs = world_dirs().map(|dir| dir.join(world).join("wit"));
    let root = dirs.iter().find(|dir| dir.exists()).expect("a known world");
    let mut disk = Snapshot::new();
    read_under(root, &mut |path, content| disk.insert(path, content));
    stub_of(&disk, root)
}

/// The stub of a world given as one text.
pub(crate) fn stub_of_text(text: &str) -> Stub {
    let mut disk = Snapshot::new();
    disk.insert("/wit/main.wit", text);
    stub_of(&disk, Utf8Path::new("/wit"))
}

fn stub_of(disk: &Snapshot, root: &Utf8Path) -> Stub {
    let source = WitRoot::read(disk, root).unwrap().select(None);
    Stub::new(&source.unwrap_or_else(|e| panic!("{root}: {e}"))).unwrap()
}

/// Gives all files below `dir`.
pub(crate) fn read_under(dir: &Utf8Path, found: &mut impl FnMut(Utf8PathBuf, Vec<u8>)) {
    for entry in dir.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        match path.is_dir() {
            true => read_under(&path, found),
            false => found(path.clone(), fs::read(&path).unwrap()),
        }
    }
}
