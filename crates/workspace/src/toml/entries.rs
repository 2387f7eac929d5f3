//! Keys put into and taken out of a table, however the file writes that table.
//!
//! The table may have a header, stand in dotted keys or in braces, or be missing: then it gets a
//! header behind what is nearest to it, or stands in the braces that hold its parent. Under a header
//! whose keys are sorted, a new key goes to its place, else behind the last.

use toml_edit::{InlineTable, Item, TableLike, Value};

use super::document::{TomlText, key_path, key_text};
use super::splice::Edits;
use crate::WorkspaceError;

/// How a file writes the table that a path names.
enum Spot<'d> {
    /// It has a header.
    Header,
    /// It is made of dotted keys below the first `base` keys of the path.
    Dotted { base: usize },
    /// It has no header, only tables below it have.
    Implicit,
    /// It is in braces, which stand for the first `base` keys of the path.
    Braces { table: &'d InlineTable, base: usize },
    /// It is missing in braces, which stand for the first `base` keys of the path.
    MissingInBraces { table: &'d InlineTable, base: usize },
    /// It is missing; the first `known` keys of the path are there.
    Missing { known: usize },
}

impl TomlText<'_> {
    /// Puts entries, given as key and TOML value in key order, into the table at `path`.
    pub(crate) fn insert_entries(
        &self,
        path: &[&str],
        entries: &[(String, String)],
        edits: &mut Edits,
    ) -> Result<(), WorkspaceError> {
        if entries.is_empty() {
            return Ok(());
        }
        match self.spot(path)? {
            Spot::Header => self.below_header(path, entries, edits),
            Spot::Dotted { base } => {
                let last = self.last_line_of(path);
                edits.lines(last, assignments(&path[base..], entries));
            }
            Spot::Implicit => self.new_section(path, self.behind(path), entries, edits),
            Spot::Missing { known } => {
                self.new_section(path, self.behind(&path[..known]), entries, edits);
            }
            Spot::Braces { table, base } => {
                let entries = assignments(&path[base..], entries);
                self.insert_in_braces(table, &entries.trim_end().replace('\n', ", "), edits);
            }
            Spot::MissingInBraces { table, base } => {
                let inner = assignments(&[], entries).trim_end().replace('\n', ", ");
                let entry = format!("{} = {{ {inner} }}", key_path(&path[base..]));
                self.insert_in_braces(table, &entry, edits);
            }
        }
        Ok(())
    }

    /// Takes the entry at `path` out: its line, or its piece of the braces.
    pub(crate) fn remove_entry(&self, path: &[&str], edits: &mut Edits) {
        let (key, parent) = path.split_last().expect("a path has a key");
        let Some(table) = self.get(parent).and_then(Item::as_table_like) else {
            return;
        };
        let key_span = table.key(key).and_then(toml_edit::Key::span);
        let value = table.get(key).and_then(Item::span);
        let (Some(key_span), Some(value)) = (key_span, value) else {
            return;
        };
        let line = self.line_start(key_span.start);
        let in_braces = matches!(self.spot(parent), Ok(Spot::Braces { .. }));
        match in_braces {
            false => edits.remove_lines(self, &(line..value.end), false),
            true => edits.remove(self.with_comma(key_span.start, value.end)),
        }
    }

    /// A piece of braces with the comma that parts it from its neighbour.
    fn with_comma(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        let behind = self.text[end..].trim_start();
        if let Some(rest) = behind.strip_prefix(',') {
            return start..self.text.len() - rest.trim_start_matches([' ', '\t']).len();
        }
        let before = self.text[..start].trim_end();
        before.strip_suffix(',').map_or(start, str::len)..end
    }

    fn spot(&self, path: &[&str]) -> Result<Spot<'_>, WorkspaceError> {
        let mut table: &dyn TableLike = self.doc.as_table();
        let mut spot = Spot::Header;
        for (depth, key) in path.iter().enumerate() {
            let Some(item) = table.get(key) else {
                return Ok(match spot {
                    Spot::Braces { table, base } => Spot::MissingInBraces { table, base },
                    _ => Spot::Missing { known: depth },
                });
            };
            spot = match item {
                Item::Table(table) if table.position().is_some() => Spot::Header,
                Item::Table(table) if table.is_dotted() => match spot {
                    Spot::Dotted { base } => Spot::Dotted { base },
                    _ => Spot::Dotted { base: depth },
                },
                Item::Table(_) => Spot::Implicit,
                Item::Value(Value::InlineTable(table)) => match spot {
                    Spot::Braces { table: outer, base } if table.is_dotted() => {
                        Spot::Braces { table: outer, base }
                    }
                    _ => Spot::Braces {
                        table,
                        base: depth + 1,
                    },
                },
                _ => return Err(self.wrong_shape(&path[..=depth], "a table")),
            };
            table = item.as_table_like().expect("it was matched as a table");
        }
        Ok(spot)
    }

    fn below_header(&self, path: &[&str], entries: &[(String, String)], edits: &mut Edits) {
        let table = self.get(path).and_then(Item::as_table_like);
        let table = table.expect("a table with a header");
        let mut keys: Vec<(&str, usize)> = Vec::new();
        for (key, item) in table.iter() {
            match item.span() {
                Some(span) if item.is_value() => keys.push((key, span.end)),
                _ => {}
            }
        }
        let header = self.section(path).expect("a table with a header").start;
        let sorted = !keys.is_empty() && keys.is_sorted() && keys.len() == table.iter().count();
        for (key, value) in entries {
            let before = keys.partition_point(|(known, _)| *known < key.as_str());
            let at = match (sorted, before.checked_sub(1)) {
                (true, None) => self.next_line(header),
                (true, Some(last)) if before < keys.len() => self.next_line(keys[last].1),
                _ => self.tail(self.section_end(path)),
            };
            edits.lines(at, format!("{} = {value}\n", key_text(key)));
        }
    }

    fn section_end(&self, path: &[&str]) -> usize {
        self.section(path).expect("a table with a header").end
    }

    /// The start of the line behind the last key below `path`.
    fn last_line_of(&self, path: &[&str]) -> usize {
        let regions = self.regions_of(path);
        self.next_line(regions.last().expect("a dotted table has keys").end)
    }

    fn new_section(
        &self,
        path: &[&str],
        at: usize,
        entries: &[(String, String)],
        edits: &mut Edits,
    ) {
        let (header, body) = (key_path(path), assignments(&[], entries));
        edits.block(at, format!("[{header}]\n{body}"));
    }

    fn insert_in_braces(&self, table: &InlineTable, entries: &str, edits: &mut Edits) {
        let Some(span) = table.span() else { return };
        let Some(end) = last_end(table) else {
            let close = match self.text[span.start + 1..].starts_with('}') {
                true => " ",
                false => "",
            };
            edits.inline(span.start + 1, format!(" {entries}{close}"));
            return;
        };
        let behind = &self.text[end..];
        let blanks = behind.len() - behind.trim_start().len();
        match behind[blanks..].starts_with(',') {
            true => edits.inline(end + blanks + 1, format!(" {entries},")),
            false => edits.inline(end, format!(", {entries}")),
        }
    }
}

