//! What a plan is about to do to the disk, written down before it is done.
//!
//! The journal is one JSON file in the root of the workspace: not in the target directory, which
//! `cargo clean` removes and which may lie on another file system or be shared by two workspaces.
//! It lists the directories that the plan makes and, per file, the hashes of the old and the new
//! content. Everything else stands beside the files themselves, so that each step is a rename
//! within one directory, under names that the journal's `id` and a file's place in the list tell:
//!
//! | name | what it is |
//! |---|---|
//! | `.golem-rpc.journal.new` | the journal while it is written |
//! | `.golem-rpc.journal` | the journal of a plan that is not carried out in full |
//! | `.golem-rpc.journal.done` | the same file, once the plan is carried out |
//! | `.golem-rpc-ID-N-new.tmp` | what file N is to hold |
//! | `.golem-rpc-ID-N-old.tmp` | what file N held: a second name of the very file |
//!
//! Renaming the journal to `….done` is the moment that decides. What is found in the root tells what
//! to do:
//!
//! | found | so far | [`recover`](super::recover) |
//! |---|---|---|
//! | nothing | nothing, or all of it | has nothing to do |
//! | `.new` | nothing was touched | removes it |
//! | the journal | any part of the plan was carried out, or already undone again | undoes: each old file is renamed back, each new one removed, then what was written meanwhile and the directories that were made |
//! | `.done` | all of the plan was carried out | finishes: removes the old files, and the directories that a removal has emptied |
//!
//! A plan is undone rather than finished because undoing is only renames and removals, which need
//! no space: it works on the full disk that may have been why the plan failed, and it is what a
//! failure and a signal ask for too. Finishing could fail for the same reason again and again, and
//! would carry out a plan that was made from files as they were some time ago.
//!
//! Each step of undoing and of finishing looks at what is there before it does anything, so both
//! may be cut off anywhere and begun again. The file is complete and on the disk before the first
//! change; old names are on the disk before the files are replaced, the new content of user's files
//! and the renames are before the journal says `done`.
//!
//! Without a root there is no such file, and the lists serve only the process that made them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::ContentHash;
use serde::{Deserialize, Serialize};

use super::check::Edit;
use super::disk::{self, parent};
use crate::error::{At, PathError};

/// The version of the format; one that reads another refuses.
pub(super) const VERSION: u32 = 1;

/// The directories and files of a plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    version: u32,
    id: String,
    /// Directories that are to be made, parents first.
    directories: Vec<Utf8PathBuf>,
    pub(super) files: Vec<Record>,
    /// What paths are relative to; paths elsewhere are absolute.
    #[serde(skip)]
    root: Utf8PathBuf,
}

/// A file of a plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// As planned.
    path: Utf8PathBuf,
    /// Where links at `path` lead, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<Utf8PathBuf>,
    /// The hash of the old content; none for a file that is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// The hash of the new content; none for a file that is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

/// What a plan does with a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Create,
    Replace,
    Remove,
}

impl Record {
    pub(super) fn kind(&self) -> Kind {
        match (&self.before, &self.after) {
            (None, _) => Kind::Create,
            (Some(_), Some(_)) => Kind::Replace,
            (Some(_), None) => Kind::Remove,
        }
    }

    pub(super) fn was(&self, hash: &ContentHash) -> bool {
        self.before.as_deref() == Some(hash.as_str())
    }

    pub(super) fn becomes(&self, hash: &ContentHash) -> bool {
        self.after.as_deref() == Some(hash.as_str())
    }
}

impl Journal {
    /// The journal of these edits, kept in `root` if that is given.
    pub(super) fn of(edits: &[Edit<'_>], root: Option<&Utf8Path>) -> Journal {
        let root = root.unwrap_or(Utf8Path::new("")).to_path_buf();
        let relative = |path: &Utf8Path| path.strip_prefix(&root).unwrap_or(path).to_path_buf();
        let hash = |content: Option<&[u8]>| Some(ContentHash::of(content?).to_string());
        let record = |edit: &Edit<'_>| Record {
            path: relative(edit.path),
            file: (edit.file != edit.path).then(|| relative(&edit.file)),
            before: hash(edit.before),
            after: hash(edit.after),
        };
        Journal {
            version: VERSION,
            id: format!("{:016x}", RandomState::new().build_hasher().finish()),
            directories: missing(edits).iter().map(|dir| relative(dir)).collect(),
            files: edits.iter().map(record).collect(),
            root,
        }
    }

    /// Whether it is on the disk, for other processes to find.
    pub(super) fn is_kept(&self) -> bool {
        !self.root.as_str().is_empty()
    }

    /// The directories that are to be made, parents first.
    pub(super) fn directories(&self) -> impl DoubleEndedIterator<Item = Utf8PathBuf> {
        self.directories.iter().map(|dir| self.root.join(dir))
    }

    /// The directories of the files of such kinds, each for itself: what [`disk::sync_all`] takes.
    pub(super) fn dirs_of(&self, kinds: &[Kind]) -> BTreeMap<Utf8PathBuf, Utf8PathBuf> {
        let files = self.files.iter().enumerate();
        let files = files.filter(|(_, record)| kinds.contains(&record.kind()));
        let dirs = files.map(|(n, _)| parent(&self.file(n)).to_path_buf());
        dirs.map(|dir| (dir.clone(), dir)).collect()
    }

