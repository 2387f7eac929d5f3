//! The stubs of the linked targets, as they are once all copies are up to date.
//!
//! A stub is made from its target's WIT, which in a member that calls others holds copies of their stubs. Where such
//! a copy is to change, the stubs are derived again from the files with the new copies, until these stay the same.
//! That ends soon: the types of a member's stub are never made of its own.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::{FileSet, Plan, Snapshot};
use golem_rpc_stub::vendor::StubWit;
use golem_rpc_stub::{Stub, WitRoot};

use crate::plan::callers;
use crate::plan::derive::{self, Attempt};
use crate::plan::draft::Draft;
use crate::plan::failures::{Failures, Role};
use crate::plan::linked::Linked;
use crate::plan::stubs::{Limit, Stubs};
use crate::{LinkedWorkspace, PlanRequest, Workspace, WorkspaceError};

/// Derives the stubs of all linked targets. `files` makes the directory of a target's stub. Of the targets that
/// are not to be brought up to date, the stub is the one that lies in its directory.
pub(super) fn stubs<E: From<WorkspaceError>>(
    request: &PlanRequest<'_>,
    linked: &Linked,
    disk: &Snapshot,
    files: &impl Fn(&str, &Stub) -> Result<FileSet, E>,
    failures: &mut Failures<E>,
) -> Result<Stubs, E> {
    let Attempt { derived, failed } = derive_all(request, linked, disk);
    for (target, error) in failed {
        if linked.targets.contains(&target) {
            let links = (request.links, request.options);
            let error = request.workspace.or_dangling(links, &target, error, disk)?;
            failures.take(Role::Target, &target, Err::<(), _>(error))?;
        }
    }
    let mut stubs = Stubs::default();
    for (target, derived) in derived {
        if let Some(undeclared) = derived.undeclared {
            stubs.undeclared.insert(target.clone(), undeclared.wit);
        }
        if !linked.targets.contains(&target) {
            continue;
        }
        let made = files(&target, &derived.stub);
        if let Some(files) = failures.take(Role::Target, &target, made)? {
            let wit = StubWit::of(&derived.stub).map_err(WorkspaceError::from)?;
            let Stub { skipped, owned, .. } = derived.stub;
            stubs
                .limits
                .insert(target.clone(), Limit { skipped, owned });
            stubs.files.insert(target.clone(), files);
            stubs.wits.insert(target, wit);
        }
    }
    for target in linked.links.targets() {
        if !stubs.wits.contains_key(target) {
            let wit = on_disk(request.workspace, target, disk);
            let wit = failures.take(Role::Target, target, wit)?.flatten();
            stubs.wits.extend(wit.map(|wit| (target.to_string(), wit)));
        }
    }
    Ok(stubs)
}

/// The stub that lies in a target's stub directory; none if there is none yet.
fn on_disk(
    workspace: &Workspace,
    target: &str,
    disk: &Snapshot,
) -> Result<Option<StubWit>, WorkspaceError> {
    let wit = workspace.stub_dir(workspace.linked(target)?).join("wit");
    if !disk.contains_dir(&wit) {
        return Ok(None);
    }
    Ok(Some(StubWit::read(&WitRoot::read(disk, &wit)?)?))
}

/// Derives the stubs until the copies in targets that call others stay the same.
fn derive_all(request: &PlanRequest<'_>, linked: &Linked, disk: &Snapshot) -> Attempt {
    let targets = linked.links.targets();
    let mut both = linked.callers.clone();
    both.retain(|caller| targets.contains(caller.as_str()));
    let mut attempt = derive::all(request, linked, disk);
    let mut planned = Plan::new();
    // One more than there are links in the longest chain.
    for _ in 0..=linked.links.members().len() {
        let next = copies(request, linked, &attempt, disk, &both);
        if next == planned {
            break;
        }
        attempt = derive::all(request, linked, &disk.after(&next));
        planned = next;
    }
    attempt
}

/// The plan of the copies that these callers are to have. What is wrong with one is said later.
fn copies(
    request: &PlanRequest<'_>,
    linked: &Linked,
    attempt: &Attempt,
    disk: &Snapshot,
    callers: &BTreeSet<String>,
) -> Plan {
    if callers.is_empty() {
        return Plan::new();
    }
    let mut stubs = Stubs::default();
    for (target, derived) in &attempt.derived {
        let wit = if linked.targets.contains(target) {
            StubWit::of(&derived.stub).ok()
        } else {
            on_disk(request.workspace, target, disk).ok().flatten()
        };
        stubs.wits.extend(wit.map(|wit| (target.clone(), wit)));
        if let Some(undeclared) = &derived.undeclared {
            stubs
                .undeclared
                .insert(target.clone(), undeclared.wit.clone());
        }
    }
    let mut draft = Draft::new(request.workspace, disk, request.force);
    let mut failures: Failures<WorkspaceError> = Failures::listed();
    // Listed failures end nothing.
    let _ = callers::plan(&mut draft, linked, &stubs, callers, &mut failures);
    draft.outlook().plan
}

impl LinkedWorkspace<'_> {
    /// The stubs of some targets.
    ///
    /// # Errors
    /// If the WIT of one does not resolve or says what a stub cannot carry.
    pub fn derive_only(
        &self,
        targets: &BTreeSet<&str>,
        disk: &Snapshot,
    ) -> Result<BTreeMap<String, Stub>, WorkspaceError> {
        let Attempt { derived, failed } = self.derive(disk)?;
        let is_wanted = |target: &String| targets.contains(target.as_str());
        if let Some((_, error)) = failed.into_iter().find(|(target, _)| is_wanted(target)) {
            return Err(error);
        }
        let wanted = derived.into_iter().filter(|(target, _)| is_wanted(target));
        Ok(wanted
            .map(|(target, derived)| (target, derived.stub))
            .collect())
    }

    /// What is wrong with each target that has no stub.
    ///
    /// # Errors
    /// If none can be looked at, since a link names what is no member for example.
    pub fn failures(
        &self,
        disk: &Snapshot,
    ) -> Result<BTreeMap<String, WorkspaceError>, WorkspaceError> {
        Ok(self.derive(disk)?.failed)
    }

    fn derive(&self, disk: &Snapshot) -> Result<Attempt, WorkspaceError> {
        let targets = self.links.targets().into_iter();
        let request = PlanRequest {
            workspace: self.workspace,
            links: self.links,
            options: self.options,
            targets: &targets.map(str::to_string).collect(),
            callers: &BTreeSet::new(),
            imports: &BTreeSet::new(),
            force: false,
        };
        let linked = Linked::new(&request, disk, &mut Failures::<WorkspaceError>::strict())?;
        Ok(derive::all(&request, &linked, disk))
    }
}
