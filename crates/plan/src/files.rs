//! Sets of files: one relative to any root (what a generator makes), one of absolute paths (what
//! was read from disk).

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::Plan;

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

/// Files as they were when somebody read them: absolute path → content.
///
/// A path that is not in the snapshot did not exist or was not read; applying a plan checks every
/// `before` against the disk, so a file that nobody read is never overwritten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    files: BTreeMap<Utf8PathBuf, Vec<u8>>,
}

impl Snapshot {
    /// An empty snapshot.
    pub fn new() -> Snapshot {
        Snapshot::default()
    }

    /// Records a file.
    pub fn insert(&mut self, path: impl Into<Utf8PathBuf>, content: impl Into<Vec<u8>>) {
        let path = path.into();
        debug_assert!(path.is_absolute(), "a snapshot holds absolute paths");
        self.files.insert(path, content.into());
    }

    /// The content of a file.
    pub fn get(&self, path: impl AsRef<Utf8Path>) -> Option<&[u8]> {
        self.files.get(path.as_ref()).map(Vec::as_slice)
    }

    /// The content of a file as text; none if absent or not UTF-8.
    pub fn text(&self, path: impl AsRef<Utf8Path>) -> Option<&str> {
        std::str::from_utf8(self.get(path)?).ok()
    }

    /// Whether a file was read at `path`.
    pub fn contains(&self, path: impl AsRef<Utf8Path>) -> bool {
        self.files.contains_key(path.as_ref())
    }

    /// Whether any file was read at or below `dir`.
    pub fn contains_dir(&self, dir: impl AsRef<Utf8Path>) -> bool {
        self.under(dir.as_ref()).next().is_some()
    }

    /// All files at or below `dir`, in path order.
    pub fn under<'a>(
        &'a self,
        dir: &'a Utf8Path,
    ) -> impl Iterator<Item = (&'a Utf8Path, &'a [u8])> {
        self.files
            .range(dir.to_path_buf()..)
            .take_while(move |(path, _)| path.starts_with(dir))
            .map(|(path, content)| (path.as_path(), content.as_slice()))
    }

    /// The same, for a directory whose name does not live as long.
    pub fn below<'a>(
        &'a self,
        dir: &Utf8Path,
    ) -> impl Iterator<Item = (&'a Utf8Path, &'a [u8])> + use<'a> {
        let dir = dir.to_path_buf();
        self.files
            .range(dir.clone()..)
            .take_while(move |(path, _)| path.starts_with(&dir))
            .map(|(path, content)| (path.as_path(), content.as_slice()))
    }

    /// All files in path order.
    pub fn iter(&self) -> impl Iterator<Item = (&Utf8Path, &[u8])> {
        self.files
            .iter()
            .map(|(path, content)| (path.as_path(), content.as_slice()))
    }

    /// The files as they will be when `plan` is applied.
    pub fn after(&self, plan: &Plan) -> Snapshot {
        let mut after = self.clone();
        for change in plan.changes() {
            match &change.after {
                Some(content) => after.insert(&change.path, content.as_slice()),
                None => drop(after.files.remove(&change.path)),
            }
        }
        after
    }

    /// Adds every file of `other`.
    pub fn extend(&mut self, other: Snapshot) {
        self.files.extend(other.files);
    }
}
