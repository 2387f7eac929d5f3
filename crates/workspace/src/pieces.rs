//! The pieces of text that are ours in a file of the user's, as the lock keeps them.
//!
//! | the file is | a piece is found |
//! |---|---|
//! | as we left it (its hash says so) | at its offset |
//! | changed since | by its text; where that stands in several places, by what stood around it |
//!
//! Pieces are only believed if what the file says without them is what it says minus what is ours. A
//! piece that is not found was changed by hand: it is the user's from then on.

use std::collections::BTreeMap;
use std::ops::Range;

use camino::Utf8Path;
use golem_rpc_plan::ContentHash;
use serde::Deserialize;
use toml_edit::{Array, InlineTable, Item, Table, Value, value};

use crate::ledger::is_written;
use crate::lock::Keys;
use crate::toml::{Marked, TomlText, key_path, string_text};
use crate::wit_text;

/// How many bytes around a piece tell it from another with the same text.
const CONTEXT: usize = 32;
/// A piece that is longer stands in the lock with its beginning and its hash alone.
const WHOLE: usize = 160;
const BEGINNING: usize = 64;

/// What is ours in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pieces {
    /// The file as we left it.
    hash: ContentHash,
    /// Whether there was no file before.
    pub(crate) created: bool,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    at: usize,
    length: usize,
    /// Its text, or the beginning of that if there is a hash.
    text: String,
    hash: Option<ContentHash>,
    /// What stood in front of it and behind it, unless its text stood nowhere else.
    before: String,
    after: String,
}

#[derive(Deserialize)]
struct PieceText {
    at: usize,
    text: String,
    length: Option<usize>,
    hash: Option<String>,
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
}

impl From<PieceText> for Piece {
    fn from(text: PieceText) -> Piece {
        Piece {
            at: text.at,
            length: text.length.unwrap_or(text.text.len()),
            text: text.text,
            hash: text.hash.as_deref().map(ContentHash::from_recorded),
            before: text.before,
            after: text.after,
        }
    }
}

/// The same as the lock writes it.
#[derive(Deserialize)]
pub(crate) struct PiecesText {
    hash: String,
    #[serde(default)]
    created: bool,
    #[serde(default)]
    pieces: Vec<PieceText>,
}

impl From<PiecesText> for Pieces {
    fn from(text: PiecesText) -> Pieces {
        Pieces {
            hash: ContentHash::from_recorded(&text.hash),
            created: text.created,
            pieces: text.pieces.into_iter().map(Piece::from).collect(),
        }
    }
}

/// A file with what was found in it.
pub(crate) struct Found {
    pub(crate) marked: Marked,
    /// Whether every piece was.
    pub(crate) complete: bool,
    /// Whether what was found can be all that is left of ours.
    pub(crate) believed: bool,
}

impl Pieces {
    /// The pieces of a text; none if nothing in it is ours.
    pub(crate) fn of(marked: &Marked, created: bool) -> Option<Pieces> {
        let text = marked.text.as_str();
        let pieces: Vec<Piece> = joined(text, &marked.ours)
            .into_iter()
            .map(|range| Piece::of(text, range))
            .collect();
        (created || !pieces.is_empty()).then(|| Pieces {
            hash: ContentHash::of(text.as_bytes()),
            created,
            pieces,
        })
    }

    /// Whether a file is as we left it.
    pub(crate) fn is_left(&self, content: &[u8]) -> bool {
        is_written(&self.hash, content)
    }

    /// The lock's table.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new();
        table.insert("hash", value(self.hash.as_str()));
        if self.created {
            table.insert("created", value(true));
        }
        let mut pieces = Array::new();
        for piece in &self.pieces {
            let mut piece = Value::InlineTable(piece.table());
            piece.decor_mut().set_prefix("\n    ");
            pieces.push_formatted(piece);
        }
        pieces.set_trailing_comma(true);
        pieces.set_trailing("\n");
        table.insert("pieces", value(pieces));
        table
    }

    /// Finds the pieces in the file at `path`, of which `keys` says what is ours.
    pub(crate) fn find(&self, path: &Utf8Path, text: &str, keys: &Keys) -> Found {
        if self.hash == ContentHash::of(text.as_bytes())
            && let Some(ours) = self.in_place(text)
        {
            let marked = Marked::new(text, ours);
            return Found {
                marked,
                complete: true,
                believed: true,
            };
        }
        let ours = self.search(text);
        let complete = ours.len() == self.pieces.len();
        let marked = Marked::new(text, ours);
        match is_only_ours(path, &marked, keys) {
            true => Found {
                marked,
                complete,
                believed: true,
            },
            false => Found {
                marked: Marked::new(text, Vec::new()),
                complete: false,
                believed: false,
            },
        }
    }

    fn in_place(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let place = |piece: &Piece| {
            let range = piece.at..piece.at.checked_add(piece.length)?;
            let there = text.get(range.clone())?;
            there.starts_with(&piece.text).then_some(range)
        };
        self.pieces.iter().map(place).collect()
    }

    fn search(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for piece in &self.pieces {
            let is_free = |range: &Range<usize>| {
                found
                    .iter()
                    .all(|other| range.end <= other.start || other.end <= range.start)
            };
            if let Some(range) = piece.search(text).filter(is_free) {
                found.push(without_gap(text, range));
            }
        }
        found.sort_by_key(|range| range.start);
        found
    }
}

