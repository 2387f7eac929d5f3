//! The file of the newest commits.
//!
//! A commit is a head (its number, the length of its writes, the mark of all that) and its writes.
//! Numbers go up by one. When the tables have taken all of them, the file is written from its
//! beginning again, since overwriting costs the disk less than growing; so what follows the last
//! commit is an older one, or nothing, or a commit that was being written when the process ended.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::fresh::Fresh;
use super::mark::mark;
use crate::store::{StoreError, Table, Write};
use crate::wire::{DecodeError, Wire as _, split};

const HEAD: usize = 24;

/// A file that is longer gets shorter before it is written again.
const LONG: u64 = 64 << 20;

pub(super) struct Commits {
    directory: PathBuf,
    file: File,
    /// The number of the last commit, for the next who opens the store.
    told: File,
    last: u64,
    /// Where the next commit begins.
    end: u64,
    failed: bool,
}

impl Commits {
    /// The commits of a store, whose tables have taken them up to `applied`.
    pub(super) fn open(directory: &Path, applied: u64) -> Result<(Self, Fresh), StoreError> {
        let mut commits = Self {
            directory: directory.to_owned(),
            file: open(&directory.join("commits"))?,
            told: open(&directory.join("committed"))?,
            last: applied,
            end: 0,
            failed: false,
        };
        let fresh = commits.replay(applied)?;
        let told = commits.told()?;
        if told > commits.last {
            let missing = told - commits.last;
            return Err(commits.damaged(format!("its last {missing} commits are missing")));
        }
        Ok((commits, fresh))
    }

    fn replay(&mut self, applied: u64) -> Result<Fresh, StoreError> {
        let bytes = read(&self.file).map_err(|source| self.io("commits", source))?;
        let mut rest = bytes.as_slice();
        let mut fresh = Fresh::default();
        let mut next = None;
        while let Some((number, writes)) = frame(&mut rest) {
            if next.is_some_and(|next| next != number) {
                break;
            }
            if next.is_none() && number > applied + 1 {
                return Err(self.damaged(format!("commit {} is missing", applied + 1)));
            }
            next = Some(number + 1);
            if number > applied {
                let writes = decode(writes)
                    .map_err(|error| self.damaged(format!("commit {number}: {error}")))?;
                fresh.apply(writes);
                self.last = number;
                self.end = (bytes.len() - rest.len()) as u64;
            }
        }
        Ok(fresh)
    }

    fn told(&self) -> Result<u64, StoreError> {
        let bytes = read(&self.told).map_err(|source| self.io("committed", source))?;
        if bytes.is_empty() {
            return Ok(0);
        }
        let number = bytes
            .first_chunk()
            .map(|number| u64::from_le_bytes(*number));
        let number = number.filter(|number| bytes == told_bytes(*number));
        number.ok_or_else(|| self.damaged("`committed` is no number".to_owned()))
    }

    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// How many bytes of commits the tables have not taken.
    pub(super) fn length(&self) -> u64 {
        self.end
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Writes a commit; it is on disk when this returns.
    pub(super) fn append(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        let number = self.last + 1;
        let mut bytes = vec![0; HEAD];
        writes.iter().for_each(|write| encode(write, &mut bytes));
        let length = (bytes.len() - HEAD) as u64;
        let mark = frame_mark(number, &bytes[HEAD..]);
        for (place, part) in [number, length, mark].into_iter().enumerate() {
            bytes[place * 8..][..8].copy_from_slice(&part.to_le_bytes());
        }
        // until it is known that this commit is there whole, no other may come behind it
        self.failed = true;
        let written = self
            .file
            .write_all_at(&bytes, self.end)
            .and_then(|()| self.file.sync_data());
        written.map_err(|source| self.io("commits", source))?;
        let told = self.told.write_all_at(&told_bytes(number), 0);
        told.map_err(|source| self.io("committed", source))?;
        self.failed = false;
        self.last = number;
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Begins anew: the tables have taken all commits.
    pub(super) fn rewind(&mut self) -> Result<(), StoreError> {
        if self.end > LONG {
            self.file
                .set_len(0)
                .map_err(|source| self.io("commits", source))?;
        }
        self.end = 0;
        Ok(())
    }

    fn io(&self, name: &str, source: io::Error) -> StoreError {
        StoreError::io(self.directory.join(name), source)
    }

    fn damaged(&self, detail: String) -> StoreError {
        StoreError::damaged(&self.directory, detail)
    }
}

fn open(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create(true).truncate(false);
    options
        .open(path)
        .map_err(|source| StoreError::io(path, source))
}

fn read(file: &File) -> io::Result<Vec<u8>> {
    let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

fn told_bytes(number: u64) -> Vec<u8> {
    [number, mark(&[&number.to_le_bytes()])]
        .map(u64::to_le_bytes)
        .concat()
}

fn frame_mark(number: u64, writes: &[u8]) -> u64 {
    mark(&[&number.to_le_bytes(), writes])
}

/// The next commit, if it is there whole: its number and writes.
fn frame<'a>(bytes: &mut &'a [u8]) -> Option<(u64, &'a [u8])> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
    let part = |place: usize| {
        let mut part = [0; 8];
        part.copy_from_slice(&head[place * 8..][..8]);
        u64::from_le_bytes(part)
    };
    let (number, length) = (part(0), usize::try_from(part(1)).ok()?);
    let (writes, rest) = rest.split_at_checked(length)?;
    if frame_mark(number, writes) != part(2) {
        return None;
    }
    *bytes = rest;
    Some((number, writes))
}

fn encode(write: &Write, out: &mut Vec<u8>) {
    out.push(write.table as u8);
    write.key.put(out);
    write
        .value
        .as_ref()
        .map_or(0, |value| value.len() as u64 + 1)
        .put(out);
    out.extend_from_slice(write.value.as_deref().unwrap_or_default());
}

fn decode(mut bytes: &[u8]) -> Result<Vec<Write>, DecodeError> {
    let mut writes = Vec::new();
    while !bytes.is_empty() {
        let tag = u8::take(&mut bytes)?;
        let table = Table::ALL.get(usize::from(tag));
        let table = *table.ok_or(DecodeError::Tag {
            what: "a table",
            tag,
        })?;
        let key = Vec::take(&mut bytes)?;
        let value = match usize::try_from(u64::take(&mut bytes)?) {
            Ok(0) => None,
            Ok(length) => Some(split(&mut bytes, length - 1, "a value")?.to_vec()),
            Err(_) => return Err(DecodeError::Range),
        };
        writes.push(Write { table, key, value });
    }
    Ok(writes)
}
