//! Makefile.toml: our tasks among the user's.
//!
//! | in the file, under a name of ours | becomes |
//! |---|---|
//! | nothing | our task, behind our other tasks |
//! | nothing, but a file that it extends has one | nothing, with a note; our task if that is forced |
//! | our task as we wrote it (the lock knows its hash) | our task as it is today, in its place |
//! | our task as it is today, only formatted in another way | stays |
//! | a task of the older tool, or one that it wrote beside such | our task, in its place, with a note |
//! | anything else | stays, with a note; ours if that is forced |
//!
//! Tasks that we wrote and that nothing needs any more go, as do further calls of the older tool. A
//! file that holds nothing of anybody else's goes with the last of them.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use golem_rpc_makefile_templates::{
    Caller, Flow, Table, flows_of_steps, is_step, new_file_header, tables,
};
use golem_rpc_plan::ContentHash;
use toml_edit::{Item, Key};

use crate::edited::{Draft, Entries};
use crate::extends::Inherited;
use crate::ledger::Ledger;
use crate::older;
use crate::toml::{Edits, Marked, Region, TomlText, hash_text};
use crate::{Links, Note, Options, StubBackend, WorkspaceError};

/// The name of cargo-make's file in the workspace's root.
pub const MAKEFILE: &str = "Makefile.toml";

/// The tasks of Makefile.toml.
pub(crate) struct Makefile {
    tables: Vec<Table>,
    /// What today's version writes for the links before this plan.
    before: Vec<Table>,
}

/// Plans Makefile.toml.
pub(crate) fn plan(ledger: &mut Ledger<'_>, links: &Links, options: &Options) {
    let tables = wanted(links, options);
    let (links, options) = (Links::of(ledger.workspace), Options::of(ledger.workspace));
    let mut before = match (links, options) {
        (Ok(links), Ok(options)) => wanted(&links, &options),
        _ => Vec::new(),
    };
    if !before.is_empty() {
        before.extend(flows_of_steps());
    }
    let file = ledger.workspace.root.join(MAKEFILE);
    ledger.edit(&file, Makefile { tables, before });
}

impl Entries for Makefile {
    fn write(&self, ledger: &Ledger<'_>, draft: &mut Draft) -> Result<(), WorkspaceError> {
        let file = ledger.workspace.root.join(MAKEFILE);
        draft.text = match draft.text.take() {
            Some(marked) => {
                let toml = TomlText::parse(&file, &marked.text)?;
                let merged = merge(ledger, draft, &toml, &marked.ours, self)?;
                let is_rest = is_header(&merged.text)
                    || (merged.text.trim().is_empty() && is_created(ledger));
                Some(merged).filter(|_| !is_rest || !self.tables.is_empty())
            }
            None => {
                forget(draft);
                self.tables.iter().for_each(|table| record(draft, table));
                (!self.tables.is_empty()).then(|| new_file(&self.tables))
            }
        };
        Ok(())
    }

    fn nothing<'s>(&'s self, _: &Ledger<'_>) -> Box<dyn Entries + 's> {
        Box::new(Makefile {
            tables: Vec::new(),
            before: [&self.tables[..], &self.before].concat(),
        })
    }
}

/// Whether a file holds just what we write into a new one, formatted in any way. Without the lock
/// nobody knows that the file is ours: but this is all we wrote.
fn is_header(text: &str) -> bool {
    let letters = |text: &str| text.split_whitespace().collect::<String>();
    letters(text) == letters(new_file_header())
}

fn is_created(ledger: &Ledger<'_>) -> bool {
    let pieces = ledger.old.pieces(MAKEFILE);
    pieces.is_some_and(|pieces| pieces.created)
}

fn new_file(tables: &[Table]) -> Marked {
    let mut file = Marked::default();
    file.push_ours(new_file_header());
    for table in tables {
        file.push_ours(&format!("\n{}", table.toml));
    }
    file
}

