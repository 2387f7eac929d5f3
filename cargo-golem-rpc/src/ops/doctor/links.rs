//! Links that cannot work, and whether what was generated for them is up to date.

use golem_rpc_messages::{DoctorFinding, Examined, Severity};
use golem_rpc_plan::Snapshot;
use golem_rpc_workspace::{Limits, Planned, WorkspaceError};

use super::finding::{failed, finding};
use crate::error::CliError;
use crate::ops::links::Linked;
use crate::ops::parts::{self, Parts};
use crate::ops::resolve;
use crate::place;
use crate::report::count;

/// What was generated: these files.
pub(super) fn generated(paths: &[String]) -> Examined {
    Examined::Generated {
        paths: paths.to_vec(),
    }
}

/// Looks at every link. Only where all can work there is a plan to look at.
pub(super) fn examine(linked: &Linked, disk: &Snapshot) -> Result<Vec<DoctorFinding>, CliError> {
    let mut findings = strangers(linked);
    if findings.is_empty() {
        match linked.targets().failures(disk) {
            Ok(failures) => findings.extend(failures.into_iter().map(|(target, error)| {
                let caller = None;
                failed(Examined::Link { caller, target }, &error.into())
            })),
            // said of its manifest already
            Err(WorkspaceError::Crate(_)) => return Ok(findings),
            Err(error) => findings.push(failed(generated(&[]), &error.into())),
        }
    }
    if findings.is_empty() {
        let planned = parts::plan(linked, disk, &Parts::all(linked), false);
        let plan = planned.as_ref().map(|(planned, _)| planned.plan.clone());
        let unresolved = resolve::unresolved(linked, disk, &plan.unwrap_or_default())?;
        findings.extend(unresolved.into_iter().map(|found| {
            let member = found.member;
            failed(Examined::Wit { member }, &found.error.into())
        }));
        match &planned {
            Ok((planned, limits)) => {
                findings.push(generated_files(planned));
                findings.extend(owned(limits));
            }
            Err(error) => findings.push(not_planned(error)),
        }
    }
    Ok(findings)
}

/// Links of what is no member.
fn strangers(linked: &Linked) -> Vec<DoctorFinding> {
    let workspace = &linked.workspace;
    let links = linked.links.iter();
    let links = links.flat_map(|(caller, targets)| targets.iter().map(move |t| (caller, t)));
    let failures = links.filter_map(|(caller, target)| {
        let error = workspace
            .linked(caller)
            .and_then(|_| workspace.linked(target))
            .err()?;
        let examined = Examined::Link {
            caller: Some(caller.to_string()),
            target: target.clone(),
        };
        Some(failed(examined, &error.into()))
    });
    failures.collect()
}

/// The functions that work in the local runtime alone.
fn owned(limits: &Limits) -> Vec<DoctorFinding> {
    let all = limits.iter();
    let all = all.flat_map(|(target, limit)| limit.owned.iter().map(move |found| (target, found)));
    let findings = all.map(|(target, found)| {
        let (caller, target) = (None, target.clone());
        DoctorFinding {
            place: place::in_text(&found.reason),
            command: Some(found.hint.clone()),
            ..finding(
                Examined::Link { caller, target },
                Severity::Warning,
                found.reason.lines().next().unwrap_or_default(),
            )
        }
    });
    findings.collect()
}

/// Why nobody can tell what `regenerate` would do.
fn not_planned(error: &CliError) -> DoctorFinding {
    let failed = failed(about(error), error);
    match error {
        CliError::Workspace(WorkspaceError::Edited { .. }) => DoctorFinding {
            // The error's own hint is for the command that gives it.
            command: Some("cargo golem-rpc regenerate --force".into()),
            ..failed
        },
        _ => failed,
    }
}

/// Whether `regenerate` would do nothing.
fn generated_files(planned: &Planned) -> DoctorFinding {
    let changes = planned.plan.changes();
    let paths: Vec<String> = changes.map(|change| change.path.to_string()).collect();
    match paths.len() {
        0 => finding(
            generated(&[]),
            Severity::Ok,
            "stubs and their copies are up to date",
        ),
        number => DoctorFinding {
            command: Some("cargo golem-rpc regenerate".into()),
            ..finding(
                generated(&paths),
                Severity::Warning,
                format!("{} out of date", count(number, "generated file")),
            )
        },
    }
}

/// Which link an error is about, or which files.
fn about(error: &CliError) -> Examined {
    match error {
        CliError::Workspace(WorkspaceError::GolemRpcs { caller, second, .. }) => Examined::Link {
            caller: Some(caller.clone()),
            target: second.clone(),
        },
        CliError::Workspace(WorkspaceError::Versions { caller, stub, .. }) => Examined::Link {
            caller: Some(caller.clone()),
            target: stub.to_string(),
        },
        CliError::Workspace(WorkspaceError::Edited { files }) => Examined::Generated {
            paths: files.iter().map(ToString::to_string).collect(),
        },
        _ => generated(&[]),
    }
}
