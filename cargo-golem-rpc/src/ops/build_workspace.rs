//! `build-workspace`: stubs up to date, members built, callers composed; the whole way, and of that
//! only what is not done yet.
//!
//! What a build would make again is told by the record of the last one, without asking cargo.

use std::collections::BTreeSet;

use golem_rpc_messages::FreshKind;
use golem_rpc_plan::Plan;
use golem_rpc_stub::names;
use golem_rpc_system::{ComponentBuild, Profile};
use golem_rpc_workspace::StubBackend;

use super::build_steps::{build, steps};
use super::compose_callers::{compose_callers, remove_left_behind};
use super::links::Linked;
use super::members::Built;
use super::regenerate::{Parts, plan, say};
use super::{Context, messages};
use crate::error::CliError;
use crate::report::count;

pub(crate) struct Request {
    /// Those to build with all that they call; none for all.
    pub(crate) packages: Vec<String>,
    /// Whether imports that nobody offers are an error.
    pub(crate) deny_imports: bool,
    pub(crate) profile: Profile,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let (linked, generated) = regenerate(context, request)?;
    let part = Part::new(context, &linked, &request.packages)?;
    let steps = steps(context, &linked, &part.packages(&linked), &request.profile)?;
    if context.settings.dry_run && !generated.is_empty() {
        // All will be other than it is, so that nothing can be told from what is there.
        return show(context, generated, &steps);
    }
    let stale = stale(context, &linked, steps, &request.profile)?;
    if context.settings.dry_run && !stale.is_empty() {
        let steps: Vec<ComponentBuild> = stale.into_iter().map(|stale| stale.step).collect();
        return show(context, generated, &steps);
    }
    for Stale { step, changed } in &stale {
        context.report.status("Building", &changed.join(", "));
        build(context, &linked, std::slice::from_ref(step))?;
    }
    let writer = context.writer()?;
    remove_left_behind(&writer, &linked, &request.profile)?;
    compose_callers(
        context,
        &writer,
        &linked,
        &request.profile,
        &part.linked.callers,
        request.deny_imports,
    )
}

/// Brings stubs and copies up to date; gives the workspace as it is then, and what was changed. A
/// build takes long and locks nobody out, so the lock ends here.
fn regenerate(context: &Context, request: &Request) -> Result<(Linked, Plan), CliError> {
    let writer = context.writer()?;
    let linked = Linked::read_linked(context)?;
    let part = Part::new(context, &linked, &request.packages)?;
    let disk = linked.snapshot_to_change()?;
    let (planned, limits) = plan(&linked, &disk, &part.linked, false)?;
    say(context, &linked, &planned, &limits);
    let plan = planned.plan;
    if context.settings.dry_run {
        return Ok((linked, plan));
    }
    writer.apply(&plan)?;
    match plan.is_empty() {
        true => {
            if !part.linked.targets.is_empty() {
                let stubs = count(part.linked.targets.len(), "stub");
                let fresh = messages::fresh(FreshKind::Stubs, part.linked.targets.len(), None);
                let thing = format!("{stubs} up to date");
                context.report.event(&fresh, "Fresh", &thing);
            }
            Ok((linked, plan))
        }
        // There may be new members now.
        false => Ok((Linked::read_linked(context)?, plan)),
    }
}

/// The part of the workspace that is to be built.
struct Part {
    members: BTreeSet<String>,
    /// The callers among these, and what they call.
    linked: Parts,
}

impl Part {
    fn new(context: &Context, linked: &Linked, named: &[String]) -> Result<Part, CliError> {
        let all = linked.links.members();
        let chosen = linked.select(context, named)?;
        if let Some(member) = chosen.iter().find(|name| !all.contains(name.as_str())) {
            return Err(CliError::NotLinked {
                member: member.clone(),
            });
        }
        let members = match named.is_empty() {
            true => all.into_iter().map(str::to_string).collect(),
            false => linked.reachable(chosen.into_iter()),
        };
        let calls = |name: &&String| !linked.links.targets_of(name).is_empty();
        let callers: BTreeSet<String> = members.iter().filter(calls).cloned().collect();
        let targets = callers.iter().flat_map(|c| linked.links.targets_of(c));
        let linked = Parts {
            targets: targets.map(str::to_string).collect(),
            callers,
            ..Parts::default()
        };
        Ok(Part { members, linked })
    }

    /// The members and those stubs that are crates.
    fn packages(&self, linked: &Linked) -> BTreeSet<String> {
        let crates: BTreeSet<&str> = linked.targets_with(StubBackend::Crate).collect();
        let stubs = self
            .linked
            .targets
            .iter()
            .filter(|t| crates.contains(t.as_str()));
        let stubs = stubs.map(|target| names::stub_crate(target));
        self.members.iter().cloned().chain(stubs).collect()
    }
}

/// A run of cargo that is needed.
struct Stale {
    step: ComponentBuild,
    /// Because of these.
    changed: Vec<String>,
}

/// The steps in which something would be built.
fn stale(
    context: &Context,
    linked: &Linked,
    steps: Vec<ComponentBuild>,
    profile: &Profile,
) -> Result<Vec<Stale>, CliError> {
    let built = Built::load(linked, profile, [])?;
    let (mut stale, mut fresh) = (Vec::new(), 0);
    for step in steps {
        let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
        for package in step.packages.keys() {
            match built.fresh(package, step.packages.keys())? {
                Some(wasm) => unchanged.push((package.clone(), wasm)),
                None => changed.push(package.clone()),
            }
        }
        let is_fresh = changed.is_empty();
        fresh += unchanged.len();
        for (package, wasm) in unchanged.iter().filter(|_| is_fresh) {
            let message = messages::built(linked, package, wasm, profile, true)?;
            context.report.line(&message);
        }
        if !is_fresh {
            stale.push(Stale { step, changed });
        }
    }
    if fresh > 0 {
        let members = count(fresh, "member");
        let thing = format!("{members} built already");
        context.report.status("Fresh", &thing);
    }
    Ok(stale)
}

/// Shows what would be changed and which commands would run.
fn show(context: &Context, mut plan: Plan, steps: &[ComponentBuild]) -> Result<(), CliError> {
    plan.commands
        .extend(steps.iter().map(ComponentBuild::command));
    context.report.dry_run(&plan);
    Ok(())
}
