//! Who a generated file or entry is there for: the place it stands at → callers and targets.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;
use golem_rpc_stub::vendor::StubWit;
use wit_parser::PackageName;

use super::Look;
use crate::MAKEFILE;
use crate::plan::vendored::dir_of;
use crate::wit::package::deps_of;
use crate::wit::stub_ids::import_of;

/// Callers and targets.
pub(super) type Parties = (BTreeSet<String>, BTreeSet<String>);

pub(super) struct Origins {
    /// Stub directory → its target.
    stubs: BTreeMap<Utf8PathBuf, String>,
    /// The same, as the root manifest writes it.
    named: BTreeMap<String, String>,
    /// Directory of WIT dependencies → the callers whose it is.
    deps: BTreeMap<Utf8PathBuf, BTreeSet<String>>,
    manifests: BTreeMap<Utf8PathBuf, String>,
    targets_of: BTreeMap<String, BTreeSet<String>>,
    callers_of: BTreeMap<String, BTreeSet<String>>,
    /// Target → the directories below a caller's `deps` that its stub brings.
    brings: BTreeMap<String, BTreeSet<String>>,
    stub_packages: BTreeMap<String, PackageName>,
    imports: BTreeMap<String, String>,
}

impl Origins {
    pub(super) fn new(
        look: &Look<'_>,
        disk: &Snapshot,
        stubs: &BTreeMap<String, StubWit>,
        packages: &BTreeMap<String, PackageName>,
    ) -> Origins {
        let mut origins = Origins {
            stubs: BTreeMap::new(),
            named: BTreeMap::new(),
            deps: BTreeMap::new(),
            manifests: BTreeMap::new(),
            targets_of: BTreeMap::new(),
            callers_of: BTreeMap::new(),
            brings: BTreeMap::new(),
            stub_packages: BTreeMap::new(),
            imports: BTreeMap::new(),
        };
        for (caller, targets) in look.links.iter() {
            origins.add_caller(look, disk, caller, targets);
        }
        for target in look.links.targets() {
            let package = packages.get(target);
            origins.add_target(look, disk, target, package, stubs.get(target));
        }
        origins
    }

    fn add_caller(
        &mut self,
        look: &Look<'_>,
        disk: &Snapshot,
        caller: &str,
        targets: &BTreeSet<String>,
    ) {
        self.targets_of.insert(caller.to_string(), targets.clone());
        for target in targets {
            let callers = self.callers_of.entry(target.clone()).or_default();
            callers.insert(caller.to_string());
        }
        if let Some(member) = look.workspace.members.get(caller) {
            self.manifests
                .insert(member.manifest.clone(), caller.to_string());
            if let Ok(deps) = deps_of(disk, member) {
                let callers = self.deps.entry(deps).or_default();
                callers.insert(caller.to_string());
            }
        }
    }

    fn add_target(
        &mut self,
        look: &Look<'_>,
        disk: &Snapshot,
        target: &str,
        package: Option<&PackageName>,
        stub: Option<&StubWit>,
    ) {
        let Some(member) = look.workspace.members.get(target) else {
            return;
        };
        let dir = look.workspace.stub_dir(member);
        let mut brings = BTreeSet::new();
        if let Some(package) = package {
            let package = names::stub_package(package);
            brings.insert(dir_of(&package));
            self.stub_packages.insert(target.to_string(), package);
        }
        match stub {
            Some(stub) => {
                let packages = stub.resolve.packages.iter();
                brings.extend(packages.map(|(_, package)| dir_of(&package.name)));
                if let Some(id) = import_of(stub) {
                    let import = format!("import {};", names::written(&id));
                    self.imports.insert(target.to_string(), import);
                }
            }
            None => {
                let deps = dir.join("wit/deps");
                let below = disk.under(&deps);
                let below = below.filter_map(|(path, _)| first_below(path, &deps));
                brings.extend(below);
            }
        }
        self.brings.insert(target.to_string(), brings);
        let name = look.workspace.relative(&dir);
        self.named.insert(name, target.to_string());
        self.stubs.insert(dir, target.to_string());
    }

    /// Who a file is there for.
    pub(super) fn of_file(&self, path: &Utf8Path) -> Parties {
        for dir in path.ancestors().skip(1) {
            if let Some(target) = self.stubs.get(dir) {
                return (BTreeSet::new(), BTreeSet::from([target.clone()]));
            }
            if let Some(callers) = self.deps.get(dir) {
                let package = first_below(path, dir).unwrap_or_default();
                let targets = callers.iter().flat_map(|c| self.bringing(c, &package));
                return (callers.clone(), targets.collect());
            }
        }
        Parties::default()
    }

    /// Who an entry of a TOML file is there for.
    pub(super) fn of_entry(&self, file: &Utf8Path, key: &[&str]) -> Parties {
        let mut parties = Parties::default();
        let (callers, targets) = (&mut parties.0, &mut parties.1);
        match key {
            _ if file.file_name() == Some(MAKEFILE) => {}
            ["workspace", "members" | "exclude", dir] => {
                targets.extend(self.named.get(*dir).cloned());
            }
            ["workspace", "metadata", "golem-rpc", "targets", target, ..] => {
                targets.insert(target.to_string());
            }
            ["workspace", "metadata", "golem-rpc", "links", caller] => {
                callers.insert(caller.to_string());
            }
            [.., "dependencies", package] => {
                let caller = self.manifests.get(file);
                let named = package.split_once(':');
                if let (Some(caller), Some((namespace, name))) = (caller, named) {
                    let dir = dir_of(&PackageName {
                        namespace: namespace.to_string(),
                        name: name.to_string(),
                        version: None,
                    });
                    callers.insert(caller.clone());
                    targets.extend(self.bringing(caller, &dir));
                }
            }
            _ => {}
        }
        parties
    }

    /// The targets of a caller whose stubs bring a directory below its `deps`.
    fn bringing(&self, caller: &str, dir: &str) -> impl Iterator<Item = String> {
        let targets = self.targets_of.get(caller).into_iter().flatten();
        let bring = |target: &&String| self.brings.get(*target).is_some_and(|d| d.contains(dir));
        targets.filter(bring).cloned()
    }

    /// Whether a manifest is a caller's.
    pub(super) fn is_manifest(&self, file: &Utf8Path) -> bool {
        self.manifests.contains_key(file)
    }

    pub(super) fn targets_of(&self, caller: &str) -> BTreeSet<&str> {
        let targets = self.targets_of.get(caller).into_iter().flatten();
        targets.map(String::as_str).collect()
    }

    pub(super) fn callers_of(&self, target: &str) -> &BTreeSet<String> {
        const NOBODY: &BTreeSet<String> = &BTreeSet::new();
        self.callers_of.get(target).unwrap_or(NOBODY)
    }

    pub(super) fn stub_package(&self, target: &str) -> Option<&PackageName> {
        self.stub_packages.get(target)
    }

    /// The line that imports a target's stub.
    pub(super) fn import(&self, target: &str) -> Option<String> {
        self.imports.get(target).cloned()
    }
}

fn first_below(path: &Utf8Path, dir: &Utf8Path) -> Option<String> {
    let mut below = path.strip_prefix(dir).ok()?.components();
    Some(below.next()?.as_str().to_string())
}
