//! `golem-rpc.lock`: what in the workspace is ours, with the hash of what we wrote.
//!
//! Files are named from the workspace's root. A key of a TOML file is named by its path in that
//! file; for an element of an array the path ends with the element; an import in a WIT file is named
//! by its world, what it imports, and the target. Of each file of the user's the lock also has the
//! pieces of text that we put in, so that they come out again byte for byte. The format has a version;
//! the text is sorted, one line a thing, so that version control merges it well.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use golem_rpc_plan::{ContentHash, Snapshot};
use serde::Deserialize;
use toml_edit::{DocumentMut, Table, value};

use crate::WorkspaceError;
use crate::pieces::{Pieces, PiecesText};
use crate::toml::key_path;

/// The name of the lock file in the workspace's root.
pub const LOCK_FILE: &str = "golem-rpc.lock";

/// Version 1 knew no pieces.
const VERSION: i64 = 2;

const HEADER: &str = "\
# Written by `cargo golem-rpc`: what it has put into this workspace, so that it knows its own work again.
# Keep it in version control; nothing in it is to be edited by hand.
";

/// What is ours: files, and keys of TOML files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    files: BTreeMap<String, ContentHash>,
    keys: BTreeMap<String, Keys>,
    texts: BTreeMap<String, Pieces>,
}

/// What is ours in one file, by the path of its key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    hashes: BTreeMap<String, ContentHash>,
}

#[derive(Deserialize)]
struct LockText {
    version: i64,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    keys: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    texts: BTreeMap<String, PiecesText>,
}

#[derive(Deserialize)]
struct VersionText {
    version: i64,
}

impl Lock {
    /// The lock in the workspace at `root`; an empty one if there is none.
    ///
    /// # Errors
    /// If the file is not one that this version wrote or an older one.
    pub fn read(disk: &Snapshot, root: &Utf8Path) -> Result<Lock, WorkspaceError> {
        let file = root.join(LOCK_FILE);
        let Some(content) = disk.get(&file) else {
            return Ok(Lock::default());
        };
        let text = crate::toml::utf8(&file, content)?;
        Lock::parse(text).map_err(|failure| match failure {
            Failure::Newer(found) => WorkspaceError::NewerLock {
                file,
                found,
                known: VERSION,
            },
            Failure::Broken(message) => WorkspaceError::BrokenLock {
                file,
                message,
                conflict: text.lines().any(|line| line.starts_with("<<<<<<<")),
            },
        })
    }

    fn parse(text: &str) -> Result<Lock, Failure> {
        let broken = |error: toml_edit::de::Error| {
            let line = error
                .span()
                .map_or(0, |span| text[..span.start].matches('\n').count());
            Failure::Broken(format!("line {}: {}", line + 1, error.message().trim_end()))
        };
        // Only of a text that is not ours it matters what exactly is wrong with it.
        let lock: LockText = match toml_edit::de::from_str(text) {
            Ok(lock @ LockText { version, .. }) if version <= VERSION => lock,
            result => {
                let VersionText { version } = toml_edit::de::from_str(text).map_err(broken)?;
                if version > VERSION {
                    return Err(Failure::Newer(version));
                }
                result.map_err(broken)?
            }
        };
        let hashes = |map: BTreeMap<String, String>| -> BTreeMap<String, ContentHash> {
            map.into_iter()
                .map(|(name, hash)| (name, ContentHash::from_recorded(&hash)))
                .collect()
        };
        let keys = |(file, keys)| {
            let hashes = hashes(keys);
            (file, Keys { hashes })
        };
        Ok(Lock {
            files: hashes(lock.files),
            keys: lock.keys.into_iter().map(keys).collect(),
            texts: lock
                .texts
                .into_iter()
                .map(|(file, text)| (file, text.into()))
                .collect(),
        })
    }