fn wanted(links: &Links, options: &Options) -> Vec<Table> {
    if links.is_empty() {
        return Vec::new();
    }
    let callers: Vec<(&str, Vec<&str>)> = links
        .iter()
        .map(|(caller, targets)| (caller, targets.iter().map(String::as_str).collect()))
        .collect();
    let callers: Vec<Caller<'_>> = callers
        .iter()
        .map(|(name, targets)| Caller { name, targets })
        .collect();
    let targets: Vec<&str> = links.targets().into_iter().collect();
    let crates = targets.iter().copied();
    let crates: Vec<&str> = crates
        .filter(|target| options.get(target).backend == StubBackend::Crate)
        .collect();
    tables(&Flow {
        targets: &targets,
        crates: &crates,
        callers: &callers,
    })
}

fn record(draft: &mut Draft, table: &Table) {
    let path: Vec<&str> = table.path.iter().map(String::as_str).collect();
    draft.new.record(&path, hash_text(&table.toml));
}

fn forget(draft: &mut Draft) {
    let keys: Vec<String> = draft.old.iter().map(str::to_string).collect();
    for key in keys {
        draft.new.forget(&key);
    }
}

/// What stands in a file where a table of ours should.
enum Present {
    Nothing,
    /// The table itself, or one that we wrote earlier.
    Ours(Region),
    /// The table itself, formatted in another way.
    Formatted(Region),
    Older,
    Users,
}

fn merge(
    ledger: &Ledger<'_>,
    draft: &mut Draft,
    toml: &TomlText<'_>,
    ours: &[Region],
    makefile: &Makefile,
) -> Result<Marked, WorkspaceError> {
    let Makefile { tables, before } = makefile;
    let meaning = Meaning::of(toml.text);
    check_shape(toml, tables)?;
    let mut edits = Edits::default();
    let is_older = tasks(toml).any(|(_, task)| older::calls_older_tool(task));
    let stands = |draft: &Draft, table: &Table| {
        let path: Vec<&str> = table.path.iter().map(String::as_str).collect();
        let present = present(draft, toml, table, &path, is_older);
        match present {
            Present::Users => (meaning.find(toml, table).map(Present::Formatted))
                .or_else(|| meaning.find_any(toml, &path, before).map(Present::Ours))
                .unwrap_or(present),
            present => present,
        }
    };
    // Whether a table stays the user's own, by path.
    let mut own = BTreeMap::new();
    for table in tables {
        let is_own = match stands(draft, table) {
            Present::Users => true,
            Present::Nothing => is_inherited(ledger, draft, toml.path, &table.path)?,
            _ => false,
        };
        own.insert(table.path.clone(), is_own && !ledger.force);
    }
    let mut tables = tables.clone();
    if tables
        .iter()
        .any(|table| is_step(table) && own[&table.path])
    {
        run_step_by_step(&mut tables);
    }
    let mut end = None;
    let mut missing: Vec<&Table> = Vec::new();
    remove_unneeded(draft, toml, (makefile, &meaning), &mut edits);
    forget(draft);
    for table in &tables {
        let path: Vec<&str> = table.path.iter().map(String::as_str).collect();
        let present = stands(draft, table);
        if let Some(Inherited { file, line }) = ledger.workspace.inherited(ledger.disk, &path) {
            let task = path.last().copied().unwrap_or_default().to_string();
            if matches!(present, Present::Nothing) && own[&table.path] {
                draft.notes.insert(Note::TaskKept { task, file, line });
                continue;
            }
            draft.notes.insert(Note::TaskHidden { task, file, line });
        }
        match present {
            Present::Nothing => missing.push(table),
            Present::Formatted(region) => end = end.max(Some(region.end)),
            Present::Ours(region) => {
                end = end.max(Some(region.end));
                if toml.hash(&region) != hash_text(&table.toml) {
                    edits.replace(region, table.toml.trim_end());
                }
            }
            Present::Users if !ledger.force => {
                note(draft, toml, &path, |task, file, line| Note::TaskKept {
                    task,
                    file,
                    line,
                });
                continue;
            }
            Present::Older | Present::Users => {
                note(draft, toml, &path, |task, file, line| Note::TaskReplaced {
                    task,
                    file,
                    line,
                });
                match replace(toml, &path, table, &mut edits) {
                    Some(at) => end = end.max(Some(at)),
                    None => missing.push(table),
                }
            }
        }
        record(draft, table);
    }
    let at = end.map_or(toml.text.len(), |end| toml.next_line(end));
    for table in missing {
        edits.block(at, table.toml.as_str());
    }
    edits.apply_to(toml, ours)
}

