//! `clean`: what we put below the target directory goes, and nothing else.
//!
//! That is, of every profile, the components that we made of core modules, the composed components, and
//! what they were composed of. A composed component that was changed since stays.

use std::collections::BTreeSet;

use camino::Utf8Path;
use golem_rpc_messages::Cause;
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_system::read;

use super::Context;
use super::composition::{self, Composition};
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
    let dir = target_dir.join(composition::DIRECTORY);
    let is_ours = |path: &Utf8Path| matches!(path.extension(), Some("json" | "wasm"));
    let disk = read::tree(&dir, |path| match path.components().count() {
        1 => !is_ours(path),
        depth => depth == 2 && is_ours(path),
    })?;
    let files = || disk.iter().filter(|(path, _)| is_ours(path));
    let (mut composed, mut changed) = (Snapshot::new(), BTreeSet::new());
    for composition in files().filter_map(|(_, content)| Composition::parse(content)) {
        let file = composition.wasm(target_dir);
        match read::file(&file)? {
            Some(content) if composition.is_content(&content) => composed.insert(file, content),
            Some(_) => {
                keep(context, &file);
                changed.insert(file);
            }
            None => {}
        }
    }
    let mut plan = Plan::new();
    for (path, _) in files().filter(|(path, _)| !changed.contains(*path)) {
        plan.remove(&disk, path);
    }
    composed
        .iter()
        .for_each(|(path, _)| plan.remove(&composed, path));
    Ok(plan)
}

fn keep(context: &Context, file: &Utf8Path) {
    let message = format!("`{file}` is not what we made, and stays");
    let cause = Cause::Kept {
        path: file.to_string(),
    };
    context.report.note_of(cause, &message);
}
