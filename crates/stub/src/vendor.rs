//! A stub's WIT, copied with its whole closure into the WIT root of a caller.
//!
//! Packages are matched by name, not by directory. A package that the caller has already, at a
//! compatible version, is used as it is: the copies then say that version. All stubs of a caller
//! are copied in one go, since two of them may bring different parts of one package.

use std::collections::{BTreeMap, HashSet};

use camino::Utf8PathBuf;
use golem_rpc_plan::{FileSet, unsigned};
use wit_parser::{PackageId, PackageName, Resolve, TypeDefKind};

use crate::closure::print_package;
use crate::error::WitError;
use crate::file::WitFile;
use crate::golem_rpc::compatible;
use crate::guard::guarded;
use crate::names;
use crate::source::{WitPackage, WitRoot};
use crate::stub::{STUB_FILE, Stub};

pub(crate) mod compare;
mod error;

pub use error::VendorError;

use compare::{Difference, difference};

/// The WIT of one stub, as a caller is to get it: the packages of a WIT root, parsed.
#[derive(Clone, Debug)]
pub struct StubWit {
    /// The parsed WIT root.
    pub resolve: Resolve,
    /// Its main package: the stub package.
    pub package: PackageId,
    /// The texts of its packages as they stand, each with its file name.
    texts: BTreeMap<PackageName, FileSet>,
}

/// A package that the destination has already and that is not a copy of ours.
#[derive(Clone, Debug)]
pub struct Existing {
    /// Its name with its version.
    pub name: PackageName,
    /// Where it stands, for messages.
    pub path: Utf8PathBuf,
    /// Its files.
    pub package: WitPackage,
}

/// A package to copy into the destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Its name with its version.
    pub name: PackageName,
    /// Its directory below the destination's `deps/`.
    pub dir: String,
    /// Its files, relative to that directory.
    pub files: FileSet,
}

impl StubWit {
    /// The WIT of a stub that was just generated.
    pub fn of(stub: &Stub) -> Result<StubWit, WitError> {
        StubWit::read(&WitRoot::generated(&stub.wit)?)
    }

    /// The WIT of a stub as it lies in a WIT root.
    pub fn read(root: &WitRoot) -> Result<StubWit, WitError> {
        let (resolve, package) = root.resolve()?;
        let mut texts = BTreeMap::new();
        for part in std::iter::once(&root.main).chain(&root.deps) {
            let Ok(name) = part.name() else {
                continue; // nothing that the stub reaches: resolving would have failed
            };
            let mut files = FileSet::new();
            for file in &part.files {
                files.insert(
                    file.path.file_name().unwrap_or(STUB_FILE),
                    unsigned(&file.content),
                );
            }
            texts.entry(name).or_insert(files);
        }
        Ok(StubWit {
            resolve,
            package,
            texts,
        })
    }

    /// Its packages, each as a caller gets it if nothing else that the caller has changes it.
    pub fn texts(&self) -> impl Iterator<Item = (&PackageName, &FileSet)> {
        self.texts.iter()
    }

    /// Whether bindings of its interface define flags, be it because of what that uses.
    pub fn has_flags(&self) -> bool {
        let own = self.resolve.packages[self.package].interfaces.values();
        let (mut waiting, mut reached): (Vec<_>, _) = (own.copied().collect(), HashSet::new());
        while let Some(interface) = waiting.pop() {
            if reached.insert(interface) {
                waiting.extend(self.resolve.interface_direct_deps(interface));
            }
        }
        let interfaces = reached.iter().map(|id| &self.resolve.interfaces[*id]);
        let mut types = interfaces.flat_map(|interface| interface.types.values());
        types.any(|id| matches!(self.resolve.types[*id].kind, TypeDefKind::Flags(_)))
    }

    fn name(&self) -> &PackageName {
        &self.resolve.packages[self.package].name
    }
}

