//! `compose`: a caller and its stubs → one component. Of several callers all are written or none.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compose::{Composed, Input, Unused, compose};
use golem_rpc_messages::{Artifact, ArtifactKind, Cause, Message};
use golem_rpc_plan::Plan;
use golem_rpc_system::{Profile, read};

use super::build_first::Part;
use super::build_steps::CargoOutput;
use super::components::{Inputs, Wasm};
use super::compose_callers::compose_callers;
use super::links::Linked;
use super::open_imports::{self, Component};
use super::writer::Writer;
use super::{Context, messages};
use crate::error::CliError;
use crate::report::Spinner;

/// Composition of files, outside of any workspace.
pub(crate) struct Files {
    pub(crate) source: Utf8PathBuf,
    pub(crate) stubs: Vec<Utf8PathBuf>,
    pub(crate) dest: Utf8PathBuf,
    /// Whether imports that nobody offers are an error.
    pub(crate) deny_imports: bool,
}

/// `compose --source-wasm … --stub-wasm … --dest-wasm …`
pub(crate) fn files(context: &Context, request: &Files) -> Result<(), CliError> {
    let source = read_wasm(context, &request.source)?;
    let stubs = request.stubs.iter().map(|stub| read_wasm(context, stub));
    let stubs = stubs.collect::<Result<Vec<_>, _>>()?;
    let dest = context.absolute(&request.dest);
    if stubs
        .iter()
        .chain([&source])
        .any(|input| input.path == dest)
    {
        return Err(CliError::OutputIsInput { path: dest });
    }
    let composed = {
        let _spinner = composing(context, &source);
        link(context, &source, &stubs.iter().collect::<Vec<_>>())?
    };
    let component = Component {
        caller: source.path.as_str(),
        shown: &context.report.path(&source.path),
        linked: None,
    };
    open_imports::look(context, &component, &composed, request.deny_imports)?;
    for unused in &composed.unused {
        let cause = Cause::ImportMissing {
            caller: source.path.to_string(),
            target: stub_path(context, &stubs, unused),
            imports: unused.import_lines().collect(),
            place: None,
        };
        warn_unused(context, &source.path, unused, cause, "the caller's world");
    }
    let writer = context.writer_at(&dest)?;
    let bytes = composed.wasm.len() as u64;
    let artifact = messages::artifact(ArtifactKind::Composed, &dest, bytes);
    let mut plan = Plan::new();
    let artifact = plan_composed(context, &mut plan, &source.path, artifact, composed.wasm)?;
    write(context, &writer, &plan, vec![artifact])?;
    Ok(())
}

/// Callers of the workspace.
pub(crate) struct Callers {
    pub(crate) names: Vec<String>,
    pub(crate) profile: Profile,
    /// Whether to take what the last build left.
    pub(crate) no_build: bool,
    pub(crate) deny_imports: bool,
}

/// `compose --caller …`: builds callers and all that they call, then composes each caller with the
/// stubs of all its targets.
pub(crate) fn callers(context: &Context, request: &Callers) -> Result<(), CliError> {
    let writer = context.writer()?;
    let linked = Linked::read_linked(context)?;
    let callers = linked.select(context, &request.names)?;
    let mut all = callers.iter();
    if let Some(member) = all.find(|caller| linked.links.targets_of(caller).is_empty()) {
        return Err(CliError::NotACaller {
            member: member.clone(),
        });
    }
    let (part, profile) = (Part::of(&linked, callers.iter().cloned()), &request.profile);
    let built = match request.no_build {
        true => {
            drop(writer);
            Some(part.last_built(linked, profile)?)
        }
        false => part.build(context, writer, linked, profile, CargoOutput::HeldBack)?,
    };
    let Some(built) = built else {
        return Ok(());
    };
    let writer = context.writer()?;
    let deny_imports = request.deny_imports;
    compose_callers(context, &writer, &built, profile, &callers, deny_imports)
}

/// A caller with the stubs of its targets.
pub(super) struct ComposedCaller {
    /// The file of its own component.
    pub(super) source: Utf8PathBuf,
    pub(super) composed: Composed,
    /// The targets whose stubs are in it.
    pub(super) used: Vec<String>,
    /// The others.
    pub(super) unused: Vec<(String, Unused)>,
}

