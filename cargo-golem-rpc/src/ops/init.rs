//! `init`: links between members → stub crates, manifests, copies of WIT, tasks.

use std::collections::BTreeSet;

use golem_rpc_plan::Snapshot;
use golem_rpc_system::cargo;

use super::Context;
use super::links::Linked;
use super::regenerate::{plan, say};
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) targets: Vec<String>,
    pub(crate) callers: Vec<String>,
    pub(crate) force: bool,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let mut linked = Linked::read(context)?;
    let targets = linked.select(context, &request.targets)?;
    let callers = linked.select(context, &request.callers)?;
    let (from, to) = (
        callers.iter().map(String::as_str),
        targets.iter().map(String::as_str),
    );
    linked.links.add(from, to);
    let all = |names: BTreeSet<&str>| names.into_iter().map(str::to_string).collect();
    let (all_targets, all_callers) = (all(linked.links.targets()), all(linked.links.callers()));
    let disk = linked.snapshot(&linked.members(linked.links.members())?)?;
    let planned = plan(&linked, &disk, &all_targets, &all_callers, request.force)?;
    say(context, &planned);
    if context.apply(&planned.plan)? {
        if planned.plan.is_empty() {
            context
                .report
                .status("Fresh", "every caller has its stubs already");
        }
        if !cargo::has_subcommand("make") {
            let message = "cargo-make, which runs the tasks of Makefile.toml, is not installed";
            let hint = "cargo install --locked cargo-make --version 0.37.24";
            context.report.warning(message, Some(hint));
        }
        next_steps(context, &linked, &disk, &callers)?;
    }
    Ok(())
}

/// The import lines that the callers still lack.
fn next_steps(
    context: &Context,
    linked: &Linked,
    disk: &Snapshot,
    callers: &BTreeSet<String>,
) -> Result<(), CliError> {
    for caller in callers {
        let members = linked.members([caller.as_str()])?;
        let wit = members[0].wit(disk)?;
        let text: String = wit
            .main
            .files
            .iter()
            .map(|f| String::from_utf8_lossy(&f.content))
            .collect();
        for target in linked.links.targets_of(caller) {
            let import = linked.import_line(target, disk)?;
            if !text.contains(import.trim_start_matches("import ").trim_end_matches(';')) {
                let place = linked.world_place(caller)?;
                context
                    .report
                    .note(&format!("to call `{target}`, write `{import}` in {place}"));
            }
        }
    }
    Ok(())
}
