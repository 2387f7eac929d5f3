//! `unlink`: links that go, with all that they brought.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_messages::{Cause, FreshKind, Message, Unlinked};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::WitRoot;
use golem_rpc_system::read;
use golem_rpc_workspace::{LOCK_FILE, Lock, Member, Use, Workspace, WorkspaceError};

use super::Context;
use super::links::Linked;
use super::messages::fresh;
use super::regenerate::{Parts, plan, say};
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
        None if linked.links.is_empty() && linked.lock()?.is_empty() => {
            nothing_is_linked(context);
            return Ok(());
        }
        None => all(&linked),
    };
    let keep = match request.force {
        true => Keep::Nothing,
        false => Keep::Named,
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
    let mut read = linked.snapshot_to_unlink()?;
    let (mut used, unread) = still_used(&linked, &read, gone);
    if !force {
        unread.map_or(Ok(()), Err)?;
        used = used.and_then(|used| used.but_for(keep));
        used.map_or(Ok(()), |used| Err(used.refusal()))?;
    }
    let mut all = Plan::new();
    let present = present(&linked);
    let was_lost = !knows(&linked.lock()?, &present, &read);
    if was_lost {
        // It was lost, or is one side of a merge: what would be made now is what is ours.
        all = plan(&present, &read, &Parts::all(&present), force)?.0.plan;
        let lock = Lock::read(&read.after(&all), &linked.workspace.root)?;
        linked.add_strangers(&mut read, &lock)?;
    }
    for (caller, target) in gone {
        linked.links.remove(caller, target);
    }
    let disk = read.after(&all);
    let (planned, limits) = plan(&linked, &disk, &Parts::all(&linked), force)?;
    say(context, &linked, &planned, &limits);
    all.then(&read, planned.plan);
    resolve::check(context, &before, (&read, &all), |found| {
        found.by_change && !force
    })?;
    let after = read.after(&all);
    if keep != Keep::Named
        && let (Some(used), _) = still_used(&linked, &after, gone)
    {
        used.warn(context);
    }
    if linked.links.is_empty() {
        let left = linked.workspace.unclaimed(&after, was_lost)?;
        say_unclaimed(context, &linked.workspace.manifest, left);
    }
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

/// The workspace without the links of members that are gone.
fn present(linked: &Linked) -> Linked {
    let mut present = linked.clone();
    let known = &linked.workspace.members;
    for (caller, target) in all(linked) {
        if !known.contains_key(&caller) || !known.contains_key(&target) {
            present.links.remove(&caller, &target);
        }
    }
    present
}

/// Whether the lock has something of every caller and of every target.
fn knows(lock: &Lock, linked: &Linked, disk: &Snapshot) -> bool {
    let workspace = &linked.workspace;
    let ours: Vec<Utf8PathBuf> = lock.paths().iter().map(|p| workspace.path_of(p)).collect();
    let member = |name: &str| workspace.members.get(name);
    let mut targets = linked.links.targets().into_iter().filter_map(member);
    let mut callers = linked.links.callers().into_iter().filter_map(member);
    let has = |dir: &Utf8Path| ours.iter().any(|path| path.starts_with(dir));
    let has_copies = |caller: &Member| match caller.local() {
        Ok(local) => has(&local.wit_root) || has(&WitRoot::deps_dir(disk, &local.wit_root)),
        Err(_) => true,
    };
    targets.all(|target| has(&workspace.stub_dir(target))) && callers.all(has_copies)
}

/// Says what stays of what looks like ours, since no lock says that it is.
fn say_unclaimed(context: &Context, manifest: &Utf8Path, left: Vec<(String, usize)>) {
    for (table, line) in left {
        let message =
            format!("{manifest}:{line}: {table} stays: `{LOCK_FILE}` does not say that it is ours");
        let place = line_of(manifest, line);
        let cause = Cause::MayBeOurs { table, place };
        context.report.note_of(cause, &message);
    }
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
