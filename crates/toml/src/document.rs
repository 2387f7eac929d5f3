//! A TOML file's text with what stands where in it.
//!
//! A file is a list of sections, each a header (`[a.b]`) with the keys below it; the keys before the
//! first header are a section without one. Offsets are byte offsets into the text.

use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use toml_edit::{Document, Item, Table, Value};

use crate::TomlError;

/// What a line of ours bears where nothing else says whose it is.
pub const TAG: &str = "# golem-rpc";

/// A parsed TOML file.
pub struct TomlText<'a> {
    /// The file.
    pub path: &'a Utf8Path,
    /// Its text.
    pub text: &'a str,
    /// The same, parsed.
    pub doc: Document<&'a str>,
    /// In the order of the text; the first is the one without a header.
    sections: Vec<Section>,
    /// Every key with a value that is not a table, in the order of the text.
    leaves: Vec<Leaf>,
}

struct Section {
    path: Vec<String>,
    header: Range<usize>,
    /// End of the last value, or of the header.
    end: usize,
}

struct Leaf {
    path: Vec<String>,
    start: usize,
    end: usize,
}

/// Some lines of a file, without the line break at their end.
pub type Region = Range<usize>;

impl<'a> TomlText<'a> {
    /// Parses the text of the file at `path`.
    pub fn parse(path: &'a Utf8Path, text: &'a str) -> Result<Self, TomlError> {
        let doc = Document::parse(text).map_err(|error| TomlError::Broken {
            file: path.to_path_buf(),
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            message: error.message().trim_end().replace('\n', "; "),
        })?;
        let first = Section {
            path: Vec::new(),
            header: 0..0,
            end: 0,
        };
        let (mut sections, mut leaves) = (vec![first], Vec::new());
        collect(doc.as_table(), &mut Vec::new(), &mut sections, &mut leaves);
        sections[1..].sort_by_key(|section| section.header.start);
        leaves.sort_by_key(|leaf| leaf.start);
        for leaf in &leaves {
            let section = section_at(&sections, leaf.start);
            sections[section].end = sections[section].end.max(leaf.end);
        }
        Ok(TomlText {
            path,
            text,
            doc,
            sections,
            leaves,
        })
    }

    /// The number of the line in which an offset lies, from 1.
    pub fn line(&self, offset: usize) -> usize {
        line_of(self.text, offset)
    }

    /// The item at a path of keys.
    pub fn get(&self, path: &[&str]) -> Option<&Item> {
        let mut item = self.doc.as_item();
        for key in path {
            item = item.as_table_like()?.get(key)?;
        }
        Some(item)
    }

    /// Where a path first stands in the text: its header, or its first key.
    pub fn start_of(&self, path: &[&str]) -> Option<usize> {
        self.starts(path).min()
    }

    /// Where something at or below a path begins: headers and keys.
    fn starts(&self, path: &[&str]) -> impl Iterator<Item = usize> {
        let headers = self.sections[1..].iter().filter(|s| begins(&s.path, path));
        let leaves = self.leaves.iter().filter(|l| begins(&l.path, path));
        headers
            .map(|s| s.header.start)
            .chain(leaves.map(|l| l.start))
    }

    fn header(&self, path: &[&str]) -> Option<&Section> {
        self.sections[1..]
            .iter()
            .find(|section| section.path == path)
    }

    /// The lines of the section with exactly this header: the header to its last value's line.
    pub fn section(&self, path: &[&str]) -> Option<Region> {
        let section = self.header(path)?;
        Some(section.header.start..self.line_end(section.end))
    }

    /// Everything that stands at or below a path, as lines: whole sections and single keys.
    pub fn regions_of(&self, path: &[&str]) -> Vec<Region> {
        let sections = self.sections[1..].iter().filter(|s| begins(&s.path, path));
        let mut regions: Vec<Region> = sections
            .map(|s| s.header.start..self.line_end(s.end))
            .collect();
        for leaf in self.leaves.iter().filter(|l| begins(&l.path, path)) {
            if !regions.iter().any(|region| region.contains(&leaf.start)) {
                regions.push(self.line_start(leaf.start)..self.line_end(leaf.end));
            }
        }
        regions.sort_by_key(|region| region.start);
        regions
    }

    /// The end of the last value at or below a path among the keys under exactly this header.
    pub fn last_end_under(&self, header: &[&str], path: &[&str]) -> Option<usize> {
        let from = self.sections.iter().position(|s| s.path == header)?;
        let start = self.sections[from].header.start;
        let next = self.sections.get(from + 1).map(|s| s.header.start);
        let leaves = self.leaves.iter().filter(|l| begins(&l.path, path));
        let here = leaves.filter(|l| l.start >= start && next.is_none_or(|next| l.start < next));
        here.map(|l| l.end).max()
    }

    /// Where a new section goes that belongs to a path: behind the last section that has something
    /// of that path; the end of the file if there is none.
    pub fn behind(&self, path: &[&str]) -> usize {
        match self.starts(path).max() {
            Some(start) if !path.is_empty() => {
                self.tail(self.sections[section_at(&self.sections, start)].end)
            }
            _ => self.text.len(),
        }
    }

