//! A stub's WIT, copied with its whole closure into the WIT root of a caller.
//!
//! Packages are matched by name, not by directory. A package that the caller has already, at a
//! compatible version, is used as it is: the copies then say that version. All stubs of a caller
//! are copied in one go, since two of them may bring different parts of one package.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use golem_rpc_plan::FileSet;
use wit_parser::{InterfaceId, PackageId, PackageName, Resolve, Type, TypeDefKind};

use crate::closure::print_package;
use crate::golem_rpc::compatible;
use crate::names;
use crate::source::{WitError, WitPackage, WitRoot};
use crate::stub::{STUB_FILE, Stub};

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

/// Why a stub's WIT cannot stand in a caller's WIT root.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    /// The caller's own package is one that the stub depends on.
    #[error(
        "`{stub}` needs the package `{package}`, which is the caller's own: WIT packages cannot depend on each other in a circle"
    )]
    Cycle {
        /// The stub package.
        stub: PackageName,
        /// The caller's package.
        package: PackageName,
    },
    /// The destination has the package at a version that is not compatible.
    #[error("`{stub}` needs `{needed}`, but `{path}` holds `{present}`")]
    Incompatible {
        /// The stub package.
        stub: PackageName,
        /// The package it needs.
        needed: PackageName,
        /// What the destination has.
        present: PackageName,
        /// Where.
        path: Utf8PathBuf,
    },
    /// The destination's own copy of a package lacks something, or has it otherwise.
    #[error(
        "`{stub}` needs `{item}` of `{package}` as\n    {needed}\nbut `{path}` has\n    {present}"
    )]
    Differs {
        /// The stub package.
        stub: PackageName,
        /// The package.
        package: PackageName,
        /// The type or interface.
        item: String,
        /// How the stub has it.
        needed: String,
        /// How the destination has it.
        present: String,
        /// Where.
        path: Utf8PathBuf,
    },
    /// Two stubs bring the same package with different content.
    #[error("`{first}` and `{second}` bring `{package}` with different content: {message}")]
    Conflict {
        /// The package.
        package: PackageName,
        /// A stub package that brings it.
        first: PackageName,
        /// Another one.
        second: PackageName,
        /// What differs.
        message: String,
    },
    /// The packages of two stubs do not go together.
    #[error(
        "the packages of `{stub}` do not go together with those of the caller's other stubs: {message}"
    )]
    Merge {
        /// The stub package.
        stub: PackageName,
        /// What does not fit.
        message: String,
    },
    /// The destination's packages do not parse.
    #[error(transparent)]
    Wit(#[from] WitError),
}

impl VendorError {
    /// What to type next, where that is known.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            VendorError::Cycle { package, .. } => format!(
                "move the types that both sides use from `{package}` to a package of their own"
            ),
            VendorError::Incompatible { needed, .. } => {
                format!(
                    "bring `{needed}` to the caller, or remove that copy: it is then copied from the stub"
                )
            }
            VendorError::Differs { path, .. } => {
                format!("bring `{path}` up to date, or remove it: it is then copied from the stub")
            }
            VendorError::Conflict { package, .. } => {
                format!("bring the targets to one version of `{package}`")
            }
            VendorError::Merge { .. } => {
                "bring the targets to one version of the packages that they share".into()
            }
            VendorError::Wit(error) => return error.hint(),
        })
    }
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
                    file.content.clone(),
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

    fn name(&self) -> &PackageName {
        &self.resolve.packages[self.package].name
    }
}

