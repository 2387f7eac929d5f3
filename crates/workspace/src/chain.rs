//! The whole plan of `init` and `regenerate`, stubs included.
//!
//! A stub is made from its target's WIT, which in a member that calls others holds copies of their
//! stubs: where such a copy changes, the stub is made again from what the plan leaves. What is planned
//! then comes on top, until there is nothing left to plan. Each round settles at least one more
//! member, since the types of one are never made of its own, so that the rounds are few.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::{FileSet, Plan, Snapshot};
use golem_rpc_stub::vendor::StubWit;
use golem_rpc_stub::{OwnedParameter, Skipped, Stub};

use crate::derive::{Attempt, Derived, Targets};
use crate::{
    GeneratedStub, Imports, Links, Options, Planned, Request, Resolver, Workspace, WorkspaceError,
    plan,
};
use crate::{bindings, imports};

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

/// Plans stubs, what callers get of them, manifests and tasks. `files` makes the directory of a
/// target's stub.
///
/// # Errors
/// If there can be no stub of a target, or no plan: see [`plan`].
pub fn plan_chain<E: From<WorkspaceError>>(
    wanted: &Wanted<'_>,
    disk: &Snapshot,
    files: impl Fn(&str, &Stub) -> Result<FileSet, E>,
) -> Result<(Planned, Limits), E> {
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
        None if round.is_last(wanted) => {
            wanted.check_bindings(&disk.after(&all.plan))?;
            Ok((all, round.limits))
        }
        None => Err(WorkspaceError::Unsettled {
            targets: wanted.targets.iter().cloned().collect(),
        }
        .into()),
    }
}

/// One plan, from the stubs that could be made.
struct Round {
    planned: Planned,
    limits: Limits,
    /// What is wrong with a target of which no stub could be made (yet).
    failed: Option<WorkspaceError>,
}

impl Round {
    fn is_last(&self, wanted: &Wanted<'_>) -> bool {
        wanted.is_last(&self.planned.plan)
    }
}

/// The stubs that could be made, and what is wrong with the others.
pub(crate) struct Stubs<E> {
    pub(crate) made: BTreeMap<String, GeneratedStub>,
    plain: BTreeMap<String, FileSet>,
    pub(crate) limits: Limits,
    /// By target: its WIT is wrong, or no stub can carry it.
    pub(crate) failed: BTreeMap<String, WorkspaceError>,
    /// By target: there is a stub, but no directory could be made for it.
    pub(crate) unmade: BTreeMap<String, E>,
    imports: BTreeMap<String, Imports>,
    /// Whether there is a stub of every target, so that it can be told what is not needed any more.
    pub(crate) whole: bool,
}

impl Wanted<'_> {
    /// Whether nothing would come of a plan after this one: no target's WIT can be other than it was.
    pub(crate) fn is_last(&self, plan: &Plan) -> bool {
        plan.is_empty() || self.targets.is_disjoint(self.callers)
    }

    /// Checks that the callers' bindings can be made, as all files will be. WIT that does not resolve then
    /// is told elsewhere.
    fn check_bindings(&self, after: &Snapshot) -> Result<(), WorkspaceError> {
        if self.force {
            return Ok(());
        }
        let resolver = Resolver::new(after);
        for caller in self.callers {
            let member = self.workspace.linked(caller)?;
            if let Ok(Some(source)) = resolver.resolve(member) {
                bindings::check(member, &source)?;
            }
        }
        Ok(())
    }

    /// Makes the stubs of the targets.
    pub(crate) fn stubs<E>(
        &self,
        disk: &Snapshot,
        files: &impl Fn(&str, &Stub) -> Result<FileSet, E>,
    ) -> Result<Stubs<E>, WorkspaceError> {
        let targets = Targets {
            workspace: self.workspace,
            links: self.links,
            options: self.options,
            force: self.force,
        };
        let Attempt { derived, failed } = targets.derive_all(disk)?;
        let imports = self.imports(&derived, disk);
        let mut stubs = Stubs {
            made: BTreeMap::new(),
            plain: BTreeMap::new(),
            limits: Limits::new(),
            whole: failed.is_empty(),
            failed,
            unmade: BTreeMap::new(),
            imports,
        };
        for (target, derived) in derived {
            if let Some(without) = derived.plain {
                stubs.plain.insert(target.clone(), without.wit);
            }
            if !self.targets.contains(&target) {
                continue;
            }
            match files(&target, &derived.stub) {
                Ok(files) => {
                    let wit = StubWit::of(&derived.stub)?;
                    let made = GeneratedStub { wit, files };
                    stubs.made.insert(target.clone(), made);
                    let Stub { skipped, owned, .. } = derived.stub;
                    stubs.limits.insert(target, Limit { skipped, owned });
                }
                Err(error) => drop(stubs.unmade.insert(target, error)),
            }
        }
        Ok(stubs)
    }

    /// What is asked of a plan with these stubs.
    pub(crate) fn request<'a, E>(&'a self, stubs: &'a Stubs<E>) -> Request<'a> {
        Request {
            workspace: self.workspace,
            links: self.links,
            options: self.options,
            stubs: &stubs.made,
            plain: &stubs.plain,
            callers: self.callers,
            imports: &stubs.imports,
            whole: stubs.whole && stubs.unmade.is_empty() && self.is_whole(),
            force: self.force,
        }
    }

    fn round<E: From<WorkspaceError>>(
        &self,
        disk: &Snapshot,
        files: &impl Fn(&str, &Stub) -> Result<FileSet, E>,
    ) -> Result<Round, E> {
        let mut stubs = self.stubs(disk, files)?;
        let failed = self.wait_for(std::mem::take(&mut stubs.failed))?;
        if let Some((_, error)) = std::mem::take(&mut stubs.unmade).pop_first() {
            return Err(error);
        }
        let planned = plan(&self.request(&stubs), disk)?;
        Ok(Round {
            planned,
            limits: stubs.limits,
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

    /// The imports that the callers' worlds are to have, and those that they could. Where a stub is not
    /// made anew, it is the one that lies in its directory.
    fn imports(
        &self,
        derived: &BTreeMap<String, Derived>,
        disk: &Snapshot,
    ) -> BTreeMap<String, Imports> {
        let made = |target: &str| {
            let stub = &derived.get(target)?.stub;
            stub.resolve.id_of(stub.interface)
        };
        let ids = self.links.targets().into_iter().map(|target| {
            let id = match self.targets.contains(target) {
                true => made(target),
                false => imports::stub_on_disk(self.workspace, target, disk),
            };
            (target, id)
        });
        let ids: BTreeMap<&str, Option<String>> = ids.collect();
        let imports = self.links.iter().map(|(caller, targets)| {
            let is_wanted = |target: &&String| {
                let link = (caller.to_string(), (*target).clone());
                self.imports.contains(&link)
            };
            let stubs = targets
                .iter()
                .map(|target| (target.clone(), ids[target.as_str()].clone()));
            let imports = Imports {
                stubs: stubs.collect(),
                wanted: targets.iter().filter(is_wanted).cloned().collect(),
            };
            (caller.to_string(), imports)
        });
        imports.collect()
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
