//! Makefile.toml: our tasks, in one block at the end of the user's.
//!
//! ```toml
//! # >>> golem-rpc <hash of the lines between, with line breaks of Unix>
//! [tasks.build-flow]
//! …
//! # <<< golem-rpc
//! ```
//!
//! | under a name of ours, the user has | becomes |
//! |---|---|
//! | nothing | our task, in the block |
//! | nothing, but a file that this one extends has a task | nothing, with a note; our task if that is forced |
//! | a task | stays, with a note, and the block has none; ours if that is forced |
//!
//! A block that says what it should, formatted in whatever way, is left alone. One that was edited by hand is
//! refused, unless that is forced; formatting it, or moving a task out of it, is no edit. A file that we made goes
//! with the block if it holds nothing else.

use std::collections::BTreeSet;
use std::ops::Range;

use golem_rpc_makefile_templates::{
    Caller, Flow, Table, flows_of_steps, is_step, new_file_header, tables,
};
use golem_rpc_plan::ContentHash;
use golem_rpc_toml::{Edits, TomlText, is_blank, newline_of, pop_newline};
use serde_json::{Map, Value};
use toml_edit::Item;

use crate::members::paths::MAKEFILE;
use crate::plan::draft::Draft;
use crate::plan::extends::Inherited;
use crate::{Links, Note, Options, StubBackend, WorkspaceError};

const BEGIN: &str = "# >>> golem-rpc ";
const END: &str = "# <<< golem-rpc";

/// Plans Makefile.toml.
pub(crate) fn plan(
    draft: &mut Draft<'_>,
    links: &Links,
    options: &Options,
) -> Result<(), WorkspaceError> {
    let file = draft.workspace.root.join(MAKEFILE);
    let Some(text) = draft.text(&file)?.map(str::to_string) else {
        let tables = wanted(links, options);
        draft.count(tables.len());
        let new = (!tables.is_empty()).then(|| block(new_file_header(), &tables));
        draft.edit(&file, new);
        return Ok(());
    };
    let present = Block::find(&text);
    let user = present
        .as_ref()
        .map_or_else(|| text.clone(), |block| block.without(&text));
    let inner = present
        .as_ref()
        .map_or("", |block| &text[block.inner.clone()]);
    let user = TomlText::parse(&file, &user)?;
    let mut edits = Edits::default();
    let tables = merge(draft, &user, inner, wanted(links, options), &mut edits)?;
    let without = edits.apply(&user)?;
    draft.count(tables.len());
    if says(inner, &tables) && without == user.text {
        return Ok(());
    }
    if present.is_some_and(|block| block.differs) && is_edited(draft, &user, inner) {
        let file = file.clone();
        match (draft.force, tables.is_empty()) {
            (true, _) => draft.note(Note::Overwritten { file }),
            (false, true) => draft.note(Note::EditedKept { file }),
            (false, false) => draft.refuse(&file),
        }
        if !draft.force {
            return Ok(());
        }
    }
    // A file that we made has a table `config`, of which nobody else's tasks hang.
    let is_made = inner.lines().any(|line| line.trim_end() == "[config]");
    let head: String = new_file_header()
        .split_inclusive('\n')
        .filter(|line| is_made || line.starts_with('#'))
        .collect();
    let new = (!tables.is_empty()).then(|| block(&head, &tables));
    let edited = join(&without, new.as_deref(), &text);
    draft.edit(
        &file,
        Some(edited).filter(|text| !is_made || !is_blank(text.trim())),
    );
    Ok(())
}

/// Whether Makefile.toml has a block of ours.
pub(crate) fn has_block(text: &str) -> bool {
    Block::find(text).is_some()
}

/// The block of ours in a file.
struct Block {
    /// Its lines, with the last line break.
    range: Range<usize>,
    /// The lines between its first and its last.
    inner: Range<usize>,
    /// Whether its hash does not fit.
    differs: bool,
}

