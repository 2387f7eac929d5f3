//! Runs of entries: what one row of [`Table::Log`](crate::Table::Log) holds.
//!
//! The index of the first entry, then the entries, which say themselves where they end. The row's key
//! is the worker's number and the index of the last entry, so that the run with an entry is the first
//! that does not lie before it.

use crate::id::Index;
use crate::wire::Wire as _;

/// How many bytes a run has at most, if it has more than one entry: what a page of the database has
/// room for without overflow.
pub(crate) const FULL: usize = 1900;

/// A run without entries, which begins with this one.
pub(crate) fn begin(first: Index) -> Vec<u8> {
    let mut run = Vec::with_capacity(256);
    first.put(&mut run);
    run
}

/// Adds a later run to one that ends with the entry `last`, if it follows and there is room.
pub(crate) fn join(run: &mut Vec<u8>, last: Index, later: &[u8]) -> bool {
    let mut entries = later;
    let follows = Index::take(&mut entries).is_ok_and(|first| Some(first) == last.checked_add(1));
    let joined = follows && run.len() + entries.len() <= FULL;
    if joined {
        run.extend_from_slice(entries);
    }
    joined
}