/// The copies that a caller whose own package is `own` needs to use `stubs`, beside what it has.
///
/// # Errors
/// See [`VendorError`]; nothing is copied over what the caller brought itself.
pub fn vendor(
    stubs: &[&StubWit],
    own: &PackageName,
    existing: &[Existing],
) -> Result<Vec<Copy>, VendorError> {
    let versions = choose_versions(stubs, own, existing)?;
    check_existing(stubs, existing, &versions)?;
    check_agreement(stubs, &versions)?;
    let mut merged = Resolve::default();
    for stub in stubs {
        let aligned = align(&stub.resolve, &versions);
        let differ = |message| VendorError::Merge {
            stub: stub.name().clone(),
            message,
        };
        guarded(|| merged.merge(aligned))
            .map_err(|panicked| differ(panicked.to_string()))?
            .map_err(|error| differ(format!("{error:#}")))?;
    }
    merged
        .worlds
        .iter_mut()
        .for_each(|(_, world)| world.imports.clear());
    let copies = merged
        .packages
        .iter()
        .filter(|(_, package)| !existing.iter().any(|e| e.name == package.name));
    let mut copies: Vec<Copy> = copies
        .map(|(id, _)| copy(stubs, &merged, id, &versions))
        .collect();
    copies.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(copies)
}

/// Old name → name at the version that the destination will have.
type Versions = BTreeMap<PackageName, PackageName>;

/// One version for each package: the destination's own, else the highest that a stub brings.
fn choose_versions(
    stubs: &[&StubWit],
    own: &PackageName,
    existing: &[Existing],
) -> Result<Versions, VendorError> {
    let mut versions = Versions::new();
    let all = || {
        stubs
            .iter()
            .flat_map(|s| s.resolve.packages.iter().map(move |(_, p)| (s, &p.name)))
    };
    for (stub, name) in all() {
        let same =
            |other: &PackageName| (&other.namespace, &other.name) == (&name.namespace, &name.name);
        if same(own) {
            return Err(VendorError::Cycle {
                stub: stub.name().clone(),
                needed: name.clone(),
                package: own.clone(),
            });
        }
        let present: Vec<_> = existing.iter().filter(|e| same(&e.name)).collect();
        let chosen = match present.iter().find(|e| compatible(&e.name, name)) {
            Some(existing) => existing.name.clone(),
            None if !present.is_empty() => {
                return Err(VendorError::Incompatible {
                    stub: stub.name().clone(),
                    needed: name.clone(),
                    present: present[0].name.clone(),
                    path: present[0].path.clone(),
                });
            }
            None => {
                if let Some((other, needs)) = all().find(|(_, n)| same(n) && !compatible(n, name)) {
                    return Err(VendorError::Versions {
                        first: stub.name().clone(),
                        first_needs: name.clone(),
                        second: other.name().clone(),
                        second_needs: needs.clone(),
                    });
                }
                all()
                    .map(|(_, n)| n)
                    .filter(|n| same(n))
                    .max()
                    .unwrap_or(name)
                    .clone()
            }
        };
        versions.insert(name.clone(), chosen);
    }
    Ok(versions)
}

/// The same packages at the chosen versions.
fn align(resolve: &Resolve, versions: &Versions) -> Resolve {
    let mut aligned = resolve.clone();
    for (_, package) in aligned.packages.iter_mut() {
        package.name = versions[&package.name].clone();
    }
    let names = aligned
        .packages
        .iter()
        .map(|(id, package)| (package.name.clone(), id));
    aligned.package_names = names.collect();
    aligned
}

