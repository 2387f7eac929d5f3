//! All files of a directory at one moment.

use std::collections::BTreeMap;
use std::fs;
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};

/// Content and modification time of every file, and every directory, by relative path; `target` is
/// left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree(BTreeMap<Utf8PathBuf, Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Directory,
    File {
        content: Vec<u8>,
        modified: SystemTime,
    },
}

impl Tree {
    /// Reads the files of `root`.
    pub fn read(root: &Utf8Path) -> Tree {
        let mut tree = Tree(BTreeMap::new());
        tree.add(root, root);
        tree
    }

    fn add(&mut self, root: &Utf8Path, dir: &Utf8Path) {
        for entry in dir.read_dir_utf8().unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            let below = path.strip_prefix(root).unwrap().to_path_buf();
            if path.is_dir() {
                if entry.file_name() != "target" {
                    self.0.insert(below, Entry::Directory);
                    self.add(root, path);
                }
            } else {
                let modified = entry.metadata().unwrap().modified().unwrap();
                self.0.insert(
                    below,
                    Entry::File {
                        content: fs::read(path).unwrap(),
                        modified,
                    },
                );
            }
        }
    }

    /// The paths of the files.
    pub fn files(&self) -> impl Iterator<Item = &Utf8Path> {
        let files = self
            .0
            .iter()
            .filter(|(_, entry)| matches!(entry, Entry::File { .. }));
        files.map(|(path, _)| path.as_path())
    }

    /// The text of a file, if there is such a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.0.get(Utf8Path::new(path))? {
            Entry::File { content, .. } => std::str::from_utf8(content).ok(),
            Entry::Directory => None,
        }
    }

    /// Nothing was made, changed, rewritten or removed since `before`.
    #[track_caller]
    pub fn assert_same_as(&self, before: &Tree) {
        let differences = self.differences(before);
        assert!(
            differences.is_empty(),
            "files changed:\n{}",
            differences.join("\n")
        );
    }

    /// There are the same files with the same content as `before`, whenever they were written.
    #[track_caller]
    pub fn assert_same_content_as(&self, before: &Tree) {
        self.timeless().assert_same_as(&before.timeless());
    }

    /// Whether there are the same files with the same content as in `other`.
    pub fn has_same_content_as(&self, other: &Tree) -> bool {
        self.timeless() == other.timeless()
    }

    fn timeless(&self) -> Tree {
        let mut tree = self.clone();
        for entry in tree.0.values_mut() {
            if let Entry::File { modified, .. } = entry {
                *modified = SystemTime::UNIX_EPOCH;
            }
        }
        tree
    }

    fn differences(&self, before: &Tree) -> Vec<String> {
        let gone = before.0.keys().filter(|path| !self.0.contains_key(*path));
        let mut differences: Vec<String> = gone.map(|path| format!("removed  {path}")).collect();
        for (path, now) in &self.0 {
            match (before.0.get(path), now) {
                (None, _) => differences.push(format!("made     {path}")),
                (Some(then), now) if then == now => {}
                (Some(Entry::File { content: then, .. }), Entry::File { content, .. })
                    if then == content =>
                {
                    differences.push(format!("rewrote  {path}"));
                }
                _ => differences.push(format!("changed  {path}")),
            }
        }
        differences
    }
}

/// Copies all files of `from` to `to`, over what is there.
pub fn copy_dir(from: &Utf8Path, to: &Utf8Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let dest = to.join(entry.file_name());
        match (entry.file_name(), entry.path().is_dir()) {
            // what building in the fixtures themselves leaves behind
            ("target" | "Cargo.lock" | "bindings.rs", _) => {}
            (_, true) => copy_dir(entry.path(), &dest),
            (_, false) => drop(fs::copy(entry.path(), dest).unwrap()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::Workspace;

    #[test]
    fn every_kind_of_difference_is_seen() {
        let workspace = Workspace::empty("workspace");
        workspace.write("kept", "1");
        workspace.write("changed", "1");
        workspace.write("rewritten", "1");
        workspace.write("removed", "1");
        workspace.write("target/debug/wasm", "1");
        let before = workspace.tree();
        assert!(before.differences(&before).is_empty());
        workspace.write("changed", "2");
        workspace.write("rewritten", "1");
        fs::remove_file(workspace.path("removed")).unwrap();
        fs::create_dir(workspace.path("made")).unwrap();
        workspace.write("target/debug/wasm", "2");
        let differences = workspace.tree().differences(&before);
        assert_eq!(
            differences,
            [
                "removed  removed",
                "changed  changed",
                "made     made",
                "rewrote  rewritten"
            ]
        );
    }
}
