//! The plan of `init` and `regenerate`: stubs, copies in callers, manifests, Makefile.toml.
//!
//! Which stubs come in says which targets are brought up to date, and the set of callers says which
//! callers are; everything else stays as it is. A plan for a workspace that is right already is empty.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{EntryKind, FileSet, Plan, Snapshot};
use golem_rpc_stub::loaders::Unfit;
use golem_rpc_stub::vendor::StubWit;
use golem_rpc_stub::{WitError, WitRoot};

use crate::draft::Draft;
use crate::imports::{self, Imports};
use crate::lists::Stubs;
use crate::shares::Shares;
use crate::vendored::{self, Caller};
use crate::wit::Packages;
use crate::{
    Links, Member, Note, Options, PlainError, StubBackend, Style, Workspace, WorkspaceError,
    dependencies, makefile, owner, root, runtime, stub_dir, world,
};

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The workspace.
    pub workspace: &'a Workspace,
    /// All links that there should be.
    pub links: &'a Links,
    /// The targets' options.
    pub options: &'a Options,
    /// The stubs of the targets to bring up to date, by package name.
    pub stubs: &'a BTreeMap<String, GeneratedStub>,
    /// The WIT roots of targets' stubs as they would be if they declared no package's types
    /// themselves, where they do.
    pub plain: &'a BTreeMap<String, FileSet>,
    /// The callers to bring up to date, by package name.
    pub callers: &'a BTreeSet<String>,
    /// The imports that callers' worlds are to have, by caller.
    pub imports: &'a BTreeMap<String, Imports>,
    /// Whether these are all stubs and callers: what is ours beyond them then goes.
    pub whole: bool,
    /// Whether to overwrite what was changed by hand or is not ours.
    pub force: bool,
}

/// A target's stub.
#[derive(Clone, Debug)]
pub struct GeneratedStub {
    /// Its WIT.
    pub wit: StubWit,
    /// The files of its directory: a crate, or just its WIT root `wit`.
    pub files: FileSet,
}

/// A plan, and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The changes.
    pub plan: Plan,
    /// What a person should hear.
    pub notes: Vec<Note>,
}

/// Plans what the workspace lacks of what is wanted.
///
/// # Errors
/// If the request cannot be met, or if something that is not ours stands in the way.
pub fn plan(request: &Request<'_>, disk: &Snapshot) -> Result<Planned, WorkspaceError> {
    draft(request, disk)?.finish()
}

/// The plan before anything refuses what stands in its way.
pub(crate) fn draft<'a>(
    request: &Request<'a>,
    disk: &'a Snapshot,
) -> Result<Draft<'a>, WorkspaceError> {
    let Request {
        workspace,
        links,
        options,
        ..
    } = request;
    let packages = check(request, disk)?;
    let mut draft = Draft::new(workspace, disk, request.force);
    for target in links.targets() {
        if let Some(stub) = request.stubs.get(target) {
            let member = workspace.linked(target)?;
            stub_dir::plan(&mut draft, member, &stub.files, options.get(target).backend)?;
        }
    }
    plan_callers(&mut draft, request, &packages)?;
    let mut stubs = stubs(request, disk)?;
    if request.whole {
        stubs.gone = plan_the_rest(&mut draft, request)?;
    }
    root::plan(&mut draft, links, options, &stubs)?;
    makefile::plan(&mut draft, links, options)?;
    imports::plan(&mut draft, request)?;
    Ok(draft)
}

/// Plans what the callers get: copies of WIT, and entries that lead to them.
fn plan_callers<'a>(
    draft: &mut Draft<'a>,
    request: &Request<'a>,
    packages: &Packages,
) -> Result<(), WorkspaceError> {
    let Request {
        workspace, links, ..
    } = request;
    let disk = draft.disk;
    let wits = stub_wits(request, disk)?;
    let (callers, others): (BTreeSet<&str>, BTreeSet<&str>) = links
        .callers()
        .into_iter()
        .partition(|caller| request.callers.contains(*caller));
    // Callers may share one `deps`: what any of them wants there stays.
    let shares = Shares::of(workspace, disk);
    let mut wanted: BTreeMap<Utf8PathBuf, Wanted<'_>> = BTreeMap::new();
    for name in callers {
        let all = shares.targets_of(links, name);
        let (all, own) = (all.iter().map(String::as_str), links.targets_of(name));
        let targets: BTreeSet<&str> = all.collect();
        let wits = |targets: &BTreeSet<&str>| {
            let wits = targets.iter().filter_map(|target| wits.get(*target));
            wits.collect()
        };
        let caller = Caller {
            member: workspace.linked(name)?,
            own: &packages.own[name],
            targets: targets
                .iter()
                .map(|target| &packages.of_world[*target])
                .collect(),
            stubs: wits(&targets),
            called: wits(&own),
            plain: plain(request, &targets),
        };
        if let Some(note) = shared(workspace, disk, caller.member) {
            draft.note(note);
        }
        let deps = vendored::deps_of(disk, caller.member)?;
        let files = vendored::plan(draft, &caller)?;
        let wanted = wanted.entry(deps.clone()).or_default();
        if let Some(error) = wanted.add(name, &deps, files) {
            return Err(error);
        }
        note_shared(draft, &shares, links, (name, deps));
    }
    for caller in members(workspace, others)? {
        wanted.remove(&vendored::deps_of(disk, caller)?);
    }
    for (deps, Wanted { files }) in wanted {
        draft.clean(&deps, &files.into_keys().collect());
    }
    Ok(())
}

