//! The WIT of the stubs in a caller: copies below `deps` of its WIT root.
//!
//! What the caller brings itself (by its manifest, or below `deps`) is used where it fits; the crate
//! `stub` decides that. What is ours already is not "brought", it is made anew; what is not ours is, even where it
//! stands in the place of a copy.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{FileSet, Snapshot};
use golem_rpc_stub::vendor::{Copy, Existing, StubWit, VendorError, vendor};
use golem_rpc_stub::{WitPackage, WitRoot, compatible, names};
use wit_parser::PackageName;

use crate::plan::dependencies::{self, Needed};
use crate::plan::draft::Draft;
use crate::wit::package::{self, deps_of};
use crate::{Dependency, LocalTarget, Member, Style, WorkspaceError, plan::runtime, wit::owner};

/// A caller and what it is to get.
pub(crate) struct Caller<'a> {
    pub(crate) member: &'a Member,
    /// Its own package.
    pub(crate) own: &'a PackageName,
    /// The packages of the targets whose stubs its directory of dependencies is to have.
    pub(crate) targets: Vec<&'a PackageName>,
    /// The stubs of these. Others may be among them that somebody calls who has the same directory.
    pub(crate) stubs: Vec<&'a StubWit>,
    /// Those that it calls itself.
    pub(crate) called: Vec<&'a StubWit>,
    /// The WIT of those stubs that declare types themselves, as it would be if they did not.
    pub(crate) undeclared: Vec<&'a FileSet>,
}

/// Plans the copies and the manifest entries of a caller; gives the files that it wants below `deps`, with
/// their content.
pub(crate) fn plan(
    draft: &mut Draft<'_>,
    caller: &Caller<'_>,
) -> Result<BTreeMap<Utf8PathBuf, Vec<u8>>, WorkspaceError> {
    let local = caller.member.local()?;
    let (disk, stubs) = (draft.disk, &caller.stubs);
    let deps = deps_of(disk, caller.member)?;
    let mut replaced = BTreeSet::new();
    if draft.force {
        let targets = caller.targets.iter().copied();
        let targets = targets.filter(|package| stubs.iter().any(|stub| uses(stub, package)));
        let packages = targets.chain(stubs.iter().map(|stub| stub_name(stub)));
        replaced.extend(packages.map(|package| deps.join(dir_of(package))));
    }
    let existing = existing(disk, local, &replaced)?;
    let types = types(disk, caller, &existing)?;
    let sources: Vec<&StubWit> = stubs.iter().copied().chain(&types).collect();
    let copies = vendor(&sources, caller.own, &existing);
    let copies = copies.map_err(|error| refused(caller, error))?;
    // wit-bindgen finds by itself what is below `deps`.
    let finds_deps = matches!(caller.member.style, Some(Style::Cargo(_)));
    let mut needed = Vec::new();
    if !finds_deps {
        let called: Vec<&StubWit> = caller.called.iter().copied().chain(&types).collect();
        needed = self::needed(disk, local, &called, &copies, &existing)?;
    }
    dependencies::plan(draft, caller.member, &needed)?;
    let is_built_by_it = caller.member.style == Some(Style::CargoComponent);
    let has_flags = is_built_by_it && stubs.iter().any(|stub| stub.has_flags());
    runtime::plan(draft, caller.member, has_flags)?;
    let files = copies
        .iter()
        .map(|copy| put(draft, &deps.join(&copy.dir), copy));
    Ok(files.flatten().collect())
}

/// The packages that the caller's own WIT uses and that neither the caller nor a stub brings, but a
/// stub would if it did not declare their types itself.
fn types(
    disk: &Snapshot,
    caller: &Caller<'_>,
    existing: &[Existing],
) -> Result<Vec<StubWit>, WorkspaceError> {
    let mut wits: Vec<StubWit> = Vec::new();
    for package in package::foreign(caller.member, disk).into_keys() {
        let mut stubs = caller.stubs.iter().copied().chain(&wits);
        if existing.iter().any(|e| e.name == package) || stubs.any(|stub| uses(stub, &package)) {
            continue;
        }
        let mut undeclared = caller.undeclared.iter();
        let found = undeclared.find_map(|files| package_of(files, &package).transpose());
        if let Some(wit) = found.transpose()?
            && !uses(&wit, caller.own)
        {
            wits.push(wit);
        }
    }
    Ok(wits)
}

/// One of the packages that a stub's WIT depends on, if it does, with what this one depends on.
fn package_of(files: &FileSet, package: &PackageName) -> Result<Option<StubWit>, WorkspaceError> {
    let WitRoot { path, mut deps, .. } = WitRoot::generated(files)?;
    let is_it = |dep: &WitPackage| dep.name().is_ok_and(|name| name == *package);
    let Some(at) = deps.iter().position(is_it) else {
        return Ok(None);
    };
    let main = deps.remove(at);
    Ok(Some(StubWit::read(&WitRoot { path, main, deps })?))
}

fn refused(caller: &Caller<'_>, source: VendorError) -> WorkspaceError {
    let caller = caller.member.name.clone();
    match source {
        VendorError::Incompatible {
            stub,
            needed,
            present,
            path,
        } => WorkspaceError::Versions {
            caller,
            stub,
            needed,
            present,
            present_in: path,
        },
        source => WorkspaceError::Vendor { caller, source },
    }
}

/// Whether a stub's WIT has a package among its own.
fn uses(stub: &StubWit, package: &PackageName) -> bool {
    stub.resolve.package_names.contains_key(package)
}

