//! Old WIT spellings that today's parser refuses, found where they stand, with what to write now.
//!
//! Only consulted after a parse has failed: `float32` may be a name of the user's own.

use std::fmt;

use crate::place::{Place, blank_comments};
use crate::source::WitFile;

/// One old spelling in a user's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldSpelling {
    /// Where it stands.
    pub place: Place,
    /// What stands there.
    pub old: &'static str,
    /// What to write instead.
    pub new: &'static str,
}

impl fmt::Display for OldSpelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OldSpelling { place, old, new } = self;
        match *new {
            "" => place.show(
                f,
                format_args!("remove `{old}`: a function without a result has no arrow"),
            ),
            new => place.show(f, format_args!("write `{new}` instead of `{old}`")),
        }
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
        let mut begin = 0;
        for line in code.split_inclusive('\n') {
            for (start, old, new) in in_line(line) {
                let start = begin + start;
                let place = Place::of(file, text, start..start + old.len());
                found.push(OldSpelling { place, old, new });
            }
            begin += line.len();
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
        let places: Vec<_> = found
            .iter()
            .map(|s| (s.place.line, s.place.column, s.old))
            .collect();
        assert_eq!(places, [(3, 30, "float32"), (3, 39, "-> ()")]);
        let shown = found[0].to_string();
        assert!(shown.contains("--> wit/a.wit:3:30"), "{shown}");
        assert!(
            shown.ends_with("^^^^^^^ write `f32` instead of `float32`"),
            "{shown}"
        );
    }
}
