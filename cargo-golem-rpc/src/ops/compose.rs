//! `compose`: a caller's component and its stubs → one component.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compose::{Composed, Input, Unused, compose};
use golem_rpc_plan::Plan;
use golem_rpc_system::{Profile, read};

use super::Context;
use super::compose_callers::compose_callers;
use super::links::Linked;
use super::members::{Built, Wasm};
use super::writer::Writer;
use crate::error::CliError;

/// Composition of files, outside of any workspace.
pub(crate) struct Files {
    pub(crate) source: Utf8PathBuf,
    pub(crate) stubs: Vec<Utf8PathBuf>,
    pub(crate) dest: Utf8PathBuf,
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
        let name = context.report.path(&source.path);
        let _spinner = context.report.spinner(&format!("composing {name}"));
        link(context, &source, &stubs.iter().collect::<Vec<_>>())?
    };
    for unused in &composed.unused {
        warn_unused(context, &source.path, unused, "the caller's world");
    }
    let writer = context.writer_at(&dest)?;
    write(context, &writer, &source.path, &dest, composed).map(drop)
}

/// `compose --caller …`: each caller with the stubs of all its targets, as the last build left them.
pub(crate) fn callers(
    context: &Context,
    callers: &[String],
    profile: &Profile,
) -> Result<(), CliError> {
    let writer = context.writer()?;
    let linked = Linked::read_linked(context)?;
    let callers = linked.select(context, callers)?;
    let mut all = callers.iter();
    match all.find(|caller| linked.links.targets_of(caller).is_empty()) {
        Some(member) => Err(CliError::NotACaller {
            member: member.clone(),
        }),
        None => compose_callers(context, &writer, &linked, profile, &callers),
    }
}

/// A member's component, composed with the stubs of its targets.
pub(super) fn compose_caller(
    context: &Context,
    linked: &Linked,
    built: &Built<'_>,
    caller: &str,
) -> Result<Composed, CliError> {
    let source = built.wasm(caller)?;
    let targets = linked.links.targets_of(caller);
    let stubs = targets.into_iter().map(|target| built.stub(target));
    let stubs = stubs.collect::<Result<Vec<_>, _>>()?;
    let name = context.report.path(&source.path);
    let _spinner = context.report.spinner(&format!("composing {name}"));
    link(context, &source, &stubs.iter().collect::<Vec<_>>())
}

/// Composes, without a word.
pub(super) fn link(
    context: &Context,
    source: &Wasm,
    stubs: &[&Wasm],
) -> Result<Composed, CliError> {
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

pub(super) fn warn_unused(context: &Context, source: &Utf8Path, unused: &Unused, place: &str) {
    let caller = context.report.path(source);
    let lines: Vec<String> = unused
        .import_lines()
        .map(|line| format!("`{line}`"))
        .collect();
    context.report.warning(
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

/// Writes the composed component, if that changes the file.
pub(super) fn write(
    context: &Context,
    writer: &Writer<'_>,
    source: &Utf8Path,
    dest: &Utf8Path,
    composed: Composed,
) -> Result<bool, CliError> {
    let mut plan = Plan::new();
    context.plan_output(&mut plan, dest, composed.wasm)?;
    if plan.is_empty() {
        context.report.status("Fresh", &context.report.path(dest));
        return Ok(true);
    }
    context
        .report
        .status("Composing", &context.report.path(source));
    writer.apply(&plan)
}
