//! What a generator makes: files relative to any root.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{Owner, Snapshot, sign};

/// Files that a generator made: relative path → content, in path order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSet {
    files: BTreeMap<Utf8PathBuf, Vec<u8>>,
}

impl FileSet {
    /// An empty set.
    pub fn new() -> FileSet {
        FileSet::default()
    }

    /// Adds a file, replacing one of the same path.
    pub fn insert(&mut self, path: impl Into<Utf8PathBuf>, content: impl Into<Vec<u8>>) {
        let path = path.into();
        debug_assert!(path.is_relative(), "a file set holds relative paths");
        self.files.insert(path, content.into());
    }

    /// Adds every file of `other`, each below `dir`.
    pub fn extend_under(&mut self, dir: impl AsRef<Utf8Path>, other: FileSet) {
        let dir = dir.as_ref();
        for (path, content) in other.files {
            self.insert(dir.join(path), content);
        }
    }

    /// The same files to be put below `dir`, those with the line that says that they are generated that stand
    /// there with such a line already.
    #[must_use]
    pub fn signed_as_in(&self, disk: &Snapshot, dir: &Utf8Path) -> FileSet {
        let is_signed = |path: &Utf8Path| {
            let present = disk.get(dir.join(path));
            present.is_some_and(|content| Owner::of(content).is_us())
        };
        let files = self.iter().map(|(path, content)| match is_signed(path) {
            true => (path.to_path_buf(), sign(path, content)),
            false => (path.to_path_buf(), content.to_vec()),
        });
        FileSet {
            files: files.collect(),
        }
    }

    /// The content of one file.
    pub fn get(&self, path: impl AsRef<Utf8Path>) -> Option<&[u8]> {
        self.files.get(path.as_ref()).map(Vec::as_slice)
    }

    /// The content of one file as text; none if the file is absent or not UTF-8.
    pub fn text(&self, path: impl AsRef<Utf8Path>) -> Option<&str> {
        std::str::from_utf8(self.get(path)?).ok()
    }

    /// All files in path order.
    pub fn iter(&self) -> impl Iterator<Item = (&Utf8Path, &[u8])> {
        self.files
            .iter()
            .map(|(path, content)| (path.as_path(), content.as_slice()))
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether the set holds no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

impl IntoIterator for FileSet {
    type Item = (Utf8PathBuf, Vec<u8>);
    type IntoIter = std::collections::btree_map::IntoIter<Utf8PathBuf, Vec<u8>>;

    fn into_iter(self) -> Self::IntoIter {
        self.files.into_iter()
    }
}
