//! Which stubs a caller's world imports, and where that world stands.
//!
//! The caller's own WIT alone says so, without what it depends on; only where a world includes
//! another one, or names a stub in some other way, everything is resolved.

use std::collections::BTreeSet;

use golem_rpc_plan::Snapshot;
use wit_parser::{AstItem, PackageName, Resolve, UnresolvedPackage, World, WorldKey};

use crate::{Member, wit};

/// A place in a text file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl Spot {
    /// Reads `path:line:column`, as WIT errors write it.
    pub fn parse(text: &str) -> Option<Spot> {
        let mut parts = text.rsplitn(3, ':');
        let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let path = parts.next()?.to_string();
        Some(Spot { path, line, column })
    }
}

/// What a caller's world imports.
pub(super) struct Imports {
    packages: BTreeSet<(String, String)>,
    pub(super) world: Option<Spot>,
}

impl Imports {
    /// None if the caller's WIT cannot be read, or has no such world.
    pub(super) fn of(member: &Member, disk: &Snapshot) -> Option<Imports> {
        let group = wit::parse_main(member, disk)?;
        let name = member.local().ok()?.world.as_deref();
        let bare = name.map(|name| name.rsplit('/').next().unwrap_or(name));
        let bare = bare.map(|name| name.split('@').next().unwrap_or(name));
        let mut worlds = group.main.worlds.iter().map(|(_, world)| world);
        let world = match bare {
            Some(name) => worlds.find(|world| world.name == name)?,
            None => worlds.next()?,
        };
        let spot = Spot::parse(&group.source_map.render_location(world.span));
        let packages = direct(&group.main, world);
        let named = group.main.foreign_deps.keys();
        let mut stubs = named.filter(|package| package.name.ends_with("-stub"));
        let all = world.includes.is_empty() && stubs.all(|stub| packages.contains(&key(stub)));
        let resolved = match all {
            true => None,
            false => resolved(member, name, disk),
        };
        Some(Imports {
            packages: resolved.unwrap_or(packages),
            world: spot,
        })
    }

    /// Whether the world imports something of a package, at whatever version.
    pub(super) fn has(&self, package: &PackageName) -> bool {
        self.packages.contains(&key(package))
    }
}

fn key(package: &PackageName) -> (String, String) {
    (package.namespace.clone(), package.name.clone())
}

/// The packages of the interfaces that a world imports by itself.
fn direct(package: &UnresolvedPackage, world: &World) -> BTreeSet<(String, String)> {
    let mut packages = BTreeSet::new();
    for (name, items) in &package.foreign_deps {
        let mut items = items.values();
        let imports = |item: &AstItem| match item {
            AstItem::Interface(id) => world.imports.contains_key(&WorldKey::Interface(*id)),
            AstItem::World(_) => false,
        };
        if items.any(|(item, _)| imports(item)) {
            packages.insert(key(name));
        }
    }
    packages
}

/// The packages of all interfaces that a world imports.
fn resolved(
    member: &Member,
    world: Option<&str>,
    disk: &Snapshot,
) -> Option<BTreeSet<(String, String)>> {
    let source = member.wit(disk).ok()?.select(world).ok()?;
    let resolve: &Resolve = &source.resolve;
    let imports = resolve.worlds[source.world].imports.keys();
    let interfaces = imports.filter_map(|import| match import {
        WorldKey::Interface(id) => resolve.interfaces[*id].package,
        WorldKey::Name(_) => None,
    });
    Some(
        interfaces
            .map(|package| key(&resolve.packages[package].name))
            .collect(),
    )
}
