//! Strings put into and taken out of an array, in the array's own style.
//!
//! Several lines or one, a comma at the end or none, sorted or not: what is there decides. A comment
//! stays with the element it stands behind.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml_edit::Array;

use crate::{Edits, TomlText, string_text};

/// An array on one line.
pub fn text(strings: &BTreeSet<&str>) -> String {
    let strings: Vec<String> = strings.iter().map(|text| string_text(text)).collect();
    format!("[{}]", strings.join(", "))
}

/// Puts new strings into an array: each in its place if the array is sorted, else at the end.
pub fn insert(toml: &TomlText<'_>, array: &Array, new: &BTreeSet<&str>, edits: &mut Edits) {
    let Some(span) = array.span() else { return };
    let items = items(array);
    let texts: Vec<Option<&str>> = items.iter().map(|(text, _)| *text).collect();
    let mut gaps: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for name in new {
        let gap = gap(&texts, name);
        gaps.entry(gap).or_default().push(string_text(name));
    }
    let style = Style {
        toml,
        span,
        items: items.into_iter().map(|(_, span)| span).collect(),
    };
    for (gap, names) in gaps {
        style.fill(gap, &names, edits);
    }
}

/// How many elements stand before a new one. At the end of an array that is not sorted, what was put
/// there is: a name that is taken out and put in again comes back to its place.
fn gap(texts: &[Option<&str>], name: &str) -> usize {
    let descends = |at: &usize| texts[at - 1].is_none() || texts[at - 1] > texts[*at];
    let sorted_from = (1..texts.len()).rev().find(descends).unwrap_or(0);
    let before = texts[sorted_from..].partition_point(|text| *text < Some(name));
    match before {
        0 if sorted_from > 0 => texts.len(),
        before => sorted_from + before,
    }
}

/// Takes strings out of an array: an element that has its line to itself with that line.
pub fn remove(toml: &TomlText<'_>, array: &Array, old: &BTreeSet<&str>, edits: &mut Edits) {
    let Some(span) = array.span() else { return };
    let items = items(array);
    let is_old = |text: &Option<&str>| text.is_some_and(|text| old.contains(text));
    let style = Style {
        toml,
        span,
        items: items.iter().map(|(_, span)| span.clone()).collect(),
    };
    for index in (0..items.len()).filter(|index| is_old(&items[*index].0)) {
        let kept = items[..index].iter().rposition(|(text, _)| !is_old(text));
        style.take(index, kept, edits);
    }
}

fn items(array: &Array) -> Vec<(Option<&str>, Range<usize>)> {
    let items = array.iter();
    items
        .filter_map(|value| Some((value.as_str(), value.span()?)))
        .collect()
}

/// How an array is written.
struct Style<'a> {
    toml: &'a TomlText<'a>,
    span: Range<usize>,
    items: Vec<Range<usize>>,
}

