//! The files that a compiler read for a wasm file, as cargo notes them in a `.d` file beside it.
//!
//! That has the sources of the package and of those that it depends on by path, what they include, and
//! what build scripts name. The format is make's: `output: file file …`, with a backslash before a
//! blank in a name.

use std::collections::BTreeMap;
use std::fs;
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::ContentHash;

use crate::error::{At, PathError};
use crate::read;

/// The files that were read for `wasm`, with their hashes. None if there is no note, or if one that
/// counts `as_source` was changed since `start`: nobody knows what the compiler saw then.
pub fn compiled_from(
    wasm: &Utf8Path,
    start: SystemTime,
    as_source: impl Fn(&Utf8Path) -> bool,
) -> Result<Option<BTreeMap<Utf8PathBuf, ContentHash>>, PathError> {
    let Some(note) = read::file(&wasm.with_extension("d"))? else {
        return Ok(None);
    };
    let mut files = BTreeMap::new();
    for path in parse(&String::from_utf8_lossy(&note)) {
        let Some(content) = read::file(&path)? else {
            return Ok(None);
        };
        let modified = fs::metadata(&path).and_then(|metadata| metadata.modified());
        if as_source(&path) && modified.at("read", &path)? >= start {
            return Ok(None);
        }
        files.insert(path, ContentHash::of(&content));
    }
    Ok(Some(files))
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
