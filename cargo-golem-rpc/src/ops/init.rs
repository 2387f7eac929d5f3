//! `init`: links between members → stubs, manifests, copies of WIT, tasks.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_messages::{Cause, FreshKind};
use golem_rpc_plan::Snapshot;
use golem_rpc_system::cargo;
use golem_rpc_workspace::OptionChanges;

use super::Context;
use super::links::Linked;
use super::messages::fresh;
use super::regenerate::{Parts, plan, say};
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) targets: Vec<String>,
    pub(crate) callers: Vec<String>,
    /// The options of these targets from now on.
    pub(crate) options: OptionChanges,
    /// Whether the callers' worlds are to import the stubs of these targets.
    pub(crate) import: bool,
    pub(crate) force: bool,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let writer = context.writer()?;
    let mut linked = Linked::read(context)?;
    let targets = linked.select(context, &request.targets)?;
    let callers = linked.select(context, &request.callers)?;
    for target in &targets {
        linked.options.change(target, request.options);
    }
    let (from, to) = (
        callers.iter().map(String::as_str),
        targets.iter().map(String::as_str),
    );
    linked.links.add(from, to);
    let mut parts = Parts::all(&linked);
    if request.import {
        let links = callers.iter().flat_map(|caller| {
            let targets = targets.iter();
            targets.map(|target| (caller.clone(), target.clone()))
        });
        parts.imports = links.collect();
    }
    let disk = linked.snapshot_to_change()?;
    let (planned, left_out) = plan(&linked, &disk, &parts, request.force)?;
    say(context, &planned, &left_out);
    if writer.apply(&planned.plan)? {
        if planned.plan.is_empty() {
            let links = linked.links.iter().map(|(_, targets)| targets.len()).sum();
            let fresh = fresh(FreshKind::Links, links, None);
            let thing = "every caller has its stubs already";
            context.report.event(&fresh, "Fresh", thing);
        }
        if !cargo::has_subcommand("make") {
            let message = "cargo-make, which runs the tasks of Makefile.toml, is not installed";
            let install = "cargo install --locked cargo-make --version 0.37.24";
            let cause = Cause::ToolMissing {
                tool: "cargo-make".to_string(),
                install: install.to_string(),
            };
            context.report.warning_of(cause, message, Some(install));
        }
        next_steps(context, &linked, &disk.after(&planned.plan), &callers)?;
    }
    Ok(())
}

/// Says which import lines the callers still lack.
pub(super) fn next_steps(
    context: &Context,
    linked: &Linked,
    disk: &Snapshot,
    callers: &BTreeSet<String>,
) -> Result<(), CliError> {
    if context.report.is_quiet() {
        return Ok(());
    }
    let mut imports = BTreeMap::new();
    for target in linked.links.targets() {
        imports.insert(target, linked.import_line(target, disk)?);
    }
    for caller in callers {
        let wit = linked.members([caller.as_str()])?[0].wit(disk)?;
        let files = wit.main.files.iter();
        let text: String = files
            .map(|file| String::from_utf8_lossy(&file.content))
            .collect();
        let lacks = |target: &&str| !text.contains(imports[target].trim_end_matches(';'));
        let targets = linked.links.targets_of(caller);
        let missing: Vec<&str> = targets.into_iter().filter(lacks).collect();
        if missing.is_empty() {
            continue;
        }
        let place = linked.world_place_in(disk, caller)?;
        for target in missing {
            let import = &imports[target];
            let note = format!("to call `{target}`, write `{import}` in {place}");
            let cause = Cause::ImportMissing {
                caller: caller.clone(),
                target: target.to_string(),
                imports: vec![import.clone()],
                place: place.place.clone(),
            };
            context.report.note_of(cause, &note);
        }
    }
    Ok(())
}
