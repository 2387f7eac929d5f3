//! A place in a WIT file, shown as the parser shows them: file, line and column, then the line with
//! a caret and advice below it.

use std::fmt::{Display, Formatter, Result};

use camino::Utf8PathBuf;

use crate::file::WitFile;

/// Some characters of one line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: Utf8PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// How many characters.
    pub width: usize,
    /// The line's text.
    pub text: String,
}

impl Place {
    /// Where `found`, some bytes of one line, stands in a file's text.
    pub(crate) fn of(file: &WitFile, text: &str, found: std::ops::Range<usize>) -> Place {
        let before = &text[..found.start];
        let begin = before.rfind('\n').map_or(0, |end| end + 1);
        Place {
            path: file.path.clone(),
            line: before.matches('\n').count() + 1,
            column: text[begin..found.start].chars().count() + 1,
            width: text[found].chars().count(),
            text: text[begin..].lines().next().unwrap_or_default().to_owned(),
        }
    }

    /// The place with what to do about it.
    pub(crate) fn show(&self, f: &mut Formatter<'_>, advice: impl Display) -> Result {
        let Place {
            path,
            line,
            column,
            width,
            text,
        } = self;
        let margin = line.to_string().len();
        writeln!(f, "{:margin$}--> {path}:{line}:{column}", "")?;
        writeln!(f, "{:margin$} |", "")?;
        writeln!(f, "{line} | {text}")?;
        let marker = "^".repeat(*width);
        write!(f, "{:margin$} | {:2$}{marker} {advice}", "", "", column - 1)
    }
}

/// `text` with every byte of a comment replaced by a space, line breaks kept: so that what is found
/// in it stands in `text` at the same bytes.
pub(crate) fn blank_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        let (comment, tail) = rest.split_at(length);
        out.extend(comment.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
        rest = tail;
    }
    out
}

/// The length of the comment with which the text begins; they nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_nest_and_keep_their_length() {
        let text = "a // \u{e4}\nb /* c /* */ \u{e4}\n*/ d /* e";
        let blank = blank_comments(text);
        assert_eq!(blank.len(), text.len());
        let words: Vec<_> = blank.split_whitespace().collect();
        assert_eq!(words, ["a", "b", "d"]);
        assert_eq!(blank.lines().count(), 3);
    }
}