/// `prefix.key = value` lines.
fn assignments(prefix: &[&str], entries: &[(String, String)]) -> String {
    let line = |(key, value): &(String, String)| {
        let mut path = prefix.to_vec();
        path.push(key);
        format!("{} = {value}\n", key_path(&path))
    };
    entries.iter().map(line).collect()
}

/// The end of the last value in braces, dotted keys looked into.
fn last_end(table: &InlineTable) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, value)| match value {
        Value::InlineTable(inner) if inner.is_dotted() => last_end(inner),
        value => value.span().map(|span| span.end),
    });
    ends.max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8Path;

    fn inserted(text: &str, path: &[&str], keys: &[&str]) -> String {
        let toml = TomlText::parse(Utf8Path::new("/f"), text).unwrap();
        let entries: Vec<_> = keys.iter().map(|k| (k.to_string(), "1".into())).collect();
        let mut edits = Edits::default();
        toml.insert_entries(path, &entries, &mut edits).unwrap();
        edits.apply(&toml).unwrap()
    }

    fn removed(text: &str, path: &[&str]) -> String {
        let toml = TomlText::parse(Utf8Path::new("/f"), text).unwrap();
        let mut edits = Edits::default();
        toml.remove_entry(path, &mut edits);
        edits.apply(&toml).unwrap()
    }

    #[test]
    fn below_a_header_sorted_or_at_the_end() {
        let sorted = "[a]\nb = 1 # b\n# d\nd = 1\n# end\n\n# c\n[c]\n";
        let wanted = "[a]\n\"a:x\" = 1\nb = 1 # b\nc = 1\n# d\nd = 1\n# end\ne = 1\n\n# c\n[c]\n";
        assert_eq!(inserted(sorted, &["a"], &["a:x", "c", "e"]), wanted);
        assert_eq!(
            inserted("[a]\nd=1\nb=1", &["a"], &["c"]),
            "[a]\nd=1\nb=1\nc = 1\n"
        );
        assert_eq!(inserted("[a]\n[c]\n", &["a"], &["x"]), "[a]\nx = 1\n[c]\n");
    }

    #[test]
    fn in_braces() {
        let braces = "[p]\na = { b = { c = 1 } } # x\n";
        let wanted = "[p]\na = { b = { c = 1 }, d = { x = 1, y = 1 } } # x\n";
        assert_eq!(inserted(braces, &["p", "a", "d"], &["x", "y"]), wanted);
        assert_eq!(inserted("a = {}", &["a"], &["x"]), "a = { x = 1 }");
        assert_eq!(
            inserted("a = { }", &["a", "b"], &["x"]),
            "a = { b = { x = 1 } }"
        );
        assert_eq!(
            inserted("a = { b.c = 1 }", &["a", "b"], &["x", "y"]),
            "a = { b.c = 1, b.x = 1, b.y = 1 }"
        );
    }

    #[test]
    fn in_dotted_keys() {
        assert_eq!(
            inserted("[p]\na.b.c = 1\nz = 1\n[q]\n", &["p", "a", "b"], &["x"]),
            "[p]\na.b.c = 1\na.b.x = 1\nz = 1\n[q]\n"
        );
        assert_eq!(
            inserted("[p]\na.b = 1\nz = 1\n\n[q]\n", &["p", "a", "d"], &["x"]),
            "[p]\na.b = 1\nz = 1\n\n[p.a.d]\nx = 1\n\n[q]\n"
        );
        let braces = "[p]\na.b = { c = 1 }\n";
        assert_eq!(
            inserted(braces, &["p", "a", "b"], &["x"]),
            "[p]\na.b = { c = 1, x = 1 }\n"
        );
    }

    #[test]
    fn with_a_header_of_its_own_where_the_table_is_missing() {
        assert_eq!(
            inserted(
                "[a]\nx = 1\n# not b\n\n# about q\n[q]\n",
                &["a", "b"],
                &["k"]
            ),
            "[a]\nx = 1\n# not b\n\n[a.b]\nk = 1\n\n# about q\n[q]\n"
        );
        assert_eq!(
            inserted("[a.b.c]\nx = 1\n", &["a", "b"], &["k"]),
            "[a.b.c]\nx = 1\n\n[a.b]\nk = 1\n"
        );
        assert_eq!(inserted("", &["a"], &["k"]), "[a]\nk = 1\n");
    }

    #[test]
    fn a_value_in_the_way_is_named_with_its_line() {
        let toml = TomlText::parse(Utf8Path::new("/f"), "[a]\n\nb = 1\n").unwrap();
        let entries = [("x".to_string(), "1".to_string())];
        let error = toml
            .insert_entries(&["a", "b", "c"], &entries, &mut Edits::default())
            .unwrap_err();
        assert_eq!(error.to_string(), "`/f`, line 3: `a.b` should be a table");
    }

    #[test]
    fn entries_go_with_their_line_or_their_comma() {
        assert_eq!(
            removed("[a]\nb = 1 # b\nc = 1\n", &["a", "b"]),
            "[a]\nc = 1\n"
        );
        assert_eq!(
            removed("a = { b = 1, c = 1 }", &["a", "b"]),
            "a = { c = 1 }"
        );
        assert_eq!(
            removed("a = { b = 1, c = 1 }", &["a", "c"]),
            "a = { b = 1 }"
        );
        assert_eq!(removed("a.b = 1\na.c = 2\n", &["a", "b"]), "a.c = 2\n");
        assert_eq!(removed("a = 1\n", &["q"]), "a = 1\n");
    }
}
