//! What is on disk and what should be, as data.
//!
//! Input: files as somebody read them ([`Snapshot`]). Output: what they should become ([`Plan`]).
//! Nothing here touches a disk or runs a process: the crate `system` reads snapshots and applies
//! plans, and `--dry-run` prints them. All paths in a snapshot and in a plan are absolute; those in
//! a [`FileSet`] are relative to wherever the set is put.

mod change;
mod class;
mod diff;
mod files;
mod hash;
mod owner;
mod paths;
mod plan;
mod snapshot;

pub use change::Change;
pub use class::Class;
pub use diff::unified_diff;
pub use files::FileSet;
pub use hash::ContentHash;
pub use owner::{MARK, Owner, is_same, sign, unsigned};
pub use paths::normal;
pub use plan::{CommandSpec, Plan};
pub use snapshot::{Entry, EntryKind, Snapshot};
