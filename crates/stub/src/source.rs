//! WIT files as they lie in a WIT root, and their resolution to packages and a world.
//!
//! A WIT root is what every WIT tool takes: `*.wit` files of one package, and `deps/` beside them
//! with directories, single `.wit` files or encoded `.wasm` packages. Only the dependencies that
//! the main package reaches are resolved, as `cargo component` does it: a stray old file below
//! `deps/` is no error until something uses it.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Entry, EntryKind, FileSet, Snapshot, unsigned};
use wit_parser::{
    PackageId, PackageName, Resolve, ResolveError, ResolveErrorKind, SourceMap,
    UnresolvedPackageGroup, WorldId,
};

use crate::error::WitError;
use crate::file::WitFile;
use crate::gates;
use crate::guard::{Panicked, guarded};
use crate::loaders;
use crate::spelling::{self, OldSpelling};
use crate::world::{WorldName, same, select_world};

/// One WIT package: the `.wit` files of a directory, a single `.wit` file, or one `.wasm` file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WitPackage {
    /// Where it lies: its directory or its file, as the directory around that has it.
    pub path: Utf8PathBuf,
    /// Its files, in path order.
    pub files: Vec<WitFile>,
}

/// A WIT root: a package and the packages that it may depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitRoot {
    /// Where it lies, for messages.
    pub path: Utf8PathBuf,
    /// The main package.
    pub main: WitPackage,
    /// Candidates for its dependencies. Of two with the same package name the fuller one counts.
    pub deps: Vec<WitPackage>,
}

/// A resolved package and the world of it that a stub is made for.
#[derive(Clone, Debug)]
pub struct Source {
    /// Everything that was resolved.
    pub resolve: Resolve,
    /// The package of the world: the main one, unless the world was named with another.
    pub package: PackageId,
    /// The selected world.
    pub world: WorldId,
}

impl WitPackage {
    /// The package at `path`: a directory's own `.wit` files, or the file itself, by their names in the
    /// snapshot. None if it has no such thing.
    pub fn read(disk: &Snapshot, path: &Utf8Path) -> Option<WitPackage> {
        let file = |path: &Utf8Path| {
            let content = disk.get(path)?.to_vec();
            let path = disk.name_of(path);
            Some(WitFile { path, content })
        };
        let place = match path.parent().zip(path.file_name()) {
            Some((dir, name)) => disk.name_of(dir).join(name),
            None => path.to_path_buf(),
        };
        if let Some(file) = file(path) {
            let (path, files) = (place, vec![file]);
            return Some(WitPackage { path, files });
        }
        let is_wit = |entry: &&Entry| entry.path.file_name().is_some_and(loaders::is_wit);
        let entries = disk.entries(path);
        let files = entries.iter().filter(is_wit);
        let files: Vec<_> = files.filter_map(|entry| file(&entry.path)).collect();
        (!files.is_empty()).then_some(WitPackage { path: place, files })
    }

    pub(crate) fn is_encoded(&self) -> bool {
        matches!(self.files.as_slice(), [file] if file.path.extension() == Some("wasm"))
    }

    /// The name of the package, without resolving what it depends on.
    pub fn name(&self) -> Result<PackageName, WitError> {
        if self.is_encoded() {
            let (resolve, package) = self.decode()?;
            return Ok(resolve.packages[package].name.clone());
        }
        Ok(self.parse()?.main.name)
    }

    /// Its worlds, each with the package that has it: there may be others within.
    ///
    /// # Errors
    /// If it does not parse.
    pub fn worlds(&self) -> Result<Vec<(PackageName, String)>, WitError> {
        let named = |package: &PackageName, world: &String| (package.clone(), world.clone());
        if self.is_encoded() {
            let (resolve, package) = self.decode()?;
            let package = &resolve.packages[package];
            let worlds = package.worlds.keys();
            return Ok(worlds.map(|world| named(&package.name, world)).collect());
        }
        let group = self.parse()?;
        let packages = std::iter::once(&group.main).chain(&group.nested);
        let worlds = packages.flat_map(|package| {
            let worlds = package.worlds.iter();
            worlds.map(|(_, world)| named(&package.name, &world.name))
        });
        Ok(worlds.collect())
    }

