//! `regenerate`: stubs and the callers' copies of their WIT, brought up to date with the targets.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::vendor::StubWit;
use golem_rpc_stub::{Stub, names};
use golem_rpc_stub_rust::CrateOptions;
use golem_rpc_workspace::{GeneratedStub, Planned, Request as PlanRequest};

use super::Context;
use super::generate::stub_crate;
use super::links::Linked;
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
    let members = linked.members(links.members())?;
    let disk = linked.snapshot(&members)?;
    let stubs = generate_stubs(&linked, &disk, targets.iter().map(String::as_str))?;
    let planned = golem_rpc_workspace::plan(
        &PlanRequest {
            workspace: &linked.workspace,
            links,
            stubs: &stubs,
            callers: &callers,
            force: request.force,
        },
        &disk,
    )?;
    say(context, &planned);
    if context.apply(&planned.plan)? && planned.plan.is_empty() {
        context.report.status(
            "Fresh",
            &format!("{} up to date", crate::report::count(stubs.len(), "stub")),
        );
    }
    Ok(())
}

/// The members that were named, or all of them.
fn chosen(
    context: &Context,
    linked: &Linked,
    named: &[String],
    all: BTreeSet<&str>,
) -> Result<BTreeSet<String>, CliError> {
    match named.is_empty() {
        true => Ok(all.into_iter().map(str::to_string).collect()),
        false => linked.select(context, named),
    }
}

/// The stubs of targets, each with its crate.
pub(super) fn generate_stubs<'a>(
    linked: &Linked,
    disk: &Snapshot,
    targets: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeMap<String, GeneratedStub>, CliError> {
    let stub = |target: &'a str| {
        let stub = derive_stub(linked, disk, target)?;
        let files = stub_crate(&stub, CrateOptions::new(names::stub_crate(target)))?;
        Ok((
            target.to_string(),
            GeneratedStub {
                wit: StubWit::of(&stub)?,
                files,
            },
        ))
    };
    targets.into_iter().map(stub).collect()
}

/// The stub of a member.
pub(super) fn derive_stub(
    linked: &Linked,
    disk: &Snapshot,
    target: &str,
) -> Result<Stub, CliError> {
    let members = linked.members([target])?;
    let world = members[0].local()?.world.as_deref();
    let source = members[0].wit(disk)?.select(world)?;
    let stub = Stub::new(&source);
    stub.map_err(|error| CliError::Stub {
        target: target.to_string(),
        error,
    })
}

/// Says what a person should hear about a plan.
pub(super) fn say(context: &Context, planned: &Planned) {
    for note in &planned.notes {
        context.report.note(&note.to_string());
    }
}
