//! Whether members' WIT resolves once a plan is carried out. What the plan would break is refused; what
//! was broken before is said.

use golem_rpc_messages::Cause;
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_workspace::{Dangling, Limits, Member, Planned, Unresolved, WorkspaceError, fixes};

use super::Context;
use super::links::Linked;
use super::parts::{Parts, plan};
use crate::error::CliError;
use crate::place::{self, line_of};

/// What a command may do about WIT that is not as it should be.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Leave {
    /// Whether generated files that were edited by hand give way.
    pub(crate) force: bool,
    /// Whether names in callers' WIT that no stub has any more are put right.
    pub(crate) fix_imports: bool,
}

/// Plans what is wanted, so that the WIT of all members resolves afterwards.
pub(super) fn plan_resolving(
    context: &Context,
    linked: &Linked,
    disk: &Snapshot,
    parts: &Parts,
    leave: Leave,
) -> Result<(Planned, Limits), CliError> {
    let mut all = if leave.fix_imports {
        fix(context, linked, disk, parts)?
    } else {
        Plan::new()
    };
    let fixed = disk.after(&all);
    let planned = plan(linked, &fixed, parts, leave.force);
    let (mut planned, limits) = planned.map_err(|error| explain(linked, parts, error, &fixed))?;
    all.then(disk, planned.plan);
    check(context, linked, (disk, &all), |found| {
        found.by_change || found.is_dangling()
    })?;
    planned.plan = all;
    Ok((planned, limits))
}

/// Looks at the WIT of all linked members as a plan leaves it. What does not resolve then is an error
/// if it is `refused`, or else a warning.
pub(super) fn check(
    context: &Context,
    linked: &Linked,
    (disk, plan): (&Snapshot, &Plan),
    refused: impl Fn(&Unresolved) -> bool,
) -> Result<(), CliError> {
    let found = unresolved(linked, disk, plan)?.into_iter();
    let (broken, others): (Vec<_>, Vec<_>) = found.partition(refused);
    others.iter().for_each(|found| warn(context, found));
    match together(broken.into_iter().map(|found| found.error)) {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

pub(super) fn unresolved(
    linked: &Linked,
    disk: &Snapshot,
    plan: &Plan,
) -> Result<Vec<Unresolved>, CliError> {
    let Linked {
        workspace,
        links,
        options,
        ..
    } = linked;
    let mut members = linked_members(linked);
    // What is put into a directory that others have as well must not break these.
    members.extend(linked.sharing(&members));
    let changed = (!plan.is_empty()).then(|| disk.after(plan));
    let after = changed.as_ref().unwrap_or(disk);
    Ok(workspace.unresolved((links, options), members, (disk, after))?)
}

/// The linked members that are there.
fn linked_members(linked: &Linked) -> Vec<&Member> {
    let names = linked.links.members().into_iter();
    let members = names.filter_map(|name| linked.workspace.members.get(name));
    members.collect()
}

/// What does not resolve of members that are not linked, but read WIT of linked ones.
pub(super) fn unresolved_beside(linked: &Linked) -> Result<Vec<Unresolved>, CliError> {
    let Linked {
        workspace,
        links,
        options,
        ..
    } = linked;
    let members = linked_members(linked);
    let sharing = linked.sharing(&members);
    if sharing.is_empty() {
        return Ok(Vec::new());
    }
    let disk = linked.snapshot_of_all()?;
    Ok(workspace.unresolved((links, options), sharing, (&disk, &disk))?)
}

fn warn(context: &Context, found: &Unresolved) {
    let cause = Cause::Unresolved {
        member: found.member.clone(),
        place: place::in_text(&found.error.to_string()),
    };
    let before = if found.by_change {
        ""
    } else {
        "\nthis was so before"
    };
    let message = format!("{}{before}", found.error);
    context
        .report
        .warning_of(cause, &message, found.error.hint().as_deref());
}

/// One error for several: all names that no stub has any more, or else the first.
fn together(errors: impl Iterator<Item = WorkspaceError>) -> Option<WorkspaceError> {
    errors.reduce(|first, next| match (first, next) {
        (
            WorkspaceError::Dangling { caller, mut lines },
            WorkspaceError::Dangling { lines: more, .. },
        ) => {
            lines.extend(more);
            WorkspaceError::Dangling { caller, lines }
        }
        (first, _) => first,
    })
}

/// The names in callers' WIT that no stub has any more.
fn dangling(
    linked: &Linked,
    parts: &Parts,
    disk: &Snapshot,
) -> Result<Vec<Dangling>, WorkspaceError> {
    let (mut all, names) = (Vec::new(), (&linked.links, &linked.options));
    for caller in &parts.callers {
        all.extend(linked.workspace.dangling(names, caller, disk)?);
    }
    Ok(all)
}

/// Puts them right, and says so.
fn fix(
    context: &Context,
    linked: &Linked,
    disk: &Snapshot,
    parts: &Parts,
) -> Result<Plan, CliError> {
    let lines = dangling(linked, parts, disk)?;
    for line in &lines {
        let cause = Cause::ImportFixed {
            target: line.target.clone(),
            new: line.instead.clone(),
            place: line_of(&line.file, line.line),
        };
        let message = format!("{}:{}: it is `{}` now", line.file, line.line, line.instead);
        context.report.note_of(cause, &message);
    }
    Ok(fixes(&lines, disk))
}

/// A plan's error about WIT, or else what is behind it: a member that others call names what a stub no
/// longer has.
fn explain(linked: &Linked, parts: &Parts, error: CliError, disk: &Snapshot) -> CliError {
    if !matches!(error, CliError::Workspace(WorkspaceError::Wit(_))) {
        return error;
    }
    match dangling(linked, parts, disk) {
        Ok(lines) if !lines.is_empty() => {
            let caller = parts.callers.first().cloned().unwrap_or_default();
            WorkspaceError::Dangling { caller, lines }.into()
        }
        _ => error,
    }
}
