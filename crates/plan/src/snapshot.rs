//! Files as they were when somebody read them, each under its one name.
//!
//! A symbolic link, or another spelling of a name, is no second file: the snapshot knows where it leads,
//! and whatever is asked for by such a path is looked up under the file's own name. So two paths are
//! told apart by what they lead to, without the disk.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::Change;

/// Absolute path → content, with the links and the directories that were met on the way.
///
/// A path that is not in the snapshot did not exist or was not read; applying a plan checks every
/// `before` against the disk, so a file that nobody read is never overwritten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    files: BTreeMap<Utf8PathBuf, Vec<u8>>,
    /// Path → the name of what it leads to.
    links: BTreeMap<Utf8PathBuf, Utf8PathBuf>,
    /// Directories that were looked into, whatever they hold.
    dirs: BTreeSet<Utf8PathBuf>,
}

/// What stands in a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its path there: the name of the directory and its own.
    pub path: Utf8PathBuf,
    /// What it is, or leads to.
    pub kind: EntryKind,
}

/// What an entry of a directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A link that leads nowhere.
    Nothing,
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

    /// Records that `path` leads to what is called `name`.
    pub fn insert_link(&mut self, path: impl Into<Utf8PathBuf>, name: impl Into<Utf8PathBuf>) {
        self.links.insert(path.into(), name.into());
    }

    /// Records a directory.
    pub fn insert_dir(&mut self, dir: impl Into<Utf8PathBuf>) {
        self.dirs.insert(dir.into());
    }

    /// The one name of what a path leads to; of what is not known to be a link, the path itself.
    pub fn name_of(&self, path: impl AsRef<Utf8Path>) -> Utf8PathBuf {
        let mut name = path.as_ref().to_path_buf();
        // A link's goal has its final name already, but what is below that may be a link again.
        for _ in 0..self.links.len() {
            let mut above = name.ancestors();
            let Some((link, goal)) = above.find_map(|dir| self.links.get_key_value(dir)) else {
                break;
            };
            let below = name.strip_prefix(link).unwrap_or(Utf8Path::new(""));
            name = match below.as_str() {
                "" => goal.clone(),
                _ => goal.join(below),
            };
        }
        name
    }

    /// The content of a file.
    pub fn get(&self, path: impl AsRef<Utf8Path>) -> Option<&[u8]> {
        let path = path.as_ref();
        let content = if self.links.is_empty() {
            self.files.get(path)
        } else {
            self.files.get(&self.name_of(path))
        };
        content.map(Vec::as_slice)
    }

    /// The content of a file as text; none if absent or not UTF-8.
    pub fn text(&self, path: impl AsRef<Utf8Path>) -> Option<&str> {
        std::str::from_utf8(self.get(path)?).ok()
    }

    /// Whether a file was read at `path`.
    pub fn contains(&self, path: impl AsRef<Utf8Path>) -> bool {
        self.get(path).is_some()
    }

    /// Whether any file was read at or below `dir`.
    pub fn contains_dir(&self, dir: impl AsRef<Utf8Path>) -> bool {
        self.under(dir.as_ref()).next().is_some()
    }

    /// All files at or below `dir` by their names, in the order of these. What links below it lead to
    /// is not among them.
    pub fn under<'a>(
        &'a self,
        dir: &Utf8Path,
    ) -> impl Iterator<Item = (&'a Utf8Path, &'a [u8])> + use<'a> {
        let dir = self.name_of(dir);
        self.files
            .range(dir.clone()..)
            .take_while(move |(path, _)| path.starts_with(&dir))
            .map(|(path, content)| (path.as_path(), content.as_slice()))
    }

    /// What stands in a directory, by path. Only directories that were recorded, or hold a file, are
    /// known.
    pub fn entries(&self, dir: &Utf8Path) -> BTreeSet<Entry> {
        let dir = self.name_of(dir);
        let first = |path: &Utf8Path| {
            let below = path.strip_prefix(&dir).ok()?;
            Some(dir.join(below.components().next()?.as_str()))
        };
        let known = self.files.range(dir.clone()..).map(|(path, _)| path);
        let known = known.take_while(|path| path.starts_with(&dir));
        let dirs = self.dirs.range(dir.clone()..);
        let dirs = dirs.take_while(|path| path.starts_with(&dir));
        let links = self.links.range(dir.clone()..).map(|(path, _)| path);
        let links = links.take_while(|path| path.starts_with(&dir));
        let paths: BTreeSet<Utf8PathBuf> = known
            .chain(dirs)
            .chain(links)
            .filter_map(|path| first(path))
            .collect();
        let entry = |path: Utf8PathBuf| Entry {
            kind: self.kind_of(&path),
            path,
        };
        paths.into_iter().map(entry).collect()
    }

    fn kind_of(&self, path: &Utf8Path) -> EntryKind {
        let name = self.name_of(path);
        let is_above = |first: Option<&Utf8PathBuf>| first.is_some_and(|p| p.starts_with(&name));
        let from = || name.clone()..;
        if self.files.contains_key(&name) {
            EntryKind::File
        } else if is_above(self.files.range(from()).next().map(|(path, _)| path))
            || is_above(self.dirs.range(from()).next())
        {
            EntryKind::Directory
        } else {
            EntryKind::Nothing
        }
    }

    /// All files in path order.
    pub fn iter(&self) -> impl Iterator<Item = (&Utf8Path, &[u8])> {
        self.files
            .iter()
            .map(|(path, content)| (path.as_path(), content.as_slice()))
    }

    /// The files as these changes leave them.
    pub(crate) fn changed(&self, changes: &BTreeMap<Utf8PathBuf, Change>) -> Snapshot {
        let mut after = self.clone();
        for change in changes.values() {
            let name = self.name_of(&change.path);
            match &change.after {
                Some(content) => after.insert(name, content.as_slice()),
                None => {
                    after.files.remove(&name);
                }
            }
        }
        after.forget_emptied(changes);
        after
    }

    /// A removal takes the directories with it that it has emptied.
    fn forget_emptied(&mut self, changes: &BTreeMap<Utf8PathBuf, Change>) {
        let removed = changes.values().filter(|change| change.after.is_none());
        for change in removed {
            for dir in self.name_of(&change.path).ancestors().skip(1) {
                let holds_dir = self.dirs.range(dir.to_path_buf()..).nth(1);
                let is_empty = !self.contains_dir(dir)
                    && !holds_dir.is_some_and(|below| below.starts_with(dir));
                if !is_empty || !self.dirs.remove(dir) {
                    break;
                }
            }
        }
    }

    /// Adds every file, link and directory of `other`.
    pub fn extend(&mut self, other: Snapshot) {
        self.files.extend(other.files);
        self.links.extend(other.links);
        self.dirs.extend(other.dirs);
    }
}

