//! The WIT of the stubs in a caller: copies below `deps` of its WIT root.
//!
//! What the caller brings itself (by its manifest, or below `deps`) is used where it fits; the crate
//! `stub` decides that. What is ours already is not "brought", it is made anew.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{FileSet, Snapshot};
use golem_rpc_stub::vendor::{Copy, Existing, StubWit, VendorError, is_fuller, vendor};
use golem_rpc_stub::{WitPackage, WitRoot, compatible, names};
use wit_parser::PackageName;

use crate::dependencies::{Dependencies, Needed};
use crate::known::Known;
use crate::ledger::Ledger;
use crate::runtime::RuntimeFeature;
use crate::{Dependency, LocalTarget, Member, Style, WorkspaceError, wit};

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
    pub(crate) plain: Vec<FileSet>,
    /// Directories below `deps` that are the older tool's, and ours to replace.
    pub(crate) older: BTreeSet<String>,
}

/// Plans the copies and the manifest entries of a caller; gives the files that it wants below `deps`, with
/// their content.
pub(crate) fn plan(
    ledger: &mut Ledger<'_>,
    caller: &Caller<'_>,
    known: &Known<'_>,
) -> Result<BTreeMap<Utf8PathBuf, Vec<u8>>, WorkspaceError> {
    let local = caller.member.local()?;
    let (deps, stubs) = (deps_of(ledger.disk, caller.member)?, &caller.stubs);
    let older = caller.older.iter().map(|dir| deps.join(dir));
    let mut replaced: BTreeSet<Utf8PathBuf> = older.collect();
    replaced.iter().for_each(|dir| ledger.take_over(dir));
    known.adopt(ledger, caller.member, &deps);
    replaced.extend(stubs.iter().map(|stub| deps.join(dir_of(stub_name(stub)))));
    if ledger.force {
        let used = |package: &&&PackageName| stubs.iter().any(|stub| uses(stub, package));
        let packages = caller.targets.iter().filter(used);
        replaced.extend(packages.map(|package| deps.join(dir_of(package))));
    }
    let mut existing = existing(ledger, local, &replaced)?;
    existing.extend(fuller(ledger, local, &replaced, (stubs, &existing))?);
    let types = types(ledger, caller, &existing)?;
    let sources: Vec<&StubWit> = stubs.iter().copied().chain(&types).collect();
    let copies = vendor(&sources, caller.own, &existing);
    let copies = copies.map_err(|error| refused(ledger, caller, error))?;
    let mut wanted = BTreeMap::new();
    let is_lost = ledger.is_lost(caller.member);
    for copy in &copies {
        wanted.extend(put(ledger, &deps.join(&copy.dir), copy, is_lost));
    }
    let needed = match caller.member.style {
        // wit-bindgen finds by itself what is below `deps`.
        Some(Style::Cargo(_)) => Vec::new(),
        _ => {
            let called: Vec<&StubWit> = caller.called.iter().copied().chain(&types).collect();
            needed(ledger.disk, local, &called, &copies, &existing)?
        }
    };
    let caller = ledger.workspace.linked(&caller.member.name)?;
    ledger.edit(&caller.manifest, Dependencies { caller, needed });
    let is_built_by_it = caller.style == Some(Style::CargoComponent);
    let needed = is_built_by_it && stubs.iter().any(|stub| stub.has_flags());
    ledger.edit(&caller.manifest, RuntimeFeature { caller, needed });
    Ok(wanted)
}

/// The packages that the caller's own WIT uses and that neither the caller nor a stub brings, but a
/// stub would if it did not declare their types itself.
fn types(
    ledger: &Ledger<'_>,
    caller: &Caller<'_>,
    existing: &[Existing],
) -> Result<Vec<StubWit>, WorkspaceError> {
    let mut wits: Vec<StubWit> = Vec::new();
    for package in wit::foreign(caller.member, ledger.disk).into_keys() {
        let mut stubs = caller.stubs.iter().copied().chain(&wits);
        if existing.iter().any(|e| e.name == package) || stubs.any(|stub| uses(stub, &package)) {
            continue;
        }
        let mut plain = caller.plain.iter();
        if let Some(wit) = plain.find_map(|files| package_of(files, &package).transpose()) {
            let wit = wit?;
            if !uses(&wit, caller.own) {
                wits.push(wit);
            }
        }
    }
    Ok(wits)
}

