//! Names in WIT that lead nowhere.

use std::fmt;
use std::ops::Range;

use camino::Utf8PathBuf;
use golem_rpc_stub::{WitFile, names};

/// A name that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dangling {
    /// The file.
    pub file: Utf8PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The target whose WIT it is about.
    pub target: String,
    /// What is to be written instead.
    pub instead: String,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// The text of the line, and where in it the name begins, in characters from 1.
    text: String,
    column: usize,
    width: usize,
}

impl fmt::Display for Dangling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Dangling {
            file,
            line,
            target,
            instead,
            text,
            column,
            width,
            ..
        } = self;
        let margin = line.to_string().len() + 4;
        let name: String = text.chars().skip(column - 1).take(*width).collect();
        let (blanks, marker) = (" ".repeat(column - 1), "^".repeat(*width));
        writeln!(f, "`{target}` has no `{name}` (any more)")?;
        writeln!(f, "{:margin$}--> {file}:{line}:{column}", "")?;
        writeln!(f, "{:margin$} |", "")?;
        writeln!(f, "{line:>margin$} | {text}")?;
        write!(f, "{:margin$} | {blanks}{marker} write `{instead}`", "")
    }
}

impl Dangling {
    pub(crate) fn new(
        file: &WitFile,
        text: &str,
        range: Range<usize>,
        target: &str,
        instead: String,
    ) -> Dangling {
        let before = &text[..range.start];
        let begin = before.rfind('\n').map_or(0, |end| end + 1);
        Dangling {
            file: file.path.clone(),
            line: before.matches('\n').count() + 1,
            target: target.to_string(),
            instead: names::written(&instead),
            text: text[begin..].lines().next().unwrap_or_default().to_string(),
            column: text[begin..range.start].chars().count() + 1,
            width: text[range.clone()].chars().count(),
            range,
        }
    }
}
