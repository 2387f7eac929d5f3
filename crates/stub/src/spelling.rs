//! Old WIT spellings that today's parser refuses, found where they stand, with what to write now.
//!
//! Only consulted after a parse has failed: `float32` may be a name of the user's own.

use std::fmt;

use camino::Utf8PathBuf;

use crate::source::WitFile;

/// One old spelling in a user's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldSpelling {
    /// The file.
    pub path: Utf8PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The line's text.
    pub text: String,
    /// What stands there.
    pub old: &'static str,
    /// What to write instead.
    pub new: &'static str,
}

impl fmt::Display for OldSpelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OldSpelling {
            path,
            line,
            column,
            text,
            old,
            new,
        } = self;
        let advice = match *new {
            "" => format!("remove `{old}`: a function without a result has no arrow"),
            new => format!("write `{new}` instead of `{old}`"),
        };
        let margin = line.to_string().len();
        writeln!(f, "{:margin$}--> {path}:{line}:{column}", "")?;
        writeln!(f, "{:margin$} |", "")?;
        writeln!(f, "{line} | {text}")?;
        let marker = "^".repeat(old.chars().count());
        write!(f, "{:margin$} | {:2$}{marker} {advice}", "", "", column - 1)
    }
}

/// All old spellings in `files`, in file and line order.
pub(crate) fn find(files: &[WitFile]) -> Vec<OldSpelling> {
    let mut found = Vec::new();
    for file in files {
        let Ok(text) = std::str::from_utf8(&file.content) else {
            continue;
        };
        let code = blank_comments(text);
        for (index, (line, shown)) in code.lines().zip(text.lines()).enumerate() {
            for (start, old, new) in in_line(line) {
                found.push(OldSpelling {
                    path: file.path.clone(),
                    line: index + 1,
                    column: line[..start].chars().count() + 1,
                    text: shown.to_string(),
                    old,
                    new,
                });
            }
        }
    }
    found
}

/// Old spellings in one line without comments: byte offset, old, new.
fn in_line(line: &str) -> Vec<(usize, &'static str, &'static str)> {
    let mut found = Vec::new();
    for (old, new) in [("float32", "f32"), ("float64", "f64"), ("-> ()", "")] {
        for (start, _) in line.match_indices(old) {
            let part_of_word = |c: char| c.is_alphanumeric() || c == '-' || c == '%';
            let before = line[..start].chars().next_back();
            let after = line[start + old.len()..].chars().next();
            let inside = before.is_some_and(part_of_word) || after.is_some_and(part_of_word);
            if new.is_empty() || !inside {
                found.push((start, old, new));
            }
        }
    }
    found.sort_unstable();
    found
}

/// `text` with every character of a comment replaced by a space, line breaks kept.
fn blank_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        let (comment, tail) = rest.split_at(length);
        out.extend(comment.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = tail;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_spellings_outside_comments_are_found_where_they_stand() {
        let text = "// float32 here is fine\ninterface api {\n  /* -> () */ price: func(\u{e4}: float32) -> ();\n  float32-ish: func();\n}\n";
        let file = WitFile {
            path: "wit/a.wit".into(),
            content: text.into(),
        };
        let found = find(&[file]);
        let places: Vec<_> = found.iter().map(|s| (s.line, s.column, s.old)).collect();
        assert_eq!(places, [(3, 30, "float32"), (3, 39, "-> ()")]);
        let shown = found[0].to_string();
        assert!(shown.contains("--> wit/a.wit:3:30"), "{shown}");
        assert!(
            shown.ends_with("^^^^^^^ write `f32` instead of `float32`"),
            "{shown}"
        );
    }
}
