//! `build-members`: cargo builds callers, targets and stubs.

use std::collections::BTreeSet;

use golem_rpc_plan::Plan;
use golem_rpc_stub::names;
use golem_rpc_system::{ComponentBuild, Profile};
use golem_rpc_workspace::StubBackend;

use super::Context;
use super::build_steps::{CargoOutput, build, steps};
use super::links::Linked;
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) packages: Vec<String>,
    pub(crate) profile: Profile,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    // What a killed command left is repaired; a build takes long and locks nobody out.
    drop(context.writer()?);
    let linked = Linked::read_linked(context)?;
    let names = if request.packages.is_empty() {
        linked.to_build()
    } else {
        linked.select(context, &named(&linked, &request.packages))?
    };
    let steps = steps(
        context,
        &linked,
        &names,
        &request.profile,
        CargoOutput::Whole,
    )?;
    if context.settings.dry_run {
        let mut plan = Plan::new();
        plan.commands
            .extend(steps.iter().map(ComponentBuild::command));
        context.report.dry_run(&plan);
        return Ok(());
    }
    build(context, &linked, &steps, CargoOutput::Whole).map(drop)
}

/// The packages that were named, without stubs that are not compiled (any more): a task that was
/// read before `regenerate` brought it up to date still names them.
fn named(linked: &Linked, packages: &[String]) -> Vec<String> {
    let stubs = linked.targets_with(StubBackend::Component);
    let stubs: BTreeSet<String> = stubs.map(names::stub_crate).collect();
    let members = &linked.workspace.members;
    let is_left_out = |name: &String| stubs.contains(name) && !members.contains_key(name);
    let packages = packages.iter().filter(|name| !is_left_out(name));
    packages.cloned().collect()
}