    /// Its name, and those of the packages within.
    ///
    /// # Errors
    /// If it does not parse.
    pub fn all_names(&self) -> Result<Vec<PackageName>, WitError> {
        if self.is_encoded() {
            Ok(vec![self.name()?])
        } else {
            Ok(names(&self.parse()?).collect())
        }
    }

    /// The names of all packages that it holds: an encoded one has what it depends on, and text may have
    /// others nested in it.
    pub fn names_within(&self) -> Result<Vec<PackageName>, WitError> {
        if self.is_encoded() {
            let (resolve, _) = self.decode()?;
            return Ok(resolve.package_names.keys().cloned().collect());
        }
        Ok(names(&self.parse()?).collect())
    }

    /// The packages that it names and does not hold.
    pub fn foreign(&self) -> Result<Vec<PackageName>, WitError> {
        if self.is_encoded() {
            Ok(Vec::new())
        } else {
            Ok(foreign(&self.parse()?))
        }
    }

    pub(crate) fn decode(&self) -> Result<(Resolve, PackageId), WitError> {
        let file = &self.files[0];
        let not_wit = |message| WitError::NotWit {
            path: file.path.clone(),
            message,
        };
        // wit-parser 0.263 makes room for whatever length a section claims to have.
        let mut sections = wasmparser::Parser::new(0).parse_all(&file.content);
        if let Some(error) = sections.find_map(Result::err) {
            return Err(not_wit(error.to_string()));
        }
        let decoded = guarded(|| wit_component::decode(&file.content))
            .map_err(|panicked| not_wit(panicked.to_string()))?
            .map_err(|error| not_wit(format!("{error:#}")))?;
        let package = decoded.package();
        Ok((decoded.resolve().clone(), package))
    }

    /// The package as it parses, without what it depends on.
    ///
    /// # Errors
    /// If it is encoded, or does not parse.
    pub fn parse(&self) -> Result<UnresolvedPackageGroup, WitError> {
        let mut map = SourceMap::new();
        for file in &self.files {
            let text = std::str::from_utf8(&file.content).map_err(|_| WitError::NotUtf8 {
                path: file.path.clone(),
            })?;
            // wit-parser 0.263 panics on an empty comment before an item.
            let mut text = text.replace("/**/", "    ");
            // It takes the line that says that a file is generated for the package's documentation.
            let line = text.len() - unsigned(text.as_bytes()).len();
            let blanked = line.saturating_sub(1);
            text.replace_range(..blanked, &" ".repeat(blanked));
            map.push_str(file.path.as_str(), text);
        }
        let parsed = guarded(|| map.parse())
            .map_err(|panicked| gave_up(panicked, std::slice::from_ref(self)))?;
        parsed.map_err(|(map, error)| {
            let mut rendered = error.render(&map);
            if !rendered.contains("-->") {
                rendered.push_str(&format!("\n     --> {}", self.files[0].path));
            }
            invalid(rendered, None, std::slice::from_ref(self))
        })
    }
}

/// The error for text that does not parse: old spellings where there are some, else `rendered`.
fn invalid(rendered: String, missing: Option<PackageName>, packages: &[WitPackage]) -> WitError {
    let shown =
        |old: &OldSpelling| rendered.contains(&format!("{}:{}:", old.place.path, old.place.line));
    let places: Vec<_> = packages
        .iter()
        .flat_map(|p| spelling::find(&p.files))
        .collect();
    if places.iter().any(shown) {
        WitError::OldSpelling { places }
    } else {
        WitError::Invalid { rendered, missing }
    }
}

/// The error for text that the parser panics on.
fn gave_up(panicked: Panicked, packages: &[WitPackage]) -> WitError {
    match packages
        .iter()
        .find_map(|package| gates::find(&package.files))
    {
        Some(gate) => WitError::Invalid {
            rendered: gate.to_string(),
            missing: None,
        },
        None => WitError::GaveUp {
            path: packages[0].files[0].path.clone(),
            panicked,
        },
    }
}

