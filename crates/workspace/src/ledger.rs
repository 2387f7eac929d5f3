//! The plan while it is being made: what is ours on disk, what becomes ours, what stands in the way.
//!
//! A file may be overwritten or removed only if it is as we left it (its hash is in the lock), or if
//! that is forced. Whatever is in the way is collected, so that one error names all of it.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{ContentHash, Plan, Snapshot};

use crate::edited::{self, Entries};
use crate::leftovers::{self, Leftovers};
use crate::lock::Keys;
use crate::root::{LINKS, ROOT};
use crate::settled;
use crate::toml::utf8;
use crate::vendored;
use crate::{LOCK_FILE, Links, Lock, MAKEFILE, Member, Note, Planned, Workspace, WorkspaceError};

pub(crate) struct Ledger<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) disk: &'a Snapshot,
    pub(crate) force: bool,
    /// What was ours before: what the lock says, and what is known all the same.
    pub(crate) old: Lock,
    /// What is ours afterwards.
    pub(crate) new: Lock,
    /// The lock as it stands on disk.
    read: Lock,
    plan: Plan,
    /// What is to be of ours in files of the user's.
    entries: BTreeMap<Utf8PathBuf, Vec<Box<dyn Entries + 'a>>>,
    /// The files whose entries are not all known to this plan.
    partly: BTreeSet<Utf8PathBuf>,
    /// Files of which it is known what becomes of them.
    settled: BTreeSet<Utf8PathBuf>,
    /// Directories whose files give way whatever they hold.
    taken_over: Vec<Utf8PathBuf>,
    edited: BTreeSet<Utf8PathBuf>,
    notes: BTreeSet<Note>,
    /// The links in the manifest as it stands on disk.
    links: Links,
    /// What the lock on disk knows of the root manifest.
    root_keys: Keys,
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(
        workspace: &'a Workspace,
        disk: &'a Snapshot,
        force: bool,
    ) -> Result<Self, WorkspaceError> {
        let read = Lock::read(disk, &workspace.root)?;
        let mut old = read.clone();
        old.retain_files(|name| workspace.is_own_name(disk, name));
        settled::settle(&mut old, workspace, disk);
        let root_keys = old.keys(ROOT);
        Ok(Ledger {
            workspace,
            disk,
            force,
            new: old.clone(),
            read,
            old,
            plan: Plan::new(),
            entries: BTreeMap::new(),
            partly: BTreeSet::new(),
            settled: BTreeSet::new(),
            taken_over: Vec::new(),
            edited: BTreeSet::new(),
            notes: BTreeSet::new(),
            links: Links::of(workspace).unwrap_or_default(),
            root_keys,
        })
    }

    pub(crate) fn note(&mut self, note: Note) {
        self.notes.insert(note);
    }

    /// Makes whatever is below `dir` give way: it is said elsewhere that the older tool wrote it.
    pub(crate) fn take_over(&mut self, dir: &Utf8Path) {
        self.taken_over.push(dir.to_path_buf());
    }

    /// Whether a directory, or one above it, was taken over.
    pub(crate) fn is_taken_over(&self, path: &Utf8Path) -> bool {
        self.taken_over.iter().any(|dir| path.starts_with(dir))
    }

    /// Makes those files below `dir` ours that `which` says: they are as we left them.
    pub(crate) fn adopt(&mut self, which: impl Fn(&Utf8Path) -> bool, dir: &Utf8Path) {
        for (path, content) in self.disk.under(dir).filter(|(path, _)| which(path)) {
            let name = self.name_of(path);
            self.old.record_file(name.clone(), content);
            self.new.record_file(name, content);
        }
    }

    /// The name by which the lock knows what a path leads to.
    pub(crate) fn name_of(&self, path: &Utf8Path) -> String {
        self.workspace.relative(&self.disk.name_of(path))
    }

    /// Whether anything at or below a path is ours.
    pub(crate) fn has_ours(&self, path: &Utf8Path) -> bool {
        self.old.has_below(&self.name_of(path))
    }

    /// Whether a file is not as we left it, if it is ours at all.
    pub(crate) fn is_changed(&self, path: &Utf8Path) -> bool {
        let content = self.disk.get(path);
        content.is_some_and(|content| !self.is_ours(path, content))
    }

    /// Makes what is ours at or below a path the user's.
    pub(crate) fn release(&mut self, path: &Utf8Path) {
        let name = self.name_of(path);
        for lock in [&mut self.old, &mut self.new] {
            lock.retain_files(|file| !Utf8Path::new(file).starts_with(&name));
        }
    }

    /// Whether a file is as we left it.
    fn is_ours(&self, path: &Utf8Path, content: &[u8]) -> bool {
        let recorded = self.old.file(&self.name_of(path));
        recorded.is_some_and(|recorded| is_written(recorded, content))
    }

    /// Whether what is ours of a caller has to be told by what it holds: its links are in the manifest,
    /// but the lock does not know them, or knows them of a directory that is gone.
    pub(crate) fn is_lost(&self, caller: &Member) -> bool {
        let [a, b, c, d] = LINKS;
        let known = self.root_keys.get(&[a, b, c, d, &caller.name]).is_some();
        let is_linked = !self.links.targets_of(&caller.name).is_empty();
        is_linked && (!known || self.is_moved(caller))
    }

    /// Whether the copies that a member has stood elsewhere: the lock names none of them here, but some
    /// that are gone.
    fn is_moved(&self, member: &Member) -> bool {
        let workspace = self.workspace;
        let Ok(deps) = vendored::deps_of(self.disk, member) else {
            return false;
        };
        if self.read.names_below(&workspace.relative(&deps)) {
            return false;
        }
        let stubs = self.read.stub_dirs();
        let is_copy = |name: &&str| !stubs.iter().any(|dir| name.starts_with(&format!("{dir}/")));
        let is_here = |name: &str| {
            let (_, copy) = name.rsplit_once("/deps/")?;
            Some(self.disk.contains(deps.join(copy)))
        };
        let is_gone = |name: &&str| !workspace.has_file(self.disk, name);
        let mut copies = self.read.files().filter(is_copy);
        copies.any(|name| is_here(name) == Some(true) && is_gone(&name))
    }

    /// Plans a file of ours. One that differs in line endings alone stays: version control made them.
    /// One that is there already, and that the lock does not know, stays the user's, unless what the
    /// lock knew `is_lost`.
    pub(crate) fn put(&mut self, path: &Utf8Path, content: &[u8], is_lost: bool) {
        let (name, wanted) = (self.name_of(path), ContentHash::of(content));
        let mut ours = is_lost || self.old.file(&name).is_some() || self.is_taken_over(path);
        match self.disk.get(path) {
            Some(present) if is_written(&wanted, present) => {}
            present => {
                if let Some(present) = present {
                    self.give_way(path, present);
                }
                self.plan.write(self.disk, path, content);
                ours = true;
            }
        }
        let recorded = self.new.file(&name);
        if ours && !recorded.is_some_and(|recorded| is_written(recorded, content)) {
            self.new.record_file(name, content);
        }
        self.settled.insert(self.disk.name_of(path));
    }

    /// Plans that a file goes whose place is needed; one that is not as we left it has to be forced.
    pub(crate) fn displace(&mut self, path: &Utf8Path) {
        if let Some(present) = self.disk.get(path) {
            self.give_way(path, present);
            self.plan.remove(self.disk, path);
        }
        self.new.forget_file(&self.name_of(path));
        self.settled.insert(self.disk.name_of(path));
    }

    /// Plans that a file goes that a tool wrote into a directory of ours.
    pub(crate) fn discard(&mut self, path: &Utf8Path) {
        self.plan.remove(self.disk, path);
    }

    fn give_way(&mut self, path: &Utf8Path, present: &[u8]) {
        let file = self.disk.name_of(path);
        let ours = self.is_taken_over(path) || self.is_ours(path, present);
        match (ours, self.force) {
            (true, _) => {}
            (false, true) => self.note(Note::Overwritten { file }),
            (false, false) => {
                self.edited.insert(file);
            }
        }
    }

    /// Plans that what is ours below `dir` and no longer `wanted` goes; what somebody changed stays.
    pub(crate) fn clean(&mut self, dir: &Utf8Path, wanted: &BTreeSet<Utf8PathBuf>) {
        let below = format!("{}/", self.name_of(dir));
        let ours: Vec<String> = self.old.files_below(&below).map(str::to_string).collect();
        for name in ours {
            let path = self.workspace.path_of(&name);
            if wanted.contains(&path) {
                continue;
            }
            self.clear(&path);
        }
    }

    /// Plans that a file of ours goes; one that somebody changed has to be forced.
    fn clear(&mut self, path: &Utf8Path) {
        self.settled.insert(path.to_path_buf());
        let file = path.to_path_buf();
        match self.disk.get(path) {
            Some(present) if self.is_ours(path, present) => self.plan.remove(self.disk, path),
            Some(_) if self.force => {
                self.plan.remove(self.disk, path);
                self.note(Note::Removed { file });
            }
            Some(_) => self.note(Note::Kept { file }),
            None => {}
        }
        self.new.forget_file(&self.name_of(path));
    }

    /// Plans that every file of ours goes that nothing asked for.
    pub(crate) fn clear_rest(&mut self) {
        let files = self.old.files().map(|name| self.workspace.path_of(name));
        let rest: Vec<Utf8PathBuf> = files.filter(|file| !self.settled.contains(file)).collect();
        for file in rest {
            self.clear(&file);
        }
    }

    /// The text of a file; none if there is no such file.
    pub(crate) fn text(&self, path: &Utf8Path) -> Result<Option<&'a str>, WorkspaceError> {
        let content = self.disk.get(path);
        content.map(|content| utf8(path, content)).transpose()
    }

    /// Plans what is to be of ours in a file of the user's.
    pub(crate) fn edit(&mut self, file: &Utf8Path, entries: impl Entries + 'a) {
        let known = self.entries.entry(self.disk.name_of(file)).or_default();
        known.push(Box::new(entries));
    }

    /// Says that there may be more of ours in a file than this plan speaks of.
    pub(crate) fn edit_partly(&mut self, file: &Utf8Path) {
        self.partly.insert(file.to_path_buf());
    }

    /// Forgets what was ours in files about which nothing is planned: they are gone, or no member's.
    pub(crate) fn forget_rest(&mut self) {
        for name in self.old.edited() {
            if !self.entries.contains_key(&self.workspace.path_of(name)) {
                self.new.set_keys(name, Keys::default());
                self.new.set_pieces(name, None);
            }
        }
    }

    fn write_entries(&mut self) -> Result<(), WorkspaceError> {
        for (file, entries) in std::mem::take(&mut self.entries) {
            let all = !self.partly.contains(&file);
            let edited = edited::edit(self, &file, &entries, all)?;
            match edited.text {
                Some(text) => self.plan.write(self.disk, &file, text),
                None => self.plan.remove(self.disk, &file),
            }
            let name = self.workspace.relative(&file);
            self.new.set_keys(&name, edited.keys);
            self.new.set_pieces(&name, edited.pieces);
            self.notes.extend(edited.notes);
        }
        Ok(())
    }

    /// Plans what becomes of what others have put into directories that the plan empties.
    fn take_leftovers(&mut self) -> Result<(), WorkspaceError> {
        let Leftovers { junk, kept, stray } =
            leftovers::of(self.workspace, self.disk, &self.plan, &self.old);
        if let (Some((_, member)), false) = (stray.first(), self.force) {
            return Err(WorkspaceError::Stray {
                member: member.clone(),
                files: stray.into_iter().map(|(file, _)| file).collect(),
            });
        }
        for file in junk {
            self.plan.remove(self.disk, &file);
            self.note(Note::JunkRemoved { file });
        }
        for (file, _) in stray {
            // A directory that somebody made and left empty is nothing that a plan could remove.
            let is_file = self.disk.contains(&file);
            self.plan.remove(self.disk, &file);
            self.note(match is_file {
                true => Note::Removed { file },
                false => Note::Left { file },
            });
        }
        self.notes
            .extend(kept.into_iter().map(|file| Note::Left { file }));
        Ok(())
    }

    /// The finished plan.
    pub(crate) fn finish(mut self) -> Result<Planned, WorkspaceError> {
        self.write_entries()?;
        if !self.edited.is_empty() {
            let files = self.edited.into_iter().collect();
            return Err(WorkspaceError::Edited { files });
        }
        self.write_entries()?;
        self.take_leftovers()?;
        let lock = self.workspace.root.join(LOCK_FILE);
        if self.new.is_empty() {
            self.plan.remove(self.disk, &lock);
        } else if self.new != self.read || !self.disk.contains(&lock) {
            self.plan.write(self.disk, &lock, self.new.render());
        }
        // A plan that changes nothing need not say again what stays as it is.
        let quiet = self.plan.is_empty();
        let changes = |dir: &Utf8Path| self.plan.changes().any(|c| c.path.starts_with(dir));
        let is_news = |note: &Note| match note {
            Note::TaskKept { .. } | Note::TaskHidden { .. } => !quiet,
            Note::SharedWit { root: dir, .. } | Note::SharedDeps { dir, .. } => changes(dir),
            _ => true,
        };
        let mut notes: Vec<Note> = self.notes.iter().cloned().collect();
        notes.retain(is_news);
        Ok(Planned {
            plan: self.plan,
            notes,
        })
    }

    /// The plan as if nothing stood in its way, with what does, to be looked at. The lock is not in it.
    ///
    /// # Errors
    /// If a file of the user's cannot be edited.
    pub(crate) fn outlook(mut self) -> Result<Outlook, WorkspaceError> {
        self.write_entries()?;
        Ok(Outlook {
            plan: self.plan,
            edited: self.edited,
            old: self.old,
            new: self.new,
            read: self.read,
            notes: self.notes,
        })
    }
}