/// Puts the flows that run step by step in the place of those that are one command.
fn run_step_by_step(tables: &mut [Table]) {
    for flow in flows_of_steps() {
        let same = tables.iter_mut().filter(|table| table.path == flow.path);
        same.for_each(|table| table.clone_from(&flow));
    }
}

/// Whether the user's table in a file that this one extends is meant: ours does not stand in this one
/// as it is on disk.
fn is_inherited(
    ledger: &Ledger<'_>,
    draft: &Draft,
    file: &Utf8Path,
    path: &[String],
) -> Result<bool, WorkspaceError> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    if ledger.workspace.inherited(ledger.disk, &path).is_none() {
        return Ok(false);
    }
    let text = ledger.text(file)?.unwrap_or_default();
    let is_there = TomlText::parse(file, text)?.get(&path).is_some();
    Ok(!is_there || draft.old.get(&path).is_none())
}

/// Checks that there can be headers of ours below what the file holds.
fn check_shape(toml: &TomlText<'_>, tables: &[Table]) -> Result<(), WorkspaceError> {
    for table in tables {
        let path: Vec<&str> = table.path.iter().map(String::as_str).collect();
        for depth in 1..path.len() {
            if let Some(Item::Value(_) | Item::ArrayOfTables(_)) = toml.get(&path[..depth]) {
                let expected = "a table with headers such as [tasks.build]";
                return Err(toml.wrong_shape(&path[..depth], expected));
            }
        }
    }
    Ok(())
}

fn present(
    draft: &Draft,
    toml: &TomlText<'_>,
    table: &Table,
    path: &[&str],
    is_older: bool,
) -> Present {
    let Some(item) = toml.get(path) else {
        return Present::Nothing;
    };
    let recorded = draft.old.get(path);
    let known = [Some(hash_text(&table.toml)), recorded.cloned()];
    if let Some(region) = written_by_us(toml, path, &known.map(|hash| hash.map(|h| h.to_string())))
    {
        return Present::Ours(region);
    }
    let older = older::calls_older_tool(item) || older::names_older_target(item);
    match older || (is_older && older::is_companion(item)) {
        true => Present::Older,
        false => Present::Users,
    }
}

/// Whether a table stands in the file with this hash.
pub(crate) fn holds(toml: &TomlText<'_>, path: &[&str], hash: &ContentHash) -> bool {
    written_by_us(toml, path, &[Some(hash.to_string())]).is_some()
}

/// The lines of a table whose hash is one of `known`, with as many of the comment lines above as
/// belong to it.
fn written_by_us(toml: &TomlText<'_>, path: &[&str], known: &[Option<String>]) -> Option<Region> {
    let section = toml.section(path)?;
    let with_more = (0..).map_while(|comments| toml.with_comments(&section, comments));
    let mut candidates = with_more.collect::<Vec<_>>().into_iter();
    candidates.find(|region| known.contains(&Some(toml.hash(region).to_string())))
}

/// Puts a table in the place of another one's section, and says where that is; if there is only
/// something without a section, that goes.
fn replace(toml: &TomlText<'_>, path: &[&str], table: &Table, edits: &mut Edits) -> Option<usize> {
    let section = toml.section(path);
    for region in toml.regions_of(path) {
        match &section {
            Some(section) if *section == region => edits.replace(region, table.toml.trim_end()),
            _ => edits.remove_lines(toml, &region, true),
        }
    }
    section.map(|section| section.end)
}

