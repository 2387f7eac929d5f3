//! Which interfaces a member's world imports, and where that world stands: the one answer to whether a
//! caller uses a stub.
//!
//! What resolves says so by itself. Where a caller's WIT does not resolve, its world counts as importing
//! what it names and what is there: an import that leads nowhere is no use of a stub.

use std::collections::BTreeSet;

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, WitRoot};
use wit_parser::{AstItem, PackageName, UnresolvedPackage, World, WorldKey};

use super::Resolver;
use crate::Member;
use crate::wit::stub_ids::same;

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

/// What a member's world imports.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The interfaces, each with its package.
    interfaces: BTreeSet<(PackageName, String)>,
    /// Where the world stands.
    pub world: Option<Spot>,
}

impl Imported {
    /// None if the member's WIT cannot be read, or has no such world.
    pub fn of(member: &Member, resolver: &Resolver<'_>) -> Option<Imported> {
        match resolver.resolve(member) {
            Ok(Some(source)) => Some(Imported::resolved(&source)),
            Ok(None) | Err(_) => Imported::named(member, resolver.view()),
        }
    }

    /// Whether the world imports something of a package, at whatever version.
    pub fn has(&self, package: &PackageName) -> bool {
        self.interfaces
            .iter()
            .any(|(other, _)| same(other, package))
    }

    /// The interfaces, as WIT names them.
    pub fn ids(&self) -> impl Iterator<Item = String> {
        let interfaces = self.interfaces.iter();
        interfaces.map(|(package, name)| package.interface_id(name))
    }

    /// Those of a world that resolves.
    pub(crate) fn resolved(source: &Source) -> Imported {
        let resolve = &source.resolve;
        let world = &resolve.worlds[source.world];
        let interfaces = world.imports.keys().filter_map(|import| {
            let WorldKey::Interface(id) = import else {
                return None;
            };
            let interface = &resolve.interfaces[*id];
            let package = resolve.packages[interface.package?].name.clone();
            Some((package, interface.name.clone()?))
        });
        Imported {
            interfaces: interfaces.collect(),
            world: Spot::parse(&resolve.render_location(world.span)),
        }
    }

    /// Those that a world names, as far as there is such a thing.
    pub(crate) fn named(member: &Member, view: &Snapshot) -> Option<Imported> {
        let world = member.world(view).ok()?;
        let group = world.wit.parse().ok()?;
        let root = member.wit(view).ok()?;
        let mut worlds = group.main.worlds.iter().map(|(_, world)| world);
        let found = worlds.find(|other| other.name == world.name)?;
        Some(Imported {
            interfaces: direct(&group.main, found, &root),
            world: Spot::parse(&group.source_map.render_location(found.span)),
        })
    }
}

/// The interfaces of other packages that a world imports by itself, as far as a WIT root has them.
fn direct(
    package: &UnresolvedPackage,
    world: &World,
    root: &WitRoot,
) -> BTreeSet<(PackageName, String)> {
    let named = package.foreign_deps.iter().flat_map(|(package, items)| {
        let imported = items.iter().filter(|(_, (item, _))| match item {
            AstItem::Interface(id) => world.imports.contains_key(&WorldKey::Interface(*id)),
            AstItem::World(_) => false,
        });
        imported.map(move |(name, _)| (package.clone(), name.clone()))
    });
    named
        .filter(|(package, name)| has(root, package, name))
        .collect()
}

/// Whether a WIT root has an interface of a package.
fn has(root: &WitRoot, package: &PackageName, interface: &str) -> bool {
    let groups = root.deps.iter().filter_map(|dep| dep.parse().ok());
    let mut found = groups.filter(|group| group.main.name == *package);
    found.any(|group| {
        let mut interfaces = group.main.interfaces.iter();
        interfaces.any(|(_, other)| other.name.as_deref() == Some(interface))
    })
}
