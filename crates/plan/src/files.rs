//! What a generator makes: files relative to any root.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

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

    /// The same files, each with the line that says that it is generated.
    #[must_use]
    pub fn signed(&self) -> FileSet {
        let files = self.iter();
        let files = files.map(|(path, content)| (path.to_path_buf(), crate::sign(path, content)));
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
