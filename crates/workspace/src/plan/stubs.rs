//! The stubs of the linked targets, and what does not work although there is one.

use std::collections::BTreeMap;

use golem_rpc_plan::FileSet;
use golem_rpc_stub::vendor::StubWit;
use golem_rpc_stub::{OwnedParameter, Skipped};

/// What does not work of targets that have a stub, by target.
pub type Limits = BTreeMap<String, Limit>;

/// What does not work of a target, although there is a stub of it.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The functions that the stub leaves out.
    pub skipped: Vec<Skipped>,
    /// The functions that work in the local runtime alone.
    pub owned: Vec<OwnedParameter>,
}

/// Stubs, by target.
#[derive(Default)]
pub(crate) struct Stubs {
    /// The files of the directories of those that are to be brought up to date.
    pub(crate) files: BTreeMap<String, FileSet>,
    /// The WIT of all that there are.
    pub(crate) wits: BTreeMap<String, StubWit>,
    /// The WIT roots of stubs as they would be if they declared no package's types themselves, where
    /// they do.
    pub(crate) undeclared: BTreeMap<String, FileSet>,
    pub(crate) limits: Limits,
}
