//! Edits to a text: pieces put in, pieces taken out, everything else byte for byte as it was.

use std::ops::Range;

use toml_edit::Document;

use super::document::TomlText;
use super::marked::Marked;
use crate::WorkspaceError;

/// Edits to one text, collected in any order.
#[derive(Default)]
pub(crate) struct Edits {
    edits: Vec<Edit>,
}

struct Edit {
    at: Range<usize>,
    text: String,
    place: Place,
    /// Whether the text is the user's from now on.
    amends: bool,
}

/// How a piece sits among its neighbours.
enum Place {
    /// Right here.
    Inline,
    /// On lines of its own.
    Lines,
    /// On lines of its own, with an empty line above.
    Block,
}

impl Edits {
    /// Puts `text` in at an offset, within a line.
    pub(crate) fn inline(&mut self, at: usize, text: impl Into<String>) {
        self.push(at..at, text, Place::Inline);
    }

    /// Puts whole lines in before the line that starts at `at`.
    pub(crate) fn lines(&mut self, at: usize, text: impl Into<String>) {
        self.push(at..at, text, Place::Lines);
    }

    /// The same, set apart from what stands above by an empty line.
    pub(crate) fn block(&mut self, at: usize, text: impl Into<String>) {
        self.push(at..at, text, Place::Block);
    }

    /// Replaces text of ours.
    pub(crate) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.push(range, text, Place::Inline);
    }

    /// Replaces text of the user's: a value that the user wants changed.
    pub(crate) fn amend(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.push(range, text, Place::Inline);
        if let Some(edit) = self.edits.last_mut() {
            edit.amends = true;
        }
    }

    /// Takes text of ours out.
    pub(crate) fn remove(&mut self, range: Range<usize>) {
        self.push(range, "", Place::Inline);
    }

    /// Takes whole lines of ours out, with their line break, and with the empty line above if
    /// `and_gap` says so.
    pub(crate) fn remove_lines(
        &mut self,
        toml: &TomlText<'_>,
        lines: &Range<usize>,
        and_gap: bool,
    ) {
        let mut start = toml.line_start(lines.start);
        if and_gap && start > 0 {
            let above = toml.line_start(start - 1);
            if toml.text[above..start].trim().is_empty() {
                start = above;
            }
        }
        self.remove(start..toml.next_line(lines.end));
    }

    fn push(&mut self, at: Range<usize>, text: impl Into<String>, place: Place) {
        let text = text.into();
        self.edits.push(Edit {
            at,
            text,
            place,
            amends: false,
        });
    }

    /// The edited text, parsed again, with every byte that no edit took out.
    pub(crate) fn apply(self, toml: &TomlText<'_>) -> Result<String, WorkspaceError> {
        Ok(self.apply_to(toml, &[])?.text)
    }

    /// The same for a text in which something is ours: what the edits put in is ours as well.
    pub(crate) fn apply_to(
        mut self,
        toml: &TomlText<'_>,
        ours: &[Range<usize>],
    ) -> Result<Marked, WorkspaceError> {
        if self.edits.is_empty() {
            return Ok(Marked::new(toml.text, ours.to_vec()));
        }
        self.edits.sort_by_key(|edit| edit.at.start);
        let (mut marked, mut kept, mut from) = (Marked::default(), String::new(), 0);
        for edit in &self.edits {
            let same = from..edit.at.start.max(from);
            kept.push_str(&toml.text[same.clone()]);
            marked.push_part(toml.text, ours, same);
            let start = marked.text.len();
            edit.put(&mut marked.text, toml.newline());
            if !edit.amends {
                marked.mark_from(start);
            }
            from = from.max(edit.at.end);
        }
        kept.push_str(&toml.text[from..]);
        marked.push_part(toml.text, ours, from..toml.text.len());
        let sound = is_subsequence(kept.as_bytes(), marked.text.as_bytes());
        match Document::parse(marked.text.as_str()) {
            Ok(_) if sound => Ok(marked),
            Ok(_) => Err(toml.mistake("would lose text of yours")),
            Err(error) => Err(toml.mistake(error.message())),
        }
    }
}

impl Edit {
    fn put(&self, text: &mut String, newline: &str) {
        let own_lines = !matches!(self.place, Place::Inline);
        let begun = !text.trim_start_matches('\u{feff}').is_empty();
        if own_lines && begun && !text.ends_with('\n') {
            text.push_str(newline);
        }
        let blank = || text.lines().next_back().is_none_or(|l| l.trim().is_empty());
        if matches!(self.place, Place::Block) && begun && !blank() {
            text.push_str(newline);
        }
        text.push_str(&self.text.replace('\n', newline));
    }
}

impl TomlText<'_> {
    fn mistake(&self, message: &str) -> WorkspaceError {
        WorkspaceError::Mistake {
            file: self.path.to_path_buf(),
            message: message.trim_end().replace('\n', "; "),
        }
    }
}

/// Whether every byte of `part` stands in `whole`, in the same order.
pub(crate) fn is_subsequence(part: &[u8], whole: &[u8]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|byte| whole.any(|other| other == byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8Path;

    fn edited(text: &str, edit: impl FnOnce(&TomlText<'_>, &mut Edits)) -> String {
        let toml = TomlText::parse(Utf8Path::new("/f"), text).unwrap();
        let mut edits = Edits::default();
        edit(&toml, &mut edits);
        edits.apply(&toml).unwrap()
    }

    #[test]
    fn lines_and_blocks_mind_a_missing_line_break_at_the_end() {
        let both = |_: &TomlText<'_>, edits: &mut Edits| {
            edits.lines(5, "b = 2\n");
            edits.block(5, "[c]\n");
            edits.block(5, "[d]\n");
        };
        assert_eq!(edited("a = 1", both), "a = 1\nb = 2\n\n[c]\n\n[d]\n");
    }

    #[test]
    fn new_lines_end_as_the_file_s_lines_do() {
        let block = |_: &TomlText<'_>, edits: &mut Edits| edits.block(7, "[c]\nd = 1\n");
        assert_eq!(edited("a = 1\r\n", block), "a = 1\r\n\r\n[c]\r\nd = 1\r\n");
    }

    #[test]
    fn an_edit_that_breaks_the_file_is_refused() {
        let toml = TomlText::parse(Utf8Path::new("/f"), "a = 1\n").unwrap();
        let mut edits = Edits::default();
        edits.lines(6, "a = 2\n");
        let error = edits.apply(&toml).unwrap_err();
        assert!(error.to_string().contains("`/f`"), "{error}");
    }

    #[test]
    fn subsequences() {
        assert!(is_subsequence(b"ace", b"abcde"));
        assert!(!is_subsequence(b"aec", b"abcde"));
        assert!(!is_subsequence(b"aa", b"a"));
    }
}
