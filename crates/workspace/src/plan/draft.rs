//! A plan while it is being made: what is written over, what goes, and what stands in the way.
//!
//! A file gives way only if it is ours and as we left it ([`Owner`]), or if that is forced. All that
//! stands in the way is collected, so that one error names all of it.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Owner, Plan, Snapshot, is_same, sign};
use golem_rpc_toml::utf8;

use crate::members::paths::OLD_LOCK;
use crate::plan::strangers::{self, Strangers};
use crate::wit::owner;
use crate::{Note, Workspace, WorkspaceError};

/// A plan, and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The changes.
    pub plan: Plan,
    /// What a person should hear.
    pub notes: Vec<Note>,
}

pub(crate) struct Draft<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) disk: &'a Snapshot,
    pub(crate) force: bool,
    /// Files of the user's as they are edited so far; none where the file goes.
    texts: BTreeMap<Utf8PathBuf, Option<String>>,
    outlook: Outlook,
    notes: BTreeSet<Note>,
}

/// A plan as if nothing stood in its way, with what does.
#[derive(Default)]
pub(crate) struct Outlook {
    pub(crate) plan: Plan,
    /// Files that were edited by hand, and are in the way.
    pub(crate) edited: BTreeSet<Utf8PathBuf>,
    /// How many files and entries there should be.
    pub(crate) wanted: usize,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(workspace: &'a Workspace, disk: &'a Snapshot, force: bool) -> Self {
        Draft {
            workspace,
            disk,
            force,
            texts: BTreeMap::new(),
            outlook: Outlook::default(),
            notes: BTreeSet::new(),
        }
    }

    pub(crate) fn note(&mut self, note: Note) {
        self.notes.insert(note);
    }

    /// Counts entries that there should be.
    pub(crate) fn count(&mut self, entries: usize) {
        self.outlook.wanted += entries;
    }

    /// Plans a generated file. One that differs in line breaks alone stays, and so does one of the user's
    /// that says the same, or that stands among files of ours: somebody has taken its first line away.
    pub(crate) fn put(&mut self, path: &Utf8Path, content: &[u8]) {
        self.count(1);
        let signed = sign(path, content);
        if let Some(present) = self.disk.get(path) {
            let is_theirs = Owner::of(present) == Owner::User && !self.force;
            if is_same(present, &signed) || is_theirs && is_same(present, content) {
                return;
            }
            let file = self.disk.name_of(path);
            if is_theirs && self.is_among_ours(&file) {
                return self.note(Note::Kept { file });
            }
            self.displace(path);
        }
        self.outlook.plan.write(self.disk, path, signed);
    }

    /// Whether a file stands in a stub directory, or beside other files, of ours.
    fn is_among_ours(&self, file: &Utf8Path) -> bool {
        let stubs = owner::stub_dirs(self.disk);
        let mut dirs = file.ancestors().skip(1);
        let has_ours = |dir| owner::has_ours(self.disk, dir);
        file.parent().is_some_and(has_ours) || dirs.any(|dir| stubs.contains(dir))
    }

    /// Plans that a file goes whose place is needed; one that is not as we left it has to be forced.
    pub(crate) fn displace(&mut self, path: &Utf8Path) {
        let Some(present) = self.disk.get(path) else {
            return;
        };
        let file = self.disk.name_of(path);
        match (Owner::of(present), self.force) {
            (Owner::Generated, _) => {}
            (_, true) => self.note(Note::Overwritten { file }),
            (_, false) => self.refuse(&file),
        }
        self.discard(path);
    }

    /// Plans that a file goes, whoever's it is.
    pub(crate) fn discard(&mut self, path: &Utf8Path) {
        self.outlook.plan.remove(self.disk, path);
    }

    /// Plans that what is ours below `dir` and no longer `wanted` goes; what somebody edited stays.
    pub(crate) fn clean(&mut self, dir: &Utf8Path, wanted: &BTreeSet<Utf8PathBuf>) {
        let ours = owner::ours_below(self.disk, dir);
        for (path, content) in ours.filter(|(path, _)| !wanted.contains(*path)) {
            let file = path.to_path_buf();
            match (Owner::of(content), self.force) {
                (Owner::Generated, _) => {}
                (_, true) => self.note(Note::Removed { file }),
                (_, false) => {
                    self.note(Note::EditedKept { file });
                    continue;
                }
            }
            self.discard(path);
        }
    }

