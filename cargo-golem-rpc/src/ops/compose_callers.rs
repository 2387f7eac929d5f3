//! Callers of the workspace → composed components, several at a time; all are written or none.
//!
//! What a caller was composed of stands in the record of the build, so that one whose parts are the
//! same is not composed again. One that there is something to warn of is: that is to be said each time.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_compose::Unused;
use golem_rpc_messages::{Artifact, ArtifactKind, Cause};
use golem_rpc_plan::{ContentHash, Plan, Snapshot};
use golem_rpc_system::artifacts::{Artifacts, Composition};
use golem_rpc_system::{ApplyError, Profile, interrupt, read};
use golem_rpc_workspace::{Imported, Resolver};

use super::compose::{
    ComposedCaller, composed_path, link_caller, plan_composed, warn_unused, write,
};
use super::links::Linked;
use super::members::{Built, Wasm};
use super::open_imports::{self, Component};
use super::writer::Writer;
use super::{Context, messages, parallel};
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
    /// By target.
    stubs: Vec<(&'a str, &'a Wasm)>,
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
    deny_imports: bool,
) -> Result<(), CliError> {
    let target_dir = &linked.workspace.target_directory;
    let built = Built::load(linked, profile, callers)?;
    let components = Components::read(linked, &built, callers)?;
    let (mut jobs, mut artifacts) = (Vec::new(), Vec::new());
    for caller in callers {
        let job = components.job(linked, caller);
        let known = built.composed(caller);
        let known = known.map(|known| known.is_fresh(target_dir, &job.dest, &job.parts));
        match known.transpose()? {
            Some(true) => artifacts.push(job.fresh(context, profile)?),
            _ => jobs.push(job),
        }
    }
    let mut record = Artifacts::default();
    let mut plan = Plan::new();
    for (job, made) in jobs.iter().zip(compose_all(context, &jobs)) {
        let made = made?;
        let has_warnings = warn(context, linked, job, &made, deny_imports)?;
        let wasm = &made.composed.wasm;
        let composition = Composition::record(target_dir, &job.dest, &job.parts, wasm);
        let composition = composition.with_warnings(has_warnings);
        record.composed.insert(job.caller.to_string(), composition);
        let artifact = job.artifact(profile, made.used, made.composed.wasm.len() as u64);
        let wasm = made.composed.wasm;
        artifacts.push(plan_composed(
            context,
            &mut plan,
            &made.source,
            artifact,
            wasm,
        )?);
    }
    if write(context, writer, &plan, artifacts)? && !record.composed.is_empty() {
        record.store(target_dir, profile)?;
    }
    Ok(())
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
        let targets = linked.links.targets_of(caller).into_iter();
        let stubs: Vec<_> = targets
            .map(|target| (target, &self.stubs[target]))
            .collect();
        Job {
            caller,
            source,
            dest: composed_path(&source.path),
            parts: parts(source, &stubs),
            stubs,
        }
    }
}

/// The digest of what a caller is composed of.
pub(super) fn parts(caller: &Wasm, stubs: &[(&str, &Wasm)]) -> ContentHash {
    let version = ("", env!("CARGO_PKG_VERSION").as_bytes());
    let caller = ("", caller.bytes.as_slice());
    let stubs = stubs.iter();
    let stubs = stubs.map(|(target, stub)| (*target, stub.bytes.as_slice()));
    ContentHash::of_parts([version, caller].into_iter().chain(stubs))
}

/// Removes what was composed of members that call nobody any more, unless somebody has changed it.
pub(super) fn remove_left_behind(
    writer: &Writer<'_>,
    linked: &Linked,
    profile: &Profile,
) -> Result<(), CliError> {
    let built = Built::load(linked, profile, [])?;
    let (callers, mut left) = (linked.links.callers(), Vec::new());
    let mut plan = Plan::new();
    for (caller, composed, file) in built.compositions() {
        if callers.contains(caller.as_str()) {
            continue;
        }
        left.push(caller);
        if let Some(content) = read::file(&file)?
            && composed.is_content(&content)
        {
            let mut disk = Snapshot::new();
            disk.insert(&file, content);
            plan.remove(&disk, &file);
        }
    }
    if !left.is_empty() && writer.apply(&plan)? {
        Artifacts::forget_composed(&linked.workspace.target_directory, profile, left)?;
    }
    Ok(())
}

impl Job<'_> {
    /// What is there already.
    fn fresh(&self, context: &Context, profile: &Profile) -> Result<Artifact, CliError> {
        context.report.status("Fresh", self.dest.as_str());
        let targets = self.stubs.iter().map(|(target, _)| target.to_string());
        let bytes = read::size(&self.dest)?.unwrap_or_default();
        Ok(Artifact {
            fresh: true,
            ..self.artifact(profile, targets.collect(), bytes)
        })
    }

    fn artifact(&self, profile: &Profile, targets: Vec<String>, bytes: u64) -> Artifact {
        Artifact {
            package: Some(self.caller.to_string()),
            profile: Some(messages::profile(profile)),
            targets,
            ..messages::artifact(ArtifactKind::Composed, &self.dest, bytes)
        }
    }
}

/// What comes of each job.
fn compose_all(context: &Context, jobs: &[Job<'_>]) -> Vec<Result<ComposedCaller, CliError>> {
    let bar = context.report.bar("Composing", jobs.len());
    parallel::map(jobs, |job| {
        if interrupt::was_interrupted() {
            return Err(ApplyError::Interrupted.into());
        }
        let made = link_caller(context, job.source, &job.stubs);
        bar.advance();
        made
    })
}

/// Says which stubs the caller does not use, and what it imports that nobody offers. Gives whether
/// there was anything to say.
fn warn(
    context: &Context,
    linked: &Linked,
    job: &Job<'_>,
    made: &ComposedCaller,
    deny_imports: bool,
) -> Result<bool, CliError> {
    let component = Component {
        caller: job.caller,
        shown: job.caller,
        linked: Some(linked),
    };
    open_imports::look(context, &component, &made.composed, deny_imports)?;
    for (target, unused) in &made.unused {
        if imports(linked, job.caller, unused)? {
            let message = format!(
                "`{}` imports the stub of `{target}`, and no code calls it yet: it is composed \
                 without it",
                job.caller
            );
            let cause = Cause::NotCalled {
                caller: job.caller.to_string(),
                target: target.clone(),
            };
            context.report.warning_of(cause, &message, None);
            continue;
        }
        let place = linked.world_place(job.caller)?;
        let cause = Cause::ImportMissing {
            caller: job.caller.to_string(),
            target: target.clone(),
            imports: unused.import_lines().collect(),
            place: place.place.clone(),
        };
        warn_unused(context, &made.source, unused, cause, &place.to_string());
    }
    let is_open = open_imports::unmet(&made.composed).next().is_some();
    Ok(is_open || !made.unused.is_empty())
}

/// Whether the caller's world imports a stub. Its component need not: what no code calls is left out.
fn imports(linked: &Linked, caller: &str, unused: &Unused) -> Result<bool, CliError> {
    let members = linked.members([caller])?;
    let disk = linked.snapshot(&members)?;
    let imported = Imported::of(members[0], &Resolver::new(&disk));
    Ok(imported.is_some_and(|all| all.ids().any(|id| unused.exports.contains(&id))))
}
