//! The packages that a stub needs beside its own: copies of the target's that hold only the
//! interfaces whose types the stub reaches, golem:rpc and what that needs of WASI.
//!
//! Where the target brings a compatible package of these that the stub reaches, that one is used:
//! two versions of one package in one component would make two types of `pollable`. Of any other
//! package of which the target's types reach several versions, the highest stays and the types of
//! the others are declared in the stub interface: one directory below `deps/` holds one version.

use std::collections::{BTreeMap, BTreeSet};

use wit_component::WitPrinter;
use wit_parser::{Function, InterfaceId, PackageId, PackageName, Resolve, Stability, TypeOwner};

use crate::case;
use crate::golem_rpc::{Base, our_types};
use crate::names;
use crate::options::{GolemRpc, StubOptions};
use crate::source::Source;
use crate::types::{self, Collector, NamedTypes};
use crate::types_only::types_only;

/// The types that a stub names, and the packages below its `deps/`.
pub(crate) struct Closure {
    pub(crate) types: NamedTypes,
    /// Names and texts.
    pub(crate) packages: BTreeMap<PackageName, String>,
    /// golem:rpc and what it needs, at the versions in `packages`.
    pub(crate) base: Vec<(Base, PackageName)>,
    /// Those of them that are the target's own.
    pub(crate) own: Vec<Base>,
}

impl Closure {
    /// A package of ours, at the version that the stub uses.
    pub(crate) fn base(&self, base: Base) -> &PackageName {
        let found = self.base.iter().find(|(other, _)| *other == base);
        &found
            .expect("only what this golem:rpc needs is asked for")
            .1
    }
}

/// Collects the closure of a stub of `functions`.
pub(crate) fn collect<'a>(
    source: &Source,
    functions: impl Iterator<Item = &'a Function> + Clone,
    options: &StubOptions,
) -> Closure {
    let resolve = &source.resolve;
    let mut avoided = forbidden(source, options);
    let ours: Vec<&str> = our_types(options).iter().map(|ours| ours.name).collect();
    let unusable = case::alike(resolve, functions.clone(), &ours);
    let copied = types_only(resolve);
    loop {
        let mut types = Collector::new(resolve, types::avoided(resolve, &avoided), &unusable);
        functions.clone().for_each(|function| types.add(function));
        let closure = of_types(&copied, types.finish(), options.golem_rpc);
        let outnumbered = outnumbered(resolve, &closure);
        if outnumbered.is_empty() {
            return closure;
        }
        avoided.extend(outnumbered);
    }
}

/// The packages that the stub must not depend on: those of the options, and its own.
fn forbidden(source: &Source, options: &StubOptions) -> BTreeSet<PackageId> {
    let resolve = &source.resolve;
    let own = names::stub_package(&resolve.packages[source.package].name);
    let names = options.redeclared.iter().chain([&own]);
    let forbidden = |name: &PackageName| names.clone().any(|other| same(name, other));
    let packages = resolve.packages.iter();
    packages
        .filter(|(_, package)| forbidden(&package.name))
        .map(|(id, _)| id)
        .collect()
}

fn same(a: &PackageName, b: &PackageName) -> bool {
    (&a.namespace, &a.name) == (&b.namespace, &b.name)
}

/// The packages that stand in the closure beside another version that has to stay.
fn outnumbered(resolve: &Resolve, closure: &Closure) -> Vec<PackageId> {
    let names = closure.packages.keys();
    let stays = |name: &PackageName| {
        let ours = closure.base.iter().map(|(_, ours)| ours);
        let highest = names.clone().filter(|other| same(name, other)).max();
        ours.clone().find(|ours| same(name, ours)).or(highest) == Some(name)
    };
    names
        .clone()
        .filter(|name| !stays(name))
        .filter_map(|name| resolve.package_names.get(name).copied())
        .collect()
}

/// The closure of a stub that names `types`; `resolve` has the packages as callers get them.
fn of_types(resolve: &Resolve, types: NamedTypes, rpc: GolemRpc) -> Closure {
    let mut reached = interfaces_of(resolve, &types);
    let theirs = Base::of(rpc)
        .iter()
        .map(|base| (*base, theirs(resolve, *base, rpc, &reached)));
    let theirs: Vec<_> = theirs.collect();
    for (base, package) in &theirs {
        let id = package
            .as_ref()
            .and_then(|name| resolve.package_names.get(name));
        if let Some(id) = id.and_then(|id| resolve.packages[*id].interfaces.get(base.interface())) {
            reach(resolve, *id, &mut reached);
        }
    }
    let mut packages = print(resolve, &reached);
    let own = theirs.iter().filter(|(_, package)| package.is_some());
    let own = own.map(|(base, _)| *base).collect();
    let base: Vec<_> = theirs
        .into_iter()
        .map(|(base, name)| (base, name.unwrap_or_else(|| base.package(rpc))))
        .collect();
    for (one, name) in &base {
        packages
            .entry(name.clone())
            .or_insert_with(|| one.text(rpc, &base));
    }
    Closure {
        types,
        packages,
        base,
        own,
    }
}

/// The target's own package in the place of one of ours, if the stub reaches it.
fn theirs(
    resolve: &Resolve,
    base: Base,
    rpc: GolemRpc,
    reached: &BTreeSet<InterfaceId>,
) -> Option<PackageName> {
    let packages = reached
        .iter()
        .filter_map(|id| resolve.interfaces[*id].package);
    let names = packages.map(|package| &resolve.packages[package].name);
    names.filter(|name| base.accepts(rpc, name)).max().cloned()
}

fn interfaces_of(resolve: &Resolve, types: &NamedTypes) -> BTreeSet<InterfaceId> {
    let mut reached = BTreeSet::new();
    for id in &types.used {
        if let TypeOwner::Interface(interface) = resolve.types[*id].owner {
            reach(resolve, interface, &mut reached);
        }
    }
    reached
}

/// Adds an interface and what it depends on.
fn reach(resolve: &Resolve, id: InterfaceId, reached: &mut BTreeSet<InterfaceId>) {
    let mut next = vec![id];
    while let Some(id) = next.pop() {
        if reached.insert(id) {
            next.extend(resolve.interface_direct_deps(id));
        }
    }
}

/// The packages of the reached interfaces, with these interfaces alone.
fn print(resolve: &Resolve, reached: &BTreeSet<InterfaceId>) -> BTreeMap<PackageName, String> {
    let packages: BTreeSet<PackageId> = reached
        .iter()
        .filter_map(|id| resolve.interfaces[*id].package)
        .collect();
    let mut pruned = resolve.clone();
    for (_, package) in pruned.packages.iter_mut() {
        package.worlds.clear();
        package.interfaces.retain(|_, id| reached.contains(id));
    }
    open_gates(&mut pruned);
    let print = |id| (pruned.packages[id].name.clone(), print_package(&pruned, id));
    packages.into_iter().map(print).collect()
}

/// What is still there in spite of an `@unstable` gate is enabled: its copy has no gate, since
/// nobody enables features for that.
fn open_gates(resolve: &mut Resolve) {
    let open = |stability: &mut Stability| {
        if matches!(stability, Stability::Unstable { .. }) {
            *stability = Stability::Unknown;
        }
    };
    for (_, interface) in resolve.interfaces.iter_mut() {
        open(&mut interface.stability);
        let functions = interface.functions.values_mut();
        functions.for_each(|function| open(&mut function.stability));
    }
    for (_, ty) in resolve.types.iter_mut() {
        open(&mut ty.stability);
    }
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
