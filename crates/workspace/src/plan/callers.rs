//! What callers get: copies of the stubs' WIT, and entries that lead to them.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::vendor::StubWit;

use crate::plan::draft::Draft;
use crate::plan::failures::{Failures, Role};
use crate::plan::linked::Linked;
use crate::plan::stubs::Stubs;
use crate::plan::vendored::{self, Caller};
use crate::wit::package::deps_of;
use crate::wit::shares::Shares;

use crate::{Links, Member, Note, Workspace, WorkspaceError};

/// Plans what these callers get.
pub(crate) fn plan<E: From<WorkspaceError>>(
    draft: &mut Draft<'_>,
    linked: &Linked,
    stubs: &Stubs,
    callers: &BTreeSet<String>,
    failures: &mut Failures<E>,
) -> Result<(), E> {
    let (workspace, disk, links) = (draft.workspace, draft.disk, &linked.links);
    // Callers may share one `deps`: what any of them wants there stays.
    let shares = Shares::of(workspace, disk);
    let mut wanted: BTreeMap<Utf8PathBuf, Files<'_>> = BTreeMap::new();
    let mut unknown: BTreeSet<Utf8PathBuf> = BTreeSet::new();
    for name in links.callers() {
        let member = workspace.linked(name)?;
        let deps = deps_of(disk, member)?;
        let planned = match callers.contains(name) {
            true => failures.take(
                Role::Caller,
                name,
                plan_one(draft, (linked, stubs), &shares, member),
            )?,
            false => None,
        };
        let Some(files) = planned else {
            unknown.insert(deps);
            continue;
        };
        let added = wanted
            .entry(deps.clone())
            .or_default()
            .add(name, &deps, files);
        failures.take(Role::Caller, name, added)?;
        note_shared(draft, &shares, links, (name, deps));
    }
    wanted.retain(|deps, _| !unknown.contains(deps));
    for (deps, files) in wanted {
        draft.clean(&deps, &files.files.into_keys().collect());
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
    let wits = |targets: &mut dyn Iterator<Item = &str>| -> Vec<&StubWit> {
        targets
            .filter_map(|target| stubs.wits.get(target))
            .collect()
    };
    let plain = targets.iter().filter_map(|target| stubs.plain.get(target));
    let packages = &linked.packages.of_world;
    let caller = Caller {
        member,
        own: &linked.packages.own[&member.name],
        targets: targets
            .iter()
            .filter_map(|target| packages.get(target))
            .collect(),
        stubs: wits(&mut targets.iter().map(String::as_str)),
        called: wits(&mut linked.links.targets_of(&member.name).into_iter()),
        plain: plain.cloned().collect(),
    };
    if let Some(note) = shared(draft.workspace, draft.disk, member) {
        draft.note(note);
    }
    vendored::plan(draft, &caller)
}

/// The files that callers want in one directory, each with the caller that was the first to want it.
#[derive(Default)]
struct Files<'c> {
    files: BTreeMap<Utf8PathBuf, (&'c str, Vec<u8>)>,
}

impl<'c> Files<'c> {
    /// Adds what a caller wants; it may not want a file otherwise than another one.
    fn add(
        &mut self,
        caller: &'c str,
        deps: &Utf8Path,
        files: BTreeMap<Utf8PathBuf, Vec<u8>>,
    ) -> Result<(), WorkspaceError> {
        for (path, content) in files {
            let (first, known) = self
                .files
                .entry(path.clone())
                .or_insert((caller, content.clone()));
            if *known != content {
                return Err(WorkspaceError::SharedDeps {
                    deps: deps.to_path_buf(),
                    first: first.to_string(),
                    second: caller.to_string(),
                    file: path,
                });
            }
        }
        Ok(())
    }
}

/// Says which other members read what is put into a caller's directory of dependencies.
fn note_shared(
    draft: &mut Draft<'_>,
    shares: &Shares<'_>,
    links: &Links,
    (caller, dir): (&str, Utf8PathBuf),
) {
    let (callers, disk) = (links.callers(), draft.disk);
    let root_of = |member: &Member| Some(disk.name_of(&member.local().ok()?.wit_root));
    let own = draft.workspace.members.get(caller).and_then(root_of);
    // Of those that have its WIT root it is said already.
    let others = shares.readers(caller).filter(|other| root_of(other) != own);
    let others = others.map(|other| other.name.clone());
    let others: Vec<String> = others
        .filter(|other| !callers.contains(other.as_str()))
        .collect();
    if !others.is_empty() {
        let caller = caller.to_string();
        draft.note(Note::SharedDeps {
            dir,
            caller,
            others,
        });
    }
}

/// The note that a caller's WIT root is others' as well: their own too, or in their directory.
fn shared(workspace: &Workspace, disk: &Snapshot, caller: &Member) -> Option<Note> {
    let name_of = |member: &Member| Some(disk.name_of(&member.local().ok()?.wit_root));
    let root = &name_of(caller)?;
    let is_outside = !root.starts_with(&caller.dir);
    let has = |member: &&Member| {
        let is_own = name_of(member).as_ref() == Some(root);
        let is_its = root.starts_with(&member.dir) && member.dir != workspace.root;
        member.name != caller.name && (is_own || is_outside && is_its)
    };
    let others = workspace.members.values().filter(has);
    let others: Vec<String> = others.map(|member| member.name.clone()).collect();
    (!others.is_empty()).then(|| Note::SharedWit {
        caller: caller.name.clone(),
        root: root.clone(),
        others,
    })
}
