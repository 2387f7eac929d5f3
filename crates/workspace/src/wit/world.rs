//! The world that a member is built for, found by names alone, so that other parts of its WIT may be missing or broken.
//!
//! A member can name its world with a package, `ns:name/world`, which need not be its own one.

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitError, WitPackage, WitRoot, WorldName};
use wit_parser::PackageName;

use crate::members::bindings::By;
use crate::{Dependency, LocalTarget, Member, Style, WorkspaceError};

/// A member's world.
#[derive(Debug)]
pub(crate) struct MemberWorld {
    /// The package that has it.
    pub(crate) package: PackageName,
    /// Its own name.
    pub(crate) name: String,
    /// The files of that package.
    pub(crate) wit: WitPackage,
}

impl Member {
    /// The package of its world, after which its stub is named: its own one, or the one that its
    /// manifest or macro names the world with.
    ///
    /// # Errors
    /// If the member has no WIT in files, or there is no such package.
    pub fn world_package(&self, disk: &Snapshot) -> Result<PackageName, WorkspaceError> {
        Ok(find(self, disk)?.0)
    }

    /// Its world.
    ///
    /// # Errors
    /// If there is no such world, or several and none is named.
    pub(crate) fn world(&self, disk: &Snapshot) -> Result<MemberWorld, WorkspaceError> {
        let local = self.local()?;
        let (package, wit) = find(self, disk)?;
        let worlds = wit.worlds()?.into_iter();
        let worlds = worlds.filter(|(other, _)| *other == package);
        let worlds: Vec<String> = worlds.map(|(_, world)| world).collect();
        let only = || worlds.first().filter(|_| worlds.len() == 1).cloned();
        let name = wanted(local)?.map(|world| world.name).or_else(only);
        let path = local.wit_root.clone();
        let error = match name {
            Some(name) if worlds.contains(&name) => return Ok(MemberWorld { package, name, wit }),
            Some(world) => WitError::UnknownWorld {
                package,
                path,
                world,
                worlds,
            },
            None if worlds.is_empty() => WitError::NoWorld { package, path },
            None => WitError::SeveralWorlds {
                package,
                path,
                worlds,
            },
        };
        Err(self.choose_world(error))
    }

    /// An error about its worlds: where there are several, it is said where this very member names one.
    pub(crate) fn choose_world(&self, error: WitError) -> WorkspaceError {
        let WitError::SeveralWorlds { worlds, .. } = &error else {
            return error.into();
        };
        let world = worlds.first().map_or("", String::as_str);
        let manifest = &self.manifest;
        let by = self.bindings.as_ref().map(|bindings| &bindings.by);
        let write = match (self.style, by) {
            (Some(Style::Cargo(_)), Some(By::Macro { place, .. })) => {
                format!("`world: \"{world}\"` in `wit_bindgen::generate!` ({place})")
            }
            (Some(Style::Cargo(_)), _) => {
                format!("`world = \"{world}\"` in [package.metadata.golem-rpc] of `{manifest}`")
            }
            _ => format!(
                "`world = \"{world}\"` in [package.metadata.component.target] of `{manifest}`"
            ),
        };
        WorkspaceError::SeveralWorlds { error, write }
    }
}

/// Checks that a member's WIT has the world that its manifest names. What does not parse says so
/// elsewhere.
pub(crate) fn check_world(member: &Member, disk: &Snapshot) -> Result<(), WorkspaceError> {
    let local = member.local()?;
    if local.world.is_none() || is_of_registry(local)? {
        return Ok(());
    }
    use WitError as E;
    match member.world(disk) {
        Err(WorkspaceError::Wit(
            E::Invalid { .. } | E::OldSpelling { .. } | E::GaveUp { .. } | E::NotUtf8 { .. },
        )) => Ok(()),
        other => other.map(drop),
    }
}

/// Whether the world comes from a registry, with its package.
fn is_of_registry(local: &LocalTarget) -> Result<bool, WorkspaceError> {
    let package = wanted(local)?.and_then(|world| world.package);
    let key = package.map(|package| format!("{}:{}", package.namespace, package.name));
    let dependency = key.and_then(|key| local.dependencies.get(&key));
    Ok(dependency == Some(&Dependency::Registry))
}

fn wanted(local: &LocalTarget) -> Result<Option<WorldName>, WorkspaceError> {
    let world = local.world.as_deref().map(WorldName::parse);
    Ok(world.transpose()?)
}

/// Whether a package is the one that a name means, whose version may be left out.
fn is(wanted: &PackageName, package: &PackageName) -> bool {
    let version = wanted.version.as_ref().or(package.version.as_ref());
    (&wanted.namespace, &wanted.name, version)
        == (&package.namespace, &package.name, package.version.as_ref())
}

/// The package of a member's world, and its files.
fn find(member: &Member, disk: &Snapshot) -> Result<(PackageName, WitPackage), WorkspaceError> {
    let local = member.local()?;
    let main = member.main_wit(disk)?;
    let own = main.name()?;
    let is_other = |world: &WorldName| world.package.as_ref().is_some_and(|name| !is(name, &own));
    let Some(wanted) = wanted(local)?.filter(is_other) else {
        return Ok((own, main));
    };
    let root = member.wit(disk)?;
    let all = packages(&root);
    let names = all.iter().map(|(name, _)| name);
    let name = wanted.package_in(&own, names, &local.wit_root, || root.worlds())?;
    let found = all.iter().find(|(other, _)| other == name);
    let (name, wit) = found.expect("it is one of these names");
    Ok((name.clone(), (*wit).clone()))
}

/// The packages of a WIT root that parse, those within others included.
fn packages(root: &WitRoot) -> Vec<(PackageName, &WitPackage)> {
    let all = std::iter::once(&root.main).chain(&root.deps);
    let named = all.filter_map(|wit| Some((wit.all_names().ok()?, wit)));
    let named = named.flat_map(|(names, wit)| names.into_iter().map(move |name| (name, wit)));
    named.collect()
}
