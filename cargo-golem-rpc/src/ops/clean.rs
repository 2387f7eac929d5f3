//! `clean`: what we put below the target directory goes, and nothing else.
//!
//! That is, of every profile, the record of the build, the components that we made of core modules, and
//! the composed components. A file that somebody has put in the place of one of these stays.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_messages::Cause;
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_system::artifacts::{self, ArtifactState, Artifacts};
use golem_rpc_system::read;

use super::Context;
use super::links::Linked;
use crate::error::CliError;

pub(crate) fn run(context: &Context) -> Result<(), CliError> {
    let writer = context.writer()?;
    let linked = Linked::read(context)?;
    let target_dir = &linked.workspace.target_directory;
    let plan = plan(context, target_dir)?;
    if writer.apply(&plan)? && plan.is_empty() {
        let place = context.report.path(target_dir);
        let thing = format!("there is nothing of ours in {place}");
        context.report.status("Fresh", &thing);
    }
    Ok(())
}

fn plan(context: &Context, target_dir: &Utf8Path) -> Result<Plan, CliError> {
    let dir = target_dir.join(artifacts::DIRECTORY);
    let records = [artifacts::RECORD, artifacts::LOCK];
    let disk = read::tree(&dir, |path| match path.components().count() {
        1 => true,
        depth => depth == 2 && records.iter().any(|name| path.file_name() == Some(name)),
    })?;
    let mut plan = Plan::new();
    for (path, content) in disk.iter() {
        if path.parent().and_then(Utf8Path::parent) != Some(&dir) {
            continue;
        }
        plan.remove(&disk, path);
        if path.file_name() == Some(artifacts::RECORD) {
            let record = Artifacts::parse(Some(content));
            plan_made(context, &mut plan, &record, target_dir)?;
        }
    }
    Ok(plan)
}

/// Plans that the components of a record go which we made: what cargo has made is cargo's.
fn plan_made(
    context: &Context,
    plan: &mut Plan,
    record: &Artifacts,
    target_dir: &Utf8Path,
) -> Result<(), CliError> {
    let dir = target_dir.join(artifacts::DIRECTORY);
    for artifact in record.by_package.values() {
        let file = artifact.wasm(target_dir);
        if file.starts_with(&dir) {
            match artifact.read(target_dir)? {
                ArtifactState::Unchanged(content) => remove(plan, file, content),
                ArtifactState::Changed => keep(context, &file),
                ArtifactState::Missing => {}
            }
        }
    }
    for composed in record.composed.values() {
        let file = composed.wasm(target_dir);
        match read::file(&file)? {
            Some(content) if composed.is_content(&content) => remove(plan, file, content),
            Some(_) => keep(context, &file),
            None => {}
        }
    }
    Ok(())
}

fn remove(plan: &mut Plan, file: Utf8PathBuf, content: Vec<u8>) {
    let mut disk = Snapshot::new();
    disk.insert(&file, content);
    plan.remove(&disk, &file);
}

fn keep(context: &Context, file: &Utf8Path) {
    let message = format!("`{file}` is not what we made, and stays");
    let cause = Cause::Kept {
        path: file.to_string(),
    };
    context.report.note_of(cause, &message);
}