    /// The lock as text.
    pub fn render(&self) -> String {
        let table = |hashes: &BTreeMap<String, ContentHash>| {
            let mut table = Table::new();
            for (name, hash) in hashes {
                table.insert(name, value(hash.as_str()));
            }
            table
        };
        let mut doc = DocumentMut::new();
        doc.insert("version", value(VERSION));
        doc.insert("files", table(&self.files).into());
        let mut keys = Table::new();
        keys.set_implicit(true);
        for (file, recorded) in &self.keys {
            keys.insert(file, table(&recorded.hashes).into());
        }
        doc.insert("keys", keys.into());
        let mut texts = Table::new();
        texts.set_implicit(true);
        for (file, pieces) in &self.texts {
            texts.insert(file, pieces.table().into());
        }
        doc.insert("texts", texts.into());
        format!("{HEADER}{doc}")
    }

    /// Whether nothing is ours.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.keys.is_empty() && self.texts.is_empty()
    }

    /// Everything in which something is ours, from the workspace's root.
    pub fn paths(&self) -> BTreeSet<&str> {
        let files = self.files.keys().chain(self.keys.keys());
        let all = files.chain(self.texts.keys());
        all.map(String::as_str).collect()
    }

    /// Whether something of ours is below a directory.
    pub(crate) fn names_below(&self, dir: &str) -> bool {
        fn any<V>(map: &BTreeMap<String, V>, below: &str) -> bool {
            let mut from = map.range(below.to_string()..);
            from.next().is_some_and(|(path, _)| path.starts_with(below))
        }
        let below = format!("{dir}/");
        any(&self.files, &below) || any(&self.keys, &below) || any(&self.texts, &below)
    }

    /// The directories of stubs that are ours, from the workspace's root.
    pub fn stub_dirs(&self) -> BTreeSet<&str> {
        let files = self.files.keys();
        files
            .filter_map(|file| file.strip_suffix("/wit/_stub.wit"))
            .filter(|dir| !dir.ends_with("/deps") && !dir.contains("/deps/"))
            .collect()
    }

    /// How many files and keys are ours.
    pub(crate) fn len(&self) -> usize {
        let keys = self.keys.values().map(|keys| keys.hashes.len());
        self.files.len() + keys.sum::<usize>()
    }

    /// Makes what is ours in a file what `other` says.
    pub(crate) fn take_entries(&mut self, file: &str, other: &Lock) {
        self.set_keys(file, other.keys(file));
        self.set_pieces(file, other.pieces(file).cloned());
    }

    /// Makes what is ours in a file that of another one.
    pub(crate) fn rename_entries(&mut self, from: &str, to: &str) {
        let keys = self.keys.remove(from).unwrap_or_default();
        self.set_keys(to, keys);
        self.rename_pieces(from, to);
    }

    /// Makes the pieces of a file those of another one that has none.
    pub(crate) fn rename_pieces(&mut self, from: &str, to: &str) {
        if let Some(pieces) = self.texts.remove(from) {
            self.texts.entry(to.to_string()).or_insert(pieces);
        }
    }

    pub(crate) fn file(&self, path: &str) -> Option<&ContentHash> {
        self.files.get(path)
    }

    /// Our files whose path begins with `prefix`.
    pub(crate) fn files_below<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = &'s str> {
        let from = self.files.range(prefix.to_string()..);
        from.map(|(file, _)| file.as_str())
            .take_while(move |file| file.starts_with(prefix))
    }

    /// Whether a file at or below `dir` is ours.
    pub(crate) fn has_below(&self, dir: &str) -> bool {
        let below = format!("{dir}/");
        self.files.contains_key(dir) || self.files_below(&below).next().is_some()
    }

    pub(crate) fn record_file(&mut self, path: String, content: &[u8]) {
        self.files.insert(path, ContentHash::of(content));
    }

    pub(crate) fn retain_files(&mut self, keep: impl Fn(&str) -> bool) {
        self.files.retain(|name, _| keep(name));
    }

    pub(crate) fn forget_file(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// The files that are ours altogether, from the workspace's root.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// What is ours in a file.
    pub(crate) fn keys(&self, file: &str) -> Keys {
        self.keys.get(file).cloned().unwrap_or_default()
    }

    pub(crate) fn set_keys(&mut self, file: &str, keys: Keys) {
        match keys.hashes.is_empty() {
            true => drop(self.keys.remove(file)),
            false => drop(self.keys.insert(file.to_string(), keys)),
        }
    }

    /// The files of the user's in which something is ours.
    pub(crate) fn edited(&self) -> BTreeSet<&str> {
        let files = self.keys.keys().chain(self.texts.keys());
        files.map(String::as_str).collect()
    }

    /// The pieces that are ours in a file.
    pub(crate) fn pieces(&self, file: &str) -> Option<&Pieces> {
        self.texts.get(file)
    }

    pub(crate) fn set_pieces(&mut self, file: &str, pieces: Option<Pieces>) {
        match pieces {
            Some(pieces) => drop(self.texts.insert(file.to_string(), pieces)),
            None => drop(self.texts.remove(file)),
        }
    }
}

