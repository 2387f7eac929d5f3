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
use golem_rpc_toml::{Edits, TomlText, is_blank, pop_newline};
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
    let (before, behind) = match &present {
        Some(block) => (&text[..block.without_gap(&text)], &text[block.range.end..]),
        None => (text.as_str(), ""),
    };
    let user = format!("{before}{behind}");
    let toml = TomlText::parse(&file, &user)?;
    let inner = present
        .as_ref()
        .map_or("", |block| &text[block.inner.clone()]);
    // A block that is no TOML, with a conflict of a merge for example, was edited like any other.
    let within = TomlText::parse(&file, inner).or_else(|_| TomlText::parse(&file, ""))?;
    let (tables, edits) = merge(draft, &toml, &within, wanted(links, options))?;
    draft.count(tables.len());
    if says(inner, &tables) && edits.is_none() {
        return Ok(());
    }
    let differs = present.as_ref().is_some_and(|block| block.differs);
    if differs && is_edited(draft, &toml, &within)? {
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
    let head = match is_made {
        true => new_file_header().to_string(),
        false => comments(new_file_header()),
    };
    let new = (!tables.is_empty()).then(|| block(&head, &tables));
    let edited = match (edits, behind.trim().is_empty()) {
        // Where tasks of the user's give way, or nothing follows, the block goes to the end.
        (None, false) => join(before, new.as_deref(), behind, &text),
        (edits, _) => {
            let user = edits.map_or(Ok(user.clone()), |edits| edits.apply(&toml))?;
            join(&user, new.as_deref(), "", &text)
        }
    };
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
        let Some((end, _)) = lines.find(|(_, line)| line.trim_end() == END) else {
            let inner = begin.end..begin.end;
            return Some(Block {
                range: begin,
                inner,
                differs: true,
            });
        };
        let inner = begin.end..end.start;
        Some(Block {
            differs: recorded != hash(&text[inner.clone()]).as_str(),
            range: begin.start..end.end,
            inner,
        })
    }

    /// Where it begins with the empty line above it.
    fn without_gap(&self, text: &str) -> usize {
        let above = &text[..self.range.start];
        let line = above.strip_suffix('\n').unwrap_or(above);
        let start = line.rfind('\n').map_or(0, |at| at + 1);
        if line[start..]
            .trim_start_matches('\u{feff}')
            .trim()
            .is_empty()
            && line.len() != above.len()
        {
            return start;
        }
        self.range.start
    }
}