/// A section in a text that was changed, without the empty line above it that we put in, if the user
/// has written something there: the line break is now that line's own.
fn without_gap(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let section = piece.strip_prefix('\r').unwrap_or(piece);
    let section = section.strip_prefix('\n').filter(|s| s.ends_with('\n'));
    let before = &text[..range.start];
    match section {
        // Two line breaks are those that a file without one at its end got from us.
        Some(section) if section.starts_with(['[', '#']) && !before.is_empty() => {
            match before.ends_with('\n') {
                true => range,
                false => range.end - section.len()..range.end,
            }
        }
        _ => range,
    }
}

/// Ranges that touch are one piece, unless a line ends between them: somebody may put another one
/// there.
fn joined(text: &str, ours: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ours.iter().filter(|range| !range.is_empty()) {
        match joined.last_mut() {
            Some(last) if last.end == range.start && !text[..last.end].ends_with('\n') => {
                last.end = range.end;
            }
            _ => joined.push(range.clone()),
        }
    }
    joined
}

impl Piece {
    fn of(text: &str, range: Range<usize>) -> Piece {
        let whole = &text[range.clone()];
        let mut piece = Piece {
            at: range.start,
            length: whole.len(),
            text: whole.to_string(),
            hash: None,
            before: String::new(),
            after: String::new(),
        };
        if text.match_indices(whole).nth(1).is_some() {
            let (from, to) = around(text, &range);
            piece.before = text[from..range.start].to_string();
            piece.after = text[range.end..to].to_string();
        }
        if whole.len() > WHOLE {
            piece.hash = Some(ContentHash::of(whole.as_bytes()));
            piece.text.truncate(boundary(whole, BEGINNING));
        }
        piece
    }

    fn table(&self) -> InlineTable {
        let mut table = InlineTable::new();
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        table.insert("at", number(self.at).into());
        table.insert("text", one_line(&self.text));
        if let Some(hash) = &self.hash {
            table.insert("length", number(self.length).into());
            table.insert("hash", hash.as_str().into());
        }
        for (key, text) in [("before", &self.before), ("after", &self.after)] {
            if !text.is_empty() {
                table.insert(key, one_line(text));
            }
        }
        table
    }

    /// Where the piece stands in a text that was changed.
    fn search(&self, text: &str) -> Option<Range<usize>> {
        let found = self.best(text, &self.text, self.length);
        if found.is_some() || self.hash.is_some() {
            return found;
        }
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let other = self.text.replace("\r\n", "\n").replace('\n', newline);
        match other == self.text {
            true => None,
            false => self.best(text, &other, other.len()),
        }
    }

    fn best(&self, text: &str, beginning: &str, length: usize) -> Option<Range<usize>> {
        let places = text.match_indices(beginning).map(|(at, _)| at);
        let places: Vec<usize> = places.filter(|at| self.is_at(text, *at)).collect();
        let range = |at: usize| at..at + length;
        if let ([at], true) = (&places[..], self.before.is_empty() && self.after.is_empty()) {
            return Some(range(*at));
        }
        let score = |at: usize| {
            let before = text[..at].bytes().rev().zip(self.before.bytes().rev());
            let after = text[at + length..].bytes().zip(self.after.bytes());
            let same = |(one, other): &(u8, u8)| one == other;
            before.take_while(same).count() + after.take_while(same).count()
        };
        let scores = places.into_iter().map(|at| (score(at), at));
        let mut scores: Vec<(usize, usize)> = scores.collect();
        scores.sort_unstable();
        let enough = (self.before.len() + self.after.len()).min(CONTEXT) / 2;
        match scores[..] {
            [.., (second, _), (best, at)] if best > second && best >= enough => Some(range(at)),
            [(best, at)] if best >= enough => Some(range(at)),
            _ => None,
        }
    }