impl Keys {
    pub(crate) fn get(&self, path: &[&str]) -> Option<&ContentHash> {
        self.hashes.get(&key_path(path))
    }

    /// The keys, as TOML writes their paths.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.hashes.keys().map(String::as_str)
    }

    pub(crate) fn record(&mut self, path: &[&str], hash: ContentHash) {
        self.hashes.insert(key_path(path), hash);
    }

    pub(crate) fn forget(&mut self, path: &str) {
        self.hashes.remove(path);
    }

    /// Whether these are some of `all`, unchanged.
    pub(crate) fn are_fewer_of(&self, all: &Keys) -> bool {
        let mut hashes = self.hashes.iter();
        self.hashes.len() < all.hashes.len()
            && hashes.all(|(key, hash)| all.hashes.get(key) == Some(hash))
    }
}

enum Failure {
    Newer(i64),
    Broken(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml::Marked;

    fn read(text: &str) -> Result<Lock, WorkspaceError> {
        let mut disk = Snapshot::new();
        disk.insert("/w/golem-rpc.lock", text);
        Lock::read(&disk, Utf8Path::new("/w"))
    }

    #[test]
    fn what_was_written_is_read_again() {
        let mut lock = Lock::default();
        lock.record_file("b-stub/wit/_stub.wit".into(), b"x");
        lock.record_file("a b/ü.wit".into(), b"y");
        let path = [
            "package",
            "metadata",
            "component",
            "target",
            "dependencies",
            "a:b",
        ];
        let mut keys = Keys::default();
        keys.record(&path, ContentHash::of(b"z"));
        lock.set_keys("c/Cargo.toml", keys);
        let text = "a\nb \"x\" ü\r\n\tc\na\n";
        let marked = Marked {
            text: text.to_string(),
            ours: vec![0..2, 2..12, 15..17],
        };
        lock.set_pieces("c/Cargo.toml", Pieces::of(&marked, true));
        let text = lock.render();
        assert_eq!(read(&text).unwrap(), lock);
        assert_eq!(read(&text).unwrap().render(), text);
        assert!(text.starts_with("# Written by"), "{text}");
    }

    #[test]
    fn below_means_below() {
        let mut lock = Lock::default();
        lock.record_file("a-stub-x/f".into(), b"");
        lock.record_file("b/c/f".into(), b"");
        assert!(lock.has_below("b/c"));
        assert!(!lock.has_below("a-stub"));
        lock.record_file("a-stub/f".into(), b"");
        assert!(lock.has_below("a-stub"));
    }

    #[test]
    fn a_broken_or_newer_lock_is_an_error() {
        let broken = read("version = 1\n[files]\nx = 3\n").unwrap_err();
        assert!(
            matches!(broken, WorkspaceError::BrokenLock { .. }),
            "{broken}"
        );
        assert!(broken.to_string().contains("line 3"), "{broken}");
        let conflict = read("<<<<<<< HEAD\nversion = 1\n").unwrap_err();
        assert!(
            matches!(conflict, WorkspaceError::BrokenLock { .. }),
            "{conflict}"
        );
        let hint = conflict.hint().unwrap();
        assert!(hint.contains("git checkout --ours"), "{hint}");
        assert!(!broken.hint().unwrap().contains("--ours"), "{broken}");
        let newer = read("version = 3\nfiles = 3\n").unwrap_err();
        assert!(
            matches!(newer, WorkspaceError::NewerLock { found: 3, .. }),
            "{newer}"
        );
        assert!(newer.hint().is_some());
    }
}
