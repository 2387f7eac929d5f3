//! The crate's WIT root: the stub's, with what the bindings can do without left out.
//!
//! The copies of the target's packages keep the types that the stub is made of. Functions and other
//! types would only be compiled, or, where cargo-component knows no such type, not even that.

use std::collections::BTreeSet;

use golem_rpc_plan::FileSet;
use golem_rpc_stub::{STUB_FILE, Stub, parts};
use wit_component::WitPrinter;
use wit_parser::{Handle, PackageId, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

use crate::spell::golem_rpc;

/// The files, as they are to stand in `wit/`.
pub(crate) fn files(stub: &Stub) -> FileSet {
    let mut files = stub.wit.clone();
    let mut resolve = stub.resolve.clone();
    let quoted = unquote(&mut resolve);
    prune(stub, &mut resolve);
    for package in &stub.packages {
        let id = resolve.package_names[&package.name];
        if !is_base(stub, id) {
            let (dir, file) = golem_rpc_stub::names::dep_path(&package.name);
            files.insert(format!("deps/{dir}/{file}"), print(&resolve, id));
        }
    }
    if quoted {
        let world = &mut resolve.worlds[stub.world];
        world.imports.clear();
        files.insert(STUB_FILE, print(&resolve, stub.package));
    }
    files
}

/// The types that the stub interface is made of, wherever they stand.
pub(crate) fn live_types(stub: &Stub) -> BTreeSet<TypeId> {
    let interface = &stub.resolve.interfaces[stub.interface];
    let mut live = BTreeSet::new();
    for id in interface.types.values() {
        walk(&stub.resolve, &Type::Id(*id), &mut live);
    }
    for function in interface.functions.values() {
        let params = function.params.iter().map(|param| &param.ty);
        for ty in params.chain(&function.result) {
            walk(&stub.resolve, ty, &mut live);
        }
    }
    live
}

/// Whether the stub calls functions of a package, or one that stands in for ours.
pub(crate) fn is_base(stub: &Stub, package: PackageId) -> bool {
    let name = &stub.resolve.packages[package].name;
    let rpc = stub.resolve.interfaces[golem_rpc(stub)].package;
    rpc == Some(package) || name.namespace == "wasi"
}

fn walk(resolve: &Resolve, ty: &Type, live: &mut BTreeSet<TypeId>) {
    let Type::Id(id) = ty else {
        return;
    };
    if !live.insert(*id) {
        return;
    }
    let kind = &resolve.types[*id].kind;
    for part in parts(kind) {
        walk(resolve, &part, live);
    }
    if let TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) = kind {
        walk(resolve, &Type::Id(*id), live);
    }
}

/// Leaves the types that are used in the target's packages, and nothing else.
fn prune(stub: &Stub, resolve: &mut Resolve) {
    let live = live_types(stub);
    for (id, interface) in resolve.interfaces.iter_mut() {
        let package = interface.package.filter(|package| !is_base(stub, *package));
        if package.is_some() && id != stub.interface {
            interface.functions.clear();
            interface.types.retain(|_, ty| live.contains(ty));
        }
    }
}

/// The bindings put the comments on the cases of some enums between quotes as they are: no quote
/// and no backslash may be left in them. Says whether that was so in the stub package.
fn unquote(resolve: &mut Resolve) -> bool {
    let mut in_stub = false;
    for (_, ty) in resolve.types.iter_mut() {
        let TypeDefKind::Enum(cases) = &mut ty.kind else {
            continue;
        };
        let docs = cases.cases.iter_mut().map(|case| &mut case.docs.contents);
        for text in docs.flatten() {
            if text.contains(['"', '\\']) {
                *text = text.replace('"', "'").replace('\\', "/");
                in_stub |= matches!(ty.owner, TypeOwner::Interface(_));
            }
        }
    }
    in_stub
}

fn print(resolve: &Resolve, package: PackageId) -> String {
    let mut printer = WitPrinter::default();
    printer
        .print(resolve, package, &[])
        .expect("printing a resolved package to a string");
    let text = printer.output.to_string();
    format!("{}\n", text.trim_end())
}