    /// The start of the line after `end` and after the comment lines that follow it directly;
    /// comment lines above a header belong to that header.
    pub fn tail(&self, end: usize) -> usize {
        let at = self.next_line(end);
        let mut probe = at;
        while self.text[probe..]
            .trim_start_matches([' ', '\t'])
            .starts_with('#')
        {
            probe = self.next_line(probe);
        }
        let next = self.text[probe..].lines().next().unwrap_or_default();
        if next.trim().is_empty() { probe } else { at }
    }

    /// Where the value or the header that ends at `end` has its line end, comment included.
    pub fn line_end(&self, end: usize) -> usize {
        let rest = &self.text[end..];
        let line = rest.split('\n').next().unwrap_or(rest);
        end + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// The start of the line after the one in which `offset` lies.
    pub fn next_line(&self, offset: usize) -> usize {
        self.text[offset..]
            .find('\n')
            .map_or(self.text.len(), |at| offset + at + 1)
    }

    /// The start of the line in which `offset` lies.
    pub fn line_start(&self, offset: usize) -> usize {
        // No line begins before a byte order mark, nor in it.
        let first = self.text.len() - self.text.trim_start_matches('\u{feff}').len();
        let before = &self.text[first..offset.max(first)];
        first + before.rfind('\n').map_or(0, |at| at + 1)
    }

    /// The tag that stands behind what ends at `end`, with the blanks in front of it: `# golem-rpc`, whatever
    /// follows in that comment.
    pub fn tag_behind(&self, end: usize) -> Option<Range<usize>> {
        let line = &self.text[end..self.line_end(end)];
        let comment = line.trim_start_matches([' ', '\t']);
        let rest = comment.strip_prefix(TAG)?;
        let is_word = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
        is_word.then(|| end..end + line.len() - rest.len())
    }

    /// Whether the header of a table bears the tag.
    pub fn is_tagged(&self, path: &[&str]) -> bool {
        let end = self.header(path).map(|section| section.header.end);
        end.is_some_and(|end| self.tag_behind(end).is_some())
    }

    /// The error that a key is not what its name promises.
    pub fn wrong_shape(&self, path: &[&str], expected: &'static str) -> TomlError {
        TomlError::WrongShape {
            file: self.path.to_path_buf(),
            line: self.line(self.start_of(path).unwrap_or(0)),
            key: key_path(path),
            expected,
        }
    }
}

/// The text of a file, which has to be UTF-8.
pub fn utf8<'a>(path: &Utf8Path, content: &'a [u8]) -> Result<&'a str, TomlError> {
    std::str::from_utf8(content).map_err(|_| TomlError::NotUtf8 {
        file: Utf8PathBuf::from(path),
    })
}

/// A path of keys as TOML writes it: `a.b."c:d"`.
pub fn key_path(path: &[&str]) -> String {
    let keys: Vec<String> = path.iter().map(|key| key_text(key)).collect();
    keys.join(".")
}

/// A key as TOML writes it.
pub(crate) fn key_text(key: &str) -> String {
    toml_edit::Key::new(key).display_repr().into_owned()
}

/// A string as TOML writes it.
pub fn string_text(text: &str) -> String {
    Value::from(text).to_string()
}

/// The line ending that a text uses.
pub fn newline_of(text: &str) -> &'static str {
    match text.split_once('\n') {
        Some((first, _)) if first.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

/// The number of the section in which an offset lies.
fn section_at(sections: &[Section], offset: usize) -> usize {
    let behind = sections.partition_point(|section| section.header.start <= offset);
    behind.max(1) - 1
}

fn begins(whole: &[String], path: &[&str]) -> bool {
    whole.len() >= path.len() && whole.iter().zip(path).all(|(a, b)| a == b)
}

fn collect(
    table: &Table,
    path: &mut Vec<String>,
    sections: &mut Vec<Section>,
    leaves: &mut Vec<Leaf>,
) {
    for (key, item) in table.iter() {
        path.push(key.to_string());
        match item {
            Item::Table(inner) => collect_table(inner, path, sections, leaves),
            Item::ArrayOfTables(tables) => {
                for inner in tables.iter() {
                    collect_table(inner, path, sections, leaves);
                }
            }
            Item::Value(value) => {
                let start = table.key(key).and_then(toml_edit::Key::span);
                if let (Some(start), Some(span)) = (start, value.span()) {
                    leaves.push(Leaf {
                        path: path.clone(),
                        start: start.start,
                        end: span.end,
                    });
                }
            }
            Item::None => {}
        }
        path.pop();
    }
}

fn collect_table(
    table: &Table,
    path: &mut Vec<String>,
    sections: &mut Vec<Section>,
    leaves: &mut Vec<Leaf>,
) {
    // Only a table with a header of its own has a position.
    if let (Some(_), Some(header)) = (table.position(), table.span()) {
        sections.push(Section {
            path: path.clone(),
            end: header.end,
            header,
        });
    }
    collect(table, path, sections, leaves);
}
