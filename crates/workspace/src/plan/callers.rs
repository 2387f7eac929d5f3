//! What callers get: copies of the stubs' WIT, and entries that lead to them.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::plan::draft::Draft;
use crate::plan::failures::{Failures, Role};
use crate::plan::linked::Linked;
use crate::plan::stubs::Stubs;
use crate::plan::vendored::{self, Caller};
use crate::wit::package::deps_of;
use crate::wit::shares::Shares;

use crate::{Links, Member, Note, WorkspaceError};

/// Plans what these callers get.
pub(crate) fn plan<E: From<WorkspaceError>>(
    draft: &mut Draft<'_>,
    linked: &Linked,
    stubs: &Stubs,
    callers: &BTreeSet<String>,
    failures: &mut Failures<E>,
) -> Result<(), E> {
    let (workspace, disk) = (draft.workspace, draft.disk);
    // Callers may share one `deps`: what any of them wants there stays.
    let shares = Shares::of(workspace, disk);
    let mut wanted: BTreeMap<Utf8PathBuf, Files<'_>> = BTreeMap::new();
    let mut unknown: BTreeSet<Utf8PathBuf> = BTreeSet::new();
    for name in linked.links.callers() {
        let member = workspace.linked(name)?;
        let deps = deps_of(disk, member)?;
        let mut planned = None;
        if callers.contains(name) {
            let files = plan_one(draft, (linked, stubs), &shares, member);
            planned = failures.take(Role::Caller, name, files)?;
        }
        let Some(files) = planned else {
            unknown.insert(deps);
            continue;
        };
        let there = wanted.entry(deps.clone()).or_default();
        failures.take(Role::Caller, name, add(there, name, &deps, files))?;
        note_readers(draft, &shares, &linked.links, (member, deps));
    }
    wanted.retain(|deps, _| !unknown.contains(deps));
    for (deps, files) in wanted {
        draft.clean(&deps, &files.into_keys().collect());
    }
    Ok(())
}

/// Plans what one caller gets; gives the files that it wants below `deps`.
fn plan_one(
    draft: &mut Draft<'_>,
    (linked, stubs): (&Linked, &Stubs),
    shares: &Shares<'_>,
    member: &Member,
) -> Result<BTreeMap<Utf8PathBuf, Vec<u8>>, WorkspaceError> {
    let targets = shares.targets_of(&linked.links, &member.name);
    let called = linked.links.targets_of(&member.name).into_iter();
    let all = || targets.iter().map(String::as_str);
    let caller = Caller {
        member,
        own: &linked.packages.own[&member.name],
        targets: all()
            .filter_map(|target| linked.packages.of_world.get(target))
            .collect(),
        stubs: all().filter_map(|target| stubs.wits.get(target)).collect(),
        called: called.filter_map(|target| stubs.wits.get(target)).collect(),
        undeclared: all()
            .filter_map(|target| stubs.undeclared.get(target))
            .collect(),
    };
    vendored::plan(draft, &caller)
}

/// The files that callers want in one directory, each with the caller that was the first to want it.
type Files<'c> = BTreeMap<Utf8PathBuf, (&'c str, Vec<u8>)>;

/// Adds what a caller wants; it may not want a file otherwise than another one.
fn add<'c>(
    there: &mut Files<'c>,
    caller: &'c str,
    deps: &Utf8Path,
    files: BTreeMap<Utf8PathBuf, Vec<u8>>,
) -> Result<(), WorkspaceError> {
    for (file, content) in files {
        match there.get(&file) {
            Some((first, known)) if *known != content => {
                return Err(WorkspaceError::SharedDeps {
                    deps: deps.to_path_buf(),
                    first: first.to_string(),
                    second: caller.to_string(),
                    file,
                });
            }
            Some(_) => {}
            None => {
                there.insert(file, (caller, content));
            }
        }
    }
    Ok(())
}

/// Says which other members have a caller's WIT root, as theirs too or in their directory, and which others read
/// what is put into its directory of dependencies.
fn note_readers(
    draft: &mut Draft<'_>,
    shares: &Shares<'_>,
    links: &Links,
    (caller, dir): (&Member, Utf8PathBuf),
) {
    let (workspace, disk) = (draft.workspace, draft.disk);
    let root_of = |member: &Member| Some(disk.name_of(&member.local().ok()?.wit_root));
    let Some(root) = root_of(caller) else { return };
    let has_root = |other: &&Member| {
        let is_in_it = root.starts_with(&other.dir) && other.dir != workspace.root;
        let is_outside = !root.starts_with(&caller.dir);
        other.name != caller.name
            && (root_of(other).as_ref() == Some(&root) || is_outside && is_in_it)
    };
    let callers = links.callers();
    let reads = |other: &&Member| {
        root_of(other).as_ref() != Some(&root) && !callers.contains(other.name.as_str())
    };
    let owners = workspace.members.values().filter(has_root);
    let owners: Vec<String> = owners.map(|other| other.name.clone()).collect();
    let readers = shares.readers(&caller.name).filter(reads);
    let readers: Vec<String> = readers.map(|other| other.name.clone()).collect();
    let caller = caller.name.clone();
    if !owners.is_empty() {
        draft.note(Note::SharedWit {
            caller: caller.clone(),
            root,
            others: owners,
        });
    }
    if !readers.is_empty() {
        draft.note(Note::SharedDeps {
            dir,
            caller,
            others: readers,
        });
    }
}
