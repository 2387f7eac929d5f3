//! Keys put into and taken out of a table, however the file writes that table.
//!
//! The table may have a header, stand in dotted keys or in braces, or be missing: then it gets a
//! header behind what is nearest to it, or stands in the braces that hold its parent. Under a header
//! whose keys are sorted, a new key goes to its place, else behind the last.
//!
//! | a table that is missing | how it is told from the user's when its last entry goes |
//! |---|---|
//! | gets a header | the header bears the tag, where that is asked for |
//! | stands in braces | a blank follows the brace: `{ a = 1 }`; into the user's empty ones goes `{a = 1}` |

use std::ops::Range;

use toml_edit::{InlineTable, Item, Table, TableLike, Value};

use crate::document::key_text;
use crate::{Edits, Region, TAG, TomlError, TomlText, key_path};

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
    /// Puts entries, given as key and TOML value in key order, into the table at `path`. A value may end with
    /// the tag, which is left out within braces. If `tag` says so, a new header bears the tag.
    ///
    /// # Errors
    /// If something else than a table is in the way.
    pub fn insert_entries(
        &self,
        path: &[&str],
        entries: &[(String, String)],
        tag: bool,
        edits: &mut Edits,
    ) -> Result<(), TomlError> {
        if entries.is_empty() {
            return Ok(());
        }
        match self.spot(path)? {
            Spot::Header => self.below_header(path, entries, edits),
            Spot::Dotted { base } => {
                let last = self.last_dotted_line(path, base);
                edits.lines(last, assignments(&path[base..], entries));
            }
            Spot::Implicit => self.new_section(path, self.behind(path), (entries, tag), edits),
            Spot::Missing { known } => {
                let at = self.behind(&path[..known]);
                self.new_section(path, at, (entries, tag), edits);
            }
            Spot::Braces { table, base } => {
                self.insert_in_braces(table, &on_one_line(&path[base..], entries), edits);
            }
            Spot::MissingInBraces { table, base } => {
                let inner = on_one_line(&[], entries);
                let entry = format!("{} = {{ {inner} }}", key_path(&path[base..]));
                self.insert_in_braces(table, &entry, edits);
            }
        }
        Ok(())
    }

    /// Like [`TomlText::insert_entries`] for a table with siblings: where it is missing it gets its header, without
    /// a tag, behind those siblings that sort before it, or else behind what is at `first`.
    ///
    /// # Errors
    /// If something else than a table is in the way.
    pub fn insert_beside(
        &self,
        path: &[&str],
        first: &[&str],
        entries: &[(String, String)],
        edits: &mut Edits,
    ) -> Result<(), TomlError> {
        let Spot::Missing { .. } = self.spot(path)? else {
            return self.insert_entries(path, entries, false, edits);
        };
        let (name, parent) = path.split_last().expect("a table has a name");
        let siblings = self.get(parent).and_then(Item::as_table_like);
        let siblings = siblings.into_iter().flat_map(|table| table.iter());
        let before = siblings.map(|(key, _)| key).filter(|key| key < name);
        let before = before.max().map(|key| [parent, &[key]].concat());
        match before.as_deref().unwrap_or(first) {
            near if self.get(near).is_some() => {
                self.new_section(path, self.behind(near), (entries, false), edits);
                Ok(())
            }
            _ => self.insert_entries(path, entries, false, edits),
        }
    }

    /// Takes the entry at `path` out, and with it its table if that holds nothing else and is ours: because
    /// `is_ours` says so, by its tag, or by the blank in its braces.
    pub fn remove_with_table(&self, path: &[&str], is_ours: bool, edits: &mut Edits) {
        if self.get(path).is_none() {
            return;
        }
        let (_, table) = path.split_last().expect("a path has a key");
        let entries = self.get(table).and_then(Item::as_table_like);
        let alone = entries.is_some_and(|entries| entries.len() == 1);
        let is_ours = is_ours || self.is_tagged(table);
        let section = self
            .section(table)
            .filter(|lines| is_ours && self.is_bare(lines));
        let braces = match self.spot(table) {
            Ok(Spot::Braces {
                table: braces,
                base,
            }) => braces.span().filter(|_| base == table.len()),
            _ => None,
        };
        let is_new = |braces: Range<usize>| self.text[braces.start + 1..].starts_with(' ');
        match section {
            Some(lines) if alone => edits.remove_lines(self, &lines, true),
            _ if alone && braces.is_some_and(is_new) => self.remove_entry(table, edits),
            _ => self.remove_entry(path, edits),
        }
    }

    /// Whether a section is a header and an entry, without a comment of anybody's: one behind the entry
    /// goes with it.
    fn is_bare(&self, section: &Region) -> bool {
        let lines: Vec<&str> = self.text[section.clone()].lines().collect();
        let [header, entry] = lines[..] else {
            return false;
        };
        let header = header.trim_end();
        let comment = header.find('#').map_or("", |at| &header[at..]);
        (comment.is_empty() || comment == TAG) && !entry.trim_start().starts_with('#')
    }

    /// Takes the entry at `path` out: its line, its section, or its piece of the braces.
    pub fn remove_entry(&self, path: &[&str], edits: &mut Edits) {
        let (key, parent) = path.split_last().expect("a path has a key");
        let Some(table) = self.get(parent).and_then(Item::as_table_like) else {
            return;
        };
        let key_span = table.key(key).and_then(toml_edit::Key::span);
        if self.section(path).is_some() {
            for region in self.regions_of(path) {
                edits.remove_lines(self, &region, true);
            }
            return;
        }
        let value = table.get(key).and_then(Item::span);
        let (Some(key_span), Some(value)) = (key_span, value) else {
            return;
        };
        let line = self.line_start(key_span.start);
        if !matches!(self.spot(parent), Ok(Spot::Braces { .. })) {
            return edits.remove_lines(self, &(line..value.end), false);
        }
        // In front of the key there may be those of its parents: `a.b.key = …`.
        let before = self.text[..key_span.start].rfind(['{', ',']);
        let blanks = self.text[before.map_or(0, |at| at + 1)..].trim_start();
        edits.remove(self.with_comma(self.text.len() - blanks.len(), value.end));
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

    fn spot(&self, path: &[&str]) -> Result<Spot<'_>, TomlError> {
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
        let mut has_dotted = false;
        for (key, item) in table.iter() {
            match item.span() {
                Some(span) if item.is_value() => keys.push((key, span.end)),
                _ => has_dotted |= item.as_table().is_some_and(Table::is_dotted),
            }
        }
        let header = self.section(path).expect("a table with a header").start;
        let sorted = !keys.is_empty() && keys.is_sorted() && !has_dotted;
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

    /// The start of the line behind the last key below `path` that stands under the header of the
    /// first `base` keys: tables below `path` may have headers of their own.
    fn last_dotted_line(&self, path: &[&str], base: usize) -> usize {
        let end = self.last_end_under(&path[..base], path);
        self.next_line(end.expect("a dotted table has keys"))
    }

    fn new_section(
        &self,
        path: &[&str],
        at: usize,
        (entries, tag): (&[(String, String)], bool),
        edits: &mut Edits,
    ) {
        let (header, body) = (key_path(path), assignments(&[], entries));
        let tag = if tag {
            format!(" {TAG}")
        } else {
            String::new()
        };
        edits.block(at, format!("[{header}]{tag}\n{body}"));
    }

    fn insert_in_braces(&self, table: &InlineTable, entries: &str, edits: &mut Edits) {
        let Some(span) = table.span() else { return };
        let Some(end) = last_end(table) else {
            edits.inline(span.start + 1, entries);
            return;
        };
        let behind = &self.text[end..];
        let blanks = behind.len() - behind.trim_start().len();
        if behind[blanks..].starts_with(',') {
            edits.inline(end + blanks + 1, format!(" {entries},"));
        } else {
            edits.inline(end, format!(", {entries}"));
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

/// The same for braces, in which no comment can stand.
fn on_one_line(prefix: &[&str], entries: &[(String, String)]) -> String {
    let lines = assignments(prefix, entries).replace(&format!(" {TAG}\n"), "\n");
    lines.trim_end().replace('\n', ", ")
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
mod tests;
