//! The worlds, their stubs and their crates.

use std::collections::BTreeMap;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{FileSet, Snapshot};
use golem_rpc_stub::{Stub, WitRoot};
use golem_rpc_stub_rust::{CrateOptions, generate};

/// The package's `tests` directory.
pub(crate) fn tests_dir() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The names of all worlds.
pub(crate) fn worlds() -> Vec<String> {
    let entries = fs::read_dir(tests_dir().join("worlds")).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert!(names.len() > 10, "the worlds are where they were");
    names
}

/// The stub of a world.
pub(crate) fn stub(world: &str) -> Stub {
    let root = tests_dir().join("worlds").join(world).join("wit");
    let mut disk = Snapshot::new();
    read_under(&root, &mut |path, content| disk.insert(path, content));
    stub_of(&disk, &root)
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

/// The stub crate of a world.
pub(crate) fn stub_crate(world: &str) -> FileSet {
    generate(&stub(world), &CrateOptions::new(format!("{world}-stub"))).unwrap()
}

/// All files below `dir`, relative to it.
pub(crate) fn read_dir(dir: &Utf8Path) -> BTreeMap<Utf8PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    read_under(dir, &mut |path: Utf8PathBuf, content| {
        files.insert(path.strip_prefix(dir).unwrap().to_path_buf(), content);
    });
    files
}

fn read_under(dir: &Utf8Path, found: &mut impl FnMut(Utf8PathBuf, Vec<u8>)) {
    let Ok(entries) = dir.read_dir_utf8() else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().into_path();
        match path.is_dir() {
            true => read_under(&path, found),
            false => found(path.clone(), fs::read(&path).unwrap()),
        }
    }
}

/// Writes files below `dir`, leaving those alone that are right already.
pub(crate) fn write_dir(dir: &Utf8Path, files: FileSet) {
    for (path, content) in files {
        let path = dir.join(path);
        if fs::read(&path).ok().as_ref() != Some(&content) {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
        }
    }
}
