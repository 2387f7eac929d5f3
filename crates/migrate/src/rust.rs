//! Names in a member's Rust code: where they stand, and how Rust writes names of WIT.
//!
//! Only line comments are left out. A name in a string or a block comment is told like any other:
//! nothing is rewritten, and one note too many does no harm.

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_workspace::Member;

/// The Rust files of a member, with the words of each by line, from 1. cargo-component's bindings are
/// not among them.
pub(crate) fn sources<'d>(
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
pub(crate) fn words(text: &str) -> Vec<(usize, &str)> {
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

/// A name of WIT as Rust calls a type.
pub(crate) fn camel(name: &str) -> String {
    let parts = name.split('-').map(|part| {
        let mut letters = part.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    parts.collect()
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
        assert_eq!(camel("one-two"), "OneTwo");
    }
}
