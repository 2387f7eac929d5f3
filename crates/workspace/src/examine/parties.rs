//! Who a generated file or entry is there for: the place it stands at → callers and targets.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;
use wit_parser::PackageName;

use crate::plan::linked::Linked;
use crate::plan::stubs::Stubs;
use crate::plan::vendored::dir_of;
use crate::wit::package::deps_of;
use crate::{LinkedWorkspace, MAKEFILE};

/// Callers and targets.
pub(super) type Parties = (BTreeSet<String>, BTreeSet<String>);

/// Where what is generated for the linked members stands.
pub(super) struct Places<'a> {
    pub(super) all: LinkedWorkspace<'a>,
    /// Stub directory → its target.
    stubs: BTreeMap<Utf8PathBuf, &'a str>,
    /// Directory of WIT dependencies → the callers whose it is.
    deps: BTreeMap<Utf8PathBuf, BTreeSet<String>>,
    /// Manifest → the caller.
    manifests: BTreeMap<&'a Utf8Path, &'a str>,
    /// Target → the directories below a caller's `deps` that its stub brings.
    brought: BTreeMap<&'a str, BTreeSet<String>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(
        all: LinkedWorkspace<'a>,
        disk: &Snapshot,
        linked: &Linked,
        stubs: &Stubs,
    ) -> Places<'a> {
        let mut places = Places {
            all,
            stubs: BTreeMap::new(),
            deps: BTreeMap::new(),
            manifests: BTreeMap::new(),
            brought: BTreeMap::new(),
        };
        let (callers, targets) = (all.links.callers(), all.links.targets());
        let member = |name| all.workspace.members.get(name);
        for (caller, member) in callers
            .iter()
            .filter_map(|name| Some((name, member(*name)?)))
        {
            places.manifests.insert(&member.manifest, caller);
            if let Ok(deps) = deps_of(disk, member) {
                let callers = places.deps.entry(deps).or_default();
                callers.insert(caller.to_string());
            }
        }
        for (target, member) in targets
            .iter()
            .filter_map(|name| Some((*name, member(*name)?)))
        {
            places.stubs.insert(all.workspace.stub_dir(member), target);
            let own = linked
                .packages
                .of_world
                .get(target)
                .map(names::stub_package);
            let stub = stubs.wits.get(target).into_iter();
            let packages = stub.flat_map(|stub| stub.resolve.package_names.keys());
            let brought = own.iter().chain(packages).map(dir_of).collect();
            places.brought.insert(target, brought);
        }
        places
    }

    /// Who a file is there for.
    pub(super) fn of_file(&self, path: &Utf8Path) -> Parties {
        for dir in path.ancestors().skip(1) {
            if let Some(target) = self.stubs.get(dir) {
                return (BTreeSet::new(), BTreeSet::from([target.to_string()]));
            }
            if let Some(callers) = self.deps.get(dir) {
                let below = path.strip_prefix(dir).ok();
                let package = below
                    .and_then(|below| below.iter().next())
                    .unwrap_or_default();
                let targets = callers
                    .iter()
                    .flat_map(|caller| self.bringing(caller, package));
                return (callers.clone(), targets.collect());
            }
        }
        Parties::default()
    }

    /// Who an entry of a TOML file is there for.
    pub(super) fn of_entry(&self, file: &Utf8Path, key: &[&str]) -> Parties {
        let one = |name: &str| BTreeSet::from([name.to_string()]);
        match key {
            _ if file.file_name() == Some(MAKEFILE) => Parties::default(),
            ["workspace", "members" | "exclude", dir] => {
                let target = self.stubs.get(&self.all.workspace.path_of(dir));
                (
                    BTreeSet::new(),
                    target.into_iter().map(|name| name.to_string()).collect(),
                )
            }
            [.., "dependencies", package] => {
                match (self.manifests.get(file), package.split_once(':')) {
                    (Some(caller), Some((namespace, name))) => {
                        let package = PackageName {
                            namespace: namespace.to_string(),
                            name: name.to_string(),
                            version: None,
                        };
                        (
                            one(caller),
                            self.bringing(caller, &dir_of(&package)).collect(),
                        )
                    }
                    _ => Parties::default(),
                }
            }
            _ => Parties::default(),
        }
    }

    /// The targets of a caller whose stubs bring a directory below its `deps`.
    fn bringing(&self, caller: &str, dir: &str) -> impl Iterator<Item = String> {
        let mut targets = self.all.links.targets_of(caller);
        targets.retain(|target| {
            self.brought
                .get(target)
                .is_some_and(|dirs| dirs.contains(dir))
        });
        targets.into_iter().map(str::to_string)
    }

    /// Whether a manifest is a caller's.
    pub(super) fn is_manifest(&self, file: &Utf8Path) -> bool {
        self.manifests.contains_key(file)
    }
}
