//! The linked members: which of the links can be planned at all, and the WIT packages of the members.
//!
//! | what is wrong with a member | what becomes of it |
//! |---|---|
//! | there is none, it has no WIT, or is no component | its links are not planned |
//! | its WIT does not parse | it is planned as a caller; its own callers are, with the stub that lies there |
//! | its package has the name of another target's | it is not planned as a target |

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{EntryKind, Snapshot};
use golem_rpc_stub::loaders::Unfit;
use golem_rpc_stub::{WitError, WitFile, WitPackage};
use wit_parser::PackageName;

use crate::plan::failures::{Failures, Role};
use crate::wit::package::{Holders, Packages};
use crate::{Links, Member, PlainError, PlanRequest, Style, Workspace, WorkspaceError, wit::world};

/// The linked members as far as they can be planned.
#[derive(Debug)]
pub(crate) struct Linked {
    /// The links whose both ends are known.
    pub(crate) links: Links,
    pub(crate) packages: Packages,
    /// The callers and the targets to bring up to date.
    pub(crate) callers: BTreeSet<String>,
    pub(crate) targets: BTreeSet<String>,
}

impl Linked {
    /// Looks at each member by itself, and at each link.
    pub(crate) fn new<E: From<WorkspaceError>>(
        request: &PlanRequest<'_>,
        disk: &Snapshot,
        failures: &mut Failures<E>,
    ) -> Result<Linked, E> {
        let (workspace, links) = (request.workspace, request.links);
        let mut packages = Packages::default();
        let (mut lost, mut broken): (BTreeSet<&str>, BTreeSet<&str>) = Default::default();
        for name in links.members() {
            match look_at(workspace, name, disk) {
                Ok((own, world, wrong)) => {
                    packages.own.insert(name.to_string(), own);
                    packages.of_world.insert(name.to_string(), world);
                    if let Some(error) = wrong {
                        failures.member(name, error)?;
                        broken.insert(name);
                    }
                }
                Err(error) => {
                    failures.member(name, error)?;
                    lost.insert(name);
                }
            }
        }
        let twins = twins(request, &packages, disk, failures)?;
        let mut known = Links::new();
        for (caller, targets) in links.iter().filter(|(caller, _)| !lost.contains(caller)) {
            let targets = targets.iter().map(String::as_str);
            let targets = targets.filter(|name| !lost.contains(name) && !twins.contains(*name));
            known.add([caller], targets);
        }
        for (caller, targets) in known.iter() {
            let mut checked = check_golem_rpc(request, caller, targets);
            if request.callers.contains(caller) {
                let member = workspace.linked(caller)?;
                checked = checked.and_then(|()| check_caller(workspace, member, disk));
            }
            failures.take(Role::Caller, caller, checked)?;
        }
        let is_fit = |role, name: &str| {
            !failures.has(role, name) || role == Role::Caller && broken.contains(name)
        };
        let part = |role, linked: BTreeSet<&str>, asked: &BTreeSet<String>| {
            let mut part = asked.clone();
            part.retain(|name| linked.contains(name.as_str()) && is_fit(role, name));
            part
        };
        Ok(Linked {
            callers: part(Role::Caller, known.callers(), request.callers),
            targets: part(Role::Target, known.targets(), request.targets),
            links: known,
            packages,
        })
    }
}

/// What is known of a member: its own package, that of its world, and what is wrong with its WIT.
type Look = (PackageName, PackageName, Option<WorkspaceError>);

fn look_at(workspace: &Workspace, name: &str, disk: &Snapshot) -> Result<Look, WorkspaceError> {
    let member = workspace.linked(name)?;
    member.check_component()?;
    let main = member.main_wit(disk)?;
    match main.name() {
        Ok(own) => {
            let unfit = member.unfit(disk).into_iter().next();
            let wrong = unfit.map(|unfit| WitError::from(unfit).into());
            Ok((own, member.world_package(disk)?, wrong))
        }
        // It is still known where there is a stub of it, or where the error is below its first line.
        Err(error) => {
            let stub = workspace.stub_dir(member).join("wit/_stub.wit");
            match name_in(&main.files).or_else(|| target_of(disk, &stub)) {
                Some(package) => Ok((package.clone(), package, Some(error.into()))),
                None => Err(error.into()),
            }
        }
    }
}