    /// The text of a file of the user's, as it is edited so far; none if there is no such file.
    pub(crate) fn text(&self, path: &Utf8Path) -> Result<Option<&str>, WorkspaceError> {
        let name = self.disk.name_of(path);
        if let Some(text) = self.texts.get(&name) {
            return Ok(text.as_deref());
        }
        let content = self.disk.get(&name);
        Ok(content.map(|content| utf8(path, content)).transpose()?)
    }

    /// The text of a file that has to be there.
    pub(crate) fn text_of(&self, path: &Utf8Path) -> Result<String, WorkspaceError> {
        let missing = || WorkspaceError::Missing {
            file: path.to_path_buf(),
        };
        Ok(self.text(path)?.ok_or_else(missing)?.to_string())
    }

    /// Plans what a file of the user's is to hold; none if it is to go.
    pub(crate) fn edit(&mut self, path: &Utf8Path, text: Option<String>) {
        let name = self.disk.name_of(path);
        if !self
            .text(&name)
            .is_ok_and(|present| present == text.as_deref())
        {
            self.texts.insert(name, text);
        }
    }

    /// Says that a file stands in the way, or something in it, edited by hand.
    pub(crate) fn refuse(&mut self, path: &Utf8Path) {
        self.outlook.edited.insert(self.disk.name_of(path));
    }

    /// Plans what becomes of what others have put into directories that the plan empties.
    fn take_strangers(&mut self) -> Result<(), WorkspaceError> {
        let plan = &self.outlook.plan;
        let Strangers { junk, kept, stray } = strangers::of(self.workspace, self.disk, plan);
        if let (Some((_, member)), false) = (stray.first(), self.force) {
            return Err(WorkspaceError::Stray {
                member: member.clone(),
                files: stray.into_iter().map(|(file, _)| file).collect(),
            });
        }
        for file in junk {
            self.discard(&file);
            self.note(Note::JunkRemoved { file });
        }
        for (file, _) in stray {
            self.discard(&file);
            // A plan cannot remove an empty directory that somebody made.
            self.note(if self.disk.contains(&file) {
                Note::Removed { file }
            } else {
                Note::Left { file }
            });
        }
        let left = kept.into_iter().map(|file| Note::Left { file });
        self.notes.extend(left);
        Ok(())
    }

    /// The finished plan.
    ///
    /// # Errors
    /// If a file stands in its way.
    pub(crate) fn finish(mut self) -> Result<Planned, WorkspaceError> {
        if !self.outlook.edited.is_empty() {
            let files = self.outlook.edited.into_iter().collect();
            return Err(WorkspaceError::Edited { files });
        }
        self.write_texts();
        self.take_strangers()?;
        let plan = self.outlook.plan;
        // A plan that changes nothing need not say again what stays as it is.
        let changes = |dir: &Utf8Path| plan.changes().any(|c| c.path.starts_with(dir));
        let is_news = |note: &Note| match note {
            Note::TaskKept { .. } | Note::TaskHidden { .. } | Note::Kept { .. } => !plan.is_empty(),
            Note::SharedWit { root: dir, .. } | Note::SharedDeps { dir, .. } => changes(dir),
            _ => true,
        };
        let notes = self.notes.into_iter().filter(is_news).collect();
        Ok(Planned { plan, notes })
    }

    /// The plan as if nothing stood in its way, to be looked at.
    pub(crate) fn outlook(mut self) -> Outlook {
        self.write_texts();
        self.outlook
    }

    /// Plans what the user's files are to hold, and that the lock of an earlier version goes.
    fn write_texts(&mut self) {
        for (file, text) in std::mem::take(&mut self.texts) {
            match text {
                Some(text) => self.outlook.plan.write(self.disk, &file, text),
                None => self.discard(&file),
            }
        }
        let file = self.workspace.root.join(OLD_LOCK);
        if self.disk.contains(&file) {
            self.discard(&file);
            self.note(Note::OldLock { file });
        }
    }
}