impl Block {
    fn find(text: &str) -> Option<Block> {
        let mut lines = text.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start..*at, line.trim_start_matches('\u{feff}')))
        });
        let (mut begin, line) = lines.find(|(_, line)| line.starts_with(BEGIN))?;
        let recorded = line[BEGIN.len()..].trim();
        // Two branches that changed the block have two hashes, so that git puts its first line into a conflict.
        let above = text[..begin.start].split_inclusive('\n').next_back();
        let conflict = above.filter(|line| line.starts_with("<<<<<<< "));
        begin.start -= conflict.map_or(0, str::len);
        let end = lines.find(|(_, line)| line.trim_end() == END);
        // Without its last line, it ends with its first.
        let end = end.map_or(begin.end..begin.end, |(end, _)| end);
        let inner = begin.end..end.start;
        Some(Block {
            differs: end.is_empty() || recorded != hash(&text[inner.clone()]).as_str(),
            range: begin.start..end.end,
            inner,
        })
    }

    /// The text without it and the empty line above it.
    fn without(&self, text: &str) -> String {
        let above = &text[..self.range.start];
        let line = above.strip_suffix('\n').unwrap_or(above);
        let start = line.rfind('\n').map_or(0, |at| at + 1);
        let has_gap = line.len() != above.len() && is_blank(line[start..].trim());
        let before = if has_gap { &text[..start] } else { above };
        format!("{before}{}", &text[self.range.end..])
    }
}

/// Whether a block says something else than the links on disk ask for, tasks that the user has elsewhere aside, or has
/// comments that are not ours.
fn is_edited(draft: &Draft<'_>, user: &TomlText<'_>, inner: &str) -> bool {
    let links = Links::of(draft.workspace).unwrap_or_default();
    let options = Options::of(draft.workspace).unwrap_or_default();
    let wanted = wanted(&links, &options);
    // A task that was taken out may have left its comment behind.
    let comments = block(new_file_header(), &wanted);
    let is_theirs = |line: &str| line.starts_with('#') && !comments.contains(line);
    let ours: Vec<_> = wanted
        .iter()
        .chain(&flows_of_steps())
        .map(|table| parsed(&table.toml))
        .collect();
    let is_ours = |(key, value): (&String, &Value)| {
        let tasks = value.as_object().into_iter().flatten();
        let states = |ours: &Option<Map<String, Value>>, task: &String, value: &Value| {
            ours.as_ref().and_then(|ours| ours.get(key)?.get(task)) == Some(value)
        };
        let mut tasks =
            tasks.map(|(task, value)| ours.iter().any(|ours| states(ours, task, value)));
        value.is_object() && tasks.all(|is_ours| is_ours)
    };
    let Some(tasks) = parsed(inner) else {
        return true;
    };
    let is_missing = |table: &Table| {
        let path: Vec<&str> = table.path.iter().map(String::as_str).collect();
        let is_in_block = has(&tasks, &path);
        let is_elsewhere = || draft.workspace.inherited(draft.disk, &path).is_some();
        !is_in_block && user.get(&path).is_none() && !is_elsewhere()
    };
    !tasks.iter().all(is_ours)
        || wanted.iter().any(is_missing)
        || inner.lines().map(str::trim).any(is_theirs)
}

fn hash(inner: &str) -> ContentHash {
    ContentHash::of(inner.replace("\r\n", "\n").as_bytes())
}

/// The block with these tables.
fn block(head: &str, tables: &[Table]) -> String {
    let mut inner = head.to_string();
    for table in tables {
        inner.push('\n');
        inner.push_str(&table.toml);
    }
    format!("{BEGIN}{}\n{inner}{END}\n", hash(&inner))
}

/// A file with a block behind the user's text, whose lines end as they do in the file. It ends in a line break if
/// `was` did.
fn join(user: &str, block: Option<&str>, was: &str) -> String {
    let newline = newline_of(was);
    let mut text = user.to_string();
    if let Some(block) = block {
        if !is_blank(user) {
            if !user.ends_with('\n') {
                text.push_str(newline);
            }
            text.push_str(newline);
        }
        text.push_str(&block.replace('\n', newline));
    }
    if !is_blank(was) && !was.ends_with('\n') {
        pop_newline(&mut text);
    }
    text
}