/// One of the packages that a stub's WIT depends on, if it does, with what this one depends on.
fn package_of(files: &FileSet, package: &PackageName) -> Result<Option<StubWit>, WorkspaceError> {
    let WitRoot { path, deps, .. } = WitRoot::generated(files)?;
    let (main, deps): (Vec<_>, Vec<_>) = deps
        .into_iter()
        .partition(|dep| dep.name().is_ok_and(|name| name == *package));
    let root = main
        .into_iter()
        .next()
        .map(|main| WitRoot { path, main, deps });
    Ok(root.map(|root| StubWit::read(&root)).transpose()?)
}

/// The directory of a caller's WIT dependencies.
pub(crate) fn deps_of(disk: &Snapshot, caller: &Member) -> Result<Utf8PathBuf, WorkspaceError> {
    Ok(WitRoot::deps_dir(disk, &caller.local()?.wit_root))
}

fn refused(ledger: &Ledger<'_>, caller: &Caller<'_>, source: VendorError) -> WorkspaceError {
    let member = caller.member.name.clone();
    match source {
        VendorError::Incompatible {
            stub,
            needed,
            present,
            path,
        } => WorkspaceError::Versions {
            needed_in: place_of(ledger, &stub, &needed),
            caller: member,
            stub,
            needed,
            present,
            present_in: path,
        },
        source => WorkspaceError::Vendor {
            caller: member,
            source,
        },
    }
}