impl Style<'_> {
    fn fill(&self, gap: usize, names: &[String], edits: &mut Edits) {
        match gap.checked_sub(1).map(|before| &self.items[before]) {
            Some(before) => self.after(before, names, edits),
            None => self.front(names, edits),
        }
    }

    /// Behind an element: on its line, or on the lines below.
    fn after(&self, before: &Range<usize>, names: &[String], edits: &mut Edits) {
        let comma = self.comma(before.end);
        let end = comma.map_or(before.end, |comma| comma + 1);
        match (self.ends_line(end), comma) {
            (Some(line_end), comma) => {
                let mut lines = self.each_on_a_line(names);
                if comma.is_none() {
                    // The last is to have no comma either.
                    edits.inline(end, ",");
                    lines.pop();
                }
                edits.inline(line_end, lines);
            }
            (None, Some(_)) => edits.inline(end, format!(" {},", names.join(", "))),
            (None, None) => edits.inline(end, format!(", {}", names.join(", "))),
        }
    }

    /// In front of all elements, or as the only ones.
    fn front(&self, names: &[String], edits: &mut Edits) {
        match (self.ends_line(self.span.start + 1), self.items.first()) {
            (Some(line_end), _) => edits.inline(line_end, self.each_on_a_line(names)),
            (None, Some(first)) => edits.inline(first.start, format!("{}, ", names.join(", "))),
            (None, None) => edits.inline(self.span.start + 1, names.join(", ")),
        }
    }

    /// Takes an element out; `kept` is the nearest one before it that stays.
    fn take(&self, index: usize, kept: Option<usize>, edits: &mut Edits) {
        let text = self.toml.text;
        let Range { start, end } = self.items[index];
        let comma = self.comma(end);
        let piece_end = comma.map_or(end, |comma| comma + 1);
        // The element is the last, and has no comma: nor is what is the last then to have one.
        if let (None, Some(comma)) = (
            comma,
            kept.and_then(|kept| self.comma(self.items[kept].end)),
        ) {
            edits.remove(comma..comma + 1);
        }
        let line = self.toml.line_start(start);
        let begins_line = text[line..start].trim().is_empty();
        let blanks = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
        match (begins_line, self.ends_line(piece_end)) {
            (true, Some(line_end)) => {
                let above = text[..line].strip_suffix('\n').unwrap_or(&text[..line]);
                let above = above.strip_suffix('\r').unwrap_or(above).len();
                edits.remove(above..line_end);
            }
            (false, _) if kept.is_some() => {
                let before = text[..start].trim_end_matches([' ', '\t']).len();
                edits.remove(before..piece_end);
            }
            _ if comma.is_some() => edits.remove(start..piece_end + blanks(&text[piece_end..])),
            _ => edits.remove(start..end),
        }
    }

    /// The comma behind an element that ends at `end`.
    fn comma(&self, end: usize) -> Option<usize> {
        let at = self.skip_blanks(end);
        self.toml.text[at..].starts_with(',').then_some(at)
    }

    /// The end of the line of `at`, if within the array nothing but a comment follows on it.
    fn ends_line(&self, at: usize) -> Option<usize> {
        let end = self.toml.line_end(at);
        let rest = self.toml.text[at..end].trim_start();
        let free = rest.is_empty() || rest.starts_with('#');
        (free && end < self.span.end).then_some(end)
    }

    fn each_on_a_line(&self, names: &[String]) -> String {
        let indent = self.indent();
        let lines = names.iter().map(|name| format!("\n{indent}{name},"));
        lines.collect()
    }

    /// The indentation of the first element that begins a line.
    fn indent(&self) -> &str {
        let indents = self
            .items
            .iter()
            .map(|item| &self.toml.text[self.toml.line_start(item.start)..item.start]);
        let mut blank = indents.filter(|indent| indent.trim().is_empty());
        blank.next().unwrap_or("    ")
    }

    /// The offset behind spaces, line breaks and comments.
    fn skip_blanks(&self, mut at: usize) -> usize {
        loop {
            let rest = &self.toml.text[at..];
            at += rest.len() - rest.trim_start().len();
            if !self.toml.text[at..].starts_with('#') {
                return at;
            }
            at = self.toml.next_line(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8Path;

    fn inserted(text: &str, new: &[&str]) -> String {
        let toml = TomlText::parse(Utf8Path::new("/f"), text).unwrap();
        let array = toml.get(&["m"]).unwrap().as_array().unwrap();
        let mut edits = Edits::default();
        insert(&toml, array, &new.iter().copied().collect(), &mut edits);
        edits.apply(&toml).unwrap()
    }

    #[test]
    fn on_one_line() {
        assert_eq!(inserted("m = []", &["a", "b"]), r#"m = ["a", "b"]"#);
        assert_eq!(
            inserted(r#"m = ["b"]"#, &["a", "c"]),
            r#"m = ["a", "b", "c"]"#
        );
        assert_eq!(
            inserted(r#"m = ["c", "b"]"#, &["a"]),
            r#"m = ["c", "b", "a"]"#
        );
        assert_eq!(inserted(r#"m = [ "a", ]"#, &["b"]), r#"m = [ "a", "b", ]"#);
    }

    #[test]
    fn on_lines_of_their_own() {
        let text = "m = [ # all\n  \"a\", # first\n  # about c\n  \"c\" # last\n]";
        let wanted = "m = [ # all\n  \"Z\",\n  \"a\", # first\n  \"b\",\n  # about c\n  \"c\", # last\n  \"d\",\n  \"e\"\n]";
        assert_eq!(inserted(text, &["Z", "b", "d", "e"]), wanted);
        assert_eq!(inserted("m = [\n]", &["a"]), "m = [\n    \"a\",\n]");
        assert_eq!(
            inserted("m = [\r\n\t'b',\r\n\t'a',\r\n]", &["c"]),
            "m = [\r\n\t'b',\r\n\t'a',\r\n\t\"c\",\r\n]"
        );
    }

    #[test]
    fn several_on_a_line() {
        assert_eq!(
            inserted("m = [\n  'a', 'c',\n  'd', 'e' ]", &["b", "f"]),
            "m = [\n  'a', \"b\", 'c',\n  'd', 'e', \"f\" ]"
        );
    }

    #[test]
    fn a_comma_on_the_next_line() {
        assert_eq!(
            inserted("m = [ 'a'\n , 'b'\n ]", &["c"]),
            "m = [ 'a'\n , 'b',\n    \"c\"\n ]"
        );
    }

    fn removed(text: &str, old: &[&str]) -> String {
        let toml = TomlText::parse(Utf8Path::new("/f"), text).unwrap();
        let array = toml.get(&["m"]).unwrap().as_array().unwrap();
        let mut edits = Edits::default();
        remove(&toml, array, &old.iter().copied().collect(), &mut edits);
        edits.apply(&toml).unwrap()
    }

    #[test]
    fn what_was_put_in_comes_out_without_a_trace() {
        let arrays = [
            "m = []",
            "m = [ ]",
            "m = [\n]",
            "m = ['b']",
            "m = [ 'b', 'n' ]",
            "m = ['n', 'b',]",
            "m = [ # all\n  'b', # first\n  # about n\n  'n' # last\n]",
            "m = [\r\n\t'n',\r\n\t'b',\r\n]",
            "m = [\n  'b', 'k',\n  'l', 'n' ]",
            "m = [ 'b'\n , 'k' # k\n ]",
            "m = [ 'n' # n\n , 'b' ]",
            "m = [\n  'b',\n  'n', # n\n  # 'later',\n]",
        ];
        let sets: [&[&str]; 4] = [&["a"], &["z"], &["c"], &["a", "aa", "c", "ca", "x", "z"]];
        for array in arrays {
            for new in sets {
                let with = inserted(array, new);
                assert_eq!(removed(&with, new), array, "out of {with:?}");
                assert_eq!(removed(array, new), array, "nothing to remove");
            }
        }
    }

    #[test]
    fn what_is_taken_out_comes_back_to_its_place() {
        for array in [
            r#"m = ["z", "a", "a-stub", "z-stub"]"#,
            "m = [\n  \"z\",\n  \"a\",\n  \"a-stub\",\n  \"z-stub\"\n]",
        ] {
            for stub in ["a-stub", "z-stub"] {
                assert_eq!(inserted(&removed(array, &[stub]), &[stub]), array);
            }
        }
    }
}