#[cfg(test)]
mod tests {
    use crate::Plan;

    use super::*;

    /// Two members whose `deps` are links to one directory, in which a package is a link as well.
    fn shared() -> Snapshot {
        let mut disk = Snapshot::new();
        disk.insert("/w/a/wit/a.wit", "a");
        disk.insert_link("/w/a/wit/deps", "/w/shared");
        disk.insert_link("/w/b/wit/deps", "/w/shared");
        disk.insert("/w/shared/units/units.wit", "units");
        disk.insert_link("/w/shared/idl", "/idl");
        disk.insert("/idl/idl.wit", "idl");
        disk.insert_link("/w/shared/gone", "/nowhere");
        disk.insert_dir("/w/shared");
        disk.insert_dir("/w/shared/.idea");
        disk
    }

    #[test]
    fn a_file_has_one_name() {
        let disk = shared();
        for path in ["/w/a/wit/deps/idl/idl.wit", "/w/shared/idl/idl.wit"] {
            assert_eq!(disk.name_of(path), "/idl/idl.wit");
            assert_eq!(disk.text(path), Some("idl"));
        }
        assert_eq!(disk.name_of("/w/b/wit/deps/new"), "/w/shared/new");
        assert_eq!(disk.name_of("/w/b/wit/b.wit"), "/w/b/wit/b.wit");
        assert!(disk.contains_dir("/w/a/wit/deps"));
    }

    #[test]
    fn what_stands_in_a_directory() {
        let disk = shared();
        let entries = disk.entries(Utf8Path::new("/w/b/wit/deps"));
        let kinds: Vec<_> = entries.iter().map(|e| (e.path.as_str(), e.kind)).collect();
        use EntryKind::{Directory, File, Nothing};
        assert_eq!(
            kinds,
            [
                ("/w/shared/.idea", Directory),
                ("/w/shared/gone", Nothing),
                ("/w/shared/idl", Directory),
                ("/w/shared/units", Directory),
            ]
        );
        let entries = disk.entries(Utf8Path::new("/w/a/wit"));
        let kinds: Vec<_> = entries.iter().map(|e| (e.path.as_str(), e.kind)).collect();
        assert_eq!(
            kinds,
            [("/w/a/wit/a.wit", File), ("/w/a/wit/deps", Directory)]
        );
    }

    #[test]
    fn a_plan_changes_what_links_lead_to() {
        let disk = shared();
        let mut plan = Plan::new();
        let new = Utf8Path::new("/w/a/wit/deps/new/new.wit");
        plan.write(&disk, new, "new");
        plan.remove(&disk, Utf8Path::new("/w/shared/units/units.wit"));
        let after = disk.after(&plan);
        assert_eq!(after.text("/w/b/wit/deps/new/new.wit"), Some("new"));
        assert!(!after.contains_dir("/w/b/wit/deps/units"));
    }
}
