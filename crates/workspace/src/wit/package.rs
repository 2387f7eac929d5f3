//! A member's WIT: its own package and the packages that this one may use.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::loaders::{Unfit, unfit};
use golem_rpc_stub::{WitError, WitFile, WitPackage, WitRoot};
use wit_parser::{PackageName, UnresolvedPackageGroup};

use crate::{Dependency, LocalTarget, Member, Style, Target, Workspace, WorkspaceError};

impl Member {
    /// The member's WIT root. Its dependencies are those that the manifest names, then those in
    /// `deps`; whichever comes first has the package.
    ///
    /// # Errors
    /// If the member has no WIT in files.
    pub fn wit(&self, disk: &Snapshot) -> Result<WitRoot, WorkspaceError> {
        let local = self.local()?;
        let root = WitRoot::read(disk, &local.wit_root);
        let mut root = root.map_err(|error| match error {
            WitError::NoWit { .. } => self.no_wit(local),
            error => error.into(),
        })?;
        // A path where nothing is counts as absent: if it is needed, resolving says what is missing.
        let mut deps: Vec<WitPackage> = local
            .dependencies
            .values()
            .filter_map(|dependency| match dependency {
                Dependency::Path(path) => WitPackage::read(disk, path),
                Dependency::Registry => None,
            })
            .collect();
        deps.append(&mut root.deps);
        root.deps = deps;
        Ok(root)
    }

    /// The same, as a stub is made from it: see [`Workspace::target_wit`].
    ///
    /// # Errors
    /// If the member has no WIT in files.
    pub fn target_wit(&self, disk: &Snapshot) -> Result<WitRoot, WorkspaceError> {
        let mut root = self.wit(disk)?;
        let known: BTreeSet<PackageName> =
            root.deps.iter().filter_map(|dep| dep.name().ok()).collect();
        for (package, interfaces) in foreign(self, disk) {
            if package.name.ends_with("-stub") && !known.contains(&package) {
                root.deps.push(empty(&package, &interfaces));
            }
        }
        Ok(root)
    }

    /// What its bindings generator would choke on in its WIT root.
    pub fn unfit(&self, disk: &Snapshot) -> Vec<Unfit> {
        let Target::Local(local) = &self.target else {
            return Vec::new();
        };
        let reads_all = matches!(self.style, Some(Style::Cargo(_)));
        unfit(disk, &local.wit_root, reads_all)
    }

    /// The member's own package, without what it depends on.
    ///
    /// # Errors
    /// If the member has no WIT in files.
    pub fn main_wit(&self, disk: &Snapshot) -> Result<WitPackage, WorkspaceError> {
        let local = self.local()?;
        WitPackage::read(disk, &local.wit_root).ok_or_else(|| self.no_wit(local))
    }

    fn no_wit(&self, local: &LocalTarget) -> WorkspaceError {
        WorkspaceError::NoWit {
            member: self.name.clone(),
            path: local.wit_root.clone(),
            place: self.wit_place.clone(),
        }
    }
}

/// A member's own WIT as it parses, without what it depends on; none if it does not.
pub(crate) fn parse_main(member: &Member, disk: &Snapshot) -> Option<UnresolvedPackageGroup> {
    member.main_wit(disk).ok()?.parse().ok()
}

/// The packages that a member's own WIT names and that are not in it, with what it names of them.
pub(crate) fn foreign(member: &Member, disk: &Snapshot) -> BTreeMap<PackageName, Vec<String>> {
    let group = parse_main(member, disk).into_iter();
    let packages = group.flat_map(|group| group.main.foreign_deps);
    packages
        .map(|(package, items)| (package, items.into_keys().collect()))
        .collect()
}

impl Workspace {
    /// The WIT of a member, from which its stub is made. Stubs that it imports and does not have yet
    /// stand in it as empty interfaces: two members that call each other would wait for each other.
    ///
    /// # Errors
    /// If it is no member, or has no WIT in files.
    pub fn target_wit(&self, target: &str, disk: &Snapshot) -> Result<WitRoot, WorkspaceError> {
        self.linked(target)?.target_wit(disk)
    }
}

/// The WIT packages of members, by member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packages {
    /// Their own.
    pub(crate) own: BTreeMap<String, PackageName>,
    /// Those of their worlds, after which stubs are named: mostly their own.
    pub(crate) of_world: BTreeMap<String, PackageName>,
}

/// The targets by the names of their packages, without versions.
#[derive(Default)]
pub(crate) struct Holders<'m> {
    own: BTreeMap<(String, String), &'m Member>,
    of_world: BTreeMap<(String, String), &'m Member>,
}

impl<'m> Holders<'m> {
    /// Adds a member with its own package and that of its world.
    ///
    /// # Errors
    /// If a target has the same.
    pub(crate) fn add(
        &mut self,
        member: &'m Member,
        (own, world): (&PackageName, &PackageName),
        is_target: bool,
        disk: &Snapshot,
    ) -> Result<(), WorkspaceError> {
        let bare = |package: &PackageName| (package.namespace.clone(), package.name.clone());
        if let Some(first) = self.own.get(&bare(own)) {
            return Err(same_package(own, first, member, disk));
        }
        if !is_target {
            return Ok(());
        }
        if let Some(first) = self.of_world.get(&bare(world)) {
            return Err(WorkspaceError::SameWorldPackage {
                package: world.clone(),
                first: first.name.clone(),
                second: member.name.clone(),
            });
        }
        self.own.insert(bare(own), member);
        self.of_world.insert(bare(world), member);
        Ok(())
    }
}

/// A package that says nothing but which interfaces it has.
fn empty(package: &PackageName, interfaces: &[String]) -> WitPackage {
    let interfaces = interfaces
        .iter()
        .map(|name| format!("interface %{name} {{}}\n"));
    let version = package.version.as_ref();
    let version = version.map(|version| format!("@{version}"));
    let text = format!(
        "package %{}:%{}{};\n{}",
        package.namespace,
        package.name,
        version.unwrap_or_default(),
        interfaces.collect::<String>()
    );
    WitPackage {
        path: Utf8PathBuf::new(),
        files: vec![WitFile {
            path: format!("{package}.wit").into(),
            content: text.into_bytes(),
        }],
    }
}

fn same_package(
    package: &PackageName,
    first: &Member,
    second: &Member,
    disk: &Snapshot,
) -> WorkspaceError {
    let file = |member: &Member| Some(member.main_wit(disk).ok()?.files.first()?.path.clone());
    let (first_file, second_file) = (file(first), file(second));
    let (one, other) = (first.name.clone(), second.name.clone());
    match first_file {
        Some(path) if Some(&path) == second_file.as_ref() => WorkspaceError::SameRoot {
            first: one,
            second: other,
            path,
            place: second.wit_place.clone(),
        },
        first_file => WorkspaceError::SamePackage {
            package: format!("{}:{}", package.namespace, package.name),
            first: one,
            second: other,
            first_file: first_file.unwrap_or_else(|| first.manifest.clone()),
            second_file: second_file.unwrap_or_else(|| second.manifest.clone()),
        },
    }
}

/// The directory of a caller's WIT dependencies.
///
/// # Errors
/// If its WIT is not in files.
pub fn deps_of(disk: &Snapshot, caller: &Member) -> Result<Utf8PathBuf, WorkspaceError> {
    Ok(WitRoot::deps_dir(disk, &caller.local()?.wit_root))
}