/// The targets whose package has the name of another target's: their stubs could not be told apart, and a
/// caller could not use what has its own name.
fn twins<E: From<WorkspaceError>>(
    request: &PlanRequest<'_>,
    packages: &Packages,
    disk: &Snapshot,
    failures: &mut Failures<E>,
) -> Result<BTreeSet<String>, E> {
    let (targets, mut twins) = (request.links.targets(), BTreeSet::new());
    let mut holders = Holders::default();
    // Targets first: only what meets a target is a clash.
    let mut members: Vec<&str> = request.links.members().into_iter().collect();
    members.sort_by_key(|name| !targets.contains(name));
    for name in members {
        let (Some(own), Some(world)) = (packages.own.get(name), packages.of_world.get(name)) else {
            continue;
        };
        let member = request.workspace.linked(name)?;
        let added = holders.add(member, (own, world), targets.contains(name), disk);
        if failures.take(Role::Target, name, added)?.is_none() {
            twins.insert(name.to_string());
        }
    }
    Ok(twins)
}

/// Checks that a caller has its world, and would find what is put below `deps`: that is no link to what is not
/// there, outside of the workspace, and wit-bindgen looks there only where the WIT root is a directory.
fn check_caller(
    workspace: &Workspace,
    caller: &Member,
    disk: &Snapshot,
) -> Result<(), WorkspaceError> {
    let local = caller.local()?;
    let deps = local.deps_dir(disk);
    let entries = deps.parent().map(|root| disk.entries(root));
    let mut entries = entries.into_iter().flatten();
    let dangles = entries.any(|entry| {
        entry.kind == EntryKind::Nothing && entry.path.file_name() == deps.file_name()
    });
    if dangles && !disk.name_of(&deps).starts_with(&workspace.root) {
        return Err(WitError::from(Unfit::Dangling { link: deps }).into());
    }
    world::check_world(caller, disk)?;
    if matches!(caller.style, Some(Style::Cargo(_))) && disk.contains(&local.wit_root) {
        let (member, path) = (caller.name.clone(), local.wit_root.clone());
        return Err(PlainError::SingleFile { member, path }.into());
    }
    Ok(())
}

/// A component has one host: all that a caller calls is called through a golem:rpc of one kind.
fn check_golem_rpc(
    request: &PlanRequest<'_>,
    caller: &str,
    targets: &BTreeSet<String>,
) -> Result<(), WorkspaceError> {
    let version = |target: &String| request.options.get(target).golem_rpc;
    let of_another = |one: &String| {
        let is_another = |other: &&String| version(other).address() != version(one).address();
        targets.iter().find(is_another)
    };
    match targets
        .first()
        .and_then(|first| Some((first, of_another(first)?)))
    {
        Some((first, second)) => Err(WorkspaceError::GolemRpcs {
            caller: caller.to_string(),
            first: first.clone(),
            first_version: version(first),
            second: second.clone(),
            second_version: version(second),
        }),
        None => Ok(()),
    }
}

/// The package that WIT text declares, even where the rest of it does not parse.
fn name_in(files: &[WitFile]) -> Option<PackageName> {
    let path: Utf8PathBuf = "package.wit".into();
    let name = |line: &str| {
        let (name, _) = line.trim().strip_prefix("package ")?.split_once(';')?;
        let content = format!("package {name};").into();
        let files = vec![WitFile {
            path: path.clone(),
            content,
        }];
        WitPackage {
            path: path.clone(),
            files,
        }
        .name()
        .ok()
    };
    let texts = files
        .iter()
        .filter_map(|file| std::str::from_utf8(&file.content).ok());
    texts.flat_map(str::lines).find_map(name)
}

/// The package of a target, from its stub's.
fn target_of(disk: &Snapshot, stub: &Utf8Path) -> Option<PackageName> {
    let files = WitPackage::read(disk, stub)?.files;
    let stub = name_in(&files)?;
    let name = stub.name.strip_suffix("-stub")?.to_string();
    Some(PackageName { name, ..stub })
}