/// A caller's component, composed with the stubs of its targets.
pub(super) fn link_caller(
    context: &Context,
    inputs: &Inputs<'_>,
) -> Result<ComposedCaller, CliError> {
    let Inputs { source, stubs } = inputs;
    let wasm: Vec<&Wasm> = stubs.iter().map(|(_, stub)| *stub).collect();
    let composed = link(context, source, &wasm)?;
    let (mut used, mut unused) = (Vec::new(), Vec::new());
    for (target, stub) in stubs {
        let name = context.report.path(&stub.path);
        match composed.unused.iter().find(|unused| unused.stub == name) {
            Some(stub) => unused.push((target.to_string(), stub.clone())),
            None => used.push(target.to_string()),
        }
    }
    Ok(ComposedCaller {
        source: source.path.clone(),
        composed,
        used,
        unused,
    })
}

/// `<caller>_composed.wasm` beside the caller's wasm.
pub(super) fn composed_path(wasm: &Utf8Path) -> Utf8PathBuf {
    let stem = wasm.file_stem().unwrap_or_default();
    wasm.with_file_name(format!("{stem}_composed.wasm"))
}

pub(super) fn composing(context: &Context, source: &Wasm) -> Spinner {
    let name = context.report.path(&source.path);
    context.report.spinner(&format!("composing {name}"))
}

fn link(context: &Context, source: &Wasm, stubs: &[&Wasm]) -> Result<Composed, CliError> {
    let name = |wasm: &Wasm| context.report.path(&wasm.path);
    let names: Vec<String> = stubs.iter().map(|stub| name(stub)).collect();
    let inputs = names.iter().zip(stubs).map(|(name, stub)| Input {
        name,
        wasm: &stub.bytes,
    });
    let inputs: Vec<_> = inputs.collect();
    let source_name = name(source);
    Ok(compose(
        Input {
            name: &source_name,
            wasm: &source.bytes,
        },
        &inputs,
    )?)
}

fn read_wasm(context: &Context, path: &Utf8Path) -> Result<Wasm, CliError> {
    let path = context.absolute(path);
    match read::file(&path)? {
        Some(bytes) => Ok(Wasm { path, bytes }),
        None => Err(CliError::NoSuchFile { path }),
    }
}

pub(super) fn warn_unused(
    context: &Context,
    source: &Utf8Path,
    unused: &Unused,
    cause: Cause,
    place: &str,
) {
    let caller = context.report.path(source);
    let lines: Vec<String> = unused
        .import_lines()
        .map(|line| format!("`{line}`"))
        .collect();
    context.report.warning_of(
        cause,
        &format!(
            "`{caller}` does not import the stub `{}`: it is composed without it",
            unused.stub
        ),
        Some(&format!(
            "to use it, write {} in {place}",
            lines.join(" or ")
        )),
    );
}

/// The file of a stub that goes by its name in messages.
fn stub_path(context: &Context, stubs: &[Wasm], unused: &Unused) -> String {
    let mut stubs = stubs.iter().map(|stub| &stub.path);
    let stub = stubs.find(|path| context.report.path(path) == unused.stub);
    stub.map_or_else(|| unused.stub.clone(), Utf8PathBuf::to_string)
}

/// Plans the file of a composed component, and says whether it is as it was.
pub(super) fn plan_composed(
    context: &Context,
    plan: &mut Plan,
    source: &Utf8Path,
    artifact: Artifact,
    wasm: Vec<u8>,
) -> Result<Artifact, CliError> {
    let dest = Utf8PathBuf::from(artifact.path.as_deref().unwrap_or_default());
    let fresh = context.plan_output(plan, &dest, wasm)?;
    match fresh {
        true => context.report.status("Fresh", dest.as_str()),
        false => context.report.status("Composing", source.as_str()),
    }
    Ok(Artifact { fresh, ..artifact })
}

/// Writes the composed components that have changed. Says whether they are there now.
pub(super) fn write(
    context: &Context,
    writer: &Writer<'_>,
    plan: &Plan,
    artifacts: Vec<Artifact>,
) -> Result<bool, CliError> {
    let is_written = writer.apply(plan)?;
    if is_written {
        for artifact in artifacts {
            context.report.line(&Message::Artifact(artifact));
        }
    }
    Ok(is_written)
}
