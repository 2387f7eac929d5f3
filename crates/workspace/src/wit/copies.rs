//! A caller's copy of a stub's WIT, which may be out of date.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{GolemRpc, RpcErrors, WitError, WitPackage, WitRoot, names};
use wit_parser::{Interface, PackageId, PackageName, Resolve, Type, TypeDefKind};

use super::stub_ids::same;
use crate::{Links, Workspace, WorkspaceError};

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
    /// The copy of the stub of `target` that `caller` has.
    ///
    /// # Errors
    /// If the caller has no WIT, or that of the copy does not resolve.
    pub fn stub_copy(
        &self,
        links: &Links,
        caller: &str,
        target: &str,
        disk: &Snapshot,
    ) -> Result<Option<StubCopy>, WorkspaceError> {
        let mut root = self.linked(caller)?.wit(disk)?;
        let names: Vec<_> = root.deps.iter().map(|dep| dep.name().ok()).collect();
        let position = |stub: &PackageName| {
            let mut names = names.iter();
            names.position(|name| name.as_ref().is_some_and(|name| same(name, stub)))
        };
        let stub_of = |target| -> Result<PackageName, WorkspaceError> {
            Ok(names::stub_package(
                &self.linked(target)?.world_package(disk)?,
            ))
        };
        let others = links.targets_of(caller).into_iter();
        let others = others.filter(|other| *other != target).map(stub_of);
        let others = others.collect::<Result<Vec<_>, _>>()?;
        // Where the target's package has another name now, its copy is the only stub that is not another target's.
        let renamed = || {
            let is_other = |name: &PackageName| others.iter().any(|other| same(other, name));
            let stubs = names
                .iter()
                .flatten()
                .filter(|name| name.name.ends_with("-stub"));
            let left: BTreeSet<_> = stubs.filter(|name| !is_other(name)).collect();
            let is_told = left.len() == 1 && others.iter().all(|other| position(other).is_some());
            left.first()
                .filter(|_| is_told)
                .and_then(|name| position(name))
        };
        let Some(at) = position(&stub_of(target)?).or_else(renamed) else {
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
