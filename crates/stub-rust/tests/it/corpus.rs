//! The worlds of `fixtures/worlds`, random worlds, their stubs and their crates.
//!
//! A world is a WIT root. Where it has several worlds, a file's first line says which one is meant:
//! `// world: name`. A directory `deps/<name>.wasm` stands for the encoded package in it. A world
//! called `refused-…` has no stub; one with a file `crate-refused.txt` has no crate, for the reason
//! in it.

use std::collections::BTreeMap;
use std::fs;

use arbitrary::Unstructured;
use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{FileSet, Snapshot};
use golem_rpc_stub::{GolemRpc, RpcErrors, Stub, StubOptions, WitRoot};
use golem_rpc_stub_rust::{CrateOptions, GenerateError, generate};

/// The package's `tests` directory.
pub(crate) fn tests_dir() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn worlds_dir() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/worlds")
}

/// The names of all worlds that have a stub.
pub(crate) fn worlds() -> Vec<String> {
    let entries = fs::read_dir(worlds_dir()).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with("refused-")).collect();
    names.sort();
    assert!(names.len() >= 60, "the worlds are where they were");
    names
}

/// Why a world has no crate; none if it has one.
pub(crate) fn crate_refused(world: &str) -> Option<String> {
    let reason = fs::read_to_string(worlds_dir().join(world).join("crate-refused.txt"));
    reason.ok().map(|text| text.trim_end().to_string())
}

/// The stub of a world.
pub(crate) fn stub(world: &str) -> Stub {
    stub_with(world, &StubOptions::default())
}

/// The stub of a world, made with these options.
pub(crate) fn stub_with(world: &str, options: &StubOptions) -> Stub {
    let mut disk = Snapshot::new();
    load(&worlds_dir().join(world), Utf8Path::new("/wit"), &mut disk);
    of_files(&disk, options).unwrap_or_else(|e| panic!("{world}: {e}"))
}

/// The stub of a world in whose files `from` is written `to`.
pub(crate) fn stub_renamed(world: &str, from: &str, to: &str) -> Stub {
    let mut disk = Snapshot::new();
    load(&worlds_dir().join(world), Utf8Path::new("/wit"), &mut disk);
    let mut renamed = Snapshot::new();
    for (path, content) in disk.iter() {
        let text = std::str::from_utf8(content).unwrap();
        assert!(text.contains(from), "{world}: {path}");
        renamed.insert(path, text.replace(from, to));
    }
    of_files(&renamed, &StubOptions::default()).unwrap_or_else(|e| panic!("{world}: {e}"))
}

/// The stub of the world that one of the files names, or of the only one.
fn of_files(disk: &Snapshot, options: &StubOptions) -> Result<Stub, String> {
    let first_lines = disk.iter().filter_map(|(_, content)| {
        let text = std::str::from_utf8(content).ok()?;
        text.lines().next()
    });
    let mut selected = first_lines.filter_map(|line| line.strip_prefix("// world: "));
    stub_of(disk, selected.next(), options)
}

/// The stub of a world given as one text.
pub(crate) fn stub_of_text(text: &str) -> Stub {
    stub_of_text_with(text, &StubOptions::default())
}

/// The same with these options.
pub(crate) fn stub_of_text_with(text: &str, options: &StubOptions) -> Stub {
    let mut disk = Snapshot::new();
    disk.insert("/wit/main.wit", text);
    stub_of(&disk, None, options).unwrap_or_else(|e| panic!("{e}:\n{text}"))
}

fn stub_of(disk: &Snapshot, world: Option<&str>, options: &StubOptions) -> Result<Stub, String> {
    let root = WitRoot::read(disk, Utf8Path::new("/wit")).map_err(|e| e.to_string())?;
    let source = root.select(world).map_err(|e| e.to_string())?;
    Stub::new(&source, options).map_err(|e| e.to_string())
}

/// Puts the WIT below `dir` below `path`.
fn load(dir: &Utf8Path, path: &Utf8Path, disk: &mut Snapshot) {
    for entry in dir.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), path.join(entry.file_name()));
        match (from.is_dir(), from.extension()) {
            (true, Some("wasm")) => {
                let mut package = Snapshot::new();
                load(from, Utf8Path::new("/wit"), &mut package);
                let root = WitRoot::read(&package, Utf8Path::new("/wit")).unwrap();
                let (resolve, id) = root.resolve().unwrap();
                disk.insert(to, wit_component::encode(&resolve, id, false).unwrap());
            }
            (true, _) => load(from, &to, disk),
            (false, Some("wit")) => disk.insert(to, fs::read(from).unwrap()),
            (false, _) => {}
        }
    }
}

/// A random world, as an encoded package; none if nothing in it can be called.
pub(crate) fn random_stub(seed: u64, options: &StubOptions) -> Option<Stub> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut bytes = Vec::new();
    while bytes.len() < 4096 {
        // xorshift: the same bytes on every machine
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    let config = wit_smith::Config {
        implements: false,
        max_type_parts: 4,
        ..wit_smith::Config::default()
    };
    let package = wit_smith::smith(&config, &mut Unstructured::new(&bytes)).ok()?;
    let mut disk = Snapshot::new();
    disk.insert("/wit.wasm", package);
    let root = WitRoot::read(&disk, Utf8Path::new("/wit.wasm")).ok()?;
    let (resolve, id) = root.resolve().ok()?;
    let options = StubOptions {
        skip_unsupported: true,
        ..options.clone()
    };
    let stubs = resolve.packages[id].worlds.keys().filter_map(|world| {
        let source = root.select(Some(world)).ok()?;
        Stub::new(&source, &options).ok()
    });
    stubs.max_by_key(|stub| {
        stub.resources
            .iter()
            .map(|r| r.functions.len())
            .sum::<usize>()
    })
}

/// Options with this golem:rpc and this kind of errors.
pub(crate) fn options(golem_rpc: GolemRpc, rpc_errors: RpcErrors) -> StubOptions {
    StubOptions {
        golem_rpc,
        rpc_errors,
        ..StubOptions::default()
    }
}

/// What a crate's name has before `-stub` to tell its options.
pub(crate) fn suffix(options: &StubOptions) -> String {
    let mut suffix = String::new();
    if options.rpc_errors == RpcErrors::Result {
        suffix.push_str("-result");
    }
    if options.golem_rpc != GolemRpc::default() {
        suffix.push('-');
        suffix.push_str(&options.golem_rpc.name().replace('.', "-"));
    }
    suffix
}

/// The stub crate of a world.
pub(crate) fn stub_crate(world: &str) -> FileSet {
    crate_with(world, &StubOptions::default()).unwrap_or_else(|e| panic!("{world}: {e}"))
}

/// The stub crate of a world, made with these options.
pub(crate) fn crate_with(world: &str, options: &StubOptions) -> Result<FileSet, GenerateError> {
    let name = format!("{world}{}-stub", suffix(options));
    generate(&stub_with(world, options), &CrateOptions::new(name))
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
        if path.is_dir() {
            read_under(&path, found)
        } else {
            found(path.clone(), fs::read(&path).unwrap())
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
