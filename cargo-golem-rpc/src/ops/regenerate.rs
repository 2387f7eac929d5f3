//! `regenerate`: stubs and the callers' copies of their WIT, brought up to date with the targets.

use std::collections::BTreeSet;

use golem_rpc_messages::FreshKind;
use golem_rpc_plan::{FileSet, Snapshot};
use golem_rpc_stub::{Stub, names};
use golem_rpc_stub_rust::CrateOptions;
use golem_rpc_workspace::{Limits, PlanRequest, Planned, StubBackend};

use super::generate::stub_crate;
use super::links::Linked;
use super::messages::fresh;
use super::resolve::{Leave, plan_resolving};
use super::{Context, causes, stubs};
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) callers: Vec<String>,
    pub(crate) targets: Vec<String>,
    pub(crate) leave: Leave,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let writer = context.writer()?;
    let linked = Linked::read_linked(context)?;
    let links = &linked.links;
    let targets = chosen(context, &linked, &request.targets, links.targets())?;
    let callers = chosen(context, &linked, &request.callers, links.callers())?;
    let disk = linked.snapshot_to_change()?;
    let parts = Parts {
        targets,
        callers,
        ..Parts::default()
    };
    let (planned, limits) = plan_resolving(context, &linked, &disk, &parts, request.leave)?;
    say(context, &linked, &planned, &limits);
    if writer.apply(&planned.plan)? && planned.plan.is_empty() {
        let stubs = crate::report::count(parts.targets.len(), "stub");
        let fresh = fresh(FreshKind::Stubs, parts.targets.len(), None);
        context
            .report
            .event(&fresh, "Fresh", &format!("{stubs} up to date"));
    }
    Ok(())
}

/// What is to be brought up to date.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) targets: BTreeSet<String>,
    pub(super) callers: BTreeSet<String>,
    /// The links, caller and target, whose import is to be put into the caller's world.
    pub(super) imports: BTreeSet<(String, String)>,
}

impl Parts {
    /// All that is linked.
    pub(super) fn all(linked: &Linked) -> Parts {
        let all = |names: BTreeSet<&str>| names.into_iter().map(str::to_string).collect();
        Parts {
            targets: all(linked.links.targets()),
            callers: all(linked.links.callers()),
            imports: BTreeSet::new(),
        }
    }
}

/// Plans the stubs of targets and what callers get of them.
pub(super) fn plan(
    linked: &Linked,
    disk: &Snapshot,
    parts: &Parts,
    force: bool,
) -> Result<(Planned, Limits), CliError> {
    let wanted = PlanRequest {
        workspace: &linked.workspace,
        links: &linked.links,
        options: &linked.options,
        targets: &parts.targets,
        callers: &parts.callers,
        imports: &parts.imports,
        force,
    };
    golem_rpc_workspace::plan(&wanted, disk, |target, stub| {
        stub_files(linked, target, stub)
    })
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

/// The directory of a stub: a crate, or the WIT alone where none is to be compiled.
pub(super) fn stub_files(linked: &Linked, target: &str, stub: &Stub) -> Result<FileSet, CliError> {
    match linked.options.get(target).backend {
        StubBackend::Crate => stub_crate(stub, CrateOptions::new(names::stub_crate(target))),
        StubBackend::Component => {
            let mut files = FileSet::new();
            files.extend_under("wit", stub.wit.clone());
            Ok(files)
        }
    }
}

/// Says what a person should hear about a plan. What works in the local runtime alone is said where a
/// stub is written, not at each build.
pub(super) fn say(context: &Context, linked: &Linked, planned: &Planned, limits: &Limits) {
    for note in &planned.notes {
        let cause = causes::of_note(note);
        context.report.note_of(cause, &note.to_string());
    }
    for (target, limit) in limits {
        stubs::warn_skipped(context, target, &limit.skipped);
        if is_written(linked, planned, target) {
            stubs::warn_owned(context, target, &limit.owned);
        }
    }
}

/// Whether a plan changes the stub of a target.
pub(super) fn is_written(linked: &Linked, planned: &Planned, target: &str) -> bool {
    let Some(member) = linked.workspace.members.get(target) else {
        return false;
    };
    let dir = linked.workspace.stub_dir(member);
    let mut changes = planned.plan.changes();
    changes.any(|change| change.path.starts_with(&dir))
}
