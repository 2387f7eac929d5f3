//! The stub: its model and its WIT.

use golem_rpc_plan::{Class, FileSet};
use wit_parser::{Interface, InterfaceId, PackageId, PackageName, Resolve, WorldId};

use crate::carry::{self, Unsupported};
use crate::closure;
use crate::derive::{Derived, Export, Remote, derive};
use crate::error::WitError;
use crate::exported::{self, Exported};
use crate::extent;
use crate::model::{Receiver, StubFunction, StubPackage, StubResource};
use crate::names;
use crate::options::StubOptions;
use crate::own_base::{self, OtherBase};
use crate::owned::{OwnedParameter, owned_parameters};
use crate::render::render;
use crate::source::{Source, WitRoot};

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
    /// What it was made with.
    pub options: StubOptions,
    /// One resource for each exported interface that has functions of its own, one for each exported
    /// resource, and one for world-level functions.
    pub resources: Vec<StubResource>,
    /// What `skip_unsupported` left out.
    pub skipped: Vec<Skipped>,
    /// The functions that work in the local runtime alone, by what they take.
    pub owned: Vec<OwnedParameter>,
    /// The packages that the stub depends on, as they stand below `deps/`, in name order.
    pub packages: Vec<StubPackage>,
    /// The stub's WIT root: `_stub.wit` and `deps/<dir>/<file>.wit`.
    pub wit: FileSet,
}

/// A function that the stub leaves out, since it cannot carry it.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// Its name on the wire.
    pub wire_name: String,
    /// The message with file, line and caret, and what could be written instead.
    pub reason: String,
    /// What to write instead, where there is such a thing.
    pub hint: Option<String>,
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
    /// What the target has in the place of golem:rpc is something else.
    #[error(transparent)]
    OtherBase(#[from] Box<OtherBase>),
    /// The stub's own WIT does not parse: a mistake of ours.
    #[error("the generated stub WIT is wrong, which is a bug in cargo golem-rpc: {0}")]
    Generated(#[source] WitError),
}

impl StubError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        Class::Wit
    }

    /// What to type next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            StubError::NothingExported { world, .. } => Some(format!(
                "a target is called through what its world exports: add `export …;` to `world {world}`"
            )),
            StubError::Unsupported(unsupported) => unsupported.hint(),
            StubError::OtherBase(error) => Some(error.hint()),
            StubError::Generated(_) => None,
        }
    }

    /// Whether [`StubOptions::skip_unsupported`] would give a stub.
    pub fn is_skippable(&self) -> bool {
        matches!(self, StubError::Unsupported(unsupported) if unsupported.skippable)
    }
}

impl Stub {
    /// Derives the stub of a world and parses the WIT that it renders.
    ///
    /// # Errors
    /// [`StubError::NothingExported`] if nothing could be called, [`StubError::Unsupported`] for
    /// the first function that a stub cannot carry, unless such functions are to be skipped and
    /// others remain, [`StubError::OtherBase`] if the target's own golem:rpc is another one.
    pub fn new(source: &Source, options: &StubOptions) -> Result<Stub, StubError> {
        let mut exported = exported::collect(source);
        let refused = std::mem::take(&mut exported.refused);
        let skipped = skipped(source, &exported, options, refused)?;
        let owned = owned_parameters(&source.resolve, &exported.parts);
        let derived = derive(source, &exported, options);
        own_base::check(&source.resolve, &derived.closure, options.golem_rpc)?;
        let mut wit = FileSet::new();
        let mut packages = Vec::new();
        for (name, text) in &derived.closure.packages {
            let (dir, file) = names::dep_path(name);
            wit.insert(format!("deps/{dir}/{file}"), text.as_str());
            packages.push(StubPackage {
                name: name.clone(),
                dir,
            });
        }
        wit.insert(STUB_FILE, render(source, &derived, options));
        let (mut resolve, package) = parse(&wit)?;
        // The parser spells out what an export implies; the text leaves it out.
        resolve
            .worlds
            .iter_mut()
            .for_each(|(_, world)| world.imports.clear());
        wit.insert(STUB_FILE, closure::print_package(&resolve, package));
        let world = &source.resolve.worlds[source.world].name;
        let (resolve, package) = parse(&wit)?;
        let interface = resolve.packages[package].interfaces[&names::stub_interface(world)];
        if !extent::fits(&resolve, interface) {
            return Err(carry::refuse_world(source).into());
        }
        Ok(Stub {
            package,
            interface,
            world: resolve.packages[package].worlds[&names::stub_world(world)],
            options: options.clone(),
            resources: find(&derived, &resolve.interfaces[interface]),
            skipped,
            owned,
            packages,
            wit,
            resolve,
        })
    }
}

/// What is left out, if something remains.
fn skipped(
    source: &Source,
    exported: &Exported<'_>,
    options: &StubOptions,
    refused: Vec<(String, Unsupported)>,
) -> Result<Vec<Skipped>, StubError> {
    let mut parts = exported.parts.iter();
    let callable = parts.any(|part| part.constructor.is_some() || !part.functions.is_empty());
    let first = !options.skip_unsupported || !callable;
    let mut refused = refused.into_iter();
    if first && let Some((_, mut error)) = refused.next() {
        error.skippable = callable;
        return Err(error.into());
    }
    if !callable {
        return Err(StubError::NothingExported {
            world: source.resolve.worlds[source.world].name.clone(),
            package: source.resolve.packages[source.package].name.clone(),
        });
    }
    let skipped = refused.map(|(wire_name, error)| Skipped {
        wire_name,
        hint: error.hint(),
        reason: error.rendered,
    });
    Ok(skipped.collect())
}

/// Finds in the parsed stub interface what was derived.
fn find(derived: &Derived<'_>, interface: &Interface) -> Vec<StubResource> {
    let resource = |export: &Export<'_>| {
        let name = &export.resource;
        let constructor = export.constructor.as_ref();
        StubResource {
            id: interface.types[name],
            name: name.clone(),
            kind: export.kind.clone(),
            constructor: constructor.map(|_| format!("[constructor]{name}")),
            ephemeral: constructor
                .filter(|constructor| constructor.ephemeral)
                .map(|_| format!("[static]{name}.{}", names::EPHEMERAL)),
            functions: export
                .functions
                .iter()
                .map(|remote| find_function(name, remote, interface))
                .collect(),
        }
    };
    derived.exports.iter().map(resource).collect()
}

fn find_function(resource: &str, remote: &Remote<'_>, interface: &Interface) -> StubFunction {
    let kind = match remote.receiver {
        Receiver::Worker | Receiver::Resource => "method",
        Receiver::Address | Receiver::Param(_) => "static",
    };
    let key = |name: &String| format!("[{kind}]{resource}.{name}");
    StubFunction {
        wire_name: remote.wire_name.clone(),
        receiver: remote.receiver,
        blocking: key(&remote.names.blocking),
        start: key(&remote.names.start),
        schedule: remote.names.schedule.as_ref().map(key),
        future: remote.future.as_ref().map(|name| interface.types[name]),
    }
}

fn parse(wit: &FileSet) -> Result<(Resolve, PackageId), StubError> {
    WitRoot::generated(wit)
        .and_then(|root| root.resolve())
        .map_err(StubError::Generated)
}
