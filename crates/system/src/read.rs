//! Files on disk → a snapshot of their bytes.
//!
//! Symbolic links are followed. What does not exist reads as absent (a missing file is `None`, a
//! missing directory an empty snapshot), so that "not there" needs no separate question. Only
//! regular files have content: sockets and the like are passed over in a tree and are an error when
//! they are asked for by name.

use std::fs::{self, DirEntry, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{EntryKind, Snapshot};

use crate::error::{At, PathError};

/// Files that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A file operation failed.
    #[error(transparent)]
    Io(#[from] PathError),
    /// A path that no `Utf8Path` can hold.
    #[error("the path `{}` is not UTF-8", .path.display())]
    NotUtf8 {
        /// The path.
        path: PathBuf,
    },
}

/// The content of the file at `path`; none if there is no such file.
pub fn file(path: &Utf8Path) -> Result<Option<Vec<u8>>, PathError> {
    let Some(metadata) = present(fs::metadata(path)).at("read", path)? else {
        return Ok(None);
    };
    if !metadata.is_file() {
        return Err(not_regular(path, &metadata));
    }
    present(fs::read(path)).at("read", path)
}

/// The size of the file at `path`; none if there is no such file.
pub fn size(path: &Utf8Path) -> Result<Option<u64>, PathError> {
    let metadata = present(fs::metadata(path)).at("read", path)?;
    Ok(metadata.filter(Metadata::is_file).map(|file| file.len()))
}

/// All files below `dir` whose path relative to `dir` satisfies `keep`; a directory that does not
/// is not entered.
///
/// A name that is not UTF-8 is shown to `keep` with replacement characters and is an error only if
/// `keep` wants it. A link that leads back to a directory it lies in is not entered again.
pub fn tree(dir: &Utf8Path, keep: impl Fn(&Utf8Path) -> bool) -> Result<Snapshot, ReadError> {
    tree_of(dir, |path, _| keep(path))
}

/// The same, where it also counts whether something is a file or a directory.
pub fn tree_of(
    dir: &Utf8Path,
    keep: impl Fn(&Utf8Path, EntryKind) -> bool,
) -> Result<Snapshot, ReadError> {
    let mut walk = Walk {
        keep,
        found: Snapshot::new(),
        entered: Vec::new(),
    };
    walk.enter(dir, Utf8Path::new(""))?;
    Ok(walk.found)
}

/// Whether there is a file or directory at `path`.
pub fn is_there(path: &Utf8Path) -> bool {
    path.exists()
}

/// Whether there is nothing at `dir`, or an empty directory.
pub fn is_empty_dir(dir: &Utf8Path) -> Result<bool, PathError> {
    let entries = present(fs::read_dir(dir)).at("read the directory", dir)?;
    Ok(entries.is_none_or(|mut entries| entries.next().is_none()))
}

/// The directory at `path`, or else the nearest one above it.
pub fn nearest_dir(path: &Utf8Path) -> Option<&Utf8Path> {
    path.ancestors().find(|dir| dir.is_dir())
}

/// Whether there is a directory at a path.
pub fn is_dir(path: &Utf8Path) -> bool {
    path.is_dir()
}

/// Whether two paths lead to the same file or directory.
pub fn is_same(one: &Utf8Path, other: &Utf8Path) -> bool {
    let real = |path: &Utf8Path| fs::canonicalize(path).ok();
    one == other || real(one).is_some_and(|one| Some(one) == real(other))
}

/// The working directory of this process.
pub fn current_dir() -> Result<Utf8PathBuf, ReadError> {
    let dir = std::env::current_dir().at("find", Utf8Path::new("."))?;
    Utf8PathBuf::from_path_buf(dir).map_err(|path| ReadError::NotUtf8 { path })
}

struct Walk<Keep> {
    keep: Keep,
    found: Snapshot,
    /// The directories that are being walked, outermost first: device and inode.
    entered: Vec<(u64, u64)>,
}

impl<Keep: Fn(&Utf8Path, EntryKind) -> bool> Walk<Keep> {
    fn enter(&mut self, dir: &Utf8Path, relative: &Utf8Path) -> Result<(), ReadError> {
        let Some(metadata) = present(fs::metadata(dir)).at("read the directory", dir)? else {
            return Ok(());
        };
        let identity = (metadata.dev(), metadata.ino());
        if self.entered.contains(&identity) {
            return Ok(());
        }
        let Some(entries) = present(fs::read_dir(dir)).at("read the directory", dir)? else {
            return Ok(());
        };
        self.entered.push(identity);
        for entry in entries {
            let entry = entry.at("read the directory", dir)?;
            self.visit(dir, relative, &entry)?;
        }
        self.entered.pop();
        Ok(())
    }

    fn visit(
        &mut self,
        dir: &Utf8Path,
        relative: &Utf8Path,
        entry: &DirEntry,
    ) -> Result<(), ReadError> {
        let name = entry.file_name();
        let relative = relative.join(name.to_string_lossy().as_ref());
        if !(self.keep)(&relative, kind_of(entry)) {
            return Ok(());
        }
        let Some(name) = name.to_str() else {
            return Err(ReadError::NotUtf8 { path: entry.path() });
        };
        let path = dir.join(name);
        // Absent here means a dangling link, or a file that was removed meanwhile.
        let Some(metadata) = present(fs::metadata(&path)).at("read", &path)? else {
            return Ok(());
        };
        if metadata.is_dir() {
            self.enter(&path, &relative)?;
        } else if metadata.is_file()
            && let Some(content) = file(&path)?
        {
            self.found.insert(path, content);
        }
        Ok(())
    }
}

/// What an entry is, or leads to. Only of a link that has to be asked for.
pub(crate) fn kind_of(entry: &DirEntry) -> EntryKind {
    let kind = entry.file_type().ok().filter(|kind| !kind.is_symlink());
    let kind = kind.or_else(|| Some(fs::metadata(entry.path()).ok()?.file_type()));
    match kind {
        None => EntryKind::Nothing,
        Some(kind) if kind.is_dir() => EntryKind::Directory,
        Some(_) => EntryKind::File,
    }
}

/// "There is no such file" as a value. A path through a file is as absent as any other.
pub(crate) fn present<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(None),
        Err(error) => Err(error),
    }
}

fn not_regular(path: &Utf8Path, metadata: &Metadata) -> PathError {
    let source = if metadata.is_dir() {
        io::Error::from(ErrorKind::IsADirectory)
    } else {
        io::Error::new(ErrorKind::InvalidInput, "not a regular file")
    };
    PathError::new("read", path, source)
}
