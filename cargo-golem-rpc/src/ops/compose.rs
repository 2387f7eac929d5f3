//! `compose`: a caller and its stubs → one component. Of several callers all are written or none.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compose::Unused;
use golem_rpc_messages::{ArtifactKind, Cause};
use golem_rpc_plan::Plan;
use golem_rpc_system::{Profile, read};

use super::build_first::Part;
use super::build_steps::CargoOutput;
use super::components::Wasm;
use super::compose_callers::compose_callers;
use super::composing::{composing, link, plan_composed, warn_unused, write};
use super::links::Linked;
use super::open_imports::{self, Component};
use super::{Context, messages};
use crate::error::CliError;

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

fn read_wasm(context: &Context, path: &Utf8Path) -> Result<Wasm, CliError> {
    let path = context.absolute(path);
    match read::file(&path)? {
        Some(bytes) => Ok(Wasm { path, bytes }),
        None => Err(CliError::NoSuchFile { path }),
    }
}

/// The file of a stub that goes by its name in messages.
fn stub_path(context: &Context, stubs: &[Wasm], unused: &Unused) -> String {
    let mut stubs = stubs.iter().map(|stub| &stub.path);
    let stub = stubs.find(|path| context.report.path(path) == unused.stub);
    stub.map_or_else(|| unused.stub.clone(), Utf8PathBuf::to_string)
}