/// Whether a block whose hash does not fit says something else than the links on disk ask for, or has comments
/// that are not ours.
fn is_edited(
    draft: &Draft<'_>,
    user: &TomlText<'_>,
    within: &TomlText<'_>,
) -> Result<bool, WorkspaceError> {
    let links = Links::of(draft.workspace).unwrap_or_default();
    let options = Options::of(draft.workspace).unwrap_or_default();
    let wanted = wanted(&links, &options);
    // A task that was moved out may have left its comment behind.
    let ours = block(new_file_header(), &wanted);
    let mut before = Draft::new(draft.workspace, draft.disk, false);
    let (tables, _) = merge(&mut before, user, within, wanted.clone())?;
    // Where a step was moved out, the flows are still those that run all of ours.
    let is_left = |table: &Table| tables.iter().any(|left| left.path == table.path);
    let left: Vec<Table> = wanted.into_iter().filter(is_left).collect();
    let mut comments = within.text.lines().map(str::trim);
    let is_ours = |line: &str| !line.starts_with('#') || ours.contains(line);
    let says = says(within.text, &tables) || says(within.text, &left);
    Ok(!says || !comments.all(is_ours))
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

/// The lines of a text that are comments.
fn comments(text: &str) -> String {
    let lines = text.lines().filter(|line| line.starts_with('#'));
    lines.map(|line| format!("{line}\n")).collect()
}

/// A file with a block in it, whose lines end as they do in the file. It ends in a line break if `was` did.
fn join(before: &str, block: Option<&str>, behind: &str, was: &str) -> String {
    let newline = match was.split_once('\n') {
        Some((first, _)) if first.ends_with('\r') => "\r\n",
        _ => "\n",
    };
    let mut text = before.to_string();
    if let Some(block) = block {
        if !is_blank(before) {
            if !before.ends_with('\n') {
                text.push_str(newline);
            }
            text.push_str(newline);
        }
        text.push_str(&block.replace('\n', newline));
    }
    text.push_str(behind);
    if !is_blank(was) && !was.ends_with('\n') {
        pop_newline(&mut text);
    }
    text
}

/// Whether a block says what these tables do, however it is formatted.
fn says(inner: &str, tables: &[Table]) -> bool {
    let mut wanted = String::new();
    tables.iter().for_each(|table| wanted.push_str(&table.toml));
    let parse = |text: &str| -> Option<serde_json::Value> { toml_edit::de::from_str(text).ok() };
    let (Some(mut there), wanted) = (parse(inner), parse(&wanted)) else {
        return false;
    };
    if let Some(table) = there.as_object_mut() {
        table.remove("config");
    }
    Some(there) == wanted
}

/// Our tables without those in whose place the user's stay; and where tasks of the user's give way, the edits
/// that take them out.
fn merge(
    draft: &mut Draft<'_>,
    user: &TomlText<'_>,
    block: &TomlText<'_>,
    wanted: Vec<Table>,
) -> Result<(Vec<Table>, Option<Edits>), WorkspaceError> {
    check_shape(user, &wanted)?;
    let (mut tables, mut own, mut edits) = (Vec::new(), BTreeSet::new(), None);
    for table in wanted {
        let path: Vec<&str> = table.path.iter().map(String::as_str).collect();
        let task = path.last().copied().unwrap_or_default().to_string();
        let is_theirs = user.get(&path).is_some();
        let line = user.line(user.start_of(&path).unwrap_or(0));
        let file = user.path.to_path_buf();
        if is_theirs && draft.force {
            draft.note(Note::TaskReplaced { task, file, line });
            let edits = edits.get_or_insert_with(Edits::default);
            for region in user.regions_of(&path) {
                edits.remove_lines(user, &region, true);
            }
        } else if is_theirs {
            draft.note(Note::TaskKept { task, file, line });
            own.insert(table.path.clone());
        } else if let Some(Inherited { file, line }) = draft.workspace.inherited(draft.disk, &path)
        {
            if block.get(&path).is_none() && !draft.force {
                draft.note(Note::TaskKept { task, file, line });
                own.insert(table.path.clone());
            } else {
                draft.note(Note::TaskHidden { task, file, line });
            }
        }
        tables.push(table);
    }
    let is_own = |table: &Table| own.contains(&table.path);
    if tables.iter().any(|table| is_step(table) && is_own(table)) {
        run_step_by_step(&mut tables);
    }
    tables.retain(|table| !is_own(table));
    Ok((tables, edits))
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

/// Puts the flows that run step by step in the place of those that are one command.
fn run_step_by_step(tables: &mut [Table]) {
    for flow in flows_of_steps() {
        let same = tables.iter_mut().filter(|table| table.path == flow.path);
        same.for_each(|table| table.clone_from(&flow));
    }
}

/// Checks that there can be headers of ours below what the file holds.
fn check_shape(toml: &TomlText<'_>, tables: &[Table]) -> Result<(), WorkspaceError> {
    for table in tables {
        let path: Vec<&str> = table.path.iter().map(String::as_str).collect();
        for depth in 1..path.len() {
            if let Some(Item::Value(_) | Item::ArrayOfTables(_)) = toml.get(&path[..depth]) {
                let expected = "a table with headers such as [tasks.build]";
                return Err(toml.wrong_shape(&path[..depth], expected).into());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
