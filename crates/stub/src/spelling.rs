//! Old WIT spellings that today's parser refuses, found where they stand, with what to write now.
//!
//! Only consulted after a parse has failed. The module `respell` says what is one.

use std::fmt;

use camino::Utf8PathBuf;

use crate::respell;
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
        for old in respell::find(text) {
            let line = text[..old.start].rfind('\n').map_or(0, |at| at + 1);
            found.push(OldSpelling {
                path: file.path.clone(),
                line: text[..line].matches('\n').count() + 1,
                column: text[line..old.start].chars().count() + 1,
                text: text[line..].lines().next().unwrap_or_default().to_string(),
                old: old.old,
                new: old.new,
            });
        }
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
