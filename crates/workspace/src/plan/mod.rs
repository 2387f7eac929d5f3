//! The plan of a workspace: stubs, copies in callers, manifests, Makefile.toml.
//!
//! ```text
//! PlanRequest + files → Linked   the links that can be planned, the members' packages
//!                → Stubs    of all targets
//!                → Draft    every change, with what stands in its way
//! ```
//!
//! A plan for a workspace that is up to date is empty. `init`, `regenerate` and `unlink` carry it out;
//! `examine` looks at the same draft.

mod callers;
mod dependencies;
mod derive;
pub(crate) mod draft;
mod extends;
pub(crate) mod failures;
mod fixpoint;
mod imports;
pub(crate) mod linked;
mod lists;
mod makefile;
pub(crate) mod note;
pub(crate) mod request;
mod root;
mod runtime;
pub(crate) mod standalone;
mod strangers;
mod stub_dir;
pub(crate) mod stubgen;
pub(crate) mod stubs;
pub(crate) mod vendored;

use std::collections::BTreeSet;

use camino::Utf8Path;
use golem_rpc_plan::{FileSet, Owner, Snapshot};
use golem_rpc_stub::Stub;
use golem_rpc_toml::TAG;

use crate::members::paths::{MAKEFILE, OLD_LOCK};
use crate::plan::draft::Draft;
use crate::plan::failures::{Failures, Role};
use crate::plan::linked::Linked;
use crate::plan::lists::StubDirs;
use crate::plan::stubs::Stubs;
use crate::wit::package::deps_of;
use crate::wit::{bindings, owner};
use crate::{
    Limits, Links, PlanRequest, Planned, Resolver, StubBackend, Workspace, WorkspaceError,
};

/// Plans what the workspace lacks of what is wanted. `files` makes the directory of a target's stub.
///
/// # Errors
/// If no stub of a target can be generated, if a caller cannot take its stubs in, or if something that is not
/// ours stands in the way.
pub fn plan<E: From<WorkspaceError>>(
    request: &PlanRequest<'_>,
    disk: &Snapshot,
    files: impl Fn(&str, &Stub) -> Result<FileSet, E>,
) -> Result<(Planned, Limits), E> {
    if request.links.is_empty() && is_nothing_ours(request.workspace, disk) {
        let manifest = request.workspace.manifest.clone();
        return Err(WorkspaceError::NoLinks {
            manifest,
            left: false,
        }
        .into());
    }
    let (draft, _, stubs) = draft(request, disk, &files, &mut Failures::strict())?;
    let planned = draft.finish()?;
    request.check_bindings(&disk.after(&planned.plan))?;
    Ok((planned, stubs.limits))
}

/// The plan before anything refuses what stands in its way, and what it is made from.
pub(crate) fn draft<'a, E: From<WorkspaceError>>(
    request: &PlanRequest<'a>,
    disk: &'a Snapshot,
    files: &impl Fn(&str, &Stub) -> Result<FileSet, E>,
    failures: &mut Failures<E>,
) -> Result<(Draft<'a>, Linked, Stubs), E> {
    let (workspace, links, options) = (request.workspace, request.links, request.options);
    let linked = Linked::new(request, disk, failures)?;
    let stubs = fixpoint::stubs(request, &linked, disk, files, failures)?;
    let mut draft = Draft::new(workspace, disk, request.force);
    for (target, files) in &stubs.files {
        let (member, backend) = (workspace.linked(target)?, options.get(target).backend);
        let planned = stub_dir::plan(&mut draft, member, files, backend);
        failures.take(Role::Target, target, planned)?;
    }
    callers::plan(&mut draft, &linked, &stubs, &linked.callers, failures)?;
    let is_whole = failures.is_empty() && request.is_whole();
    let mut dirs = request.stub_dirs(&linked, &stubs, disk)?;
    if is_whole {
        dirs.gone = plan_removals(&mut draft, links)?;
    }
    root::plan(&mut draft, links, options, &dirs, failures)?;
    // Nobody misses tasks for what is no member.
    let mut members = links.members().into_iter();
    if members.all(|name| workspace.members.contains_key(name)) {
        makefile::plan(&mut draft, links, options)?;
    }
    imports::plan(&mut draft, request, (&linked, &stubs), is_whole)?;
    Ok((draft, linked, stubs))
}