impl WitRoot {
    /// The WIT root at `path`, a directory or a single `.wit` file, as the snapshot shows it.
    pub fn read(disk: &Snapshot, path: &Utf8Path) -> Result<WitRoot, WitError> {
        let main = WitPackage::read(disk, path).ok_or_else(|| WitError::NoWit {
            path: path.to_path_buf(),
        })?;
        let deps = WitRoot::deps_dir(disk, path);
        if disk.contains(&deps) {
            let link = disk.text(&deps).filter(|text| is_path(text));
            let link = link.map(str::to_string);
            return Err(WitError::DepsIsFile { path: deps, link });
        }
        let is_package = |entry: &Entry| match entry.kind {
            EntryKind::File => matches!(entry.path.extension(), Some("wit" | "wasm")),
            _ => true,
        };
        let entries = disk.entries(&deps).into_iter().filter(is_package);
        let deps = entries
            .filter_map(|entry| WitPackage::read(disk, &entry.path))
            .collect();
        Ok(WitRoot {
            path: path.to_path_buf(),
            main,
            deps,
        })
    }

    /// The directory of a WIT root's dependencies, by its name in the snapshot: what `deps` in the root
    /// leads to, or `deps` beside it if it is a file.
    pub fn deps_dir(disk: &Snapshot, path: &Utf8Path) -> Utf8PathBuf {
        loaders::deps_dir(disk, path)
    }

    /// The WIT root that a set of generated files makes.
    pub fn generated(files: &FileSet) -> Result<WitRoot, WitError> {
        let mut disk = Snapshot::new();
        for (path, content) in files.iter() {
            disk.insert(Utf8Path::new("/").join(path), content);
        }
        WitRoot::read(&disk, Utf8Path::new("/"))
    }

    /// Resolves the main package and what it reaches.
    pub fn resolve(&self) -> Result<(Resolve, PackageId), WitError> {
        self.resolve_with(None)
    }

    /// The same with another package, of whichever version, and what that reaches.
    fn resolve_with(&self, also: Option<&PackageName>) -> Result<(Resolve, PackageId), WitError> {
        if self.main.is_encoded() {
            return self.main.decode();
        }
        let mut resolve = Resolve::default();
        let main = self.main.parse()?;
        let deps = self.reachable(&mut resolve, &main, also)?;
        let package = self.push(&mut resolve, main, deps)?;
        Ok((resolve, package))
    }

    /// Resolves a parsed package and its dependencies.
    pub(crate) fn push(
        &self,
        resolve: &mut Resolve,
        main: UnresolvedPackageGroup,
        deps: Vec<UnresolvedPackageGroup>,
    ) -> Result<PackageId, WitError> {
        guarded(|| resolve.push_groups(main, deps))
            .map_err(|panicked| gave_up(panicked, &self.packages()))?
            .map_err(|error| self.invalid(resolve, &error))
    }

    /// Takes an encoded dependency in.
    pub(crate) fn merge_encoded(
        &self,
        resolve: &mut Resolve,
        package: &WitPackage,
    ) -> Result<(), WitError> {
        let (encoded, _) = package.decode()?;
        guarded(|| resolve.merge(encoded))
            .map_err(|panicked| gave_up(panicked, &self.packages()))?
            .map(drop)
            .map_err(|error| WitError::NotWit {
                path: package.files[0].path.clone(),
                message: format!("{error:#}"),
            })
    }

