//! What a member's Rust code calls by older names, line by line. Nothing is rewritten.
//!
//! Only line comments are left out: a name in a string or a block comment is told like any other, and
//! one note too many does no harm.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_workspace::Member;

use crate::remark::Remark;

/// The Rust files of a member, with the words of each by line, from 1. cargo-component's bindings are
/// not among them.
fn sources<'d>(
    member: &Member,
    disk: &'d Snapshot,
) -> impl Iterator<Item = (&'d Utf8Path, Vec<(usize, &'d str)>)> {
    let files = disk.under(&member.dir.join("src"));
    files.filter_map(|(path, content)| {
        let is_source = path.extension() == Some("rs") && path.file_name() != Some("bindings.rs");
        let text = std::str::from_utf8(content).ok().filter(|_| is_source)?;
        Some((path, words(text)))
    })
}

/// The words of a text (names, keywords, numbers) by line.
fn words(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().enumerate().flat_map(|(index, line)| {
        let code = line.split("//").next().unwrap_or_default();
        let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.map(move |word| (index + 1, word))
    });
    lines.filter(|(_, word)| !word.is_empty()).collect()
}

/// A name of WIT as Rust calls a module or a function.
pub(crate) fn snake(name: &str) -> String {
    name.replace('-', "_")
}

/// The types that every stub of the older tool had, and what ours call them.
const TYPES: [(&str, &str); 2] = [("GolemRpcUri", "Uri"), ("WasiIoPollable", "Pollable")];

/// The lines of a caller's code that name types of an older stub, in files that name the stub's module.
pub(crate) fn stub_types(caller: &Member, module: &str, disk: &Snapshot) -> Vec<Remark> {
    let files = sources(caller, disk);
    let files = files.filter(|(_, words)| words.iter().any(|(_, word)| *word == module));
    let names = files.flat_map(|(path, words)| words.into_iter().map(move |word| (path, word)));
    let named = names.filter_map(|(file, (line, word))| {
        let (old, new) = TYPES.into_iter().find(|(old, _)| *old == word)?;
        Some(Remark::Renamed {
            file: file.to_path_buf(),
            line,
            old: old.to_string(),
            new: Some(new.to_string()),
        })
    });
    named.collect()
}

/// The lines of a member's code that name modules of its bindings which have other names now.
pub(crate) fn modules(
    member: &Member,
    modules: &BTreeMap<String, String>,
    disk: &Snapshot,
) -> Vec<Remark> {
    let mut remarks = BTreeSet::new();
    for (file, words) in sources(member, disk) {
        remarks.extend(words.into_iter().filter_map(|(line, old)| {
            Some(Remark::Module {
                file: file.to_path_buf(),
                line,
                old: old.to_string(),
                new: modules.get(old)?.clone(),
            })
        }));
    }
    remarks.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_comments() {
        let found = words("use a::B; // C\nfn d<'e>()");
        assert_eq!(
            found,
            [
                (1, "use"),
                (1, "a"),
                (1, "B"),
                (2, "fn"),
                (2, "d"),
                (2, "e")
            ]
        );
    }
}
