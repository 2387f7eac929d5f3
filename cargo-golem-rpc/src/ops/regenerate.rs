//! `regenerate`: stubs and the callers' copies of their WIT, brought up to date with the targets.

use std::collections::BTreeSet;

use golem_rpc_messages::FreshKind;
use golem_rpc_workspace::{Limits, Planned};

use super::links::Linked;
use super::messages::fresh;
use super::parts::Parts;
use super::resolve::{Leave, plan_resolving};
use super::{Context, causes, stubs};
use crate::error::CliError;
use crate::report::count;

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
        let stubs = count(parts.targets.len(), "stub");
        let fresh = fresh(FreshKind::Stubs, parts.targets.len(), None);
        context
            .report
            .event(&fresh, "Fresh", &format!("{stubs} up to date"));
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
