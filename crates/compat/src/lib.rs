//! What a change of a target's WIT breaks for the callers that were built before it.
//!
//! ```text
//! (Source, Source) → compare → [Change] → human::render | github::render
//! ```
//!
//! Two things decide what breaks. Over golem:rpc values travel by position: fields, cases, flags,
//! parameters and results have no names there, and each side checks kinds and lengths. Functions
//! travel by name: `ns:pkg/iface@version.{function}`. So a caller that is already built breaks
//! ([`Class::Wire`]) when a position or such a name changes, and a caller that is built again breaks
//! ([`Class::Source`]) when a name changes that its code uses.
//!
//! | change | caller built before | class |
//! |---|---|---|
//! | field, flag, parameter or result added, removed, of another type | lengths or kinds differ | wire |
//! | fields, cases, flags, parameters in another order | values land in the wrong place | wire |
//! | function, interface, resource removed or renamed; package version | asks for a name that is gone | wire |
//! | case appended to what functions return | may get a case it does not know | wire |
//! | case appended to what functions only take | never sends it | compatible |
//! | last case removed from what functions only return | never gets it | source |
//! | field, case, flag, parameter, type renamed in its place | does not notice | source |
//! | function, interface, type added; documentation | does not notice | compatible |
//!
//! Only what the world exports counts, with the types that its functions reach, and the other types
//! of exported interfaces as far as code can name them. Nothing is read or printed here.

mod align;
mod cases;
mod change;
mod comparison;
mod directions;
mod exports;
mod functions;
pub mod github;
pub mod human;
mod origins;
mod path;
mod resources;
mod shapes;
mod stubs;
mod types;

pub use change::{Change, Class, Place, Side, Subject, What};
pub use origins::stub_of;
pub use path::{Path, Step};
pub use stubs::stub_source;

use golem_rpc_stub::Source;

/// Everything that differs between two versions of a target's WIT, in the order of the old one's
/// exports, what is new last. A change inside a type that several functions carry is told once, at
/// the first of them.
pub fn compare(old: &Source, new: &Source) -> Vec<Change> {
    let mut comparison = comparison::Comparison::new(old, new);
    comparison.exports();
    comparison.changes
}

/// The same for two stubs, as [`stub_source`] and [`stub_of`] give them. A stub's interface and the
/// resource of the world's own functions are named after the world. These names do not travel: a
/// caller that is built has its own copy of the stub, which calls the target by the target's names.
pub fn compare_stubs(old: &Source, new: &Source) -> Vec<Change> {
    let mut comparison = comparison::Comparison::new(old, new);
    comparison.of_stubs = true;
    comparison.exports();
    comparison.changes
}
