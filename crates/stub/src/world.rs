//! The name of a world → the world. A name without a package is one of the main package's; one with a
//! package, `ns:pkg/world` or `ns:pkg/world@1.2.3`, is of exactly that package and version, wherever
//! that comes from. These are the rules of the bindings generators (`Resolve::select_world`), with
//! errors that list what there is.

use std::fmt;

use camino::Utf8Path;
use wit_parser::{PackageId, PackageName, ParsedUsePath, Resolve, WorldId, parse_use_path};

use crate::error::WitError;

/// The name of a world, as a manifest, a macro or a command line gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldName {
    /// The package that it names; none for a world of the main package.
    pub package: Option<PackageName>,
    /// The world's own name.
    pub name: String,
}

impl WorldName {
    /// Reads `world`, `ns:pkg/world` or `ns:pkg/world@1.2.3`.
    ///
    /// # Errors
    /// If it is none of these.
    pub fn parse(text: &str) -> Result<WorldName, WitError> {
        match parse_use_path(text) {
            Ok(ParsedUsePath::Name(name)) => Ok(WorldName {
                package: None,
                name,
            }),
            Ok(ParsedUsePath::Package(package, name)) => Ok(WorldName {
                package: Some(package),
                name,
            }),
            // A word of WIT needs a `%` there; on a command line it is plain enough.
            Err(_) if is_word(text) => Ok(WorldName {
                package: None,
                name: text.to_string(),
            }),
            Err(_) => Err(WitError::NoWorldName {
                text: text.to_string(),
            }),
        }
    }

    /// The same name without the version of the package.
    pub fn without_version(&self) -> WorldName {
        let mut name = self.clone();
        if let Some(package) = &mut name.package {
            package.version = None;
        }
        name
    }

    /// Which of some packages is that of the world.
    ///
    /// # Errors
    /// If none is, or several versions could be. `path` is where they were looked for, `worlds` lists
    /// the worlds that there are.
    pub fn package_in<'n>(
        &self,
        main: &'n PackageName,
        all: impl Iterator<Item = &'n PackageName> + Clone,
        path: &Utf8Path,
        worlds: impl FnOnce() -> Vec<String>,
    ) -> Result<&'n PackageName, WitError> {
        let Some(wanted) = &self.package else {
            return Ok(main);
        };
        if let Some(exact) = all.clone().find(|name| *name == wanted) {
            return Ok(exact);
        }
        let alike = all.filter(|name| wanted.version.is_none() && same(name, wanted));
        let mut alike: Vec<&PackageName> = alike.collect();
        alike.sort();
        alike.dedup();
        match alike[..] {
            [one] => Ok(one),
            [] => Err(WitError::NoSuchPackage {
                package: wanted.clone(),
                world: self.to_string(),
                path: path.to_path_buf(),
                worlds: worlds(),
            }),
            _ => {
                let worlds = alike.iter().map(|package| package.interface_id(&self.name));
                Err(WitError::SeveralVersions {
                    world: self.to_string(),
                    path: path.to_path_buf(),
                    worlds: worlds.collect(),
                })
            }
        }
    }
}

impl fmt::Display for WorldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.package {
            Some(package) => f.write_str(&package.interface_id(&self.name)),
            None => f.write_str(&self.name),
        }
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase())
}

/// Whether two packages are the same, whatever their versions.
pub(crate) fn same(one: &PackageName, other: &PackageName) -> bool {
    (&one.namespace, &one.name) == (&other.namespace, &other.name)
}

/// Selects a world among resolved packages: the named one, or the only one of the main package.
/// `path` is where these come from, `worlds` lists the worlds that there are.
///
/// # Errors
/// If there is no such world, or several and none is named.
pub(crate) fn select_world(
    resolve: &Resolve,
    main: PackageId,
    wanted: Option<&WorldName>,
    path: &Utf8Path,
    worlds: impl FnOnce() -> Vec<String>,
) -> Result<WorldId, WitError> {
    let own = &resolve.packages[main];
    let Some(wanted) = wanted else {
        let (package, path) = (own.name.clone(), path.to_path_buf());
        let mut all = own.worlds.values();
        return match (all.next(), all.next()) {
            (Some(world), None) => Ok(*world),
            (None, _) => Err(WitError::NoWorld { package, path }),
            (Some(_), Some(_)) => Err(WitError::SeveralWorlds {
                package,
                path,
                worlds: own.worlds.keys().cloned().collect(),
            }),
        };
    };
    let all = resolve.package_names.keys();
    let package = wanted.package_in(&own.name, all, path, worlds)?;
    let found = &resolve.packages[resolve.package_names[package]];
    let world = found.worlds.get(&wanted.name).copied();
    world.ok_or_else(|| WitError::UnknownWorld {
        package: package.clone(),
        path: path.to_path_buf(),
        world: wanted.name.clone(),
        worlds: found.worlds.keys().cloned().collect(),
    })
}
