//! What is not as `regenerate` would leave it: a workspace's links, and everything generated.
//!
//! ```text
//! plan::draft → Outlook    the plan as for `regenerate`, with the failures of single members listed
//!             → Finding    each change in it
//!             → links      each with its failure, its findings, and whether the caller's world imports the stub
//! ```
//!
//! A member that is broken takes only its own links with it, and nothing is called unneeded because of that.
//! Nothing is changed or refused here.

mod entries;
mod findings;
pub(crate) mod found;
mod parties;

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::{FileSet, Snapshot};
use golem_rpc_stub::{Stub, names};

use crate::plan::failures::{Failures, Role};
use crate::plan::linked::Linked;
use crate::plan::stubs::Stubs;
use crate::wit::bindings;
use crate::wit::stub_ids::import_of;
use crate::{Imported, LinkedWorkspace, PlanRequest, Resolver, WorkspaceError, plan};
use found::{Examined, ExaminedLink, Finding};
use parties::Places;

/// Compares a workspace with what `regenerate` would make of it. `files` makes the directory of a
/// target's stub. Files of members that are none need not be in `disk`.
///
/// # Errors
/// If the root manifest or Makefile.toml cannot be read.
pub fn examine<E: From<WorkspaceError>>(
    all: LinkedWorkspace<'_>,
    disk: &Snapshot,
    files: impl Fn(&str, &Stub) -> Result<FileSet, E>,
) -> Result<Examined<E>, E> {
    let owned = |names: BTreeSet<&str>| names.into_iter().map(str::to_string).collect();
    let request = PlanRequest {
        workspace: all.workspace,
        links: all.links,
        options: all.options,
        targets: &owned(all.links.targets()),
        callers: &owned(all.links.callers()),
        imports: &BTreeSet::new(),
        force: false,
    };
    let mut failures = Failures::listed();
    let (draft, linked, stubs) = plan::draft(&request, disk, &files, &mut failures)?;
    let outlook = draft.outlook();
    let places = Places::new(all, disk, &linked, &stubs);
    let findings = findings::findings(&outlook, &places, &failures)?;
    let after = (!outlook.plan.is_empty()).then(|| disk.after(&outlook.plan));
    let later = Resolver::new(after.as_ref().unwrap_or(disk));
    let later = callers_imports(all, &later, disk, &mut failures)?;
    let now = after.is_some().then(|| Resolver::new(disk));
    let mut links = BTreeMap::new();
    for caller in all.links.callers() {
        let member = all.workspace.members.get(caller);
        let now = member.and_then(|member| Imported::of(member, now.as_ref()?));
        for target in all.links.targets_of(caller) {
            let imports = [now.as_ref(), later.get(caller)];
            let link = link(target, &linked, &stubs, imports.into_iter().flatten());
            let broken = failures.of(Role::Target, target);
            let broken = broken.or_else(|| failures.of(Role::Caller, caller));
            let ends = (caller.to_string(), target.to_string());
            links.insert(ends, ExaminedLink { broken, ..link });
        }
    }
    add_findings(&mut links, all, &findings);
    Ok(Examined {
        links,
        findings,
        troubles: failures.into_troubles(),
        packages: linked.packages.of_world,
        limits: stubs.limits,
        checked: outlook.wanted,
    })
}

/// What the worlds of callers import once everything is up to date. Members whose WIT does not resolve
/// then have no links that work; those that were not looked at as a whole are passed over.
fn callers_imports<E: From<WorkspaceError>>(
    all: LinkedWorkspace<'_>,
    later: &Resolver<'_>,
    disk: &Snapshot,
    failures: &mut Failures<E>,
) -> Result<BTreeMap<String, Imported>, E> {
    let (workspace, links) = (all.workspace, all.links);
    let mut imported = BTreeMap::new();
    let members = links.members().into_iter();
    for (name, member) in members.filter_map(|name| Some((name, workspace.members.get(name)?))) {
        let targets = links.targets_of(name);
        let imports = match later.resolve(member) {
            Ok(Some(source)) => {
                if !targets.is_empty() {
                    failures.take(Role::Caller, name, bindings::check(member, &source))?;
                }
                Some(Imported::resolved(&source))
            }
            Ok(None) => Imported::named(member, later.view()),
            Err(error) => {
                let mut ends = targets.into_iter().chain([name]);
                if !failures.has(Role::Caller, name)
                    && !ends.any(|end| failures.has(Role::Target, end))
                {
                    let links = (links, all.options);
                    failures.member(name, workspace.why_unresolved(links, member, error, disk)?)?;
                }
                Imported::named(member, later.view())
            }
        };
        imported.extend(imports.map(|imports| (name.to_string(), imports)));
    }
    Ok(imported)
}

/// What is known of a link to a target. `imports` are those of the caller's world, as it is now first: an
/// import counts as one of a stub that would be brought up to date with it.
fn link<'i>(
    target: &str,
    linked: &Linked,
    stubs: &Stubs,
    imports: impl Iterator<Item = &'i Imported>,
) -> ExaminedLink {
    let imports: Vec<&Imported> = imports.collect();
    let package = linked
        .packages
        .of_world
        .get(target)
        .map(names::stub_package);
    let known = package.filter(|_| !imports.is_empty());
    let import = stubs.wits.get(target).and_then(import_of);
    ExaminedLink {
        import: import.map(|id| format!("import {};", names::written(&id))),
        imported: known.map(|stub| imports.iter().any(|imports| imports.has(&stub))),
        world: imports.first().and_then(|imports| imports.world.clone()),
        ..ExaminedLink::default()
    }
}

/// Adds to each link the findings that it has a part in.
fn add_findings(
    links: &mut BTreeMap<(String, String), ExaminedLink>,
    all: LinkedWorkspace<'_>,
    findings: &[Finding],
) {
    for (number, finding) in findings.iter().enumerate() {
        for target in &finding.targets {
            let mut callers: BTreeSet<&str> = finding.callers.iter().map(String::as_str).collect();
            if callers.is_empty() {
                callers = all.links.callers_of(target);
            }
            for caller in callers {
                if let Some(link) = links.get_mut(&(caller.to_string(), target.clone())) {
                    link.findings.push(number);
                }
            }
        }
    }
}
