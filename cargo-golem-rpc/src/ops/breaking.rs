//! `check --breaking`: what the targets' WIT was, as callers have it or at another time, and is → what
//! that breaks.
//!
//! | compared | old | new |
//! |---|---|---|
//! | by default | the copy of the stub that each caller has | a stub generated from today's WIT, with the copy's options |
//! | where that tells nothing | the target's WIT as it was last committed | the target's WIT |
//! | with a revision or a directory | the target's WIT there | the target's WIT |
//!
//! Places are those of the target's own files either way. Nothing is written.

use std::collections::BTreeSet;

use golem_rpc_compat::{Class, compare, github, human};
use golem_rpc_messages::{Message, Text, TextKind};
use golem_rpc_system::git::Repository;

use super::Context;
use super::baseline::Baseline;
use super::compatibility::{self, Compared};
use super::copies;
use super::links::Linked;
use crate::error::{AGAINST, CliError};

pub(crate) struct Request {
    /// The targets to compare; empty for all.
    pub(crate) targets: Vec<String>,
    /// A revision or directory; none for what callers have.
    pub(crate) against: Option<String>,
    /// The mildest class that fails.
    pub(crate) fails: Class,
    /// Whether to show the changes as annotations.
    pub(crate) github: bool,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    context.reader()?;
    let linked = match request.against {
        Some(_) if !request.targets.is_empty() => Linked::read(context)?,
        _ => Linked::read_linked(context)?,
    };
    let targets = chosen(context, &linked, request)?;
    let (compared, untold) = match &request.against {
        None => copies::compare_all(context, &linked, &targets)?,
        Some(against) => {
            let baseline = Baseline::find(context, against, &linked)?;
            let all = with_baseline(context, &linked, &targets, &baseline, request)?;
            (all, Vec::new())
        }
    };
    show(context, &linked, request, &compared);
    let count = |class| {
        let changes = compared.iter().flat_map(|compared| &compared.changes);
        changes.filter(|change| change.class == class).count()
    };
    let (wire, source) = (count(Class::Wire), count(Class::Source));
    let breaks = wire > 0 || (source > 0 && request.fails == Class::Source);
    match (breaks, untold.is_empty()) {
        (false, true) => Ok(()),
        (false, false) => Err(CliError::CannotTell { untold }),
        (true, _) => {
            for reason in untold {
                let message = format!("cannot tell everything: {reason}");
                context.report.warning(&message, Some(AGAINST));
            }
            Err(CliError::Breaking {
                on_the_wire: wire,
                at_the_source: source,
            })
        }
    }
}

/// The targets that were named, or all. What callers have can only be compared of linked ones.
fn chosen(
    context: &Context,
    linked: &Linked,
    request: &Request,
) -> Result<BTreeSet<String>, CliError> {
    let all = linked.links.targets();
    if request.targets.is_empty() {
        return Ok(all.into_iter().map(str::to_string).collect());
    }
    let chosen = linked.select(context, &request.targets)?;
    let mut chosen_ones = chosen.iter();
    match chosen_ones.find(|target| request.against.is_none() && !all.contains(target.as_str())) {
        Some(target) => Err(CliError::NotATarget {
            member: target.clone(),
        }),
        None => Ok(chosen),
    }
}

fn with_baseline(
    context: &Context,
    linked: &Linked,
    targets: &BTreeSet<String>,
    baseline: &Baseline,
    request: &Request,
) -> Result<Vec<Compared>, CliError> {
    baseline.check(targets)?;
    let disk = linked.snapshot(&linked.members(targets.iter().map(String::as_str))?)?;
    let mut all = Vec::new();
    let mut missing = Vec::new();
    for target in targets {
        let new = linked.source_of(target, &disk)?;
        let member = linked.workspace.linked(target)?;
        let package = &new.resolve.packages[new.package].name;
        let Some(old) = baseline.source(member, package, linked)? else {
            if !request.targets.is_empty() {
                return Err(CliError::NotThen {
                    member: target.clone(),
                    baseline: baseline.to_string(),
                });
            }
            missing.push(target.as_str());
            continue;
        };
        all.push(Compared {
            target: target.clone(),
            against: baseline.against(),
            changes: compare(&old, &new),
        });
    }
    if all.is_empty() {
        return Err(CliError::NothingCompared {
            against: baseline.to_string(),
            missing: missing
                .iter()
                .map(|target| format!("it has no `{target}`"))
                .collect(),
            hint: "name a revision or a checkout in which there is a target",
        });
    }
    for target in missing {
        let note = format!("`{target}` is new since {baseline}: there is nothing to compare");
        context.report.note(&note);
    }
    Ok(all)
}

fn show(context: &Context, linked: &Linked, request: &Request, all: &[Compared]) {
    let root = &linked.workspace.root;
    if request.github {
        // With `--quiet` too: they are no report of the command, but what it was asked to make.
        // GitHub names files from the root of the repository.
        let root = Repository::around(root).map_or(root.clone(), |repository| repository.root);
        let render = |compared: &Compared| github::render(&compared.changes, &root, request.fails);
        let text: String = all.iter().map(render).collect();
        let message = Message::Text(Text {
            kind: TextKind::Github,
            text: text.clone(),
        });
        if !text.is_empty() {
            context.report.answer(&message, || text);
        }
        return;
    }
    if context.report.is_quiet() {
        return;
    }
    for compared in all {
        let Compared {
            target,
            against,
            changes,
        } = compared;
        let message = compatibility::message(target, against, changes);
        context.report.answer(&message, || {
            let heading = compatibility::heading(&context.report, target, against);
            match changes.is_empty() {
                true => format!("{heading} nothing has changed"),
                false => {
                    let shown = compatibility::for_people(&context.report, changes);
                    format!("{heading}\n\n{}", human::render(&shown))
                }
            }
        });
    }
}