/// The name of a stub's package.
fn stub_name(stub: &StubWit) -> &PackageName {
    &stub.resolve.packages[stub.package].name
}

/// The directory below `deps` that a copy of a package has.
pub(crate) fn dir_of(package: &PackageName) -> String {
    names::dep_path(package).0
}

/// The packages that the caller brings itself, those of its manifest first, each name once.
pub(crate) fn existing(
    disk: &Snapshot,
    local: &LocalTarget,
    replaced: &BTreeSet<Utf8PathBuf>,
) -> Result<Vec<Existing>, WorkspaceError> {
    let is_ours = |path: &Utf8Path| replaced.contains(path) || owner::is_package(disk, path);
    let mut found: Vec<Existing> = Vec::new();
    for dependency in local.dependencies.values() {
        let Dependency::Path(path) = dependency else {
            continue;
        };
        if !is_ours(path)
            && let Some(package) = WitPackage::read(disk, path)
        {
            add(&mut found, package.names_within()?, path.clone(), package);
        }
    }
    let root = WitRoot::read(disk, &local.wit_root)?;
    for package in root.deps {
        let path = package.path.clone();
        if is_ours(&path) {
            continue; // what is ours need not be parsed, and is most of it
        }
        // What does not parse and is not in the manifest is nothing that the caller uses.
        if let Ok(names) = package.names_within() {
            add(&mut found, names, path, package);
        }
    }
    // Packages may be nested in the caller's own.
    if let Ok(names) = root.main.names_within() {
        let nested = names.into_iter().skip(1).collect();
        add(&mut found, nested, local.wit_root.clone(), root.main);
    }
    Ok(found)
}

fn add(found: &mut Vec<Existing>, names: Vec<PackageName>, path: Utf8PathBuf, package: WitPackage) {
    for name in names {
        if !found.iter().any(|other| other.name == name) {
            found.push(Existing {
                name,
                path: path.clone(),
                package: package.clone(),
            });
        }
    }
}

/// Plans a copy; gives its files.
fn put(draft: &mut Draft<'_>, dir: &Utf8Path, copy: &Copy) -> BTreeMap<Utf8PathBuf, Vec<u8>> {
    let disk = draft.disk;
    // Another WIT file beside ours would become part of the package.
    let others = WitPackage::read(disk, dir).into_iter();
    for file in others.flat_map(|package| package.files) {
        let name = file.path.file_name().unwrap_or_default();
        if copy.files.get(name).is_none() && !owner::is_ours(disk, &file.path) {
            draft.displace(&file.path);
        }
    }
    for (file, content) in copy.files.iter() {
        draft.put(&dir.join(file), content);
    }
    let files = copy.files.iter();
    files
        .map(|(file, content)| (disk.name_of(dir.join(file)), content.to_vec()))
        .collect()
}

/// What the caller's manifest has to lead to: the copies, and the packages that the caller brings
/// below `deps` and that the stubs now use. cargo-component does not look below `deps` by itself.
fn needed(
    disk: &Snapshot,
    local: &LocalTarget,
    stubs: &[&StubWit],
    copies: &[Copy],
    existing: &[Existing],
) -> Result<Vec<Needed>, WorkspaceError> {
    let deps = WitRoot::deps_dir(disk, &local.wit_root);
    let spelled = local.deps_dir(disk);
    let used = stubs
        .iter()
        .flat_map(|stub| stub.resolve.package_names.keys());
    let used: BTreeSet<&PackageName> = used.collect();
    let is_used = |name: &PackageName| used.iter().any(|used| compatible(used, name));
    let entry = |copy: &Copy| Needed {
        name: copy.name.clone(),
        path: spelled.join(&copy.dir),
        ours: true,
    };
    let copies = copies.iter().filter(|copy| is_used(&copy.name));
    let mut needed: Vec<Needed> = copies.map(entry).collect();
    let brought = || {
        existing
            .iter()
            .filter(|package| package.path != local.wit_root)
    };
    let mut reached = BTreeSet::new();
    for package in brought().filter(|package| is_used(&package.name)) {
        reached.insert(&package.name);
        if !leads_to(disk, local, &package.path) {
            reached.extend(closure(package, existing));
        }
    }
    for package in brought().filter(|package| reached.contains(&package.name)) {
        let below = package.path.strip_prefix(&deps);
        needed.push(Needed {
            name: package.name.clone(),
            path: below.map_or_else(|_| package.path.clone(), |below| spelled.join(below)),
            ours: false,
        });
    }
    Ok(needed)
}

/// Whether the manifest leads to a path.
fn leads_to(disk: &Snapshot, local: &LocalTarget, path: &Utf8Path) -> bool {
    let name = disk.name_of(path);
    let is_it = |dependency: &Dependency| matches!(dependency, Dependency::Path(other) if disk.name_of(other) == name);
    local.dependencies.values().any(is_it)
}

/// The packages among `all` that `one` uses.
fn closure<'a>(one: &'a Existing, all: &'a [Existing]) -> BTreeSet<&'a PackageName> {
    let (mut reached, mut waiting) = (BTreeSet::new(), vec![one]);
    while let Some(package) = waiting.pop() {
        let parsed = package.package.parse().into_iter();
        for name in parsed.flat_map(|group| group.main.foreign_deps.into_keys()) {
            let found = all.iter().find(|other| other.name == name);
            waiting.extend(found.filter(|found| reached.insert(&found.name)));
        }
    }
    reached
}
