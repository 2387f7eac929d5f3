//! `regenerate`: stubs and the callers' copies of their WIT, brought up to date with the targets.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::{FileSet, Snapshot};
use golem_rpc_stub::names;
use golem_rpc_stub::vendor::StubWit;
use golem_rpc_stub_rust::CrateOptions;
use golem_rpc_workspace::{GeneratedStub, Planned, Request as PlanRequest, StubBackend};

use super::generate::stub_crate;
use super::links::Linked;
use super::{Context, stubs};
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) callers: Vec<String>,
    pub(crate) targets: Vec<String>,
    pub(crate) force: bool,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let linked = Linked::read_linked(context)?;
    let links = &linked.links;
    let targets = chosen(context, &linked, &request.targets, links.targets())?;
    let callers = chosen(context, &linked, &request.callers, links.callers())?;
    let disk = linked.snapshot(&linked.members(links.members())?)?;
    let planned = plan(&linked, &disk, &targets, &callers, request.force)?;
    say(context, &planned);
    if context.apply(&planned.plan)? && planned.plan.is_empty() {
        let stubs = crate::report::count(targets.len(), "stub");
        context
            .report
            .status("Fresh", &format!("{stubs} up to date"));
    }
    Ok(())
}

/// Plans the stubs of `targets` and what `callers` get of them.
///
/// A stub is made from its target's WIT, which in a member that calls others holds copies of their
/// stubs: where such a copy changes, the stub is made again from what the plan leaves.
pub(super) fn plan(
    linked: &Linked,
    disk: &Snapshot,
    targets: &BTreeSet<String>,
    callers: &BTreeSet<String>,
    force: bool,
) -> Result<Planned, CliError> {
    let once = |disk: &Snapshot| -> Result<Planned, CliError> {
        let stubs = generate_stubs(linked, disk, targets)?;
        let request = PlanRequest {
            workspace: &linked.workspace,
            links: &linked.links,
            backends: &linked.backends,
            stubs: &stubs,
            callers,
            force,
        };
        Ok(golem_rpc_workspace::plan(&request, disk)?)
    };
    let mut planned = once(disk)?;
    for _ in targets.intersection(callers) {
        let next = once(&disk.after(&planned.plan))?;
        if next.plan.is_empty() {
            break;
        }
        planned.plan.then(disk, next.plan);
    }
    Ok(planned)
}

/// The members that were named, or all of them.
fn chosen(
    context: &Context,
    linked: &Linked,
    named: &[String],
    all: BTreeSet<&str>,
) -> Result<BTreeSet<String>, CliError> {
    if named.is_empty() {
        return Ok(all.into_iter().map(str::to_string).collect());
    }
    let chosen = linked.select(context, named)?;
    match chosen.iter().find(|name| !all.contains(name.as_str())) {
        None => Ok(chosen),
        Some(member) => Err(CliError::NotLinked {
            member: member.clone(),
        }),
    }
}

/// The stubs of targets, each with its crate, or with its WIT alone where none is to be compiled.
fn generate_stubs(
    linked: &Linked,
    disk: &Snapshot,
    targets: &BTreeSet<String>,
) -> Result<BTreeMap<String, GeneratedStub>, CliError> {
    let stub = |target: &String| {
        let stub = stubs::derive(linked, disk, target)?;
        let files = match linked.backends.get(target) {
            StubBackend::Crate => stub_crate(&stub, CrateOptions::new(names::stub_crate(target)))?,
            StubBackend::Component => {
                let mut files = FileSet::new();
                files.extend_under("wit", stub.wit.clone());
                files
            }
        };
        Ok((
            target.to_string(),
            GeneratedStub {
                wit: StubWit::of(&stub)?,
                files,
            },
        ))
    };
    targets.iter().map(stub).collect()
}

/// Says what a person should hear about a plan.
pub(super) fn say(context: &Context, planned: &Planned) {
    for note in &planned.notes {
        context.report.note(&note.to_string());
    }
}
