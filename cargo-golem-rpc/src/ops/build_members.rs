//! `build-members`: `cargo component build` of callers, targets and stubs, and a record of their
//! wasm files for `compose` and `invoke`.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_messages::{ArtifactKind, Message};
use golem_rpc_plan::{ContentHash, Plan};
use golem_rpc_stub::names;
use golem_rpc_system::artifacts::{Artifact, Artifacts};
use golem_rpc_system::{Built, ComponentBuild, Profile, component_build, read};
use golem_rpc_workspace::StubBackend;

use super::links::Linked;
use super::members::inputs;
use super::{Context, messages};
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) packages: Vec<String>,
    pub(crate) profile: Profile,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    // What a killed command left is repaired; a build takes long and locks nobody out.
    drop(context.writer()?);
    let linked = Linked::read_linked(context)?;
    let names = match request.packages.is_empty() {
        true => linked.to_build(),
        false => linked.select(context, &named(&linked, &request.packages))?,
    };
    let build = ComponentBuild {
        workspace_root: linked.workspace.root.clone(),
        packages: linked.package_ids(&names),
        profile: request.profile.clone(),
        flags: context.settings.flags,
        cargo_args: context.report.cargo_args(),
    };
    if context.settings.dry_run {
        let mut plan = Plan::new();
        plan.commands.push(build.command());
        context.report.dry_run(&plan);
        return Ok(());
    }
    context.report.command(&build.command());
    // Before the build: what changes while it runs makes the result stale.
    let digests = digests(&linked, &names)?;
    let built = component_build(&build)?;
    let target_dir = &linked.workspace.target_directory;
    let mut artifacts = Artifacts::default();
    for (name, built) in built {
        let artifact = Artifact::record(target_dir, &built.wasm, &digests[&name])?;
        let message = message(&linked, &name, &built, &request.profile)?;
        context.report.line(&message);
        artifacts.by_package.insert(name, artifact);
    }
    artifacts.store(target_dir, &request.profile)?;
    Ok(())
}

/// A member or a stub that was built.
fn message(
    linked: &Linked,
    name: &str,
    built: &Built,
    profile: &Profile,
) -> Result<Message, CliError> {
    let mut targets = linked.targets_with(StubBackend::Crate);
    let target = targets.find(|target| names::stub_crate(target) == name);
    let kind = match target {
        Some(_) => ArtifactKind::Stub,
        None => ArtifactKind::Component,
    };
    let artifact = messages::artifact(
        kind,
        &built.wasm,
        read::size(&built.wasm)?.unwrap_or_default(),
    );
    Ok(Message::Artifact(golem_rpc_messages::Artifact {
        package: Some(target.unwrap_or(name).to_string()),
        profile: Some(messages::profile(profile)),
        fresh: built.fresh,
        ..artifact
    }))
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

fn digests(
    linked: &Linked,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, ContentHash>, CliError> {
    names
        .iter()
        .map(|name| Ok((name.clone(), inputs(linked, name)?)))
        .collect()
}
