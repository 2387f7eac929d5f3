//! A member's WIT: its own package and the packages that this one may use.

use std::collections::BTreeMap;

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitError, WitPackage, WitRoot};
use wit_parser::PackageName;

use crate::{Dependency, Links, Member, Workspace, WorkspaceError};

impl Member {
    /// The member's WIT root. Its dependencies are those that the manifest names, then those in
    /// `deps`; whichever comes first has the package.
    ///
    /// # Errors
    /// If the member has no WIT in files.
    pub fn wit(&self, disk: &Snapshot) -> Result<WitRoot, WorkspaceError> {
        let local = self.local()?;
        let mut root = WitRoot::read(disk, &local.wit_root).map_err(|error| match error {
            WitError::NoWit { path } => WorkspaceError::NoWit {
                member: self.name.clone(),
                path,
                manifest: self.manifest.clone(),
            },
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
}

impl Workspace {
    /// The linked members' own WIT packages.
    ///
    /// # Errors
    /// If a target's package has the name of another member's: the stubs could not be told apart,
    /// and a caller could not use what is its own name.
    pub(crate) fn packages(
        &self,
        links: &Links,
        disk: &Snapshot,
    ) -> Result<BTreeMap<String, PackageName>, WorkspaceError> {
        let targets = links.targets();
        let mut packages = BTreeMap::new();
        let mut holders: BTreeMap<(String, String), &Member> = BTreeMap::new();
        // Targets first: only what meets a target is a clash.
        let others = links.callers().into_iter().filter(|c| !targets.contains(c));
        for name in targets.iter().copied().chain(others) {
            let member = self.linked(name)?;
            let package = member.wit(disk)?.main.name()?;
            let key = (package.namespace.clone(), package.name.clone());
            if let Some(first) = holders.get(&key) {
                return Err(same_package(&package, first, member, disk));
            }
            if targets.contains(name) {
                holders.insert(key, member);
            }
            packages.insert(name.to_string(), package);
        }
        Ok(packages)
    }
}

fn same_package(
    package: &PackageName,
    first: &Member,
    second: &Member,
    disk: &Snapshot,
) -> WorkspaceError {
    let file = |member: &Member| {
        let wit = member.wit(disk).ok()?;
        Some(wit.main.files.first()?.path.clone())
    };
    WorkspaceError::SamePackage {
        package: format!("{}:{}", package.namespace, package.name),
        first: first.name.clone(),
        second: second.name.clone(),
        first_file: file(first).unwrap_or_else(|| first.manifest.clone()),
        second_file: file(second).unwrap_or_else(|| second.manifest.clone()),
    }
}
