//! `unlink`: links that go, with all that they brought.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use golem_rpc_messages::{Message, Unlinked};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_system::read;
use golem_rpc_workspace::{LOCK_FILE, Member, Read, WorkspaceError};

use super::Context;
use super::links::Linked;
use super::regenerate::{Parts, plan, say};
use super::writer::Writer;
use crate::error::CliError;

pub(crate) struct Request {
    /// A caller and its targets; all links if there is none.
    pub(crate) links: Option<(String, Vec<String>)>,
    pub(crate) force: bool,
}

/// A caller and a target.
pub(super) type Link = (String, String);

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let writer = context.writer()?;
    let linked = Linked::read(context)?;
    let gone = match &request.links {
        Some((caller, targets)) => named(context, &linked, caller, targets)?,
        None => all(&linked),
    };
    unlink(context, &writer, linked, &gone, request.force)
}

/// The links that are named.
fn named(
    context: &Context,
    linked: &Linked,
    caller: &str,
    targets: &[String],
) -> Result<BTreeSet<Link>, CliError> {
    let callers = linked.select(context, &[caller.to_string()])?;
    let targets = linked.select(context, targets)?;
    let mut links = BTreeSet::new();
    for caller in &callers {
        let known = linked.links.targets_of(caller);
        for target in &targets {
            if !known.contains(target.as_str()) {
                return Err(CliError::NoSuchLink {
                    caller: caller.clone(),
                    target: target.clone(),
                    targets: known.iter().map(ToString::to_string).collect(),
                });
            }
            links.insert((caller.clone(), target.clone()));
        }
    }
    Ok(links)
}

fn all(linked: &Linked) -> BTreeSet<Link> {
    let links = linked.links.iter().flat_map(|(caller, targets)| {
        let targets = targets.iter();
        targets.map(move |target| (caller.to_string(), target.clone()))
    });
    links.collect()
}

/// Takes links back.
pub(super) fn unlink(
    context: &Context,
    writer: &Writer<'_>,
    mut linked: Linked,
    gone: &BTreeSet<Link>,
    force: bool,
) -> Result<(), CliError> {
    let read = linked.snapshot_to_change()?;
    if !force {
        check_unused(&linked, &read, gone)?;
    }
    let mut all = Plan::new();
    if !read.contains(linked.workspace.root.join(LOCK_FILE)) {
        // It was lost: what would be made now is what is ours.
        all = plan(&linked, &read, &Parts::all(&linked), force)?.0.plan;
    }
    for (caller, target) in gone {
        linked.links.remove(caller, target);
    }
    let disk = read.after(&all);
    let (planned, left_out) = plan(&linked, &disk, &Parts::all(&linked), force)?;
    say(context, &planned, &left_out);
    all.then(&read, planned.plan);
    for (caller, target) in gone {
        let unlinked = Message::Unlinked(Unlinked {
            caller: caller.clone(),
            target: target.clone(),
        });
        let thing = format!("{caller} from {target}");
        context.report.event(&unlinked, "Unlinking", &thing);
    }
    writer.apply(&all)?;
    Ok(())
}

/// Refuses if a caller still uses the stub of one of these links.
fn check_unused(linked: &Linked, disk: &Snapshot, gone: &BTreeSet<Link>) -> Result<(), CliError> {
    let (mut links, mut uses) = (Vec::new(), BTreeSet::new());
    for (caller, target) in gone {
        let [caller, target] = [caller, target].map(|name| linked.workspace.linked(name));
        let (caller, target) = (caller?, target?);
        let rust = sources(linked, caller);
        let mut disk = disk.clone();
        for dir in &rust {
            disk.extend(read::tree(dir, Read::wants)?);
        }
        let found = linked.workspace.uses(caller, target, &rust, &disk)?;
        if !found.is_empty() {
            links.push((caller.name.clone(), target.name.clone()));
            uses.extend(found);
        }
    }
    if links.is_empty() {
        return Ok(());
    }
    let uses = uses.into_iter().collect();
    Err(WorkspaceError::StillUsed { links, uses }.into())
}

/// The directories of a member's Rust code.
fn sources(linked: &Linked, member: &Member) -> BTreeSet<Utf8PathBuf> {
    let package = linked.package_in(&member.dir);
    let targets = package.into_iter().flat_map(|package| &package.targets);
    let dirs = targets.filter_map(|target| target.src_path.parent());
    dirs.map(ToOwned::to_owned).collect()
}
