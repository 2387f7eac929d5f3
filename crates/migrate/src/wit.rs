//! WIT in old spellings: read all the same, and rewritten where it is the user's own.
//!
//! The user's own are the WIT packages of the members. Others, which lie below `deps` or are named
//! by manifests, stay as they are unless a member's WIT needs one that cannot be read otherwise.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::{GolemRpc, WitPackage, WitRoot, names, respell};
use wit_parser::PackageName;

use crate::remark::Remark;
use golem_rpc_workspace::{Dependency, Member, Target, WorkspaceError};

/// A package as it reads with today's spellings.
pub(crate) fn respelled(package: &WitPackage) -> WitPackage {
    let mut package = package.clone();
    for file in &mut package.files {
        let text = std::str::from_utf8(&file.content).ok();
        if let Some(new) = text.and_then(respell) {
            file.content = new.into_bytes();
        }
    }
    package
}

/// A WIT root as it reads with today's spellings.
pub(crate) fn respelled_root(root: &WitRoot) -> WitRoot {
    WitRoot {
        path: root.path.clone(),
        main: respelled(&root.main),
        deps: root.deps.iter().map(respelled).collect(),
    }
}

/// The name of a package. Of one that does not parse it is what its first line says: some stubs of
/// the older tool never did.
pub(crate) fn name_of(package: &WitPackage) -> Option<PackageName> {
    let parsed = respelled(package).name().ok();
    parsed.or_else(|| {
        let text = std::str::from_utf8(&package.files.first()?.content).ok()?;
        let line = text.lines().next()?.as_bytes().to_vec();
        let mut first = package.clone();
        first.files.truncate(1);
        first.files[0].content = line;
        first.name().ok()
    })
}

/// A package as manifests name it: without its version.
pub(crate) fn key(name: &PackageName) -> String {
    format!("{}:{}", name.namespace, name.name)
}

/// Whether two packages are the same, whatever their versions.
pub(crate) fn same(one: &PackageName, other: &PackageName) -> bool {
    (&one.namespace, &one.name) == (&other.namespace, &other.name)
}

/// The member's own package, if its WIT can be read.
pub(crate) fn own_package(member: &Member, disk: &Snapshot) -> Option<PackageName> {
    let root = member.wit(disk).ok()?;
    name_of(&root.main)
}

/// The packages in a directory of packages.
pub(crate) fn packages(dir: &Utf8Path, disk: &Snapshot) -> Vec<WitPackage> {
    let entries = disk.entries(dir).into_iter();
    entries
        .filter_map(|entry| WitPackage::read(disk, &entry.path))
        .collect()
}

/// What imports the stub of a target, as its WIT says; `world` is the one that callers see.
pub(crate) fn stub_interface(
    target: &Member,
    world: Option<String>,
    disk: &Snapshot,
) -> Option<String> {
    let world = world.or_else(|| target.local().ok()?.world.clone());
    let main = respelled(&target.target_wit(disk).ok()?.main)
        .parse()
        .ok()?
        .main;
    let name = match &world {
        Some(world) => world.rsplit('/').next()?.split('@').next()?,
        None => {
            let mut worlds = main.worlds.iter().map(|(_, world)| world.name.as_str());
            worlds.next().filter(|_| worlds.next().is_none())?
        }
    };
    let package = names::stub_package(&main.name);
    Some(package.interface_id(&names::stub_interface(name)))
}

/// The golem:rpc among some packages, if there is one that we know.
pub(crate) fn golem_rpc<'p>(
    packages: impl IntoIterator<Item = &'p WitPackage>,
) -> Option<GolemRpc> {
    let names = packages.into_iter().filter_map(name_of);
    let mut versions = names.filter(|name| key(name) == "golem:rpc");
    let version = versions.find_map(|name| name.version)?.to_string();
    GolemRpc::ALL
        .into_iter()
        .find(|known| known.name() == version)
}

/// A package that a member brings: where it stands, and what it is called.
pub(crate) struct Brought {
    pub(crate) path: Utf8PathBuf,
    pub(crate) name: PackageName,
}

/// The packages below a member's `deps` and those that its manifest names.
pub(crate) fn brought(member: &Member, disk: &Snapshot) -> Result<Vec<Brought>, WorkspaceError> {
    let Target::Local(local) = &member.target else {
        return Ok(Vec::new());
    };
    let mut packages: Vec<(Utf8PathBuf, WitPackage)> = Vec::new();
    for dependency in local.dependencies.values() {
        if let Dependency::Path(path) = dependency {
            packages.extend(WitPackage::read(disk, path).map(|package| (path.clone(), package)));
        }
    }
    if let Ok(root) = WitRoot::read(disk, &local.wit_root) {
        packages.extend(root.deps.into_iter().map(|dep| (dep.path.clone(), dep)));
    }
    let named = packages.into_iter().filter_map(|(path, package)| {
        let name = name_of(&package)?;
        Some(Brought { path, name })
    });
    Ok(named.collect())
}

/// Plans today's spellings in the WIT of `members`. What lies below `left_out` is not looked at.
pub(crate) fn plan(
    members: &[&Member],
    left_out: &BTreeSet<Utf8PathBuf>,
    disk: &Snapshot,
) -> (Plan, Vec<Remark>) {
    // A package that the manifest names may lie below `deps`, and is met twice then.
    let (mut plan, mut remarks) = (Plan::new(), BTreeSet::new());
    for member in members {
        let Ok(root) = member.wit(disk) else {
            continue; // it has none, or the manifest says something else: not our business here
        };
        rewrite(&root.main, disk, &mut plan);
        for package in blocking(&root, left_out) {
            for file in rewrite(package, disk, &mut plan) {
                remarks.insert(Remark::Said(format!(
                    "`{file}` is not your own, but is rewritten too: the WIT of `{}` cannot be read otherwise",
                    member.name
                )));
            }
        }
    }
    (plan, remarks.into_iter().collect())
}

/// Rewrites the files of a package; gives those that have old spellings.
fn rewrite(package: &WitPackage, disk: &Snapshot, plan: &mut Plan) -> Vec<Utf8PathBuf> {
    let new = respelled(package);
    let pairs = package.files.iter().zip(new.files);
    let changed = pairs.filter(|(old, new)| old.content != new.content);
    let mut files = Vec::new();
    for (_, new) in changed {
        plan.write(disk, &new.path, new.content);
        files.push(new.path);
    }
    files
}

/// The packages that the main one reaches and that do not parse as they are.
fn blocking<'r>(root: &'r WitRoot, left_out: &BTreeSet<Utf8PathBuf>) -> Vec<&'r WitPackage> {
    let stays = |package: &&WitPackage| {
        let file: &Utf8Path = &package.files[0].path;
        !left_out.iter().any(|path| file.starts_with(path))
    };
    let broken = root.deps.iter().filter(stays);
    let broken: Vec<&WitPackage> = broken.filter(|dep| dep.name().is_err()).collect();
    if broken.is_empty() {
        return broken;
    }
    let Ok((resolve, _)) = respelled_root(root).resolve() else {
        return Vec::new();
    };
    let reached = |package: &&WitPackage| {
        let name = respelled(package).name();
        name.is_ok_and(|name| resolve.package_names.contains_key(&name))
    };
    broken.into_iter().filter(reached).collect()
}
