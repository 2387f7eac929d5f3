//! The files that a compiler read for a wasm file, as cargo notes them in a `.d` file beside it.
//!
//! That has the sources of the package and of those that it depends on by path, what they include, and
//! what build scripts name. The format is make's: `output: file file …`, with a backslash before a
//! blank in a name. Manifests are not in it; those of the packages that the files lie in are added.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{ContentHash, Snapshot};

use crate::error::{At, PathError};
use crate::read::{self, ReadError};

/// The files and directories that were read for `wasm`, and the manifests above them, with their hashes. None if there is no note, if
/// something that it names is not there, or if a file that counts `as_source` was changed since `start`:
/// nobody knows what the compiler saw then. What a build writes to the target directory never does.
pub fn compiled_from(
    wasm: &Utf8Path,
    target_dir: &Utf8Path,
    start: SystemTime,
    as_source: impl Fn(&Utf8Path) -> bool,
) -> Result<Option<BTreeMap<Utf8PathBuf, ContentHash>>, PathError> {
    let Some(note) = read::file(&wasm.with_extension("d"))? else {
        return Ok(None);
    };
    let mut hashes = BTreeMap::new();
    let named = parse(&String::from_utf8_lossy(&note));
    let manifests: BTreeSet<_> = named.iter().filter_map(|path| manifest(path)).collect();
    for path in named.into_iter().chain(manifests) {
        let Some(files) = files(&path, target_dir)? else {
            return Ok(None);
        };
        for (file, _) in files.iter() {
            let counts = as_source(file) && !file.starts_with(target_dir);
            let modified = fs::metadata(file).and_then(|metadata| metadata.modified());
            if counts && modified.at("read", file)? >= start {
                return Ok(None);
            }
        }
        let hash = digest(&path, &files);
        hashes.insert(path, hash);
    }
    Ok(Some(hashes))
}

/// The hash of a file, or of all files in a directory; none if it is not there.
pub(crate) fn hash(
    path: &Utf8Path,
    target_dir: &Utf8Path,
) -> Result<Option<ContentHash>, PathError> {
    let files = files(path, target_dir)?;
    Ok(files.map(|files| digest(path, &files)))
}

/// Whether a file or directory in a directory of sources counts: nothing hidden, no target directory,
/// and not what cargo-component writes.
pub fn is_source(path: &Utf8Path, target_dir: &Utf8Path) -> bool {
    !path.ends_with("src/bindings.rs")
        && !path.file_name().unwrap_or_default().starts_with('.')
        && path != target_dir
        && !path.join("CACHEDIR.TAG").is_file()
}

/// The manifest of the package that a file lies in: a note does not name it, and it may be that of a
/// package outside of the workspace.
fn manifest(path: &Utf8Path) -> Option<Utf8PathBuf> {
    let dirs = path.ancestors().skip(1);
    let mut manifests = dirs.map(|dir| dir.join("Cargo.toml"));
    manifests.find(|manifest| manifest.is_file())
}

/// What a path in a note stands for: a build script may name a directory.
fn files(path: &Utf8Path, target_dir: &Utf8Path) -> Result<Option<Snapshot>, PathError> {
    let mut files = Snapshot::new();
    if path.is_dir() {
        return match read::tree(path, |file| is_source(&path.join(file), target_dir)) {
            Ok(files) => Ok(Some(files)),
            Err(ReadError::NotUtf8 { .. }) => Ok(None),
            Err(ReadError::Io(error)) => Err(error),
        };
    }
    let content = read::file(path)?;
    Ok(content.map(|content| {
        files.insert(path, content);
        files
    }))
}

fn digest(path: &Utf8Path, files: &Snapshot) -> ContentHash {
    match files.get(path) {
        Some(content) => ContentHash::of(content),
        None => {
            let files = files.iter();
            ContentHash::of_parts(files.map(|(file, content)| (file.as_str(), content)))
        }
    }
}

fn parse(note: &str) -> Vec<Utf8PathBuf> {
    let inputs = note.lines().filter_map(|line| line.split_once(": "));
    let mut files = Vec::new();
    for (_, inputs) in inputs {
        let mut name = String::new();
        let mut chars = inputs.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '\\' if chars.peek() == Some(&' ') => name.extend(chars.next()),
                ' ' => files.push(std::mem::take(&mut name)),
                char => name.push(char),
            }
        }
        files.push(name);
    }
    let files = files.into_iter().filter(|name| !name.is_empty());
    files.map(Utf8PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_blanks() {
        let note = "/w/a\\ b.wasm: /w/a\\ b/lib.rs /w/d.txt\n\n/w/d.txt:\n";
        assert_eq!(parse(note), ["/w/a b/lib.rs", "/w/d.txt"]);
        assert!(parse("/w/a.wasm: \n").is_empty());
    }
}
