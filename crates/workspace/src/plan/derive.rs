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

use crate::plan::linked::Linked;
use crate::plan::vendored::{self, dir_of};
use crate::wit::package::deps_of;
use crate::wit::shares::Shares;
use crate::{PlanRequest, WorkspaceError};

/// A target's stub.
#[derive(Clone, Debug)]
pub(crate) struct Derived {
    /// The stub.
    pub(crate) stub: Stub,
    /// The same without any package's types declared anew, where that is another one: a caller may
    /// use types of the packages that it brings.
    pub(crate) undeclared: Option<Stub>,
}

/// The stubs of targets, and what is wrong with those that have none.
#[derive(Default)]
pub(crate) struct Attempt {
    pub(crate) derived: BTreeMap<String, Derived>,
    pub(crate) failed: BTreeMap<String, WorkspaceError>,
}

/// The stubs of all linked targets.
pub(crate) fn all(request: &PlanRequest<'_>, linked: &Linked, disk: &Snapshot) -> Attempt {
    let mut attempt = Attempt::default();
    let mut sources = BTreeMap::new();
    for target in linked.links.targets() {
        let source = request.workspace.stub_source(target, request.options, disk);
        let made = source.and_then(|source| {
            let stub = stub(request, target, &source, BTreeSet::new())?;
            Ok((source, stub))
        });
        match made {
            Ok((source, stub)) => {
                sources.insert(target.to_string(), source);
                let derived = Derived {
                    stub,
                    undeclared: None,
                };
                attempt.derived.insert(target.to_string(), derived);
            }
            Err(error) => {
                attempt.failed.insert(target.to_string(), error);
            }
        }
    }
    let shares = Shares::of(request.workspace, disk);
    let callers = linked.links.callers().into_iter();
    let calls: Calls = callers
        .map(|caller| (caller.to_string(), shares.targets_of(&linked.links, caller)))
        .collect();
    let present = present(request, linked, (&calls, &attempt.derived), disk);
    let mut redeclared = Redeclared::new();
    for (caller, targets) in &calls {
        let mut own = shares.own_packages(caller, disk);
        // What imports the stub is the package of the caller's world.
        let packages = [&linked.packages.own, &linked.packages.of_world];
        own.extend(packages.iter().filter_map(|all| all.get(caller).cloned()));
        for (target, needed) in needed(targets, &attempt.derived) {
            if own.iter().any(|own| is_same(own, needed)) {
                add(&mut redeclared, target, needed);
            }
        }
    }
    for target in attempt.derived.keys() {
        for package in request.options.get(target).redeclared() {
            add(&mut redeclared, target, &package);
        }
    }
    // A stub that declares more depends on less, so that this ends.
    loop {
        if redeclared.is_empty() {
            redeclared = clashes(&calls, &attempt.derived, &present);
        }
        if redeclared.is_empty() {
            return attempt;
        }
        for (target, more) in std::mem::take(&mut redeclared) {
            attempt.redeclare(request, (&target, &sources[&target]), more);
        }
    }
}

impl Attempt {
    /// Makes the stub of a target declare the types of more packages.
    fn redeclare(
        &mut self,
        request: &PlanRequest<'_>,
        (target, source): (&str, &Source),
        more: BTreeSet<PackageName>,
    ) {
        let known: &mut Derived = self.derived.get_mut(target).expect("it was derived");
        let mut packages = known.stub.options.redeclared.clone();
        packages.extend(more);
        match stub(request, target, source, packages) {
            Ok(stub) => {
                let before = std::mem::replace(&mut known.stub, stub);
                known.undeclared.get_or_insert(before);
            }
            Err(error) => {
                self.derived.remove(target);
                self.failed.insert(target.to_string(), error);
            }
        }
    }
}

fn stub(
    request: &PlanRequest<'_>,
    target: &str,
    source: &Source,
    redeclared: BTreeSet<PackageName>,
) -> Result<Stub, WorkspaceError> {
    let options = request.options.get(target).stub(redeclared);
    Stub::new(source, &options).map_err(|error| WorkspaceError::Stub {
        target: target.to_string(),
        error: Box::new(error),
    })
}

/// The packages that callers bring themselves, by caller. What is wrong with these is said where a caller
/// gets its copies.
fn present(
    request: &PlanRequest<'_>,
    linked: &Linked,
    (calls, derived): (&Calls, &BTreeMap<String, Derived>),
    disk: &Snapshot,
) -> BTreeMap<String, Vec<PackageName>> {
    let of_caller = |caller: &str, targets: &BTreeSet<String>| {
        let member = request.workspace.linked(caller)?;
        let deps = deps_of(disk, member)?;
        let mut replaced = BTreeSet::new();
        if request.force {
            let of_target = |target| {
                let stub = derived.get(target).map(|made| &made.stub);
                let stub = stub.map(|stub| &stub.resolve.packages[stub.package].name);
                stub.into_iter().chain(linked.packages.of_world.get(target))
            };
            let packages = targets.iter().flat_map(of_target);
            replaced.extend(packages.map(|package| deps.join(dir_of(package))));
        }
        vendored::existing(disk, member.local()?, &replaced)
    };
    let names = |caller, targets| {
        let existing = of_caller(caller, targets).unwrap_or_default().into_iter();
        existing.map(|existing| existing.name).collect()
    };
    let all = calls.iter();
    all.map(|(caller, targets)| (caller.clone(), names(caller, targets)))
        .collect()
}

/// What a caller calls, with what others call that have its directory of dependencies.
type Calls = BTreeMap<String, BTreeSet<String>>;

/// Packages whose types stubs declare themselves, by target.
type Redeclared = BTreeMap<String, BTreeSet<PackageName>>;

fn add(redeclared: &mut Redeclared, target: &str, package: &PackageName) {
    let packages = redeclared.entry(target.to_string()).or_default();
    packages.insert(package.clone());
}

/// The packages whose types stubs have to declare themselves, beside those for which they do.
fn clashes(
    calls: &Calls,
    derived: &BTreeMap<String, Derived>,
    present: &BTreeMap<String, Vec<PackageName>>,
) -> Redeclared {
    let mut redeclared = Redeclared::new();
    for (caller, targets) in calls {
        let brought = &present[caller];
        let all: Vec<_> = needed(targets, derived).collect();
        for (target, package) in &all {
            let mut theirs = brought
                .iter()
                .filter(|name| is_same(name, package))
                .peekable();
            let fits = match theirs.peek() {
                Some(_) => theirs.any(|name| compatible(name, package)),
                None => {
                    let alike = all.iter().filter(|(_, other)| is_same(other, package));
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
        .filter_map(|target| Some((target, derived.get(target)?)));
    stubs.flat_map(|(target, derived)| {
        let packages = derived.stub.packages.iter();
        packages.map(|package| (target.as_str(), &package.name))
    })
}

/// Whether two packages are the same, whatever their versions.
fn is_same(one: &PackageName, other: &PackageName) -> bool {
    (&one.namespace, &one.name) == (&other.namespace, &other.name)
}

fn is_of_host(package: &PackageName) -> bool {
    let name = (package.namespace.as_str(), package.name.as_str());
    matches!(name, ("golem", "rpc") | ("wasi", "io"))
}
