//! `init`: links between members → stubs, manifests, copies of WIT, tasks.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_messages::{Cause, FreshKind};
use golem_rpc_plan::Snapshot;
use golem_rpc_system::cargo;
use golem_rpc_workspace::{Imported, OptionChanges, Resolver};
use wit_parser::PackageName;

use super::Context;
use super::links::Linked;
use super::messages::fresh;
use super::parts::Parts;
use super::regenerate::{is_written, say};
use super::resolve::{Leave, plan_resolving};
use super::stubs::warn_owned;
use super::wit_root::check_redeclared;
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) targets: Vec<String>,
    pub(crate) callers: Vec<String>,
    /// The options of these targets from now on.
    pub(crate) options: OptionChanges,
    /// Whether the callers' worlds are to import the stubs of these targets.
    pub(crate) import: bool,
    pub(crate) leave: Leave,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let writer = context.writer()?;
    let mut linked = Linked::read(context)?;
    let targets = linked.select(context, &request.targets)?;
    let callers = linked.select(context, &request.callers)?;
    for target in &targets {
        linked.options.change(target, request.options.clone());
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
    if let Some(packages) = &request.options.redeclare {
        let sources = targets.iter().map(|t| linked.source_of(t, &disk));
        let sources = sources.collect::<Result<Vec<_>, _>>()?;
        check_redeclared(&sources, packages.iter().cloned())?;
    }
    let (planned, limits) = plan_resolving(context, &linked, &disk, &parts, request.leave)?;
    say(context, &linked, &planned, &limits);
    let untold = targets.iter().filter(|t| !is_written(&linked, &planned, t));
    for (target, limit) in untold.filter_map(|target| limits.get_key_value(target)) {
        warn_owned(context, target, &limit.owned);
    }
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
    for target in callers.iter().flat_map(|c| linked.links.targets_of(c)) {
        if !imports.contains_key(target) {
            imports.insert(target, linked.import_line(target, disk)?);
        }
    }
    let resolver = Resolver::new(disk);
    for caller in callers {
        let imported = Imported::of(linked.members([caller.as_str()])?[0], &resolver);
        let lacks = |(package, _): &&(PackageName, String)| {
            !imported.as_ref().is_some_and(|all| all.has(package))
        };
        let targets = linked.links.targets_of(caller).into_iter();
        let missing = targets.filter_map(|target| {
            let (_, import) = imports.get(target).filter(lacks)?;
            Some((target, import))
        });
        let missing: Vec<_> = missing.collect();
        if missing.is_empty() {
            continue;
        }
        let place = linked.world_place_in(disk, caller)?;
        let member = linked.members([caller.as_str()])?[0];
        for (target, import) in missing {
            let interface = import.trim_start_matches("import ").trim_end_matches(';');
            let bindings = member.lacks_bindings_of(&interface.replace('%', ""));
            let bindings =
                bindings.map(|error| format!(", and {} ({})", error.hint(), error.place()));
            let note = format!(
                "to call `{target}`, write `{import}` in {place}{}",
                bindings.unwrap_or_default()
            );
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