/// Whether `recorded` is the hash of this content, or of the same text with other line endings.
pub(crate) fn is_written(recorded: &ContentHash, content: &[u8]) -> bool {
    let is = |content: &[u8]| ContentHash::of(content) == *recorded;
    is(content)
        || std::str::from_utf8(content).is_ok_and(|text| {
            let lf = text.replace("\r\n", "\n");
            is(lf.as_bytes()) || is(lf.replace('\n', "\r\n").as_bytes())
        })
}

/// What would change, and what is ours before and after.
pub(crate) struct Outlook {
    pub(crate) plan: Plan,
    /// The files in the plan that are not as we left them.
    pub(crate) edited: BTreeSet<Utf8PathBuf>,
    pub(crate) old: Lock,
    pub(crate) new: Lock,
    /// The lock as it stands on disk.
    pub(crate) read: Lock,
    pub(crate) notes: BTreeSet<Note>,
}

impl Outlook {
    /// Adds what comes after what is planned already.
    pub(crate) fn then(&mut self, disk: &Snapshot, next: Outlook) {
        self.plan.then(disk, next.plan);
        self.edited.extend(next.edited);
        self.new = next.new;
        self.notes.extend(next.notes);
    }

    /// Replaces what is planned for Makefile.toml.
    pub(crate) fn take_makefile(&mut self, of: Outlook, workspace: &Workspace, disk: &Snapshot) {
        let file = workspace.root.join(MAKEFILE);
        let after = disk.after(&of.plan);
        match after.get(&file) {
            Some(text) => self.plan.write(disk, &file, text),
            None => self.plan.remove(disk, &file),
        }
        self.new.take_entries(MAKEFILE, &of.new);
        self.notes = of.notes;
    }
}
