//! What a caller has of a target: its copy of the stub's WIT, perhaps of an older one.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{GolemRpc, RpcErrors, WitError, WitPackage, WitRoot, names};
use wit_parser::{Interface, PackageId, Resolve, Type, TypeDefKind};

use super::stub_ids::same;
use crate::{Workspace, WorkspaceError};

/// A caller's copy of a stub, and the options that its text tells of.
#[derive(Clone, Debug)]
pub struct StubCopy {
    /// The stub package with what it depends on, as the caller has these.
    pub resolve: Resolve,
    /// The stub package.
    pub package: PackageId,
    /// The golem:rpc that it calls through; none if that is not one we know.
    pub golem_rpc: Option<GolemRpc>,
    /// How failed calls reach the caller.
    pub rpc_errors: RpcErrors,
    /// The files of what the stub package depends on.
    pub files: BTreeSet<Utf8PathBuf>,
}

/// The files of a WIT root's dependencies, and of its main package, that are in `resolve`.
pub fn reached_files(root: &WitRoot, resolve: &Resolve) -> BTreeSet<Utf8PathBuf> {
    let mut files = reached_dependencies(root, resolve);
    files.extend(root.main.files.iter().map(|file| file.path.clone()));
    files
}

fn reached_dependencies(root: &WitRoot, resolve: &Resolve) -> BTreeSet<Utf8PathBuf> {
    let is_reached = |package: &&WitPackage| {
        let name = package.name();
        name.is_ok_and(|name| resolve.package_names.contains_key(&name))
    };
    let packages = root.deps.iter().filter(is_reached);
    let files = packages.flat_map(|package| &package.files);
    files.map(|file| file.path.clone()).collect()
}

impl StubCopy {
    /// The stub whose package is the main one of a WIT root.
    ///
    /// # Errors
    /// If the root does not resolve.
    pub fn of(root: &WitRoot) -> Result<StubCopy, WitError> {
        let (resolve, package) = root.resolve()?;
        Ok(StubCopy {
            golem_rpc: golem_rpc(&resolve),
            rpc_errors: rpc_errors(&resolve, package),
            files: reached_dependencies(root, &resolve),
            resolve,
            package,
        })
    }
}

impl Workspace {
    /// What `caller` has of the stub of `target`; none if it has no copy.
    ///
    /// # Errors
    /// If the caller has no WIT, or that of the copy does not resolve.
    pub fn stub_copy(
        &self,
        caller: &str,
        target: &str,
        disk: &Snapshot,
    ) -> Result<Option<StubCopy>, WorkspaceError> {
        let stub = names::stub_package(&self.linked(target)?.world_package(disk)?);
        let mut root = self.linked(caller)?.wit(disk)?;
        let is_copy = |dep: &WitPackage| dep.name().is_ok_and(|name| same(&name, &stub));
        let Some(at) = root.deps.iter().position(is_copy) else {
            return Ok(None);
        };
        let main = root.deps.remove(at);
        let root = WitRoot {
            path: main.files[0].path.clone(),
            main,
            deps: root.deps,
        };
        Ok(Some(StubCopy::of(&root)?))
    }
}

fn golem_rpc(resolve: &Resolve) -> Option<GolemRpc> {
    let mut packages = resolve.packages.iter().map(|(_, package)| &package.name);
    let package = packages.find(|name| (&*name.namespace, &*name.name) == ("golem", "rpc"))?;
    let version = package.version.as_ref()?.to_string();
    let mut known = GolemRpc::ALL.into_iter();
    known.find(|known| known.name() == version)
}

/// Failed calls are results if every call that waits gives golem:rpc's error.
fn rpc_errors(resolve: &Resolve, package: PackageId) -> RpcErrors {
    let interfaces = resolve.packages[package].interfaces.values();
    let mut interfaces = interfaces.map(|id| &resolve.interfaces[*id]);
    if interfaces.any(|interface| gives_errors(resolve, interface)) {
        return RpcErrors::Result;
    }
    RpcErrors::Panic
}

fn gives_errors(resolve: &Resolve, interface: &Interface) -> bool {
    let waits = interface.functions.values();
    let mut waits = waits.filter(|f| f.item_name().starts_with("blocking-"));
    let gives = |ty: Option<Type>| {
        let Some(Type::Id(id)) = ty else { return false };
        match &resolve.types[id].kind {
            TypeDefKind::Result(result) => result.err.is_some_and(|ty| is_rpc_error(resolve, ty)),
            _ => false,
        }
    };
    let first = waits.next();
    first.is_some_and(|first| gives(first.result)) && waits.all(|f| gives(f.result))
}

fn is_rpc_error(resolve: &Resolve, mut ty: Type) -> bool {
    while let Type::Id(id) = ty {
        let def = &resolve.types[id];
        match def.kind {
            TypeDefKind::Type(behind) => ty = behind,
            _ => return def.name.as_deref() == Some("rpc-error"),
        }
    }
    false
}
