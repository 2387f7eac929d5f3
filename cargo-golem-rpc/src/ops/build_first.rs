//! What comes before callers are composed: stubs up to date, then members built by cargo, as far as
//! some members and all that they call need it.
//!
//! A run of cargo names all of these members, the unchanged ones too: the features of their common
//! dependencies must not depend on what was changed last.

use std::collections::BTreeSet;

use golem_rpc_messages::FreshKind;
use golem_rpc_plan::Plan;
use golem_rpc_stub::names;
use golem_rpc_system::{ComponentBuild, Profile};
use golem_rpc_workspace::StubBackend;

use super::build_steps::{CargoOutput, build, last_built, steps};
use super::components::Files;
use super::links::Linked;
use super::parts::{Parts, plan};
use super::regenerate::say;
use super::writer::Writer;
use super::{Context, messages, resolve};
use crate::error::CliError;
use crate::report::count;

/// Some members, with all that they call.
pub(super) struct Part {
    members: BTreeSet<String>,
    /// The callers among these, and what they call.
    linked: Parts,
}

/// A part of the workspace that is built.
pub(super) struct Built {
    /// The workspace as it is then: stubs may have become members.
    pub(super) linked: Linked,
    pub(super) files: Files,
}

impl Part {
    pub(super) fn of(linked: &Linked, members: impl IntoIterator<Item = String>) -> Part {
        let members = linked.reachable(members.into_iter());
        let calls = |name: &&String| !linked.links.targets_of(name).is_empty();
        let callers: BTreeSet<String> = members.iter().filter(calls).cloned().collect();
        let targets = callers.iter().flat_map(|c| linked.links.targets_of(c));
        let linked = Parts {
            targets: targets.map(str::to_string).collect(),
            callers,
            ..Parts::default()
        };
        Part { members, linked }
    }

    #[cfg(feature = "local")]
    pub(super) fn members(&self) -> &BTreeSet<String> {
        &self.members
    }

    pub(super) fn callers(&self) -> &BTreeSet<String> {
        &self.linked.callers
    }

    /// The members, and those stubs that are crates.
    fn packages(&self, linked: &Linked) -> BTreeSet<String> {
        let crates = linked.targets_with(StubBackend::Crate);
        let crates = crates.filter(|target| self.linked.targets.contains(*target));
        // One that is yet to be generated is no member.
        let members = &linked.workspace.members;
        let stubs = crates.map(names::stub_crate);
        let stubs = stubs.filter(|stub| members.contains_key(stub));
        self.members.iter().cloned().chain(stubs).collect()
    }

    /// The runs of cargo that build them.
    fn steps(
        &self,
        context: &Context,
        linked: &Linked,
        profile: &Profile,
        output: CargoOutput,
    ) -> Result<Vec<ComponentBuild>, CliError> {
        steps(context, linked, &self.packages(linked), profile, output)
    }

    /// Brings the stubs up to date and builds. None with `--dry-run`, which shows what would be done.
    ///
    /// A build takes long and locks nobody out, so the writer's lock ends before it.
    pub(super) fn build(
        &self,
        context: &Context,
        writer: Writer<'_>,
        linked: Linked,
        profile: &Profile,
        output: CargoOutput,
    ) -> Result<Option<Built>, CliError> {
        let mut plan = self.regenerate(context, &linked)?;
        if context.is_dry_run() {
            let steps = self.steps(context, &linked, profile, output)?;
            let commands = steps.iter().map(ComponentBuild::command);
            plan.commands.extend(commands);
        }
        if !writer.apply(&plan)? {
            return Ok(None);
        }
        drop(writer);
        let linked = if plan.is_empty() {
            linked
        } else {
            Linked::read(context)?
        };
        let steps = self.steps(context, &linked, profile, output)?;
        let files = build(context, &linked, &steps, output)?;
        Ok(Some(Built { linked, files }))
    }

    /// What the last build left.
    pub(super) fn last_built(&self, linked: Linked, profile: &Profile) -> Result<Built, CliError> {
        let mut files = Files::new();
        for name in self.packages(&linked) {
            if let Some(file) = last_built(&linked, &name, profile)? {
                files.insert(name, file);
            }
        }
        Ok(Built { linked, files })
    }

    /// Plans that the stubs and the copies of their WIT are up to date.
    fn regenerate(&self, context: &Context, linked: &Linked) -> Result<Plan, CliError> {
        if self.linked.callers.is_empty() {
            return Ok(Plan::new());
        }
        let disk = linked.snapshot_to_change()?;
        let (planned, limits) = plan(linked, &disk, &self.linked, false)?;
        say(context, linked, &planned, &limits);
        if !planned.plan.is_empty() {
            resolve::check(context, linked, (&disk, &planned.plan), |found| {
                found.by_change
            })?;
        } else {
            let targets = self.linked.targets.len();
            let fresh = messages::fresh(FreshKind::Stubs, targets, None);
            let thing = format!("{} up to date", count(targets, "stub"));
            context.report.event_detail(&fresh, "Fresh", &thing);
        }
        Ok(planned.plan)
    }
}
