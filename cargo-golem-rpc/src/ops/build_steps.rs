//! Members → wasm files and their record: one run of cargo for all members that are built the same way.
//!
//! The runs come one after the other: they share a target directory, whose lock each would wait for,
//! and one run keeps all cores busy by itself. A run names all members of its kind that are wanted, the
//! unchanged ones too: which features their common dependencies have does not hang on what was
//! changed last.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compose::{Input, ModuleKind, encode};
use golem_rpc_plan::{ContentHash, Plan, Snapshot};
use golem_rpc_system::artifacts::{Artifact, Artifacts};
use golem_rpc_system::cargo::target_dir_is_relative;
use golem_rpc_system::{
    BuildTool, Built, ComponentBuild, Profile, Surroundings, apply, component_build, dep_info, read,
};
use golem_rpc_workspace::{Style, WasmTarget, WorkspaceError};

use super::links::Linked;
use super::members::Inputs;
use super::{Context, messages};
use crate::error::CliError;

/// The runs of cargo that build these members.
pub(super) fn steps(
    context: &Context,
    linked: &Linked,
    names: &BTreeSet<String>,
    profile: &Profile,
) -> Result<Vec<ComponentBuild>, CliError> {
    let mut by_tool: BTreeMap<BuildTool, BTreeSet<String>> = BTreeMap::new();
    for name in names {
        let tool = tool(linked, name)?;
        by_tool.entry(tool).or_default().insert(name.clone());
    }
    let step = |(tool, names)| ComponentBuild {
        workspace_root: linked.workspace.root.clone(),
        tool,
        packages: linked.package_ids(&names),
        profile: profile.clone(),
        flags: context.settings.flags,
        target_dir: target_dir_is_relative().then(|| linked.workspace.target_directory.clone()),
        cargo_args: context.report.cargo_args(),
    };
    Ok(by_tool.into_iter().map(step).collect())
}

/// What builds a member.
fn tool(linked: &Linked, name: &str) -> Result<BuildTool, CliError> {
    let member = linked.members([name])?[0];
    member.check_component().map_err(WorkspaceError::from)?;
    Ok(match member.style {
        Some(Style::Cargo(wasm)) => BuildTool::Cargo {
            target: wasm.name(),
        },
        _ => BuildTool::CargoComponent,
    })
}

/// Builds, and records what was built.
pub(super) fn build(
    context: &Context,
    linked: &Linked,
    steps: &[ComponentBuild],
) -> Result<(), CliError> {
    for step in steps {
        context.report.command(&step.command());
        // Before the build: what changes while it runs makes the result stale.
        let mut before = Before::read(linked, step)?;
        let built = component_build(step)?;
        before.compare(step)?;
        let mut artifacts = Artifacts::default();
        for (name, built) in built {
            let wasm = component(linked, step, &built)?;
            let artifact = before.record(linked, step, &name, &built, &wasm)?;
            let fresh = built.fresh;
            let message = messages::built(linked, &name, &wasm, &step.profile, fresh)?;
            context.report.line(&message);
            artifacts.by_package.insert(name, artifact);
        }
        artifacts.store(&linked.workspace.target_directory, &step.profile)?;
    }
    Ok(())
}

/// What a build is made from, as it was before the build.
struct Before<'a> {
    start: SystemTime,
    surroundings: Surroundings,
    inputs: BTreeMap<String, Inputs<'a>>,
    /// The digest of the surroundings after the build, if nothing changed them meanwhile.
    after: Option<ContentHash>,
}

impl<'a> Before<'a> {
    fn read(linked: &'a Linked, step: &ComponentBuild) -> Result<Before<'a>, CliError> {
        let names = step.packages.keys();
        let inputs = names.map(|name| Ok((name.clone(), Inputs::read(linked, name)?)));
        Ok(Before {
            start: SystemTime::now(),
            surroundings: Surroundings::read(&step.workspace_root)?,
            inputs: inputs.collect::<Result<_, CliError>>()?,
            after: None,
        })
    }

    /// Looks again at the surroundings, now that the build has ended.
    fn compare(&mut self, step: &ComponentBuild) -> Result<(), CliError> {
        let after = Surroundings::read(&step.workspace_root)?;
        let are_still = after.are_still(&self.surroundings);
        self.after = are_still.then(|| after.digest(&step.profile));
        Ok(())
    }

    fn record(
        &self,
        linked: &Linked,
        step: &ComponentBuild,
        name: &str,
        built: &Built,
        wasm: &Utf8Path,
    ) -> Result<Artifact, CliError> {
        let target_dir = &linked.workspace.target_directory;
        let inputs = &self.inputs[name];
        let artifact = Artifact::record(target_dir, wasm, &inputs.digest())?;
        let artifact = artifact.built_with(step.packages.keys());
        let is_source =
            |path: &Utf8Path| dep_info::is_source(path, target_dir) && !inputs.contains(path);
        let read = dep_info::compiled_from(&built.wasm, target_dir, self.start, is_source)?;
        Ok(match (read, &self.after) {
            (Some(mut read), Some(after)) => {
                read.retain(|path, _| !inputs.contains(path));
                artifact.made_in(after, read)
            }
            _ => artifact,
        })
    }
}

/// The component's file: what cargo has built, or what becomes of that.
fn component(
    linked: &Linked,
    step: &ComponentBuild,
    built: &Built,
) -> Result<Utf8PathBuf, CliError> {
    let wasip1 = WasmTarget::Wasip1.name();
    if step.tool != (BuildTool::Cargo { target: wasip1 }) {
        return Ok(built.wasm.clone());
    }
    let module = read::file(&built.wasm)?.unwrap_or_default();
    let kind = match built.is_program {
        true => ModuleKind::Program,
        false => ModuleKind::Library,
    };
    let input = Input {
        name: built.wasm.as_str(),
        wasm: &module,
    };
    let component = encode(input, kind)?;
    let dir = Artifacts::directory(&linked.workspace.target_directory, &step.profile);
    let file = dir.join(built.wasm.file_name().unwrap_or(&built.target));
    let mut disk = Snapshot::new();
    if let Some(content) = read::file(&file)? {
        disk.insert(&file, content);
    }
    let mut plan = Plan::new();
    plan.write(&disk, &file, component);
    apply(&plan)?;
    Ok(file)
}
