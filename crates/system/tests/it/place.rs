//! A temporary directory with some files, and what can be seen of it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_system::{Scratch, read};

use crate::child;

pub(crate) struct Place {
    dir: Scratch,
}

impl Place {
    pub(crate) fn new(files: &[(&str, &str)]) -> Place {
        let place = Place {
            dir: Scratch::new().unwrap(),
        };
        for (path, content) in files {
            place.put(path, content);
        }
        place
    }

    pub(crate) fn path(&self, relative: &str) -> Utf8PathBuf {
        self.dir.path().join(relative)
    }

    /// The path of something in here, as `path` takes it.
    pub(crate) fn relative(&self, path: &Utf8Path) -> String {
        path.strip_prefix(self.dir.path()).unwrap().to_string()
    }

    /// All of it once more, times and second names of files included.
    pub(crate) fn copy(&self) -> Place {
        let copy = Place::new(&[]);
        let from = self.path(".");
        let copied = Command::new("cp")
            .args(["-a", from.as_str(), copy.path("").as_str()])
            .status();
        assert!(copied.unwrap().success());
        copy
    }

    /// This test executable, to play a part of the test `role` in here.
    pub(crate) fn child(&self, role: &str) -> Command {
        child::command(&[], role, &self.path(""))
    }

    pub(crate) fn put(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn read(&self) -> Snapshot {
        read::tree(self.dir.path(), |_| true).unwrap()
    }

    /// Path → kind, mode, modification time and content of everything there is.
    pub(crate) fn state(&self) -> BTreeMap<String, String> {
        seen(self.dir.path(), true)
    }

    /// The same without times.
    pub(crate) fn shape(&self) -> BTreeMap<String, String> {
        seen(self.dir.path(), false)
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.state().into_keys().collect()
    }
}

/// Path → kind, mode, modification time (if wanted) and content of everything below `root`.
pub(crate) fn seen(root: &Utf8Path, with_times: bool) -> BTreeMap<String, String> {
    let mut state = BTreeMap::new();
    let mut dirs = vec![root.to_path_buf()];
    while let Some(dir) = dirs.pop() {
        for entry in dir.read_dir_utf8().unwrap() {
            let path = entry.unwrap().into_path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let facts = match () {
                _ if metadata.is_dir() => "directory".to_string(),
                _ if metadata.is_symlink() => format!("{:?}", fs::read_link(&path).unwrap()),
                _ => format!(
                    "{:?} {:?}",
                    with_times.then(|| metadata.modified().unwrap()),
                    fs::read(&path).unwrap()
                ),
            };
            let name = path.strip_prefix(root).unwrap().to_string();
            state.insert(name, format!("{:o} {facts}", metadata.mode()));
            if metadata.is_dir() {
                dirs.push(path);
            }
        }
    }
    state
}