/// Takes out what we wrote and nobody needs, and what the older tool wrote.
fn remove_unneeded(
    draft: &mut Draft,
    toml: &TomlText<'_>,
    (makefile, meaning): (&Makefile, &Meaning),
    edits: &mut Edits,
) {
    let tables = &makefile.tables;
    let wanted: BTreeSet<&[String]> = tables.iter().map(|table| table.path.as_slice()).collect();
    let recorded: Vec<String> = draft.old.iter().map(str::to_string).collect();
    for key in recorded {
        let path: Vec<String> = Key::parse(&key)
            .map(|keys| keys.iter().map(|key| key.get().to_string()).collect())
            .unwrap_or_default();
        if wanted.contains(path.as_slice()) {
            continue;
        }
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let recorded = draft.old.get(&path).map(ToString::to_string);
        let region = written_by_us(toml, &path, &[recorded]);
        let region = region.or_else(|| meaning.find_any(toml, &path, &makefile.before));
        if let Some(region) = region {
            edits.remove_lines(toml, &region, true);
        } else if toml.get(&path).is_some() {
            let file = toml.path.to_path_buf();
            draft.notes.insert(Note::OneByOne { file });
        }
    }
    // Without tasks of ours those of the older tool are not in the way.
    let older = tasks(toml).filter(|_| !tables.is_empty());
    for (name, task) in older {
        let path = ["tasks".to_string(), name.to_string()];
        if older::calls_older_tool(task) && !wanted.contains(path.as_slice()) {
            for region in toml.regions_of(&["tasks", name]) {
                edits.remove_lines(toml, &region, true);
            }
            note(draft, toml, &["tasks", name], |task, file, line| {
                Note::TaskRemoved { task, file, line }
            });
        }
    }
}

/// What a TOML file says, whatever its whitespace, quotes, order and comments.
struct Meaning(Option<serde_json::Value>);

impl Meaning {
    fn of(text: &str) -> Meaning {
        Meaning(toml_edit::de::from_str(text).ok())
    }

    fn at(&self, path: &[String]) -> Option<&serde_json::Value> {
        let mut values = path.iter();
        values.try_fold(self.0.as_ref()?, |value, key| value.get(key))
    }

    /// The lines of the section that says what `table` does, with the comment of that above it.
    fn find(&self, toml: &TomlText<'_>, table: &Table) -> Option<Region> {
        let wanted = Meaning::of(&table.toml);
        if self.at(&table.path)? != wanted.at(&table.path)? {
            return None;
        }
        let path: Vec<&str> = table.path.iter().map(String::as_str).collect();
        let section = toml.section(&path)?;
        let is_comment = |line: &&str| line.starts_with('#');
        let comment: Vec<&str> = table.toml.lines().take_while(is_comment).collect();
        let above = toml.with_comments(&section, comment.len());
        let above = above.filter(|region| {
            let lines = toml.text[region.clone()].lines().map(str::trim);
            lines.take(comment.len()).eq(comment.iter().copied())
        });
        Some(above.unwrap_or(section))
    }

    /// The same for that of `tables` which has this path.
    fn find_any(&self, toml: &TomlText<'_>, path: &[&str], tables: &[Table]) -> Option<Region> {
        let mut tables = tables.iter().filter(|table| table.path == path);
        tables.find_map(|table| self.find(toml, table))
    }
}

pub(crate) fn tasks<'t>(toml: &'t TomlText<'_>) -> impl Iterator<Item = (&'t str, &'t Item)> {
    let tasks = toml.get(&["tasks"]).and_then(Item::as_table_like);
    tasks.into_iter().flat_map(|tasks| tasks.iter())
}

fn note(
    draft: &mut Draft,
    toml: &TomlText<'_>,
    path: &[&str],
    make: impl FnOnce(String, camino::Utf8PathBuf, usize) -> Note,
) {
    let task = path.last().copied().unwrap_or_default().to_string();
    let line = toml.line(toml.start_of(path).unwrap_or(0));
    draft
        .notes
        .insert(make(task, toml.path.to_path_buf(), line));
}

#[cfg(test)]
mod tests;