/// One package of the merged stubs: as its text stands where nothing about it changed.
fn copy(stubs: &[&StubWit], merged: &Resolve, id: PackageId, versions: &Versions) -> Copy {
    let name = &merged.packages[id].name;
    let (dir, file) = names::dep_path(name);
    let mut holders = stubs.iter().filter_map(|stub| stub.texts.get(name));
    let first = holders.next();
    let moved = |dep: PackageId| {
        let name = &merged.packages[dep].name;
        versions.iter().any(|(old, new)| new == name && old != new)
    };
    let deps_moved = merged.package_direct_deps(id).any(moved);
    let files = match first {
        Some(files) if !deps_moved && holders.all(|other| other == files) => files.clone(),
        _ => {
            let is_stub = stubs.iter().any(|stub| versions[stub.name()] == *name);
            let mut files = FileSet::new();
            let file = if is_stub { STUB_FILE.to_string() } else { file };
            files.insert(file, print_package(merged, id));
            files
        }
    };
    Copy {
        name: name.clone(),
        dir,
        files,
    }
}

/// Checks that the packages that the destination brings itself hold what the stubs need of them.
fn check_existing(
    stubs: &[&StubWit],
    existing: &[Existing],
    versions: &Versions,
) -> Result<(), VendorError> {
    for stub in stubs {
        for (_, package) in &stub.resolve.packages {
            let chosen = &versions[&package.name];
            let Some(found) = existing.iter().find(|e| e.name == *chosen) else {
                continue;
            };
            let present = resolve_existing(found, existing, stub)?;
            let id = present.package_names[&found.name];
            let theirs = &present.packages[id].interfaces;
            for (interface, needed) in &package.interfaces {
                let difference = match theirs.get(interface) {
                    Some(theirs) => difference((&stub.resolve, *needed), (&present, *theirs)),
                    None => Some(Difference::missing(interface)),
                };
                if let Some(Difference {
                    item,
                    needed,
                    present,
                }) = difference
                {
                    return Err(VendorError::Differs {
                        stub: stub.name().clone(),
                        wanted: package.name.clone(),
                        package: found.name.clone(),
                        item,
                        needed,
                        present,
                        path: found.path.clone(),
                    });
                }
            }
        }
    }
    Ok(())
}

/// Checks that an interface that several stubs bring is the same in all of them.
fn check_agreement(stubs: &[&StubWit], versions: &Versions) -> Result<(), VendorError> {
    let (mut first, mut texts) = (BTreeMap::new(), BTreeMap::new());
    for stub in stubs {
        for (_, package) in &stub.resolve.packages {
            // The same text says the same: what it depends on is compared as well.
            let text = stub.texts.get(&package.name);
            let known: &mut Vec<_> = texts.entry(&package.name).or_default();
            if text.is_some() && known.contains(&text) {
                continue;
            }
            known.push(text);
            for (name, id) in &package.interfaces {
                let package = &versions[&package.name];
                let (holder, held) = *first.entry((package, name)).or_insert((stub, *id));
                let there = (&holder.resolve, held);
                let Some(difference) = difference((&stub.resolve, *id), there) else {
                    continue;
                };
                let Difference {
                    item,
                    needed,
                    present,
                } = difference;
                return Err(VendorError::Conflict {
                    package: package.clone(),
                    first: holder.name().clone(),
                    second: stub.name().clone(),
                    message: format!(
                        "`{item}` is\n    {present}\nin the one and\n    {needed}\nin the other"
                    ),
                });
            }
        }
    }
    Ok(())
}

/// What a package means among the others, and those that a stub brings.
fn resolve_existing(one: &Existing, all: &[Existing], stub: &StubWit) -> Result<Resolve, WitError> {
    let others = all.iter().filter(|other| other.name != one.name);
    let is_new = |name: &PackageName| all.iter().all(|other| !compatible(&other.name, name));
    let brought = stub.texts().filter(|(name, _)| is_new(name));
    let brought = brought.map(|(_, files)| WitPackage {
        path: one.path.clone(),
        files: files
            .iter()
            .map(|(file, content)| WitFile {
                path: file.to_path_buf(),
                content: content.to_vec(),
            })
            .collect(),
    });
    let root = WitRoot {
        path: one.path.clone(),
        main: one.package.clone(),
        deps: others
            .map(|other| other.package.clone())
            .chain(brought)
            .collect(),
    };
    root.resolve().map(|(resolve, _)| resolve)
}