    /// The text dependencies that `main` and the package `also` reach; encoded ones are merged into
    /// `resolve` at once.
    fn reachable(
        &self,
        resolve: &mut Resolve,
        main: &UnresolvedPackageGroup,
        also: Option<&PackageName>,
    ) -> Result<Vec<UnresolvedPackageGroup>, WitError> {
        let mut candidates = Vec::new();
        let mut broken = None;
        for package in &self.deps {
            if package.is_encoded() {
                self.merge_encoded(resolve, package)?;
                continue;
            }
            match package.parse() {
                Ok(group) => candidates.push(group),
                Err(error) => broken = broken.or(Some(error)),
            }
        }
        let mut reached = Vec::new();
        let mut known: BTreeSet<_> = resolve.package_names.keys().cloned().collect();
        known.extend(names(main));
        let mut wanted = foreign(main);
        let held = candidates.iter().flat_map(names);
        wanted.extend(held.filter(|name| also.is_some_and(|also| same(also, name))));
        while let Some(name) = wanted.pop() {
            if known.contains(&name) {
                continue;
            }
            let has =
                |(_, group): &(usize, &UnresolvedPackageGroup)| names(group).any(|n| n == name);
            // Of two the fuller one counts, of two that are as full the first.
            let found = candidates.iter().enumerate().filter(has);
            let found = found.min_by_key(|(_, group)| std::cmp::Reverse(size(group)));
            let Some((found, _)) = found else {
                // Perhaps it stands in a file that does not parse: then that is the trouble.
                match broken.take() {
                    Some(error) => return Err(error),
                    None => continue,
                }
            };
            let group = candidates.swap_remove(found);
            known.extend(names(&group));
            wanted.extend(foreign(&group));
            reached.push(group);
        }
        Ok(reached)
    }

    fn invalid(&self, resolve: &Resolve, error: &ResolveError) -> WitError {
        let missing = match error.kind() {
            ResolveErrorKind::PackageNotFound { requested, .. } => Some(requested.clone()),
            _ => None,
        };
        invalid(
            rendered(error, &resolve.source_map),
            missing,
            &self.packages(),
        )
    }

    /// All packages, the main one first.
    fn packages(&self) -> Vec<WitPackage> {
        let main = std::iter::once(&self.main);
        main.chain(&self.deps).cloned().collect()
    }

    /// Resolves the root and selects a world: the named one, or the only one of the main package.
    pub fn select(&self, world: Option<&str>) -> Result<Source, WitError> {
        let wanted = world.map(WorldName::parse).transpose()?;
        let also = wanted.as_ref().and_then(|world| world.package.as_ref());
        let (resolve, main) = self.resolve_with(also)?;
        let worlds = || self.worlds();
        let world = select_world(&resolve, main, wanted.as_ref(), &self.path, worlds)?;
        Ok(Source {
            package: resolve.worlds[world].package.unwrap_or(main),
            resolve,
            world,
        })
    }

    /// The worlds of all packages that parse, with their packages' names.
    pub fn worlds(&self) -> Vec<String> {
        let packages = std::iter::once(&self.main).chain(&self.deps);
        let worlds = packages.filter_map(|package| package.worlds().ok());
        let worlds = worlds.flatten();
        worlds
            .map(|(package, world)| package.interface_id(&world))
            .collect()
    }
}

/// Whether a text is nothing but a path, as in a symbolic link that was written as a file.
fn is_path(text: &str) -> bool {
    text.contains('/') && !text.contains(char::is_whitespace)
}

fn names(group: &UnresolvedPackageGroup) -> impl Iterator<Item = PackageName> {
    std::iter::once(&group.main)
        .chain(&group.nested)
        .map(|p| p.name.clone())
}

/// How much a package has: interfaces, types and functions.
fn size(group: &UnresolvedPackageGroup) -> usize {
    let packages = std::iter::once(&group.main).chain(&group.nested);
    packages
        .flat_map(|package| package.interfaces.iter())
        .map(|(_, interface)| 1 + interface.types.len() + interface.functions.len())
        .sum()
}

fn foreign(group: &UnresolvedPackageGroup) -> Vec<PackageName> {
    let packages = std::iter::once(&group.main).chain(&group.nested);
    packages
        .flat_map(|p| p.foreign_deps.keys().cloned())
        .collect()
}

/// An error with its place. The parser shows none for a package that stands at two places.
pub(crate) fn rendered(error: &ResolveError, map: &SourceMap) -> String {
    let ResolveErrorKind::DuplicatePackage { name, span1, span2 } = error.kind() else {
        return error.render(map);
    };
    let other = map.render_location(*span2);
    let message = format!("package `{name}` is there twice: the other one is in {other}");
    ResolveError::new_semantic(*span1, message).render(map)
}