/// Whether a block says what these tables do, however it is formatted.
fn says(inner: &str, tables: &[Table]) -> bool {
    let wanted: String = tables.iter().map(|table| table.toml.as_str()).collect();
    let there = parsed(inner);
    there.is_some() && there == parsed(&wanted)
}

/// What the text of a block says, without what we add to a file that we make; none if it is no TOML, with a
/// conflict of a merge for example.
fn parsed(text: &str) -> Option<Map<String, Value>> {
    let mut tables: Map<String, Value> = toml_edit::de::from_str(text).ok()?;
    tables.remove("config");
    Some(tables)
}

/// Whether there is something at a path of keys.
fn has(tables: &Map<String, Value>, path: &[&str]) -> bool {
    let below = tables.get(path[0]);
    let mut keys = path[1..].iter();
    below.is_some_and(|value| keys.try_fold(value, |value, key| value.get(key)).is_some())
}

/// Our tables without those in whose place the user's stay. Where tasks of the user's give way, `edits` take them
/// out.
fn merge(
    draft: &mut Draft<'_>,
    user: &TomlText<'_>,
    inner: &str,
    mut tables: Vec<Table>,
    edits: &mut Edits,
) -> Result<Vec<Table>, WorkspaceError> {
    let block = parsed(inner).unwrap_or_default();
    let mut theirs = BTreeSet::new();
    for table in &tables {
        let path: Vec<&str> = table.path.iter().map(String::as_str).collect();
        check_shape(user, &path)?;
        let task = path.last().copied().unwrap_or_default().to_string();
        let is_in_block = has(&block, &path);
        let (line, file) = (
            user.line(user.start_of(&path).unwrap_or(0)),
            user.path.to_path_buf(),
        );
        let note = if user.get(&path).is_some() {
            if draft.force {
                for region in user.regions_of(&path) {
                    edits.remove_lines(user, &region, true);
                }
                Note::TaskReplaced { task, file, line }
            } else {
                Note::TaskKept { task, file, line }
            }
        } else if let Some(Inherited { file, line }) = draft.workspace.inherited(draft.disk, &path)
        {
            if is_in_block || draft.force {
                Note::TaskHidden { task, file, line }
            } else {
                Note::TaskKept { task, file, line }
            }
        } else {
            continue;
        };
        if matches!(note, Note::TaskKept { .. }) {
            theirs.insert(table.path.clone());
        }
        draft.note(note);
    }
    let is_theirs = |table: &Table| theirs.contains(&table.path);
    if tables
        .iter()
        .any(|table| is_step(table) && is_theirs(table))
    {
        // One command would pass the user's step over: the flows run step by step instead.
        for flow in flows_of_steps() {
            let same = tables.iter_mut().filter(|table| table.path == flow.path);
            same.for_each(|table| table.clone_from(&flow));
        }
    }
    tables.retain(|table| !is_theirs(table));
    Ok(tables)
}

fn wanted(links: &Links, options: &Options) -> Vec<Table> {
    if links.is_empty() {
        return Vec::new();
    }
    let targets: Vec<&str> = links.targets().into_iter().collect();
    let mut crates = targets.clone();
    crates.retain(|target| options.get(target).backend == StubBackend::Crate);
    let callers: Vec<(&str, Vec<&str>)> = links
        .iter()
        .map(|(caller, targets)| (caller, targets.iter().map(String::as_str).collect()))
        .collect();
    let callers: Vec<Caller<'_>> = callers
        .iter()
        .map(|(name, targets)| Caller { name, targets })
        .collect();
    tables(&Flow {
        targets: &targets,
        crates: &crates,
        callers: &callers,
    })
}

/// Checks that there can be a header of ours below what the file holds.
fn check_shape(toml: &TomlText<'_>, path: &[&str]) -> Result<(), WorkspaceError> {
    for depth in 1..path.len() {
        if let Some(Item::Value(_) | Item::ArrayOfTables(_)) = toml.get(&path[..depth]) {
            let expected = "a table with headers such as [tasks.build]";
            return Err(toml.wrong_shape(&path[..depth], expected).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
