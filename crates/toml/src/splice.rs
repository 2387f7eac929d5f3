//! Edits to a text: pieces put in, pieces taken out, everything else byte for byte as it was.

use std::ops::Range;

use camino::Utf8Path;
use toml_edit::Document;

use crate::{TomlError, TomlText, newline_of};

/// Edits to one text, collected in any order.
#[derive(Default)]
pub struct Edits {
    edits: Vec<Edit>,
}

struct Edit {
    at: Range<usize>,
    text: String,
    fit: Fit,
}

/// The text of the file at `path` after these edits.
///
/// # Errors
/// If it is no TOML, or the edits say so.
pub fn edited<E: From<TomlError>>(
    path: &Utf8Path,
    text: &str,
    edit: impl FnOnce(&TomlText<'_>, &mut Edits) -> Result<(), E>,
) -> Result<String, E> {
    let toml = TomlText::parse(path, text)?;
    let mut edits = Edits::default();
    edit(&toml, &mut edits)?;
    Ok(edits.apply(&toml)?)
}

/// How a piece sits among its neighbours.
enum Fit {
    /// Right here.
    Inline,
    /// On lines of its own.
    Lines,
    /// On lines of its own, with an empty line above.
    Block,
}

impl Edits {
    /// Puts `text` in at an offset, within a line.
    pub fn inline(&mut self, at: usize, text: impl Into<String>) {
        self.push(at..at, text, Fit::Inline);
    }

    /// Puts whole lines in before the line that starts at `at`.
    pub fn lines(&mut self, at: usize, text: impl Into<String>) {
        self.push(at..at, text, Fit::Lines);
    }

    /// The same, set apart from what stands above by an empty line.
    pub fn block(&mut self, at: usize, text: impl Into<String>) {
        self.push(at..at, text, Fit::Block);
    }

    /// Replaces a part of the text.
    pub fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.push(range, text, Fit::Inline);
    }

    /// Takes a part of the text out.
    pub fn remove(&mut self, range: Range<usize>) {
        self.push(range, "", Fit::Inline);
    }

    /// Takes whole lines out, with their line break, and with the empty line above if
    /// `and_gap` says so.
    pub fn remove_lines(&mut self, toml: &TomlText<'_>, lines: &Range<usize>, and_gap: bool) {
        let mut start = toml.line_start(lines.start);
        if and_gap && start > 0 {
            let above = toml.line_start(start - 1);
            if toml.text[above..start].trim().is_empty() {
                start = above;
            }
        }
        self.remove(start..toml.next_line(lines.end));
    }

    fn push(&mut self, at: Range<usize>, text: impl Into<String>, fit: Fit) {
        let text = text.into();
        self.edits.push(Edit { at, text, fit });
    }

    /// The edited text, parsed again, with every byte that no edit took out. It ends in a line break if the
    /// text did.
    ///
    /// # Errors
    /// If the edited text is no TOML, which is a mistake in the edits.
    pub fn apply(mut self, toml: &TomlText<'_>) -> Result<String, TomlError> {
        if self.edits.is_empty() {
            return Ok(toml.text.to_string());
        }
        self.edits.sort_by_key(|edit| edit.at.start);
        let (mut text, mut from) = (String::new(), 0);
        for edit in &self.edits {
            text.push_str(&toml.text[from..edit.at.start.max(from)]);
            edit.put(&mut text, newline_of(toml.text));
            from = from.max(edit.at.end);
        }
        text.push_str(&toml.text[from..]);
        if !is_blank(toml.text) && !toml.text.ends_with('\n') {
            pop_newline(&mut text);
        }
        match Document::parse(text.as_str()) {
            Ok(_) => Ok(text),
            Err(error) => Err(toml.mistake(error.message())),
        }
    }
}

/// Takes the line break at the end of a text away.
pub fn pop_newline(text: &mut String) {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
}

/// Whether a text holds nothing, a byte order mark aside.
pub fn is_blank(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').is_empty()
}

impl Edit {
    fn put(&self, text: &mut String, newline: &str) {
        let own_lines = !matches!(self.fit, Fit::Inline);
        let begun = !is_blank(text);
        if own_lines && begun && !text.ends_with('\n') {
            text.push_str(newline);
        }
        if matches!(self.fit, Fit::Block) && begun {
            text.push_str(newline);
        }
        text.push_str(&self.text.replace('\n', newline));
    }
}

impl TomlText<'_> {
    fn mistake(&self, message: &str) -> TomlError {
        TomlError::Mistake {
            file: self.path.to_path_buf(),
            message: message.trim_end().replace('\n', "; "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(edited("a = 1", both), "a = 1\nb = 2\n\n[c]\n\n[d]");
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
}
