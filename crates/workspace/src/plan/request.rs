//! A request for a plan: all that a plan is made from beside the files.

use std::collections::BTreeSet;

use crate::{Links, Options, Workspace};

/// A workspace and its links.
#[derive(Clone, Copy, Debug)]
pub struct LinkedWorkspace<'a> {
    /// The workspace.
    pub workspace: &'a Workspace,
    /// Who calls whom; some may be no members.
    pub links: &'a Links,
    /// The targets' options.
    pub options: &'a Options,
}

/// What is wanted of a workspace.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a> {
    /// The workspace.
    pub workspace: &'a Workspace,
    /// All links that there should be.
    pub links: &'a Links,
    /// The targets' options.
    pub options: &'a Options,
    /// The targets whose stubs to bring up to date, by package name.
    pub targets: &'a BTreeSet<String>,
    /// The callers to bring up to date, by package name.
    pub callers: &'a BTreeSet<String>,
    /// The links, caller and target, whose import is to be put into the caller's world.
    pub imports: &'a BTreeSet<(String, String)>,
    /// Whether to overwrite what was edited by hand or is not ours.
    pub force: bool,
}

impl PlanRequest<'_> {
    /// Whether all targets and callers are to be brought up to date.
    pub(crate) fn is_whole(&self) -> bool {
        let has = |all: &BTreeSet<String>, names: BTreeSet<&str>| {
            names.into_iter().all(|name| all.contains(name))
        };
        has(self.targets, self.links.targets()) && has(self.callers, self.links.callers())
    }
}
