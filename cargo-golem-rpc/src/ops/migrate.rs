//! `migrate`: a workspace by the older tool → the same by this one, in one plan that is looked at.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use golem_rpc_messages::FreshKind;
use golem_rpc_migrate::{Asked, Migration, migrate};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_system::history::{History, history};
use golem_rpc_system::{ApplyError, read};
use golem_rpc_workspace::{Limits, Member, Planned, Read};

use super::app::{self, read_app};
use super::init::next_steps;
use super::links::Linked;
use super::messages::fresh;
use super::parts::{Parts, plan};
use super::regenerate::say;
use super::{Context, causes, resolve};
use crate::error::CliError;
use crate::report::count;

pub(crate) struct Request {
    pub(crate) targets: Vec<String>,
    pub(crate) callers: Vec<String>,
    pub(crate) force: bool,
    pub(crate) yes: bool,
    pub(crate) allow_dirty: bool,
    pub(crate) allow_no_vcs: bool,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let writer = context.writer()?;
    let linked = Linked::read(context)?;
    let targets = chosen(context, &linked, &request.targets)?;
    let callers = chosen(context, &linked, &request.callers)?;
    let app = read_app(&linked)?;
    let mut disk = snapshot(&linked)?;
    if let Some(app) = &app {
        disk.extend(app::snapshot(app)?);
    }
    let asked = Asked {
        targets: targets.as_ref(),
        callers: callers.as_ref(),
        kept: None,
        app: app.as_ref(),
        force: request.force,
    };
    let Whole {
        migration,
        linked,
        planned,
        limits,
    } = whole(&linked, &disk, &asked)?;
    for remark in &migration.remarks {
        let cause = causes::of_remark(remark);
        context.report.note_of(cause, &remark.to_string());
    }
    if planned.plan.is_empty() {
        let fresh = fresh(FreshKind::Links, 0, None);
        let thing = "there is nothing of the older tool to migrate";
        context.report.event(&fresh, "Fresh", thing);
        return Ok(());
    }
    say(context, &linked, &planned, &limits);
    let after = disk.after(&planned.plan);
    let by_hand = migration.by_hand(&disk, &after);
    for remark in &by_hand {
        let cause = causes::of_remark(remark);
        context.report.note_of(cause, &remark.to_string());
    }
    resolve::check(context, &linked, (&disk, &planned.plan), |_| true)?;
    if !context.is_dry_run() && !review(context, request, &linked, &planned.plan)? {
        context.report.status("Unchanged", "nothing was touched");
        return Ok(());
    }
    if writer.apply(&planned.plan)? && migration.is_older() {
        let callers = migration.links.callers().into_iter();
        let callers = callers.map(str::to_string).collect();
        next_steps(context, &linked, &after, &callers)?;
        let to_do = migration.remarks.iter().chain(&by_hand);
        let thing = match to_do.filter(|remark| remark.is_to_do()).count() {
            0 => "the workspace; `cargo make build-flow` builds it".to_string(),
            n => format!(
                "the workspace; change what {} above {}, then `cargo make build-flow`",
                count(n, "note"),
                if n == 1 { "names" } else { "name" }
            ),
        };
        context.report.status("Migrated", &thing);
    }
    Ok(())
}

/// The members that were named; none if none was.
fn chosen(
    context: &Context,
    linked: &Linked,
    names: &[String],
) -> Result<Option<BTreeSet<String>>, CliError> {
    if names.is_empty() {
        Ok(None)
    } else {
        linked.select(context, names).map(Some)
    }
}

/// The files of all members: the older tool's crates altogether, of the others also the sources.
fn snapshot(linked: &Linked) -> Result<Snapshot, CliError> {
    let members: Vec<&Member> = linked.workspace.members.values().collect();
    let mut disk = linked.snapshot(&members)?;
    for member in members {
        let is_stub = disk.contains(member.dir.join("wit/_stub.wit"));
        let tree = if is_stub {
            member.dir.clone()
        } else {
            member.dir.join("src")
        };
        disk.extend(read::tree(&tree, Read::wants)?);
    }
    Ok(disk)
}

/// The whole way: the older tool's work goes, then `init` comes.
struct Whole {
    migration: Migration,
    /// The workspace as it is then.
    linked: Linked,
    planned: Planned,
    limits: Limits,
}

/// Plans it, with all copies of targets' packages made anew; if callers need more of one than that,
/// with that one kept.
fn whole(linked: &Linked, disk: &Snapshot, asked: &Asked<'_>) -> Result<Whole, CliError> {
    let whole = attempt(linked, disk, asked)?;
    let after = disk.after(&whole.planned.plan);
    let lost = whole.migration.lost(disk, &after);
    match lost.is_empty() {
        true => Ok(whole),
        false => {
            let kept = Some(&lost);
            attempt(linked, disk, &Asked { kept, ..*asked })
        }
    }
}

fn attempt(linked: &Linked, disk: &Snapshot, asked: &Asked<'_>) -> Result<Whole, CliError> {
    let present = (&linked.links, &linked.options);
    let migration = migrate(&linked.workspace, present, disk, asked)?;
    let mut linked = linked.clone();
    let mut planned = Planned {
        plan: migration.plan.clone(),
        notes: Vec::new(),
    };
    let mut limits = Limits::new();
    if migration.is_older() {
        linked.workspace = migration.workspace.clone();
        link(&mut linked, &migration);
        let cleared = migration.snapshot(disk);
        let parts = Parts {
            imports: migration.imports.clone(),
            ..Parts::all(&linked)
        };
        let (ours, theirs) = plan(&linked, &cleared, &parts, asked.force)?;
        planned.plan.then(disk, ours.plan);
        planned.notes = ours.notes;
        limits = theirs;
    }
    Ok(Whole {
        migration,
        linked,
        planned,
        limits,
    })
}

/// Adds the links of the older tools, and what their stubs were asked to be.
fn link(linked: &mut Linked, migration: &Migration) {
    for (caller, targets) in migration.links.iter() {
        let targets = targets.iter().map(String::as_str);
        linked.links.add([caller], targets);
    }
    for (target, changes) in &migration.options {
        linked.options.change(target, changes.clone());
    }
}

/// Looks whether what changes can be brought back, shows it, and asks where there is somebody to
/// answer. Says whether to go on.
fn review(
    context: &Context,
    request: &Request,
    linked: &Linked,
    plan: &Plan,
) -> Result<bool, CliError> {
    let present = plan.changes().filter(|change| change.before.is_some());
    let files: Vec<Utf8PathBuf> = present.map(|change| change.path.clone()).collect();
    // Whoever allows both need not have a git that works.
    let is_asked = !(request.allow_dirty && request.allow_no_vcs);
    let known = if is_asked {
        history(&linked.workspace.root, &files).map_err(CliError::History)?
    } else {
        History::Missing
    };
    match known {
        History::Uncommitted(files) if !request.allow_dirty => {
            return Err(CliError::Uncommitted { files });
        }
        History::Missing if !request.allow_no_vcs => {
            let root = linked.workspace.root.clone();
            return Err(CliError::NoHistory { root });
        }
        _ => {}
    }
    if request.yes || !context.report.can_ask() {
        return Ok(true);
    }
    context.report.preview(plan);
    let files = count(plan.changes().count(), "file");
    let question = format!("Change {files}? (`--dry-run` shows the whole of it)");
    let answer = context.report.ask(&question);
    answer.ok_or(CliError::Apply(ApplyError::Interrupted))
}
