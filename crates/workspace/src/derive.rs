//! Targets' WIT → their stubs, as their callers can take them in.
//!
//! A stub in a caller cannot depend on the caller's own package, and two versions of one package do
//! not go together there. Where that would happen the stub declares the types of that package itself:
//!
//! | the package is | the stubs that declare its types |
//! |---|---|
//! | the own package of a caller, or that of its world | those of all its targets |
//! | the own package of a member that reads a caller's dependencies too | those of all its targets |
//! | in a caller already, at a version that is not compatible | those that need the other version |
//! | needed by several stubs of a caller, at such versions | those that do not need the highest |
//!
//! golem:rpc and wasi:io are nobody's types but the host's: their versions have to go together.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, Stub, compatible};
use wit_parser::PackageName;

use crate::plan::check_members;
use crate::shares::Shares;
use crate::vendored::{self, deps_of, dir_of};
use crate::wit::Packages;
use crate::{Links, Options, Workspace, WorkspaceError};

/// What stubs are derived from.
#[derive(Clone, Copy, Debug)]
pub struct Targets<'a> {
    /// The workspace.
    pub workspace: &'a Workspace,
    /// Who calls whom.
    pub links: &'a Links,
    /// The targets' options.
    pub options: &'a Options,
    /// Whether copies of targets' packages that are not ours will be replaced.
    pub force: bool,
}

/// A target's stub.
#[derive(Clone, Debug)]
pub(crate) struct Derived {
    /// The stub.
    pub(crate) stub: Stub,
    /// The same without any package's types declared anew, where that is another one: a caller may
    /// use types of the packages that it brings.
    pub(crate) plain: Option<Stub>,
}

/// The stubs of targets, and what is wrong with those that have none.
pub(crate) struct Attempt {
    pub(crate) derived: BTreeMap<String, Derived>,
    pub(crate) failed: BTreeMap<String, WorkspaceError>,
}

impl Targets<'_> {
    /// The stubs of some targets.
    ///
    /// # Errors
    /// If the WIT of one does not resolve or says what a stub cannot carry.
    pub fn derive_only(
        &self,
        targets: &BTreeSet<&str>,
        disk: &Snapshot,
    ) -> Result<BTreeMap<String, Stub>, WorkspaceError> {
        let Attempt { derived, failed } = self.derive_all(disk)?;
        let mut failed = failed.into_iter();
        if let Some((_, error)) = failed.find(|(target, _)| targets.contains(target.as_str())) {
            return Err(error);
        }
        let derived = derived.into_iter();
        let wanted = derived.filter(|(target, _)| targets.contains(target.as_str()));
        Ok(wanted
            .map(|(target, derived)| (target, derived.stub))
            .collect())
    }

    /// The stubs of all targets.
    pub(crate) fn derive_all(&self, disk: &Snapshot) -> Result<Attempt, WorkspaceError> {
        check_members(self.workspace, self.links)?;
        let packages = self.workspace.packages(self.links, disk)?;
        let (mut derived, mut failed) = (BTreeMap::new(), BTreeMap::new());
        let mut sources = BTreeMap::new();
        for target in self.links.targets() {
            let source = self.workspace.stub_source(target, self.options, disk);
            let plain = source.and_then(|source| {
                let stub = self.stub(target, &source, BTreeSet::new())?;
                Ok((source, stub))
            });
            match plain {
                Ok((source, stub)) => {
                    sources.insert(target.to_string(), source);
                    derived.insert(target.to_string(), Derived { stub, plain: None });
                }
                Err(error) => {
                    failed.insert(target.to_string(), error);
                }
            }
        }
        let shares = Shares::of(self.workspace, disk);
        let callers = self.links.callers().into_iter();
        let calls: Calls = callers
            .map(|caller| (caller.to_string(), shares.targets_of(self.links, caller)))
            .collect();
        let existing = self.existing(&calls, &packages, &derived, disk)?;
        let mut redeclared = Redeclared::new();
        for (caller, targets) in &calls {
            let mut own = shares.own_packages(caller, disk);
            // What imports the stub is the package of the caller's world.
            own.extend([&packages.own[caller], &packages.of_world[caller]].map(Clone::clone));
            add_own(&mut redeclared, &own, targets, &derived);
        }
        self.add_asked_for(&mut redeclared, &derived);
        if redeclared.is_empty() {
            redeclared = clashes(&calls, &derived, &existing);
        }
        // A stub that declares more depends on less, so that this ends.
        while !redeclared.is_empty() {
            for (target, more) in redeclared {
                let known: &mut Derived = derived.get_mut(&target).expect("it was derived");
                let mut all = known.stub.options.redeclared.clone();
                all.extend(more);
                match self.stub(&target, &sources[&target], all) {
                    Ok(stub) => {
                        let before = std::mem::replace(&mut known.stub, stub);
                        known.plain.get_or_insert(before);
                    }
                    Err(error) => {
                        derived.remove(&target);
                        failed.insert(target, error);
                    }
                }
            }
            redeclared = clashes(&calls, &derived, &existing);
        }
        Ok(Attempt { derived, failed })
    }

    /// The packages that the option `redeclare` names.
    fn add_asked_for(&self, redeclared: &mut Redeclared, derived: &BTreeMap<String, Derived>) {
        for target in derived.keys() {
            for package in self.options.get(target).redeclared() {
                add(redeclared, target, &package);
            }
        }
    }

    fn stub(
        &self,
        target: &str,
        source: &Source,
        redeclared: BTreeSet<PackageName>,
    ) -> Result<Stub, WorkspaceError> {
        let options = self.options.get(target).stub(redeclared);
        Stub::new(source, &options).map_err(|error| WorkspaceError::Stub {
            target: target.to_string(),
            error: Box::new(error),
        })
    }

    /// The packages that callers bring themselves, by caller.
    fn existing(
        &self,
        calls: &Calls,
        packages: &Packages,
        derived: &BTreeMap<String, Derived>,
        disk: &Snapshot,
    ) -> Result<BTreeMap<String, Vec<PackageName>>, WorkspaceError> {
        let mut existing = BTreeMap::new();
        for (caller, targets) in calls {
            let member = self.workspace.linked(caller)?;
            let deps = deps_of(disk, member)?;
            let mut replaced = BTreeSet::new();
            if self.force {
                let stubs = targets.iter().filter_map(|target| derived.get(target));
                let stubs =
                    stubs.map(|derived| &derived.stub.resolve.packages[derived.stub.package].name);
                let targets = targets.iter().map(|target| &packages.of_world[target]);
                replaced.extend(
                    stubs
                        .chain(targets)
                        .map(|package| deps.join(dir_of(package))),
                );
            }
            let found = vendored::existing(disk, member.local()?, &replaced)?;
            let names = found.into_iter().map(|existing| existing.name);
            existing.insert(caller.to_string(), names.collect());
        }
        Ok(existing)
    }
}

