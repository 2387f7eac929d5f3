//! A component and its stubs → a composed component, and its file: for files and for callers.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compose::{Composed, Input, Unused, compose};
use golem_rpc_messages::{Artifact, Cause, Message};
use golem_rpc_plan::Plan;

use super::Context;
use super::components::{Inputs, Wasm};
use super::writer::Writer;
use crate::error::CliError;
use crate::report::Spinner;

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
    if fresh {
        context.report.status("Fresh", dest.as_str())
    } else {
        context.report.status("Composing", source.as_str())
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
