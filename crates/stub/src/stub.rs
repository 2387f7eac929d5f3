//! The stub: its model and its WIT.

use golem_rpc_plan::FileSet;
use wit_parser::{InterfaceId, PackageId, PackageName, Resolve, TypeId, WorldId};

use crate::closure::{self, Closure};
use crate::derive::{Derived, Unsupported, derive};
use crate::names;
use crate::render::render;
use crate::source::{Source, WitError, WitRoot};

/// The file of the stub package in the stub's WIT root.
pub const STUB_FILE: &str = "_stub.wit";

/// A stub, derived from the world of one target: immutable facts, all ids point into `resolve`.
#[derive(Clone, Debug)]
pub struct Stub {
    /// The stub's own WIT, parsed back: the stub package, golem:rpc, wasi:io and the packages
    /// whose types the stub uses.
    pub resolve: Resolve,
    /// The stub package, `ns:name-stub`.
    pub package: PackageId,
    /// The stub interface, `stub-<world>`.
    pub interface: InterfaceId,
    /// The stub world, `wasm-rpc-stub-<world>`, which exports the interface and nothing else.
    pub world: WorldId,
    /// One resource for each exported interface that has functions, one for world-level functions.
    pub resources: Vec<StubResource>,
    /// The packages that the stub depends on, as they stand below `deps/`, in name order.
    pub packages: Vec<StubPackage>,
    /// The stub's WIT root: `_stub.wit` and `deps/<dir>/<file>.wit`.
    pub wit: FileSet,
}

/// A package below `deps/` of the stub's WIT root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StubPackage {
    /// Its name with its version.
    pub name: PackageName,
    /// Its directory below `deps/`.
    pub dir: String,
}

/// A resource of the stub interface whose methods call the functions of one exported interface.
#[derive(Clone, Debug)]
pub struct StubResource {
    /// The resource type. Its constructor takes the worker's URI.
    pub id: TypeId,
    /// Its name in the stub interface.
    pub name: String,
    /// The remote functions, in the target's order.
    pub functions: Vec<StubFunction>,
}

/// A remote function and the two methods that call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StubFunction {
    /// The name by which golem:rpc finds it: `ns:pkg/iface.{f}`.
    pub wire_name: String,
    /// Key in the stub interface's `functions` of the method that waits for the result.
    pub blocking: String,
    /// Key in the stub interface's `functions` of the method that returns a future, or, where the
    /// remote function has no result, triggers it and returns nothing.
    pub start: String,
    /// The future resource (`subscribe`, `get`) that `start` returns.
    pub future: Option<TypeId>,
}

/// Why there is no stub for a target.
#[derive(Debug, thiserror::Error)]
pub enum StubError {
    /// The target's world exports no function.
    #[error("world `{world}` of package `{package}` exports no function that could be called")]
    NothingExported {
        /// The world.
        world: String,
        /// Its package.
        package: PackageName,
    },
    /// The target uses something that a stub cannot carry.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// Two versions of one package would stand in one WIT root.
    #[error("the types of world `{world}` come from two versions of `{namespace}:{name}`")]
    TwoVersions {
        /// The world.
        world: String,
        /// Namespace of the package.
        namespace: String,
        /// Name of the package.
        name: String,
    },
    /// The stub's own WIT does not parse: a mistake of ours.
    #[error("the generated stub WIT is wrong, which is a bug in cargo golem-rpc: {0}")]
    Generated(#[source] WitError),
}

impl StubError {
    /// What to type next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            StubError::NothingExported { world, .. } => Some(format!(
                "a target is called through what its world exports: add `export …;` to `world {world}`"
            )),
            StubError::Unsupported(unsupported) => unsupported.hint(),
            StubError::TwoVersions { .. } => Some(
                "use one version of that package throughout the target's exported interfaces"
                    .into(),
            ),
            StubError::Generated(_) => None,
        }
    }
}

impl Stub {
    /// Derives the stub of a world and parses the WIT that it renders.
    pub fn new(source: &Source) -> Result<Stub, StubError> {
        let derived = derive(source)?;
        let world = &source.resolve.worlds[source.world];
        if derived.exports.is_empty() {
            return Err(StubError::NothingExported {
                world: world.name.clone(),
                package: source.resolve.packages[source.package].name.clone(),
            });
        }
        let closure = closure::collect(source, &derived.types);
        let text = render(source, &derived, &closure.golem_rpc, &closure.wasi_io);
        let packages = stub_packages(&closure, &world.name)?;
        let mut wit = FileSet::new();
        for (package, text) in packages.iter().zip(closure.packages.values()) {
            let (dir, file) = names::dep_path(&package.name);
            wit.insert(format!("deps/{dir}/{file}"), text.as_str());
        }
        wit.insert(STUB_FILE, text);
        let (mut resolve, package) = parse(&wit)?;
        // The parser spells out what an export implies; the text leaves it out.
        resolve
            .worlds
            .iter_mut()
            .for_each(|(_, world)| world.imports.clear());
        wit.insert(STUB_FILE, closure::print_package(&resolve, package));
        Stub::find(&derived, &world.name, wit, packages)
    }

    /// Parses the finished text and finds in it what was derived.
    fn find(
        derived: &Derived<'_>,
        world: &str,
        wit: FileSet,
        packages: Vec<StubPackage>,
    ) -> Result<Stub, StubError> {
        let (resolve, package) = parse(&wit)?;
        let interface = resolve.packages[package].interfaces[&names::stub_interface(world)];
        let world = resolve.packages[package].worlds[&names::stub_world(world)];
        let types = &resolve.interfaces[interface].types;
        let resources = derived.exports.iter().map(|export| StubResource {
            id: types[&export.resource],
            name: export.resource.clone(),
            functions: export
                .functions
                .iter()
                .map(|remote| StubFunction {
                    wire_name: remote.wire_name.clone(),
                    blocking: format!("[method]{}.{}", export.resource, remote.blocking),
                    start: format!("[method]{}.{}", export.resource, remote.start),
                    future: remote.future.as_ref().map(|name| types[name]),
                })
                .collect(),
        });
        let resources = resources.collect();
        Ok(Stub {
            package,
            interface,
            world,
            resources,
            packages,
            wit,
            resolve,
        })
    }
}

fn parse(wit: &FileSet) -> Result<(Resolve, PackageId), StubError> {
    WitRoot::generated(wit)
        .and_then(|root| root.resolve())
        .map_err(StubError::Generated)
}

/// The closure's packages with their directories, which two versions of one package cannot share.
fn stub_packages(closure: &Closure, world: &str) -> Result<Vec<StubPackage>, StubError> {
    let mut packages: Vec<StubPackage> = Vec::new();
    for name in closure.packages.keys() {
        let (dir, _) = names::dep_path(name);
        if packages.iter().any(|other| other.dir == dir) {
            return Err(StubError::TwoVersions {
                world: world.to_string(),
                namespace: name.namespace.clone(),
                name: name.name.clone(),
            });
        }
        packages.push(StubPackage {
            name: name.clone(),
            dir,
        });
    }
    Ok(packages)
}
