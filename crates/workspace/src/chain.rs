//! The whole plan of `init` and `regenerate`, stubs included.
//!
//! A stub is made from its target's WIT, which in a member that calls others holds copies of their
//! stubs: where such a copy changes, the stub is made again from what the plan leaves. What is planned
//! then comes on top, until there is nothing left to plan. Each round settles at least one more
//! member, since the types of one are never made of its own, so that the rounds are few.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::{FileSet, Snapshot};
use golem_rpc_stub::vendor::StubWit;
use golem_rpc_stub::{Skipped, Stub};

use crate::derive::{Attempt, Derived, Targets};
use crate::{GeneratedStub, Imports, Links, Options, Planned, Request, Workspace, WorkspaceError, plan};

/// What is wanted of a workspace.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
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
    /// Whether to overwrite what was changed by hand or is not ours.
    pub force: bool,
}

/// The functions that the stubs of targets leave out, by target.
pub type LeftOut = BTreeMap<String, Vec<Skipped>>;

/// Plans stubs, what callers get of them, manifests and tasks. `files` makes the directory of a
/// target's stub.
///
/// # Errors
/// If there can be no stub of a target, or no plan: see [`plan`].
pub fn plan_chain<E: From<WorkspaceError>>(
    wanted: &Wanted<'_>,
    disk: &Snapshot,
    files: impl Fn(&str, &Stub) -> Result<FileSet, E>,
) -> Result<(Planned, LeftOut), E> {
    let mut round = wanted.round(disk, &files)?;
    let mut all = round.planned.clone();
    for _ in wanted.links.members() {
        if round.is_last(wanted) {
            break;
        }
        round = wanted.round(&disk.after(&all.plan), &files)?;
        all.plan.then(disk, round.planned.plan.clone());
        let news = round.planned.notes.drain(..);
        let news: Vec<_> = news.filter(|note| !all.notes.contains(note)).collect();
        all.notes.extend(news);
    }
    match round.failed {
        Some(error) => Err(error.into()),
        None if round.is_last(wanted) => Ok((all, round.left_out)),
        None => Err(WorkspaceError::Unsettled {
            targets: wanted.targets.iter().cloned().collect(),
        }
        .into()),
    }
}

/// One plan, from the stubs that could be made.
struct Round {
    planned: Planned,
    left_out: LeftOut,
    /// What is wrong with a target of which no stub could be made (yet).
    failed: Option<WorkspaceError>,
}

impl Round {
    /// Whether nothing would come of another one: no target's WIT can be other than it was.
    fn is_last(&self, wanted: &Wanted<'_>) -> bool {
        self.planned.plan.is_empty() || wanted.targets.is_disjoint(wanted.callers)
    }
}

impl Wanted<'_> {
    fn round<E: From<WorkspaceError>>(
        &self,
        disk: &Snapshot,
        files: &impl Fn(&str, &Stub) -> Result<FileSet, E>,
    ) -> Result<Round, E> {
        let targets = Targets {
            workspace: self.workspace,
            links: self.links,
            options: self.options,
            force: self.force,
        };
        let Attempt { derived, failed } = targets.derive_all(disk)?;
        let failed = self.wait_for(failed)?;
        let imports = self.imports(&derived);
        let (mut stubs, mut plain, mut left_out) =
            (BTreeMap::new(), BTreeMap::new(), LeftOut::new());
        for (target, derived) in derived {
            if let Some(without) = derived.plain {
                plain.insert(target.clone(), without.wit);
            }
            if self.targets.contains(&target) {
                let wit = StubWit::of(&derived.stub).map_err(WorkspaceError::from)?;
                let files = files(&target, &derived.stub)?;
                stubs.insert(target.clone(), GeneratedStub { wit, files });
                left_out.insert(target, derived.stub.skipped);
            }
        }
        let request = Request {
            workspace: self.workspace,
            links: self.links,
            options: self.options,
            stubs: &stubs,
            plain: &plain,
            callers: self.callers,
            imports: &imports,
            whole: failed.is_none() && self.is_whole(),
            force: self.force,
        };
        let planned = plan(&request, disk)?;
        Ok(Round {
            planned,
            left_out,
            failed,
        })
    }

    /// Whether all targets and callers are to be brought up to date.
    fn is_whole(&self) -> bool {
        let all = |names: BTreeSet<&str>, some: &BTreeSet<String>| {
            names.into_iter().all(|name| some.contains(name))
        };
        all(self.links.targets(), self.targets) && all(self.links.callers(), self.callers)
    }

    /// The imports that the callers' worlds are to have, and those that they could.
    fn imports(&self, derived: &BTreeMap<String, Derived>) -> BTreeMap<String, Imports> {
        let mut imports: BTreeMap<String, Imports> = BTreeMap::new();
        for (caller, targets) in self.links.iter() {
            let of_caller = imports.entry(caller.to_string()).or_default();
            for target in targets {
                let stub = derived.get(target).map(|derived| &derived.stub);
                let Some(id) = stub.and_then(|stub| stub.resolve.id_of(stub.interface)) else {
                    continue;
                };
                if self.imports.contains(&(caller.to_string(), target.clone())) {
                    of_caller.wanted.insert(id.clone());
                }
                of_caller.stubs.insert(id);
            }
        }
        imports
    }

    /// What is wrong with a target. Where that can be a copy that is not there yet or out of date, it
    /// may come right by what is planned for the others.
    fn wait_for(
        &self,
        failed: BTreeMap<String, WorkspaceError>,
    ) -> Result<Option<WorkspaceError>, WorkspaceError> {
        let mut first = None;
        for (target, error) in failed {
            if !self.targets.contains(&target) {
                continue;
            }
            let may_wait =
                matches!(error, WorkspaceError::Wit(_)) && self.callers.contains(&target);
            match may_wait {
                true => drop(first.get_or_insert(error)),
                false => return Err(error),
            }
        }
        Ok(first)
    }
}
