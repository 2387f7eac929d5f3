//! Callers of the workspace → composed components, several at a time.
//!
//! What a caller was composed of stands in the record of the build, so that one whose parts are the
//! same is not composed again. One with a stub that it does not import is: it is to be said each time.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compose::Composed;
use golem_rpc_plan::ContentHash;
use golem_rpc_system::artifacts::{Artifacts, Composition};
use golem_rpc_system::{ApplyError, Profile, interrupt};

use super::compose::{link, warn_unused, write};
use super::links::Linked;
use super::members::{Built, Wasm};
use super::writer::Writer;
use super::{Context, parallel};
use crate::error::CliError;

/// The components of callers and of their stubs.
struct Components<'a> {
    callers: BTreeMap<&'a str, Wasm>,
    /// By target.
    stubs: BTreeMap<&'a str, Wasm>,
}

/// A caller that is to be composed.
struct Job<'a> {
    caller: &'a str,
    source: &'a Wasm,
    stubs: Vec<&'a Wasm>,
    /// The composed component.
    dest: Utf8PathBuf,
    /// The digest of what it is composed of.
    parts: ContentHash,
}

/// Composes callers with the stubs of all their targets, as the last build left them, and writes and
/// records those that are not up to date.
pub(super) fn compose_callers(
    context: &Context,
    writer: &Writer<'_>,
    linked: &Linked,
    profile: &Profile,
    callers: &BTreeSet<String>,
) -> Result<(), CliError> {
    let target_dir = &linked.workspace.target_directory;
    let built = Built::load(linked, profile, callers)?;
    let components = Components::read(linked, &built, callers)?;
    let mut jobs = Vec::new();
    for caller in callers {
        let job = components.job(linked, caller);
        let known = built.composed(caller);
        let known = known.map(|known| known.is_fresh(target_dir, &job.dest, &job.parts));
        match known.transpose()? {
            Some(true) => context
                .report
                .status("Fresh", &context.report.path(&job.dest)),
            _ => jobs.push(job),
        }
    }
    let mut artifacts = Artifacts::default();
    let mut results = jobs.iter().zip(compose_all(context, &jobs));
    let written = results.try_for_each(|(job, composed)| {
        let made = finish(context, writer, linked, job, composed?)?;
        let made = made.map(|made| (job.caller.to_string(), made));
        artifacts.composed.extend(made);
        Ok(())
    });
    if !artifacts.composed.is_empty() && !context.settings.dry_run {
        artifacts.store(target_dir, profile)?;
    }
    written
}

impl<'a> Components<'a> {
    fn read(
        linked: &'a Linked,
        built: &Built<'_>,
        callers: &'a BTreeSet<String>,
    ) -> Result<Components<'a>, CliError> {
        let (mut sources, mut stubs) = (BTreeMap::new(), BTreeMap::new());
        for caller in callers {
            sources.insert(caller.as_str(), built.wasm(caller)?);
            for target in linked.links.targets_of(caller) {
                if !stubs.contains_key(target) {
                    stubs.insert(target, built.stub(target)?);
                }
            }
        }
        Ok(Components {
            callers: sources,
            stubs,
        })
    }

    fn job(&'a self, linked: &'a Linked, caller: &'a str) -> Job<'a> {
        let source = &self.callers[caller];
        let targets = linked.links.targets_of(caller);
        let stubs: Vec<&Wasm> = targets.iter().map(|target| &self.stubs[target]).collect();
        let version = ("", env!("CARGO_PKG_VERSION").as_bytes());
        let parts = [source].into_iter().chain(stubs.iter().copied());
        let parts = parts.map(|wasm| ("", wasm.bytes.as_slice()));
        Job {
            caller,
            source,
            dest: composed_path(&source.path),
            parts: ContentHash::of_parts([version].into_iter().chain(parts)),
            stubs,
        }
    }
}

/// `<caller>_composed.wasm` beside the caller's wasm.
fn composed_path(wasm: &Utf8Path) -> Utf8PathBuf {
    let stem = wasm.file_stem().unwrap_or_default();
    wasm.with_file_name(format!("{stem}_composed.wasm"))
}

/// What comes of each job.
fn compose_all(context: &Context, jobs: &[Job<'_>]) -> Vec<Result<Composed, CliError>> {
    let bar = context.report.bar("composing", jobs.len());
    parallel::map(jobs, |job| {
        if interrupt::was_interrupted() {
            return Err(ApplyError::Interrupted.into());
        }
        let composed = link(context, job.source, &job.stubs);
        bar.advance();
        composed
    })
}

/// Writes what was composed, and says what is missing in it; gives what to record.
fn finish(
    context: &Context,
    writer: &Writer<'_>,
    linked: &Linked,
    job: &Job<'_>,
    composed: Composed,
) -> Result<Option<Composition>, CliError> {
    let target_dir = &linked.workspace.target_directory;
    for unused in &composed.unused {
        let place = linked.world_place(job.caller)?;
        warn_unused(context, &job.source.path, unused, &place);
    }
    let made = Composition::record(target_dir, &job.dest, &job.parts, &composed.wasm);
    let is_whole = composed.unused.is_empty();
    let is_written = write(context, writer, &job.source.path, &job.dest, composed)?;
    Ok((is_whole && is_written).then_some(made))
}