/// The files that callers want in one directory, each with the caller that was the first to want it.
#[derive(Default)]
struct Wanted<'c> {
    files: BTreeMap<Utf8PathBuf, (&'c str, Vec<u8>)>,
}

impl<'c> Wanted<'c> {
    /// Adds what a caller wants; it may not want a file otherwise than another one.
    fn add(
        &mut self,
        caller: &'c str,
        deps: &Utf8Path,
        files: BTreeMap<Utf8PathBuf, Vec<u8>>,
    ) -> Option<WorkspaceError> {
        for (path, content) in files {
            let (first, known) = self
                .files
                .entry(path.clone())
                .or_insert((caller, content.clone()));
            if *known != content {
                return Some(WorkspaceError::SharedDeps {
                    deps: deps.to_path_buf(),
                    first: first.to_string(),
                    second: caller.to_string(),
                    file: path,
                });
            }
        }
        None
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

/// Plans that what is ours and belongs to no link goes; gives the stub directories that go.
fn plan_the_rest(
    draft: &mut Draft<'_>,
    request: &Request<'_>,
) -> Result<BTreeSet<String>, WorkspaceError> {
    let Request {
        workspace, links, ..
    } = request;
    let targets = members(workspace, links.targets())?.into_iter();
    let kept: BTreeSet<Utf8PathBuf> = targets.map(|target| workspace.stub_dir(target)).collect();
    let mut gone = owner::stub_dirs(draft.disk);
    gone.retain(|dir| !kept.contains(dir));
    for dir in &gone {
        stub_dir::discard(draft, dir);
        draft.clean(dir, &BTreeSet::new());
    }
    let callers = members(workspace, links.callers())?.into_iter();
    let used: BTreeSet<Utf8PathBuf> = callers
        .filter_map(|caller| vendored::deps_of(draft.disk, caller).ok())
        .collect();
    let callers = links.callers();
    let is_stub = |member: &Member| kept.contains(&member.dir) || gone.contains(&member.dir);
    let others = workspace.members.values();
    let others = others.filter(|other| !callers.contains(other.name.as_str()) && !is_stub(other));
    for member in others {
        let Ok(deps) = vendored::deps_of(draft.disk, member) else {
            continue;
        };
        if !used.contains(&deps) {
            draft.clean(&deps, &BTreeSet::new());
        }
        dependencies::plan(draft, member, &[])?;
        runtime::plan(draft, member, false)?;
    }
    Ok(gone.iter().map(|dir| workspace.relative(dir)).collect())
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

fn plain(request: &Request<'_>, targets: &BTreeSet<&str>) -> Vec<FileSet> {
    let stubs = targets
        .iter()
        .filter_map(|target| request.plain.get(*target));
    stubs.cloned().collect()
}

fn members<'a>(
    workspace: &'a Workspace,
    names: BTreeSet<&str>,
) -> Result<Vec<&'a Member>, WorkspaceError> {
    let members = names.into_iter().map(|name| workspace.linked(name));
    members.collect()
}

/// Checks that all that are linked are components.
pub(crate) fn check_members(workspace: &Workspace, links: &Links) -> Result<(), WorkspaceError> {
    let mut members = links.members().into_iter();
    members.try_for_each(|name| Ok(workspace.linked(name)?.check_component()?))
}

/// Looks at the request before anything is planned; gives the linked members' own WIT packages.
fn check(request: &Request<'_>, disk: &Snapshot) -> Result<Packages, WorkspaceError> {
    let Request {
        workspace, links, ..
    } = request;
    if links.is_empty() && owner::is_nothing_ours(workspace, disk) {
        return Err(WorkspaceError::NoLinks {
            manifest: workspace.manifest.clone(),
            left: false,
        });
    }
    check_members(workspace, links)?;
    check_golem_rpc(request)?;
    let packages = workspace.packages(links, disk)?;
    for member in members(workspace, links.members())? {
        if let Some(unfit) = member.unfit(disk).into_iter().next() {
            return Err(WitError::from(unfit).into());
        }
    }
    let callers = links.callers().into_iter();
    for caller in callers.filter(|caller| request.callers.contains(*caller)) {
        check_deps(workspace, workspace.linked(caller)?, disk)?;
        check_caller(workspace.linked(caller)?, disk)?;
    }
    Ok(packages)
}

/// Checks that a caller has its world, and would find what is put below `deps`: wit-bindgen looks
/// there by itself, but only where the WIT root is a directory.
pub(crate) fn check_caller(caller: &Member, disk: &Snapshot) -> Result<(), WorkspaceError> {
    world::check_world(caller, disk)?;
    let root = &caller.local()?.wit_root;
    match caller.style {
        Some(Style::Cargo(_)) if disk.contains(root) => Err(PlainError::SingleFile {
            member: caller.name.clone(),
            path: root.clone(),
        }
        .into()),
        _ => Ok(()),
    }
}

/// Checks that `deps` is no link to what is not there, outside of the workspace: what a link within leads to
/// can be made.
fn check_deps(
    workspace: &Workspace,
    caller: &Member,
    disk: &Snapshot,
) -> Result<(), WorkspaceError> {
    let deps = caller.local()?.deps_dir(disk);
    let entries = deps.parent().map(|root| disk.entries(root));
    let mut entries = entries.into_iter().flatten();
    let dangles = entries.any(|entry| {
        entry.kind == EntryKind::Nothing && entry.path.file_name() == deps.file_name()
    });
    match dangles && !disk.name_of(&deps).starts_with(&workspace.root) {
        true => Err(WitError::from(Unfit::Dangling { link: deps }).into()),
        false => Ok(()),
    }
}

/// A component has one host: all that a caller calls is called through a golem:rpc of one kind.
fn check_golem_rpc(request: &Request<'_>) -> Result<(), WorkspaceError> {
    for (caller, targets) in request.links.iter() {
        let mut targets = targets.iter();
        let version = |target: &str| request.options.get(target).golem_rpc;
        let Some(first) = targets.next() else {
            continue;
        };
        let kind = |target: &str| version(target).address();
        if let Some(second) = targets.find(|target| kind(target) != kind(first)) {
            return Err(WorkspaceError::GolemRpcs {
                caller: caller.to_string(),
                first: first.clone(),
                first_version: version(first),
                second: second.clone(),
                second_version: version(second),
            });
        }
    }
    Ok(())
}

/// What the stub directories hold: those that are made now, and the others that hold a crate.
fn stubs<'a>(request: &Request<'a>, disk: &Snapshot) -> Result<Stubs<'a>, WorkspaceError> {
    let mut stubs = Stubs::default();
    for target in request.links.targets() {
        let member = request.workspace.linked(target)?;
        let dir = request.workspace.stub_dir(member);
        let manifest = dir.join("Cargo.toml");
        match (
            request.stubs.contains_key(target),
            request.options.get(target).backend,
        ) {
            (true, StubBackend::Component) => stubs.wit_alone.insert(target),
            (true, StubBackend::Crate) => stubs.crates.insert(target),
            (false, _) if disk.contains(manifest) => stubs.crates.insert(target),
            (false, StubBackend::Component) if disk.contains_dir(dir.join("wit")) => {
                stubs.wit_alone.insert(target)
            }
            (false, _) => false,
        };
    }
    Ok(stubs)
}

/// The WIT of all stubs: of those that were made now, and of the other targets' as they lie in their
/// stub directories. A target without one has none yet.
fn stub_wits<'a>(
    request: &Request<'a>,
    disk: &Snapshot,
) -> Result<BTreeMap<&'a str, StubWit>, WorkspaceError> {
    let mut wits = BTreeMap::new();
    for target in request.links.targets() {
        if let Some(stub) = request.stubs.get(target) {
            wits.insert(target, stub.wit.clone());
            continue;
        }
        let dir = request
            .workspace
            .stub_dir(request.workspace.linked(target)?);
        let wit = dir.join("wit");
        if disk.contains_dir(&wit) {
            wits.insert(target, StubWit::read(&WitRoot::read(disk, &wit)?)?);
        }
    }
    Ok(wits)
}