    /// Whether all of the piece stands where its beginning does, and no line break is torn apart.
    fn is_at(&self, text: &str, at: usize) -> bool {
        if text[at..].starts_with('\n') && text[..at].ends_with('\r') {
            return false;
        }
        let Some(hash) = &self.hash else {
            return true;
        };
        let whole = text.get(at..at + self.length);
        whole.is_some_and(|whole| ContentHash::of(whole.as_bytes()) == *hash)
    }
}

/// At most so many bytes of a text.
fn boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A string in one line of TOML.
fn one_line(text: &str) -> Value {
    let mut written = String::from('"');
    for c in text.chars() {
        match c {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            c if c.is_control() => written.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => written.push(c),
        }
    }
    written.push('"');
    written.parse().unwrap_or_else(|_| Value::from(text))
}

/// The bytes around a range that are its context.
fn around(text: &str, range: &Range<usize>) -> (usize, usize) {
    let mut from = range.start.saturating_sub(CONTEXT);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    (from, boundary(text, range.end + CONTEXT))
}

/// Whether what a text says without our pieces is what it says minus what `keys` says is ours.
fn is_only_ours(path: &Utf8Path, marked: &Marked, keys: &Keys) -> bool {
    let without = marked.without_ours();
    match path.extension() {
        Some("wit") => {
            let mut ours = marked.ours.iter();
            ours.all(|range| ends_its_line(&marked.text, range))
                && wit_text::is_without_imports(&marked.text, &without)
        }
        _ => match (leaves(path, &marked.text), leaves(path, &without)) {
            (Some(mut all), Some(rest)) => {
                let is_ours = |leaf: &str| {
                    let mut ours = keys.iter();
                    ours.any(|key| match leaf.strip_prefix(key) {
                        Some(below) => below.is_empty() || below.starts_with('.'),
                        None => false,
                    })
                };
                take(&mut all, rest) && all.keys().all(|(leaf, _)| is_ours(leaf))
            }
            _ => false,
        },
    }
}

/// Whether nothing stands behind a piece in its line, if it begins one: it would move to the line above.
fn ends_its_line(text: &str, range: &Range<usize>) -> bool {
    let begins = text[range.clone()].starts_with(['\r', '\n']);
    let rest = text[range.end..].lines().next().unwrap_or_default();
    !begins || rest.trim().is_empty()
}

/// Path and value of everything that a TOML file says, with how often it says so: an element of an
/// array has the element at the end of its path.
type Leaves = BTreeMap<(String, String), usize>;

/// Takes `part` out of `all`, if all of it is in there.
fn take(all: &mut Leaves, part: Leaves) -> bool {
    for (leaf, number) in part {
        match all.get_mut(&leaf) {
            Some(there) if *there > number => *there -= number,
            Some(there) if *there == number => drop(all.remove(&leaf)),
            _ => return false,
        }
    }
    true
}

fn leaves(path: &Utf8Path, text: &str) -> Option<Leaves> {
    let toml = TomlText::parse(path, text).ok()?;
    let mut leaves = Leaves::new();
    collect(toml.doc.as_item(), &mut Vec::new(), &mut leaves);
    Some(leaves)
}

fn collect(item: &Item, path: &mut Vec<String>, leaves: &mut Leaves) {
    if let Some(table) = item.as_table_like() {
        for (key, item) in table.iter() {
            path.push(key.to_string());
            collect(item, path, leaves);
            path.pop();
        }
        return;
    }
    if let Item::ArrayOfTables(tables) = item {
        for table in tables.iter() {
            collect(&Item::Table(table.clone()), path, leaves);
        }
        return;
    }
    if let Some(array) = item.as_array() {
        for element in array.iter() {
            let text = element
                .as_str()
                .map_or_else(|| plain(element), str::to_string);
            path.push(text);
            collect(&Item::Value(element.clone()), path, leaves);
            path.pop();
        }
        return;
    }
    let text = item.as_value().map(plain).unwrap_or_default();
    let mut keys: Vec<&str> = path.iter().map(String::as_str).collect();
    // `a = "1"` says of a dependency what `a = { version = "1" }` does.
    if let ([.., "dependencies", _], Some(_)) = (&keys[..], item.as_str()) {
        keys.push("version");
    }
    *leaves.entry((key_path(&keys), text)).or_default() += 1;
}

/// A value without how it is written.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => string_text(text.value()),
        other => other.clone().decorated("", "").to_string(),
    }
}
