//! Callers of the workspace → composed components, several at a time; all are written or none.
//!
//! One whose parts have the bytes that they had the last time is not composed again, unless there is
//! something to warn of: that is to be said each time.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compose::Unused;
use golem_rpc_messages::{Artifact, ArtifactKind, Cause};
use golem_rpc_plan::{ContentHash, Plan, Snapshot};
use golem_rpc_system::{ApplyError, Profile, interrupt, read};
use golem_rpc_workspace::{Imported, Resolver};

use super::build_first::Built;
use super::components::{Components, Inputs};
use super::composing::{
    ComposedCaller, composed_path, link_caller, plan_composed, warn_unused, write,
};
use super::composition::{self, Composition};
use super::links::Linked;
use super::open_imports::{self, Component};
use super::writer::Writer;
use super::{Context, messages, parallel};
use crate::error::CliError;

/// A caller that is to be composed.
struct Job<'a> {
    caller: &'a str,
    inputs: Inputs<'a>,
    /// The digest of the inputs.
    digest: ContentHash,
    /// The composed component.
    dest: Utf8PathBuf,
}

/// Composes callers with the stubs of all their targets, and writes those that are not up to date.
pub(super) fn compose_callers(
    context: &Context,
    writer: &Writer<'_>,
    built: &Built,
    profile: &Profile,
    callers: &BTreeSet<String>,
    deny_imports: bool,
) -> Result<(), CliError> {
    let linked = &built.linked;
    let target_dir = &linked.workspace.target_directory;
    let directory = composition::directory(target_dir, profile);
    let earlier = composition::read_all(&directory)?;
    let components = Components::read(linked, &built.files, callers)?;
    let (mut jobs, mut artifacts) = (Vec::new(), Vec::new());
    for caller in callers {
        let job = Job::new(caller, components.of(caller)?);
        match earlier.get(caller) {
            Some(earlier) if job.is_done(earlier, target_dir)? => {
                artifacts.push(job.fresh(context, profile)?);
            }
            _ => jobs.push(job),
        }
    }
    let mut records = BTreeMap::new();
    let mut plan = Plan::new();
    for (job, made) in jobs.iter().zip(compose_all(context, &jobs)) {
        let made = made?;
        let has_warnings = warn(context, linked, job, &made, deny_imports)?;
        let wasm = made.composed.wasm;
        let record = Composition::new(target_dir, &job.dest, &job.digest, &wasm, has_warnings);
        records.insert(job.caller, Some(record));
        let artifact = job.artifact(profile, made.used, wasm.len() as u64);
        let artifact = plan_composed(context, &mut plan, &made.source, artifact, wasm)?;
        artifacts.push(artifact);
    }
    if write(context, writer, &plan, artifacts)? {
        composition::record(&directory, &records)?;
    }
    Ok(())
}

/// Removes what was composed of members that call nobody any more, unless somebody has changed it.
pub(super) fn remove_left_behind(
    writer: &Writer<'_>,
    linked: &Linked,
    profile: &Profile,
) -> Result<(), CliError> {
    let target_dir = &linked.workspace.target_directory;
    let directory = composition::directory(target_dir, profile);
    let mut left = composition::read_all(&directory)?;
    let callers = linked.links.callers();
    left.retain(|caller, _| !callers.contains(caller.as_str()));
    let (mut disk, mut plan) = (Snapshot::new(), Plan::new());
    for composed in left.values() {
        let file = composed.wasm(target_dir);
        if let Some(content) = read::file(&file)?
            && composed.is_content(&content)
        {
            disk.insert(&file, content);
            plan.remove(&disk, &file);
        }
    }
    if writer.apply(&plan)? {
        let left = left.keys().map(|caller| (caller.as_str(), None));
        composition::record(&directory, &left.collect())?;
    }
    Ok(())
}

impl<'a> Job<'a> {
    fn new(caller: &'a str, inputs: Inputs<'a>) -> Job<'a> {
        Job {
            caller,
            digest: inputs.digest(),
            dest: composed_path(&inputs.source.path),
            inputs,
        }
    }

    /// Whether composing would write the file again that was written earlier.
    fn is_done(&self, earlier: &Composition, target_dir: &Utf8Path) -> Result<bool, CliError> {
        if earlier.has_warnings()
            || !earlier.is_of(&self.digest)
            || earlier.wasm(target_dir) != self.dest
        {
            return Ok(false);
        }
        Ok(read::file(&self.dest)?.is_some_and(|content| earlier.is_content(&content)))
    }

    /// What is there already.
    fn fresh(&self, context: &Context, profile: &Profile) -> Result<Artifact, CliError> {
        context.report.status("Fresh", self.dest.as_str());
        let targets = self
            .inputs
            .stubs
            .iter()
            .map(|(target, _)| target.to_string());
        let bytes = read::size(&self.dest)?.unwrap_or_default();
        Ok(Artifact {
            fresh: true,
            ..self.artifact(profile, targets.collect(), bytes)
        })
    }

    fn artifact(&self, profile: &Profile, targets: Vec<String>, bytes: u64) -> Artifact {
        Artifact {
            package: Some(self.caller.to_string()),
            profile: Some(profile.name().to_string()),
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
        let made = link_caller(context, &job.inputs);
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
