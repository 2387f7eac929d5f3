//! The packages that a stub needs beside its own: copies of the target's that hold only the
//! interfaces that the stub reaches, golem:rpc and wasi:io.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;
use wit_component::WitPrinter;
use wit_parser::{InterfaceId, PackageId, PackageName, Resolve, TypeOwner};

use crate::golem_rpc::{self, compatible};
use crate::source::Source;
use crate::types::NamedTypes;

/// The packages below the stub's `deps/`: their names and texts.
pub(crate) struct Closure {
    pub(crate) packages: BTreeMap<PackageName, String>,
    pub(crate) golem_rpc: PackageName,
    pub(crate) wasi_io: PackageName,
}

/// Collects the closure of a stub that uses `types`.
///
/// Where the target brings a compatible golem:rpc or wasi:io that the stub reaches, that one is
/// used: two versions of one package in one component would make two types of `pollable`.
pub(crate) fn collect(source: &Source, types: &NamedTypes) -> Closure {
    let resolve = &source.resolve;
    let mut reached = interfaces_of(resolve, types);
    let name_of = |id: InterfaceId| {
        resolve.interfaces[id]
            .package
            .map(|p| &resolve.packages[p].name)
    };
    let theirs = |ours: &PackageName, reached: &IndexSet<InterfaceId>| {
        let names: Vec<_> = reached.iter().filter_map(|id| name_of(*id)).collect();
        names
            .into_iter()
            .find(|name| compatible(name, ours))
            .cloned()
    };
    let (our_rpc, our_io) = (golem_rpc::golem_rpc(), golem_rpc::wasi_io());
    let (rpc, io) = (theirs(&our_rpc, &reached), theirs(&our_io, &reached));
    for (package, interface) in [(&rpc, "types"), (&io, "poll")] {
        let id = package
            .as_ref()
            .and_then(|name| resolve.package_names.get(name));
        if let Some(id) = id.and_then(|id| resolve.packages[*id].interfaces.get(interface)) {
            reach(resolve, *id, &mut reached);
        }
    }
    let mut packages = print(resolve, &reached);
    let golem_rpc = rpc.unwrap_or(our_rpc);
    let wasi_io = io.unwrap_or(our_io);
    packages
        .entry(wasi_io.clone())
        .or_insert_with(|| golem_rpc::WASI_IO.to_string());
    packages.entry(golem_rpc.clone()).or_insert_with(|| {
        let version = wasi_io.version.as_ref().expect("wasi:io has a version");
        golem_rpc::GOLEM_RPC.replace("wasi:io/poll@0.2.0", &format!("wasi:io/poll@{version}"))
    });
    Closure {
        packages,
        golem_rpc,
        wasi_io,
    }
}

fn interfaces_of(resolve: &Resolve, types: &NamedTypes) -> IndexSet<InterfaceId> {
    let mut reached = IndexSet::new();
    for id in &types.used {
        if let TypeOwner::Interface(interface) = resolve.types[*id].owner {
            reach(resolve, interface, &mut reached);
        }
    }
    reached
}

fn reach(resolve: &Resolve, id: InterfaceId, reached: &mut IndexSet<InterfaceId>) {
    if reached.insert(id) {
        for dep in resolve.interface_direct_deps(id) {
            reach(resolve, dep, reached);
        }
    }
}

/// The packages of the reached interfaces, with these interfaces alone.
fn print(resolve: &Resolve, reached: &IndexSet<InterfaceId>) -> BTreeMap<PackageName, String> {
    let packages: BTreeSet<PackageId> = reached
        .iter()
        .filter_map(|id| resolve.interfaces[*id].package)
        .collect();
    let mut pruned = resolve.clone();
    for (_, package) in pruned.packages.iter_mut() {
        package.worlds.clear();
        package.interfaces.retain(|_, id| reached.contains(id));
    }
    let print = |id| (pruned.packages[id].name.clone(), print_package(&pruned, id));
    packages.into_iter().map(print).collect()
}

/// A package as WIT text.
pub(crate) fn print_package(resolve: &Resolve, package: PackageId) -> String {
    let mut printer = WitPrinter::default();
    printer
        .print(resolve, package, &[])
        .expect("printing a resolved package to a string");
    let mut text = printer.output.to_string();
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
