//! Files in which links may meet → a snapshot that has each of them once, under its one name.
//!
//! The name of a file is the path that leads to it without links, and with the spelling that the disk
//! has. What lies below the workspace's root is named from there, even where the root itself was reached
//! through a link. Links that were met are in the snapshot as such.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{EntryKind, Snapshot, normal};

use crate::error::At;
use crate::read::{self, ReadError, kind_of, present};

/// As many links as Linux itself follows.
const MAX_LINKS: usize = 40;

/// The names of files, for one workspace.
#[derive(Clone, Debug)]
pub struct Places {
    root: Utf8PathBuf,
    /// The root without links.
    real_root: Utf8PathBuf,
}

impl Places {
    /// The names of files as they are in the workspace at `root`.
    pub fn of(root: &Utf8Path) -> Places {
        Places {
            root: root.to_path_buf(),
            real_root: real(root, MAX_LINKS),
        }
    }

    /// The name of what `path` leads to, whether it is there or not.
    pub fn name_of(&self, path: &Utf8Path) -> Utf8PathBuf {
        let real = real(path, MAX_LINKS);
        match real.strip_prefix(&self.real_root) {
            Ok(below) if below == "" => self.root.clone(),
            Ok(below) => self.root.join(below),
            Err(_) => real,
        }
    }

    /// Adds the file at `path` to a snapshot, or what is in the directory there as far as `keep` wants
    /// it, links followed. `keep` gets paths from there.
    ///
    /// # Errors
    /// If a file or directory cannot be read.
    pub fn read(
        &self,
        disk: &mut Snapshot,
        path: &Utf8Path,
        keep: impl Fn(&Utf8Path, EntryKind) -> bool,
    ) -> Result<(), ReadError> {
        let name = self.name_of(path);
        if name != path {
            disk.insert_link(path, &name);
        }
        let mut walk = Walk {
            places: self,
            keep,
            disk,
            entered: BTreeSet::new(),
        };
        if name.is_dir() {
            walk.enter(&name, Utf8Path::new(""))
        } else {
            walk.file(&name)
        }
    }
}

struct Walk<'a, Keep> {
    places: &'a Places,
    keep: Keep,
    disk: &'a mut Snapshot,
    entered: BTreeSet<Utf8PathBuf>,
}

impl<Keep: Fn(&Utf8Path, EntryKind) -> bool> Walk<'_, Keep> {
    fn enter(&mut self, dir: &Utf8Path, relative: &Utf8Path) -> Result<(), ReadError> {
        if !self.entered.insert(dir.to_path_buf()) {
            return Ok(());
        }
        let Some(entries) = present(fs::read_dir(dir)).at("read the directory", dir)? else {
            return Ok(());
        };
        self.disk.insert_dir(dir);
        for entry in entries {
            let entry = entry.at("read the directory", dir)?;
            self.visit(dir, relative, &entry)?;
        }
        Ok(())
    }

    fn visit(
        &mut self,
        dir: &Utf8Path,
        relative: &Utf8Path,
        entry: &DirEntry,
    ) -> Result<(), ReadError> {
        let (name, kind) = (entry.file_name(), kind_of(entry));
        let relative = relative.join(name.to_string_lossy().as_ref());
        if !(self.keep)(&relative, kind) {
            return Ok(());
        }
        let Some(name) = name.to_str() else {
            return Err(ReadError::NotUtf8 { path: entry.path() });
        };
        let path = dir.join(name);
        let goal = if path.is_symlink() {
            self.places.name_of(&path)
        } else {
            path.clone()
        };
        if goal != path {
            self.disk.insert_link(path, &goal);
        }
        match kind {
            EntryKind::Directory => self.enter(&goal, &relative),
            EntryKind::File => self.file(&goal),
            EntryKind::Nothing => Ok(()),
        }
    }

    fn file(&mut self, name: &Utf8Path) -> Result<(), ReadError> {
        if fs::metadata(name).is_ok_and(|metadata| metadata.is_file())
            && let Some(content) = read::file(name)?
        {
            self.disk.insert(name, content);
        }
        Ok(())
    }
}

/// The path without links. Of what is not there it is where the links on the way would have it.
fn real(path: &Utf8Path, links: usize) -> Utf8PathBuf {
    if let Ok(real) = path.canonicalize_utf8() {
        return real;
    }
    let Some(parent) = path.parent() else {
        return path.to_path_buf();
    };
    match (fs::read_link(path).map(Utf8PathBuf::try_from), links) {
        (Ok(Ok(goal)), 1..) => real(&parent.join(goal), links - 1),
        // It ends with `..`: what is above that comes first.
        _ if path.file_name().is_none() => normal(&real(parent, links).join("..")),
        _ => real(parent, links).join(path.file_name().unwrap_or_default()),
    }
}
