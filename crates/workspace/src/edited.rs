//! A file of the user's with entries of ours in it.
//!
//! The file is first taken as it stands: where the wanted entries, and no others of ours, are in it,
//! it stays as it is, however the user has moved or reformatted them. Else the entries are put anew
//! into the text without our pieces. So the result does not depend on the order in which links came
//! and went, and without links it is the user's own text.

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::ledger::Ledger;
use crate::lock::Keys;
use crate::pieces::Pieces;
use crate::toml::Marked;
use crate::{Note, WorkspaceError};

/// What there is to be of ours in a file.
pub(crate) trait Entries {
    /// Makes the wanted entries those of ours in the file.
    ///
    /// # Errors
    /// If something of the user's stands in the way.
    fn write(&self, ledger: &Ledger<'_>, draft: &mut Draft) -> Result<(), WorkspaceError>;

    /// The same with nothing wanted.
    fn nothing<'s>(&'s self, ledger: &Ledger<'_>) -> Box<dyn Entries + 's>;
}

/// A file while it is edited.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    /// None if there is no file.
    pub(crate) text: Option<Marked>,
    /// What the lock says is ours in it.
    pub(crate) old: Keys,
    /// What is ours afterwards.
    pub(crate) new: Keys,
    pub(crate) notes: BTreeSet<Note>,
}

impl Draft {
    /// The text of a file that has to be there.
    pub(crate) fn marked(&self, file: &Utf8Path) -> Result<Marked, WorkspaceError> {
        let missing = || WorkspaceError::Missing {
            file: file.to_path_buf(),
        };
        self.text.clone().ok_or_else(missing)
    }

    fn is(&self, text: Option<&str>) -> bool {
        self.text.as_ref().map(|marked| marked.text.as_str()) == text
    }

    fn write(
        mut self,
        ledger: &Ledger<'_>,
        entries: &[Box<dyn Entries + '_>],
    ) -> Result<Draft, WorkspaceError> {
        for entries in entries {
            entries.write(ledger, &mut self)?;
        }
        Ok(self)
    }

    /// The pieces of a file of which the lock knows none, because it was lost or an older version wrote
    /// it: if what is ours, taken out and put in again, gives the same file, then that is how it came.
    fn guess_pieces(
        &self,
        ledger: &Ledger<'_>,
        entries: &[Box<dyn Entries + '_>],
    ) -> Option<Pieces> {
        let file = self.text.as_ref().filter(|_| self.new != Keys::default())?;
        let mut draft = self.clone();
        draft.old = self.new.clone();
        let nothing: Vec<_> = entries.iter().map(|e| e.nothing(ledger)).collect();
        let without = draft.clone().write(ledger, &nothing).ok()?;
        let created = without.text.is_none();
        let text = without
            .text
            .map(|marked| Marked::new(marked.text, Vec::new()));
        let again = Draft { text, ..draft }.write(ledger, entries).ok()?;
        let pieces = again.text.filter(|again| again.text == file.text)?;
        Pieces::of(&pieces, created)
    }
}

/// A file as it is to be.
pub(crate) struct Edited {
    pub(crate) text: Option<String>,
    pub(crate) keys: Keys,
    pub(crate) pieces: Option<Pieces>,
    pub(crate) notes: BTreeSet<Note>,
}

/// Edits a file. `all` says whether `entries` are all that is to be of ours in it, or only some.
pub(crate) fn edit(
    ledger: &Ledger<'_>,
    file: &Utf8Path,
    entries: &[Box<dyn Entries + '_>],
    all: bool,
) -> Result<Edited, WorkspaceError> {
    let present = ledger.text(file)?;
    let name = ledger.workspace.relative(file);
    let (keys, pieces) = (ledger.old.keys(&name), ledger.old.pieces(&name));
    let found = match (present, pieces) {
        (Some(text), Some(pieces)) => Some(pieces.find(file, text, &keys)),
        _ => None,
    };
    let created = present.is_none() || pieces.is_some_and(|pieces| pieces.created);
    let complete = found.as_ref().is_none_or(|found| found.complete);
    let believed = found.as_ref().is_some_and(|found| found.believed);
    let marked = match found {
        Some(found) => Some(found.marked),
        None => present.map(|text| Marked::new(text, Vec::new())),
    };
    let draft = Draft {
        text: marked.clone(),
        old: keys.clone(),
        new: keys,
        notes: BTreeSet::new(),
    };
    let in_place = draft.clone().write(ledger, entries)?;
    if in_place.is(present) {
        let known = pieces.filter(|_| present.is_some()).cloned();
        let pieces = match (known, present) {
            (None, Some(_)) if all => in_place.guess_pieces(ledger, entries),
            // The user has taken some of it out, and the lock learns of it.
            (Some(_), _) if believed && in_place.new.are_fewer_of(&in_place.old) => {
                let text = in_place.text.as_ref();
                text.and_then(|text| Pieces::of(text, created))
            }
            (known, _) => known,
        };
        return Ok(Edited {
            text: present.map(str::to_string),
            pieces: pieces.filter(|_| in_place.new != Keys::default()),
            keys: in_place.new,
            notes: in_place.notes,
        });
    }
    let mut notes = in_place.notes.clone();
    let last = match all {
        true => {
            let text = marked.map(|marked| marked.without_ours());
            let text = text.filter(|text| !(created && text.trim().is_empty()));
            let text = text.map(|text| Marked::new(text, Vec::new()));
            Draft { text, ..draft }.write(ledger, entries)?
        }
        false => in_place,
    };
    if !complete {
        let file = file.to_path_buf();
        notes.insert(Note::OneByOne { file });
    }
    let pieces = last.text.as_ref().filter(|_| last.new != Keys::default());
    let pieces = pieces.and_then(|marked| Pieces::of(marked, created));
    Ok(Edited {
        text: last.text.map(|marked| marked.text),
        keys: last.new,
        pieces,
        notes,
    })
}
