//! Old WIT spellings that today's parser refuses, found where they stand, with what to write now.
//!
//! Only consulted after a parse has failed: `float32` may be a name of the user's own.

use std::fmt;

use crate::file::WitFile;
use crate::place::Place;
use crate::respell;

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
        found.extend(respell::find(text).into_iter().map(|old| OldSpelling {
            place: Place::of(file, text, old.start..old.end_of_line(text)),
            old: old.old,
            new: old.new,
        }));
    }
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