impl PlanRequest<'_> {
    /// Checks that the callers' bindings can be generated, as all files will be. WIT that does not resolve then
    /// is told elsewhere.
    fn check_bindings(&self, after: &Snapshot) -> Result<(), WorkspaceError> {
        let resolver = Resolver::new(after);
        for caller in self.callers.iter().filter(|_| !self.force) {
            let member = self.workspace.linked(caller)?;
            if let Ok(Some(source)) = resolver.resolve(member) {
                bindings::check(member, &source)?;
            }
        }
        Ok(())
    }

    /// What the stub directories hold: those that are planned now, and the others that are there.
    fn stub_dirs<'l>(
        &self,
        linked: &'l Linked,
        stubs: &Stubs,
        disk: &Snapshot,
    ) -> Result<StubDirs<'l>, WorkspaceError> {
        let mut dirs = StubDirs::default();
        for target in linked.links.targets() {
            let dir = self.workspace.stub_dir(self.workspace.linked(target)?);
            let backend = if stubs.files.contains_key(target) {
                self.options.get(target).backend
            } else if disk.contains(dir.join("Cargo.toml")) {
                StubBackend::Crate
            } else if disk.contains_dir(dir.join("wit")) {
                StubBackend::Component
            } else {
                continue;
            };
            dirs.there.insert(target, backend);
        }
        Ok(dirs)
    }
}

/// Plans that what is ours and belongs to no link goes; gives the stub directories that go.
fn plan_removals(draft: &mut Draft<'_>, links: &Links) -> Result<BTreeSet<String>, WorkspaceError> {
    let (workspace, disk) = (draft.workspace, draft.disk);
    let (mut kept, mut used) = (BTreeSet::new(), BTreeSet::new());
    for target in links.targets() {
        kept.insert(workspace.stub_dir(workspace.linked(target)?));
    }
    for caller in links.callers() {
        used.insert(deps_of(disk, workspace.linked(caller)?)?);
    }
    let mut gone = owner::stub_dirs(disk);
    gone.retain(|dir| !kept.contains(dir));
    for dir in &gone {
        stub_dir::discard(draft, dir);
        draft.clean(dir, &BTreeSet::new());
    }
    let callers = links.callers();
    for member in workspace.members.values() {
        let is_stub = kept.contains(&member.dir) || gone.contains(&member.dir);
        let Ok(deps) = deps_of(disk, member) else {
            continue;
        };
        if is_stub || callers.contains(member.name.as_str()) {
            continue;
        }
        if !used.contains(&deps) {
            draft.clean(&deps, &BTreeSet::new());
        }
        dependencies::plan(draft, member, &[])?;
        runtime::plan(draft, member, false)?;
    }
    Ok(gone.iter().map(|dir| workspace.relative(dir)).collect())
}

/// Whether there is nothing of ours: no file, no tag, no block of tasks, and no lock of an earlier version.
pub fn is_nothing_ours(workspace: &Workspace, disk: &Snapshot) -> bool {
    let is_tagged = |file: &Utf8Path| {
        let text = disk.text(file).unwrap_or_default();
        text.lines().any(|line| line.contains(TAG))
    };
    let mut manifests = workspace.members.values().map(|member| &member.manifest);
    let makefile = disk.text(workspace.root.join(MAKEFILE));
    !disk.contains(workspace.root.join(OLD_LOCK))
        && !is_tagged(&workspace.manifest)
        && !makefile.is_some_and(makefile::has_block)
        && !manifests.any(|manifest| is_tagged(manifest))
        && !disk.iter().any(|(_, content)| Owner::of(content).is_us())
}