/// Where a package stands that a stub needs: in its target, or with the stub.
fn place_of(ledger: &Ledger<'_>, stub: &PackageName, needed: &PackageName) -> Option<Utf8PathBuf> {
    let mut members = ledger.workspace.members.values();
    let wit = members.find_map(|member| {
        let package = member.world_package(ledger.disk).ok()?;
        let is_target = names::stub_package(&package) == *stub;
        let wit = is_target.then(|| member.wit(ledger.disk).ok());
        Some((member, wit??))
    });
    let (target, wit) = wit?;
    let mut deps = wit.deps.iter();
    let dep = deps.find(|dep| dep.name().is_ok_and(|name| name == *needed));
    Some(match dep {
        Some(dep) => dep.files.first()?.path.clone(),
        None => {
            let (dir, file) = names::dep_path(needed);
            let stub = ledger.workspace.stub_dir(target);
            stub.join("wit/deps").join(dir).join(file)
        }
    })
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
    ledger: &Ledger<'_>,
    local: &LocalTarget,
    replaced: &BTreeSet<Utf8PathBuf>,
) -> Result<Vec<Existing>, WorkspaceError> {
    let is_ours = |path: &Utf8Path| replaced.contains(path) || ledger.has_ours(path);
    let mut found: Vec<Existing> = Vec::new();
    for dependency in local.dependencies.values() {
        let Dependency::Path(path) = dependency else {
            continue;
        };
        if !is_ours(path)
            && let Some(package) = WitPackage::read(ledger.disk, path)
        {
            add(&mut found, package.names_within()?, path.clone(), package);
        }
    }
    let root = WitRoot::read(ledger.disk, &local.wit_root)?;
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

/// Packages that somebody has put where our copies were, and that have more: they are the caller's own
/// from now on.
fn fuller(
    ledger: &mut Ledger<'_>,
    local: &LocalTarget,
    replaced: &BTreeSet<Utf8PathBuf>,
    (stubs, existing): (&[&StubWit], &[Existing]),
) -> Result<Vec<Existing>, WorkspaceError> {
    let mut all = existing.to_vec();
    for package in WitRoot::read(ledger.disk, &local.wit_root)?.deps {
        let path = package.path.clone();
        let is_changed = package
            .files
            .iter()
            .any(|file| ledger.is_changed(&file.path));
        if is_changed
            && ledger.has_ours(&path)
            && !replaced.contains(&path)
            && let Ok(name) = package.name()
        {
            add(&mut all, vec![name], path, package);
        }
    }
    let news = all.iter().skip(existing.len());
    let fuller = news.filter(|package| is_fuller(package, &all, stubs));
    let fuller: Vec<Existing> = fuller.cloned().collect();
    fuller
        .iter()
        .for_each(|package| ledger.release(&package.path));
    Ok(fuller)
}

/// Plans a copy; gives its files.
fn put(
    ledger: &mut Ledger<'_>,
    dir: &Utf8Path,
    copy: &Copy,
    is_lost: bool,
) -> BTreeMap<Utf8PathBuf, Vec<u8>> {
    let disk = ledger.disk;
    // Another WIT file beside ours would become part of the package.
    let others = WitPackage::read(disk, dir).into_iter();
    for file in others.flat_map(|package| package.files) {
        let name = file.path.file_name().unwrap_or_default();
        if copy.files.get(name).is_none() && !ledger.has_ours(&file.path) {
            ledger.displace(&file.path);
        }
    }
    let mut files = BTreeMap::new();
    for (file, content) in copy.files.iter() {
        let path = dir.join(file);
        ledger.put(&path, content, is_lost);
        files.insert(disk.name_of(path), content.to_vec());
    }
    files
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
    let mut needed: Vec<Needed> = Vec::new();
    let (deps, spelled) = (
        WitRoot::deps_dir(disk, &local.wit_root),
        local.deps_dir(disk),
    );
    let used = stubs.iter().flat_map(|stub| stub.resolve.packages.iter());
    let used: BTreeSet<&PackageName> = used.map(|(_, package)| &package.name).collect();
    let is_used = |name: &PackageName| used.iter().any(|used| compatible(used, name));
    for copy in copies.iter().filter(|copy| is_used(&copy.name)) {
        needed.push(Needed {
            name: copy.name.clone(),
            path: spelled.join(&copy.dir),
            ours: true,
        });
    }
    let mut reached = BTreeSet::new();
    let brought = || {
        existing
            .iter()
            .filter(|package| package.path != local.wit_root)
    };
    for package in brought() {
        if !is_used(&package.name) {
            continue;
        }
        reached.insert(&package.name);
        if !leads_to(disk, local, &package.path) {
            reached.extend(closure(package, existing)?);
        }
    }
    for package in brought().filter(|p| reached.contains(&p.name)) {
        let below = package.path.strip_prefix(&deps);
        needed.push(Needed {
            name: package.name.clone(),
            path: below.map_or_else(|_| package.path.clone(), |below| spelled.join(below)),
            ours: false,
        });
    }
    Ok(needed)
}

fn leads_to(disk: &Snapshot, local: &LocalTarget, path: &Utf8Path) -> bool {
    let name = disk.name_of(path);
    let mut paths = local.dependencies.values();
    paths.any(
        |dependency| matches!(dependency, Dependency::Path(other) if disk.name_of(other) == name),
    )
}

/// The packages among `all` that `one` uses.
fn closure<'a>(
    one: &Existing,
    all: &'a [Existing],
) -> Result<BTreeSet<&'a PackageName>, WorkspaceError> {
    let others = all.iter().filter(|other| other.name != one.name);
    let root = WitRoot {
        path: one.path.clone(),
        main: one.package.clone(),
        deps: others.map(|other| other.package.clone()).collect(),
    };
    let (resolve, _) = root.resolve()?;
    let names = all.iter().map(|existing| &existing.name);
    Ok(names
        .filter(|name| resolve.package_names.contains_key(*name))
        .collect())
}