    /// The file as planned, which messages name.
    pub(super) fn path(&self, n: usize) -> Utf8PathBuf {
        self.root.join(&self.files[n].path)
    }

    /// The file itself.
    pub(super) fn file(&self, n: usize) -> Utf8PathBuf {
        let record = &self.files[n];
        self.root.join(record.file.as_ref().unwrap_or(&record.path))
    }

    /// Where the new content is put before it takes its place.
    pub(super) fn staged(&self, n: usize) -> Utf8PathBuf {
        self.beside(n, "new")
    }

    /// Where the old file is kept.
    pub(super) fn aside(&self, n: usize) -> Utf8PathBuf {
        self.beside(n, "old")
    }

    /// Names end in `.tmp` so that nobody who looks for `*.wit` or `*.rs` meanwhile takes them for
    /// sources.
    fn beside(&self, n: usize, what: &str) -> Utf8PathBuf {
        let name = format!(".golem-rpc-{}-{n}-{what}.tmp", self.id);
        parent(&self.file(n)).join(name)
    }
}

/// The directories that these edits need and that are not there yet, parents first.
fn missing(edits: &[Edit<'_>]) -> BTreeSet<Utf8PathBuf> {
    let mut missing = BTreeSet::new();
    for edit in edits.iter().filter(|edit| edit.after.is_some()) {
        let mut dirs = parent(&edit.file).ancestors();
        while let Some(dir) = dirs.next().filter(|dir| !dir.is_dir()) {
            if !missing.insert(dir.to_path_buf()) {
                break;
            }
        }
    }
    missing
}

/// How far the plan of a journal has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It is not carried out in full.
    Begun,
    /// It is carried out; what it needed meanwhile may remain.
    Done,
}

/// The journal's file in a root, or no file.
pub(super) struct Shelf<'a> {
    root: Option<&'a Utf8Path>,
}

/// What is wrong with a journal's file.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It could not be read.
    Io(PathError),
    /// It is not one of ours.
    Foreign(Utf8PathBuf, io::Error),
}

impl<'a> Shelf<'a> {
    pub(super) fn new(root: Option<&'a Utf8Path>) -> Shelf<'a> {
        Shelf { root }
    }

    /// The names of the journal: while it is written, in force, and done.
    fn names(&self) -> Option<[Utf8PathBuf; 3]> {
        let root = self.root?;
        let name = |end: &str| root.join(format!(".golem-rpc.journal{end}"));
        Some([name(".new"), name(""), name(".done")])
    }

    /// The journal that an earlier process left; one of two whose plans cannot both be under way.
    pub(super) fn find(&self) -> Option<(Phase, Utf8PathBuf)> {
        let [_, begun, done] = self.names()?;
        let found = [(Phase::Begun, begun), (Phase::Done, done)];
        found.into_iter().find(|(_, path)| disk::exists(path))
    }

    /// Reads what was found.
    pub(super) fn read(&self, path: &Utf8Path) -> Result<Journal, Unreadable> {
        let bytes = fs::read(path).at("read", path).map_err(Unreadable::Io)?;
        let foreign = |error: io::Error| Unreadable::Foreign(path.to_path_buf(), error);
        let mut journal: Journal =
            serde_json::from_slice(&bytes).map_err(|error| foreign(error.into()))?;
        if journal.version != VERSION {
            let message = format!("its version is {}, not {VERSION}", journal.version);
            return Err(foreign(io::Error::other(message)));
        }
        journal.root = self.root.unwrap_or(Utf8Path::new("")).to_path_buf();
        Ok(journal)
    }

    /// Puts the journal in force. From here on a process that dies leaves something to undo.
    pub(super) fn begin(&self, journal: &Journal) -> Result<(), PathError> {
        let Some([new, begun, _]) = self.names() else {
            return Ok(());
        };
        let written = write(&new, journal).and_then(|()| fs::rename(&new, &begun));
        written
            .inspect_err(|_| drop(fs::remove_file(&new)))
            .at("write", &begun)?;
        let synced = disk::sync(parent(&begun));
        synced
            .inspect_err(|_| drop(fs::remove_file(&begun)))
            .at("write", &begun)
    }

    /// The moment that decides: the plan is carried out.
    pub(super) fn done(&self) -> Result<(), PathError> {
        let Some([_, begun, done]) = self.names() else {
            return Ok(());
        };
        fs::rename(&begun, &done).at("rename", &begun)?;
        // It has its new name now, whether or not that is on the disk yet.
        let _ = disk::sync(parent(&done));
        Ok(())
    }

    /// Removes the journal, of which nothing is left to do.
    pub(super) fn clear(&self, phase: Phase) -> Result<(), PathError> {
        let Some([_, begun, done]) = self.names() else {
            return Ok(());
        };
        let path = match phase {
            Phase::Begun => begun,
            Phase::Done => done,
        };
        disk::remove(&path).at("remove", &path)
    }

    /// Removes a journal that was not completed.
    pub(super) fn clear_unwritten(&self) -> Result<(), PathError> {
        match self.names() {
            // Where nothing can be written, not even an absent file can be removed.
            Some([new, ..]) if disk::exists(&new) => disk::remove(&new).at("remove", &new),
            _ => Ok(()),
        }
    }
}

fn write(path: &Utf8Path, journal: &Journal) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(journal)?;
    bytes.push(b'\n');
    let mut file = File::create_new(path)?;
    file.write_all(&bytes)?;
    file.sync_all()
}
