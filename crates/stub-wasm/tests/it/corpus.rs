//! The worlds of `fixtures/worlds`, and their stubs.
//!
//! A world is a directory that is a WIT root. A first line `// world: x` in one of its files selects a
//! world of several; a directory below `deps/` whose name ends in `.wasm` stands for the encoded
//! package in it; `refused-*` are none of ours.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, Stub, StubOptions, WitRoot};

/// Where a world's files lie, for messages.
const ROOT: &str = "/wit";

fn worlds_dir() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/worlds")
}

/// The names of all worlds.
pub(crate) fn worlds() -> Vec<String> {
    let entries = fs::read_dir(worlds_dir()).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|n| !n.starts_with("refused-")).collect();
    names.sort();
    assert!(names.len() > 60, "the worlds are where they were");
    names
}

/// The stub of a world.
pub(crate) fn stub(world: &str) -> Stub {
    stub_with(world, &StubOptions::default())
}

/// The stub of a world with some options.
pub(crate) fn stub_with(world: &str, options: &StubOptions) -> Stub {
    let mut disk = Snapshot::new();
    read_wit(&worlds_dir().join(world), Utf8Path::new(ROOT), &mut disk);
    let selected = disk.iter().find_map(|(_, content)| {
        let text = std::str::from_utf8(content).ok()?;
        text.lines().next()?.strip_prefix("// world: ")
    });
    let root = WitRoot::read(&disk, Utf8Path::new(ROOT)).unwrap();
    stub_of(root.select(selected), options).unwrap_or_else(|e| panic!("{world}: {e}"))
}

/// The stub of a world given as one text.
pub(crate) fn stub_of_text(text: &str) -> Stub {
    stub_of_text_with(text, &StubOptions::default())
}

/// The same with some options.
pub(crate) fn stub_of_text_with(text: &str, options: &StubOptions) -> Stub {
    let mut disk = Snapshot::new();
    disk.insert("/wit/main.wit", text);
    let root = WitRoot::read(&disk, Utf8Path::new(ROOT)).unwrap();
    stub_of(root.select(None), options).unwrap_or_else(|e| panic!("{e}:\n{text}"))
}

fn stub_of<E: std::fmt::Display>(
    source: Result<Source, E>,
    options: &StubOptions,
) -> Result<Stub, String> {
    let source = source.map_err(|e| e.to_string())?;
    Stub::new(&source, options).map_err(|e| e.to_string())
}

/// Reads a world's files as if they were below `path`.
fn read_wit(dir: &Utf8Path, path: &Utf8Path, disk: &mut Snapshot) {
    for entry in dir.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let path = path.join(entry.file_name());
        match (entry.path().is_dir(), path.extension()) {
            (true, Some("wasm")) => disk.insert(path, encoded(entry.path())),
            (true, _) => read_wit(entry.path(), &path, disk),
            (_, Some("wit")) => disk.insert(path, fs::read(entry.path()).unwrap()),
            _ => {}
        }
    }
}

/// The package in `dir`, as bytes.
fn encoded(dir: &Utf8Path) -> Vec<u8> {
    let mut disk = Snapshot::new();
    read_wit(dir, Utf8Path::new(ROOT), &mut disk);
    let root = WitRoot::read(&disk, Utf8Path::new(ROOT)).unwrap();
    let (resolve, package) = root.resolve().unwrap();
    wit_component::encode(&resolve, package, false).unwrap()
}

/// Gives all files below `dir`.
pub(crate) fn read_under(dir: &Utf8Path, found: &mut impl FnMut(Utf8PathBuf, Vec<u8>)) {
    for entry in dir.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        if path.is_dir() {
            read_under(&path, found)
        } else {
            found(path.clone(), fs::read(&path).unwrap())
        }
    }
}