/// What a caller calls, with what others call that have its directory of dependencies.
type Calls = BTreeMap<String, BTreeSet<String>>;

/// Packages whose types stubs declare themselves, by target.
type Redeclared = BTreeMap<String, BTreeSet<PackageName>>;

fn add(redeclared: &mut Redeclared, target: &str, package: &PackageName) {
    let packages = redeclared.entry(target.to_string()).or_default();
    packages.insert(package.clone());
}

/// Adds those of the packages that the targets' stubs depend on.
fn add_own(
    redeclared: &mut Redeclared,
    own: &BTreeSet<PackageName>,
    targets: &BTreeSet<String>,
    derived: &BTreeMap<String, Derived>,
) {
    for (target, needed) in needed(targets, derived) {
        if own.iter().any(|own| same(own, needed)) {
            add(redeclared, target, needed);
        }
    }
}

/// The packages whose types stubs have to declare themselves, beside those for which they do.
fn clashes(
    calls: &Calls,
    derived: &BTreeMap<String, Derived>,
    existing: &BTreeMap<String, Vec<PackageName>>,
) -> Redeclared {
    let mut redeclared = Redeclared::new();
    for (caller, targets) in calls {
        let brought = &existing[caller];
        let all: Vec<_> = needed(targets, derived).collect();
        for (target, package) in &all {
            let mut theirs = brought.iter().filter(|name| same(name, package)).peekable();
            let fits = match theirs.peek() {
                Some(_) => theirs.any(|name| compatible(name, package)),
                None => {
                    let alike = all.iter().filter(|(_, other)| same(other, package));
                    let highest = alike.map(|(_, other)| *other).max();
                    highest.is_none_or(|highest| compatible(highest, package))
                }
            };
            let declared = &derived[*target].stub.options.redeclared;
            if !fits && !is_of_host(package) && !declared.contains(*package) {
                add(&mut redeclared, target, package);
            }
        }
    }
    redeclared
}

/// What the stubs of these targets depend on, with the target.
fn needed<'a>(
    targets: &'a BTreeSet<String>,
    derived: &'a BTreeMap<String, Derived>,
) -> impl Iterator<Item = (&'a str, &'a PackageName)> {
    let stubs = targets
        .iter()
        .filter_map(|target| Some((target.as_str(), derived.get(target)?)));
    stubs.flat_map(|(target, derived)| {
        let packages = derived.stub.packages.iter();
        packages.map(move |package| (target, &package.name))
    })
}

/// Whether two packages are the same, whatever their versions.
fn same(one: &PackageName, other: &PackageName) -> bool {
    (&one.namespace, &one.name) == (&other.namespace, &other.name)
}

fn is_of_host(package: &PackageName) -> bool {
    let name = (package.namespace.as_str(), package.name.as_str());
    matches!(name, ("golem", "rpc") | ("wasi", "io"))
}
