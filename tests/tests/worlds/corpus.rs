//! The worlds, and how they are read.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, Stub, StubOptions, WitError, WitRoot};
use golem_rpc_tests::fixture;

/// Where a world's files lie, for messages.
const ROOT: &str = "/wit";

/// A world.
pub(crate) struct World {
    pub(crate) name: String,
    pub(crate) dir: Utf8PathBuf,
    selected: Option<String>,
    disk: Snapshot,
}

/// All worlds, in order.
pub(crate) fn worlds() -> Vec<World> {
    let entries = fixture("worlds").read_dir_utf8().unwrap();
    let mut dirs: Vec<Utf8PathBuf> = entries.map(|entry| entry.unwrap().into_path()).collect();
    dirs.sort();
    assert!(dirs.len() > 100, "the worlds are where they were");
    dirs.into_iter().map(World::read).collect()
}

impl World {
    fn read(dir: Utf8PathBuf) -> World {
        let mut disk = Snapshot::new();
        read_under(&dir, Utf8Path::new(ROOT), &mut disk);
        let selected = disk.iter().find_map(|(_, content)| {
            let text = std::str::from_utf8(content).ok()?;
            text.lines().next()?.strip_prefix("// world: ")
        });
        World {
            name: dir.file_name().unwrap().to_string(),
            selected: selected.map(str::to_string),
            dir,
            disk,
        }
    }

    /// Whether it is here to be refused.
    pub(crate) fn is_refused(&self) -> bool {
        self.name.starts_with("refused-")
    }

    /// Its WIT, resolved.
    pub(crate) fn source(&self) -> Result<Source, WitError> {
        let root = WitRoot::read(&self.disk, Utf8Path::new(ROOT))?;
        root.select(self.selected.as_deref())
    }

    /// The WIT of a world that is not refused.
    pub(crate) fn accepted(&self) -> Source {
        self.source().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Its stub.
    pub(crate) fn stub(&self, options: &StubOptions) -> Stub {
        Stub::new(&self.accepted(), options).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same as one encoded package: only the world is named as it was.
    pub(crate) fn encoded(&self) -> Source {
        let source = self.accepted();
        let bytes = wit_component::encode(&source.resolve, source.package, false).unwrap();
        let mut disk = Snapshot::new();
        disk.insert("/wit.wasm", bytes);
        let root = WitRoot::read(&disk, Utf8Path::new("/wit.wasm")).unwrap();
        let world = &source.resolve.worlds[source.world].name;
        root.select(Some(world))
            .unwrap_or_else(|error| panic!("{error}"))
    }
}

/// Reads the files of `dir` as if it were `path`.
fn read_under(dir: &Utf8Path, path: &Utf8Path, disk: &mut Snapshot) {
    for entry in dir.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let path = path.join(entry.file_name());
        match (entry.path().is_dir(), path.extension()) {
            (true, Some("wasm")) => disk.insert(path, encoded(entry.path())),
            (true, _) => read_under(entry.path(), &path, disk),
            (_, Some("wit")) => disk.insert(path, fs::read(entry.path()).unwrap()),
            _ => {}
        }
    }
}

/// The package in `dir`, as bytes.
fn encoded(dir: &Utf8Path) -> Vec<u8> {
    let mut disk = Snapshot::new();
    read_under(dir, Utf8Path::new(ROOT), &mut disk);
    let root = WitRoot::read(&disk, Utf8Path::new(ROOT)).unwrap();
    let (resolve, package) = root.resolve().unwrap();
    wit_component::encode(&resolve, package, false).unwrap()
}

/// Does something with each world, several at a time. Fails with the names of all worlds that panic.
pub(crate) fn each(worlds: &[World], check: impl Fn(&World) + Sync) {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(world) = worlds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(world))) {
                        let text = format!("{}: {}", world.name, message(&*panic));
                        failed.lock().unwrap().push(text);
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort();
    let count = format!("{} of {} worlds fail", failed.len(), worlds.len());
    assert!(failed.is_empty(), "{count}:\n{}", failed.join("\n"));
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words")
}

/// The text of a file beside a world is this; with `BLESS=1` it becomes this. None if there is to
/// be no such file.
pub(crate) fn assert_beside(world: &World, file: &str, actual: Option<&str>) {
    let path = world.dir.join(file);
    let expected = path.exists().then(|| fs::read_to_string(&path).unwrap());
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        match actual {
            Some(text) => fs::write(path, text).unwrap(),
            None if expected.is_some() => fs::remove_file(path).unwrap(),
            None => {}
        }
        return;
    }
    assert_eq!(
        expected.as_deref(),
        actual,
        "{path} says otherwise; `BLESS=1` rewrites it"
    );
}
