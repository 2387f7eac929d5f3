//! The WIT of golem:rpc and of the WASI interfaces that it needs, as stubs use them: without
//! worlds, and without what only Golem itself asks for.

use semver::Version;
use wit_parser::PackageName;

use crate::options::{Address, GolemRpc, RpcErrors, StubOptions};

const V0_1_0: &str = include_str!("../wit/golem-rpc-0.1.0.wit");
const V0_2_0: &str = include_str!("../wit/golem-rpc-0.2.0.wit");
const V0_2_2: &str = include_str!("../wit/golem-rpc-0.2.2.wit");
const WASI_IO: &str = include_str!("../wit/wasi-io-0.2.0.wit");
const WASI_CLOCKS: &str = include_str!("../wit/wasi-clocks-0.2.0.wit");

/// A package that a stub depends on whatever its target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Base {
    /// `golem:rpc`, the interface `types`.
    GolemRpc,
    /// `wasi:clocks`, the interface `wall-clock`.
    WasiClocks,
    /// `wasi:io`, the interface `poll`.
    WasiIo,
}

/// A type of ours in the stub interface: where it is from, and its name there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OurType {
    pub(crate) base: Base,
    pub(crate) name: &'static str,
}

impl Base {
    /// The packages that a golem:rpc needs, itself included.
    pub(crate) fn of(version: GolemRpc) -> &'static [Base] {
        if version.has_schedule() {
            &[Base::GolemRpc, Base::WasiClocks, Base::WasiIo]
        } else {
            &[Base::GolemRpc, Base::WasiIo]
        }
    }

    /// The interface of it that stubs use.
    pub(crate) fn interface(self) -> &'static str {
        match self {
            Base::GolemRpc => "types",
            Base::WasiClocks => "wall-clock",
            Base::WasiIo => "poll",
        }
    }

    /// What stands before a type's name where a target has a type of that name.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Base::GolemRpc => "golem-rpc",
            Base::WasiClocks => "wasi-clocks",
            Base::WasiIo => "wasi-io",
        }
    }

    /// The package at the version that a golem:rpc asks for.
    pub(crate) fn package(self, rpc: GolemRpc) -> PackageName {
        let (namespace, name, version) = match self {
            Base::GolemRpc => ("golem", "rpc", rpc.name()),
            Base::WasiClocks => ("wasi", "clocks", wasi_version(rpc)),
            Base::WasiIo => ("wasi", "io", wasi_version(rpc)),
        };
        PackageName {
            namespace: namespace.into(),
            name: name.into(),
            version: Some(Version::parse(version).expect("our versions are versions")),
        }
    }

    /// Whether a target's package can stand in for this one.
    pub(crate) fn accepts(self, rpc: GolemRpc, theirs: &PackageName) -> bool {
        let ours = self.package(rpc);
        // 0.2.2 renamed what workers are found by, which its number does not tell.
        let renamed = |name: &PackageName| name.version >= Some(Version::new(0, 2, 2));
        compatible(theirs, &ours) && (self != Base::GolemRpc || renamed(theirs) == renamed(&ours))
    }

    /// The package as WIT text, its references at the versions of `all`.
    pub(crate) fn text(self, rpc: GolemRpc, all: &[(Base, PackageName)]) -> String {
        let text = match (self, rpc) {
            (Base::WasiIo, _) => WASI_IO,
            (Base::WasiClocks, _) => WASI_CLOCKS,
            (_, GolemRpc::V0_1_0 | GolemRpc::V0_1_1) => V0_1_0,
            (_, GolemRpc::V0_2_0 | GolemRpc::V0_2_1) => V0_2_0,
            (_, GolemRpc::V0_2_2) => V0_2_2,
        };
        let lines = text.lines().map(|line| set_version(line, all));
        lines.map(|line| line + "\n").collect()
    }
}

/// A line of WIT with the `@version` after a package of `all` set to that package's.
fn set_version(line: &str, all: &[(Base, PackageName)]) -> String {
    let set = all.iter().find_map(|(base, package)| {
        let plain = format!("{}:{}", package.namespace, package.name);
        let heads = [plain.clone(), format!("{plain}/{}", base.interface())];
        let head = heads
            .iter()
            .find(|head| line.contains(&format!("{head}@")))?;
        let (before, after) = line.split_once(&format!("{head}@"))?;
        let end = after.find([';', '{'])?;
        let rest = after[..end].strip_suffix('.').map_or(end, |v| v.len());
        let version = package.version.as_ref()?;
        Some(format!("{before}{head}@{version}{}", &after[rest..]))
    });
    set.unwrap_or_else(|| line.to_string())
}

fn wasi_version(rpc: GolemRpc) -> &'static str {
    match rpc {
        GolemRpc::V0_1_0 | GolemRpc::V0_1_1 | GolemRpc::V0_2_0 => "0.2.0",
        GolemRpc::V0_2_1 | GolemRpc::V0_2_2 => "0.2.3",
    }
}

/// The types that the stub interface uses of ours, the worker's address first.
pub(crate) fn our_types(options: &StubOptions) -> Vec<OurType> {
    let rpc = options.golem_rpc;
    let mut names = vec![(Base::GolemRpc, address_type(rpc.address()))];
    if rpc.has_ephemeral() {
        names.push((Base::GolemRpc, "component-id"));
    }
    if options.rpc_errors == RpcErrors::Result {
        names.push((Base::GolemRpc, "rpc-error"));
    }
    if rpc.has_schedule() {
        names.push((Base::GolemRpc, "cancellation-token"));
        names.push((Base::WasiClocks, "datetime"));
    }
    names.push((Base::WasiIo, "pollable"));
    let types = names.into_iter();
    types.map(|(base, name)| OurType { base, name }).collect()
}

/// The type of an address, which is also the name of its parameter except for `uri`.
pub(crate) fn address_type(address: Address) -> &'static str {
    match address {
        Address::Uri => "uri",
        Address::WorkerId => "worker-id",
        Address::AgentId => "agent-id",
    }
}

/// Whether a package can stand in for another: same name, and versions that semver calls
/// compatible (or none on both sides).
pub fn compatible(a: &PackageName, b: &PackageName) -> bool {
    let track = |p: &PackageName| Some(PackageName::version_compat_track(p.version.as_ref()?).0);
    (&a.namespace, &a.name) == (&b.namespace, &b.name) && track(a) == track(b)
}