/// The copies that a caller whose own package is `own` needs to use `stubs`, beside what it has.
///
/// # Errors
/// See [`VendorError`]; nothing is copied over what the caller brought itself.
pub fn vendor(
    stubs: &[StubWit],
    own: &PackageName,
    existing: &[Existing],
) -> Result<Vec<Copy>, VendorError> {
    let versions = choose_versions(stubs, own, existing)?;
    check_existing(stubs, existing, &versions)?;
    check_agreement(stubs, &versions)?;
    let mut merged = Resolve::default();
    for stub in stubs {
        let aligned = align(&stub.resolve, &versions);
        merged.merge(aligned).map_err(|error| VendorError::Merge {
            stub: stub.name().clone(),
            message: format!("{error:#}"),
        })?;
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
    stubs: &[StubWit],
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
            None => all()
                .map(|(_, n)| n)
                .filter(|n| compatible(n, name))
                .max()
                .unwrap_or(name)
                .clone(),
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
fn copy(stubs: &[StubWit], merged: &Resolve, id: PackageId, versions: &Versions) -> Copy {
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
    stubs: &[StubWit],
    existing: &[Existing],
    versions: &Versions,
) -> Result<(), VendorError> {
    for stub in stubs {
        for (_, package) in &stub.resolve.packages {
            let chosen = &versions[&package.name];
            let Some(found) = existing.iter().find(|e| e.name == *chosen) else {
                continue;
            };
            let present = resolve_existing(found, existing)?;
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
fn check_agreement(stubs: &[StubWit], versions: &Versions) -> Result<(), VendorError> {
    let mut first = BTreeMap::new();
    for stub in stubs {
        for (_, package) in &stub.resolve.packages {
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

fn resolve_existing(one: &Existing, all: &[Existing]) -> Result<Resolve, WitError> {
    let others = all.iter().filter(|other| other.name != one.name);
    let root = WitRoot {
        path: one.path.clone(),
        main: one.package.clone(),
        deps: others.map(|other| other.package.clone()).collect(),
    };
    root.resolve().map(|(resolve, _)| resolve)
}

struct Difference {
    item: String,
    needed: String,
    present: String,
}

impl Difference {
    fn missing(interface: &str) -> Difference {
        Difference {
            item: format!("interface {interface}"),
            needed: format!("interface {interface} {{ … }}"),
            present: "no such interface".to_string(),
        }
    }
}

/// The first type of `needed` that `present` lacks or has otherwise, compared by structure.
fn difference(
    needed: (&Resolve, InterfaceId),
    present: (&Resolve, InterfaceId),
) -> Option<Difference> {
    let (mine, theirs) = (
        &needed.0.interfaces[needed.1],
        &present.0.interfaces[present.1],
    );
    mine.types.iter().find_map(|(name, id)| {
        let wanted = structure(needed.0, &Type::Id(*id));
        let found = theirs
            .types
            .get(name)
            .map(|id| structure(present.0, &Type::Id(*id)));
        let found = found.unwrap_or_else(|| "no such type".to_string());
        (wanted != found).then(|| Difference {
            item: name.clone(),
            needed: wanted,
            present: found,
        })
    })
}

/// A type spelled out down to its primitives; a resource is its name.
fn structure(resolve: &Resolve, ty: &Type) -> String {
    let Type::Id(id) = ty else {
        return format!("{ty:?}").to_lowercase();
    };
    let def = &resolve.types[*id];
    let go = |ty: &Type| structure(resolve, ty);
    let optional = |ty: &Option<Type>| ty.as_ref().map_or("_".to_string(), go);
    let body = |word: &str, parts: Vec<String>| format!("{word} {{ {} }}", parts.join(", "));
    match &def.kind {
        TypeDefKind::Type(ty) => go(ty),
        TypeDefKind::Record(r) => body(
            "record",
            r.fields
                .iter()
                .map(|f| format!("{}: {}", f.name, go(&f.ty)))
                .collect(),
        ),
        TypeDefKind::Variant(v) => {
            let case = |c: &wit_parser::Case| format!("{}({})", c.name, optional(&c.ty));
            body("variant", v.cases.iter().map(case).collect())
        }
        TypeDefKind::Enum(e) => body("enum", e.cases.iter().map(|c| c.name.clone()).collect()),
        TypeDefKind::Flags(f) => body("flags", f.flags.iter().map(|c| c.name.clone()).collect()),
        TypeDefKind::Tuple(t) => body("tuple", t.types.iter().map(go).collect()),
        TypeDefKind::List(ty) => format!("list<{}>", go(ty)),
        TypeDefKind::Option(ty) => format!("option<{}>", go(ty)),
        TypeDefKind::Result(r) => format!("result<{}, {}>", optional(&r.ok), optional(&r.err)),
        other => format!(
            "{} {}",
            other.as_str(),
            def.name.as_deref().unwrap_or_default()
        ),
    }
}
