//! `unlink`: links that go, with all that they brought.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use golem_rpc_messages::{Cause, FreshKind, Message, Unlinked};
use golem_rpc_plan::Snapshot;
use golem_rpc_system::read;
use golem_rpc_workspace::{Member, Use, Workspace, WorkspaceError};

use super::Context;
use super::links::Linked;
use super::messages::fresh;
use super::parts::{Parts, plan};
use super::regenerate::say;
use super::resolve;
use super::writer::Writer;
use crate::error::CliError;
use crate::place::line_of;

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
        None if linked.links.is_empty() && linked.is_clean()? => {
            nothing_is_linked(context);
            return Ok(());
        }
        None => all(&linked),
    };
    let keep = if request.force {
        Keep::Nothing
    } else {
        Keep::Named
    };
    unlink(context, &writer, linked, &gone, keep)
}

/// Which links stay.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// Those whose stub the caller's WIT or Rust code names.
    Named,
    /// Those whose stub the caller's Rust code names: lines of WIT that lead nowhere keep nothing.
    InCode,
    /// None.
    Nothing,
}

/// Says that there is nothing to unlink.
pub(super) fn nothing_is_linked(context: &Context) {
    let fresh = fresh(FreshKind::Links, 0, None);
    context.report.event(&fresh, "Fresh", "nothing is linked");
}

/// The links that are named.
fn named(
    context: &Context,
    linked: &Linked,
    caller: &str,
    targets: &[String],
) -> Result<BTreeSet<Link>, CliError> {
    let callers = chosen(context, linked, &[caller.to_string()])?;
    let targets = chosen(context, linked, targets)?;
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

/// Names as the user types them → package names; members that are gone go by the name that their
/// links have.
fn chosen(
    context: &Context,
    linked: &Linked,
    names: &[String],
) -> Result<BTreeSet<String>, CliError> {
    let (members, known) = (linked.links.members(), &linked.workspace.members);
    let is_gone = |name: &String| members.contains(name.as_str()) && !known.contains_key(name);
    let (gone, names): (Vec<String>, Vec<String>) = names.iter().cloned().partition(is_gone);
    let mut chosen = linked.select(context, &names)?;
    chosen.extend(gone);
    Ok(chosen)
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
    keep: Keep,
) -> Result<(), CliError> {
    let (force, before) = (keep == Keep::Nothing, linked.clone());
    let disk = linked.snapshot_to_change()?;
    let (mut used, unread) = still_used(&linked, &disk, gone);
    if !force {
        unread.map_or(Ok(()), Err)?;
        used = used.and_then(|used| used.but_for(keep));
        used.map_or(Ok(()), |used| Err(used.refusal()))?;
    }
    for (caller, target) in gone {
        linked.links.remove(caller, target);
    }
    let (planned, limits) = plan(&linked, &disk, &Parts::all(&linked), force)?;
    say(context, &linked, &planned, &limits);
    resolve::check(context, &before, (&disk, &planned.plan), |found| {
        found.by_change && !force
    })?;
    let after = disk.after(&planned.plan);
    if keep != Keep::Named
        && let (Some(used), _) = still_used(&linked, &after, gone)
    {
        used.warn(context);
    }
    for (caller, target) in gone {
        let unlinked = Message::Unlinked(Unlinked {
            caller: caller.clone(),
            target: target.clone(),
        });
        let thing = format!("{caller} from {target}");
        context.report.event(&unlinked, "Unlinking", &thing);
    }
    writer.apply(&planned.plan)?;
    Ok(())
}

/// Links that callers still use, and where.
struct Used {
    links: Vec<Link>,
    uses: Vec<Use>,
}

impl Used {
    /// Those that keep a link.
    fn but_for(mut self, keep: Keep) -> Option<Used> {
        let is_code = |found: &Use| found.file.extension() == Some("rs");
        self.uses
            .retain(|found| keep == Keep::Named || is_code(found));
        (!self.uses.is_empty()).then_some(self)
    }

    fn refusal(&self) -> WorkspaceError {
        WorkspaceError::StillUsed {
            links: self.links.clone(),
            uses: self.uses.clone(),
        }
    }

    /// Says what stays in the callers' own code and WIT.
    fn warn(&self, context: &Context) {
        let places = self
            .uses
            .iter()
            .map(|found| line_of(&found.file, found.line));
        let cause = Cause::StillUsed {
            places: places.collect(),
        };
        let hint = "take these lines out, unless something else brings that stub";
        let message = self.refusal().to_string();
        context.report.warning_of(cause, &message, Some(hint));
    }
}

/// Finds out whether callers still use the stubs of these links; what is wrong with one of which that
/// cannot be told.
fn still_used(
    linked: &Linked,
    disk: &Snapshot,
    gone: &BTreeSet<Link>,
) -> (Option<Used>, Option<CliError>) {
    let (mut links, mut uses, mut unread) = (Vec::new(), BTreeSet::new(), None);
    for (caller, target) in gone {
        match uses_of(linked, disk, caller, target) {
            Ok(found) if found.is_empty() => {}
            Ok(found) => {
                links.push((caller.clone(), target.clone()));
                uses.extend(found);
            }
            Err(error) => drop(unread.get_or_insert(error)),
        }
    }
    let uses = uses.into_iter().collect();
    ((!links.is_empty()).then_some(Used { links, uses }), unread)
}

/// Where a caller uses the stub of a target. Whoever is gone uses nothing, and is not used.
fn uses_of(
    linked: &Linked,
    disk: &Snapshot,
    caller: &str,
    target: &str,
) -> Result<Vec<Use>, CliError> {
    let [caller, target] = [caller, target].map(|name| linked.workspace.linked(name));
    let (Ok(caller), Ok(target)) = (caller, target) else {
        return Ok(Vec::new());
    };
    let rust = sources(linked, caller);
    let mut disk = disk.clone();
    for dir in &rust {
        disk.extend(read::tree(dir, Workspace::is_code)?);
    }
    Ok(linked.workspace.uses(caller, target, &rust, &disk)?)
}

/// The directories of a member's Rust code.
fn sources(linked: &Linked, member: &Member) -> BTreeSet<Utf8PathBuf> {
    let package = linked.package_in(&member.dir);
    let targets = package.into_iter().flat_map(|package| &package.targets);
    let dirs = targets.filter_map(|target| target.src_path.parent());
    dirs.map(ToOwned::to_owned).collect()
}
