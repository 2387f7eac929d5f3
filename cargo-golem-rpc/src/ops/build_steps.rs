//! Members → components: one run of cargo for all members that are built the same way.
//!
//! cargo is always asked: it decides what is fresh. The runs come one after the other: they share a
//! target directory, whose lock each would wait for, and one run keeps all cores busy by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compose::{Input, encode};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_system::cargo::target_dir_is_relative;
use golem_rpc_system::{BuildTool, Built, ComponentBuild, Profile, apply, component_build, read};
use golem_rpc_workspace::{Style, WasmTarget, WorkspaceError};

use super::components::Files;
use super::links::Linked;
use super::{Context, composition, messages};
use crate::error::CliError;

/// How much of what cargo says is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CargoOutput {
    /// All of it.
    Whole,
    /// Nothing while there is nothing to do.
    HeldBack,
}

impl CargoOutput {
    /// Where it goes; none for our own standard error.
    fn destination(self, context: &Context) -> Option<Box<dyn Write + Send>> {
        match self {
            CargoOutput::Whole => None,
            CargoOutput::HeldBack => context.report.held_back(),
        }
    }
}

/// The runs of cargo that build these members.
pub(super) fn steps(
    context: &Context,
    linked: &Linked,
    names: &BTreeSet<String>,
    profile: &Profile,
    output: CargoOutput,
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
        on_terminal: output.destination(context).is_some() && context.report.has_terminal(),
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

/// Builds, and says which files there are now.
pub(super) fn build(
    context: &Context,
    linked: &Linked,
    steps: &[ComponentBuild],
    output: CargoOutput,
) -> Result<Files, CliError> {
    let mut files = Files::new();
    for step in steps {
        context.report.command(&step.command());
        for (name, built) in component_build(step, output.destination(context))? {
            let wasm = component(linked, step, &built)?;
            let message = messages::built(linked, &name, &wasm, &step.profile, built.fresh)?;
            context.report.line(&message);
            files.insert(name, wasm);
        }
    }
    Ok(files)
}

/// The component that the last build of a member left, if there is one.
pub(super) fn last_built(
    linked: &Linked,
    name: &str,
    profile: &Profile,
) -> Result<Option<Utf8PathBuf>, CliError> {
    let tool = tool(linked, name)?;
    let mut packages = linked.metadata.workspace_packages().into_iter();
    let package = packages.find(|package| package.name == name);
    let target_dir = &linked.workspace.target_directory;
    let wasm = package.and_then(|package| tool.last_built(package, profile, target_dir));
    let file = wasm.map(|wasm| component_file(linked, &tool, profile, &wasm));
    Ok(file.filter(|file| read::is_there(file)))
}

/// The component's file: what cargo has built, or what becomes of that.
fn component(
    linked: &Linked,
    step: &ComponentBuild,
    built: &Built,
) -> Result<Utf8PathBuf, CliError> {
    let file = component_file(linked, &step.tool, &step.profile, &built.wasm);
    if file == built.wasm {
        return Ok(file);
    }
    let module = read::file(&built.wasm)?.unwrap_or_default();
    let input = Input {
        name: built.wasm.as_str(),
        wasm: &module,
    };
    let component = encode(input)?;
    let mut disk = Snapshot::new();
    if let Some(content) = read::file(&file)? {
        disk.insert(&file, content);
    }
    let mut plan = Plan::new();
    plan.write(&disk, &file, component);
    apply(&plan)?;
    Ok(file)
}

/// The file of the component that becomes of a wasm file: of a core module, a file in our directory.
fn component_file(
    linked: &Linked,
    tool: &BuildTool,
    profile: &Profile,
    wasm: &Utf8Path,
) -> Utf8PathBuf {
    let target = WasmTarget::Wasip1.name();
    match wasm.file_name() {
        Some(name) if *tool == (BuildTool::Cargo { target }) => {
            let target_dir = &linked.workspace.target_directory;
            composition::directory(target_dir, profile).join(name)
        }
        _ => wasm.to_path_buf(),
    }
}
