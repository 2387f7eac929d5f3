//! `check`: everything generated that is not as `regenerate` would leave it, named for CI.

use camino::Utf8Path;
use golem_rpc_messages::{Check, Finding, FindingKind as Kind, Message};
use golem_rpc_workspace::{self as workspace, FindingKind, Unresolved, WorkspaceError};

use super::Context;
use super::examine::Seen;
use super::resolve;
use super::stubs::warn_owned;
use crate::error::{Checked, CliError, OVERWRITE, REGENERATE};

pub(crate) fn run(context: &Context) -> Result<(), CliError> {
    let check = match Seen::linked(context) {
        Err(CliError::Workspace(WorkspaceError::NoLinks {
            manifest,
            left: false,
        })) => nothing_linked(context, &manifest),
        seen => {
            let seen = seen?;
            warn_limits(context, &seen);
            let beside = resolve::unresolved_beside(&seen.linked)?;
            check(context, &seen, beside)
        }
    };
    let checked = Checked::new(&check);
    if !context.report.is_quiet() {
        let text = || human(context, &check);
        context.report.answer(&Message::Check(check.clone()), text);
    }
    if checked.is_good() {
        Ok(())
    } else {
        Err(CliError::Check(checked))
    }
}

/// Says what works in the local runtime alone: nothing that a command could fix.
fn warn_limits(context: &Context, seen: &Seen) {
    if !context.report.is_quiet() {
        for (target, limit) in &seen.examined.limits {
            warn_owned(context, target, &limit.owned);
        }
    }
}

/// Without links, and with nothing left of earlier ones, all is as it should be.
fn nothing_linked(context: &Context, manifest: &Utf8Path) -> Check {
    let message = format!("`{manifest}` links no caller to a target: there is nothing to check");
    context.report.note(&message);
    Check {
        findings: Vec::new(),
        checked: 0,
    }
}

fn check(context: &Context, seen: &Seen, beside: Vec<Unresolved>) -> Check {
    let broken = (0..seen.examined.troubles.len()).filter_map(|number| broken(seen, number));
    let mut findings: Vec<Finding> = broken.collect();
    findings.extend(beside.into_iter().map(|found| of_beside(seen, found)));
    let found = seen.examined.findings.iter();
    findings.extend(found.map(|finding| of_finding(context, finding)));
    findings.sort_by(|a, b| (&a.path, &a.key).cmp(&(&b.path, &b.key)));
    Check {
        findings,
        checked: u32::try_from(seen.examined.checked).unwrap_or(u32::MAX),
    }
}

/// Links that have one trouble in common; none if it concerns no link.
fn broken(seen: &Seen, number: usize) -> Option<Finding> {
    let links = seen.examined.links.iter();
    let links: Vec<_> = links
        .filter(|(_, link)| link.broken == Some(number))
        .map(|(ends, _)| ends)
        .collect();
    let (caller, target) = links.first()?;
    let error = &seen.examined.troubles[number];
    let place = error.place().map(|place| place.path);
    let hint = error.hint().map(|hint| format!("\nhint: {hint}"));
    Some(Finding {
        kind: Kind::Broken,
        message: error.message() + &hint.unwrap_or_default(),
        path: place.unwrap_or_else(|| seen.linked.workspace.manifest.to_string()),
        key: None,
        caller: links
            .iter()
            .all(|(other, _)| other == caller)
            .then(|| caller.clone()),
        target: links
            .iter()
            .all(|(_, other)| other == target)
            .then(|| target.clone()),
        diff: None,
        command: None,
    })
}

/// A member that is not linked, whose WIT does not resolve with what a linked one has there.
fn of_beside(seen: &Seen, found: Unresolved) -> Finding {
    let error = CliError::from(found.error);
    let place = error.place().map(|place| place.path);
    let hint = error.hint().map(|hint| format!("\nhint: {hint}"));
    Finding {
        kind: Kind::Broken,
        message: error.message() + &hint.unwrap_or_default(),
        path: place.unwrap_or_else(|| seen.linked.workspace.manifest.to_string()),
        key: None,
        caller: None,
        target: None,
        diff: None,
        command: None,
    }
}

fn of_finding(context: &Context, finding: &workspace::Finding) -> Finding {
    let one = |names: &std::collections::BTreeSet<String>| match names.len() {
        1 => names.first().cloned(),
        _ => None,
    };
    let change = finding.change.as_ref();
    let (kind, why, command) = match finding.kind {
        FindingKind::Stale => (Kind::Stale, stale(finding), REGENERATE),
        FindingKind::Edited => (Kind::Edited, "it was changed by hand".into(), OVERWRITE),
        FindingKind::Missing => (Kind::Missing, "it is not there".into(), REGENERATE),
        FindingKind::Unneeded => (
            Kind::Unneeded,
            "nothing needs it any more".to_string(),
            REGENERATE,
        ),
    };
    Finding {
        kind,
        message: why,
        path: finding.path.to_string(),
        key: finding.key.clone(),
        caller: one(&finding.callers),
        target: one(&finding.targets),
        diff: change.map(|change| change.diff(&context.report.path(&change.path))),
        command: Some(command.to_string()),
    }
}

fn stale(finding: &workspace::Finding) -> String {
    let targets: Vec<String> = finding.targets.iter().map(|t| format!("`{t}`")).collect();
    match targets.len() {
        0 => "it is out of date".to_string(),
        1..=3 => format!("it no longer matches {}", targets.join(" and ")),
        _ => "it no longer matches its targets".to_string(),
    }
}

/// A line for each finding, in cargo's style; the commands are named by what follows `cargo
/// golem-rpc`.
fn human(context: &Context, check: &Check) -> String {
    let mut text = String::new();
    for finding in &check.findings {
        let verb = match finding.kind {
            Kind::Stale => "Stale",
            Kind::Edited => "Edited",
            Kind::Missing => "Missing",
            Kind::Unneeded => "Unneeded",
            Kind::Broken => "Broken",
        };
        let path = context.report.path(finding.path.as_str().into());
        let key = finding.key.as_ref().map(|key| format!(", `{key}`"));
        let fix = finding.command.as_ref().map(|command| {
            let command = command.trim_start_matches("cargo golem-rpc ");
            format!("; `{command}` fixes it")
        });
        text.push_str(&format!(
            "{verb:>12} {path}{}: {}{}\n",
            key.unwrap_or_default(),
            context
                .report
                .shorten(&finding.message)
                .replace('\n', &format!("\n{:13}", "")),
            fix.unwrap_or_default()
        ));
    }
    if check.findings.is_empty() {
        let things = match check.checked {
            1 => "1 generated file or entry: up to date".to_string(),
            of => format!("{of} generated files and entries: all up to date"),
        };
        text.push_str(&format!("{:>12} {things}\n", "Checked"));
    }
    text
}
