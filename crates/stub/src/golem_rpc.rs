//! The WIT of golem:rpc and of the one WASI interface that it needs, as stubs use them.

use semver::Version;
use wit_parser::PackageName;

/// golem:rpc@0.1.0 without its world.
pub(crate) const GOLEM_RPC: &str = include_str!("../wit/golem-rpc-0.1.0.wit");

/// wasi:io@0.2.0, the interface `poll` alone.
pub(crate) const WASI_IO: &str = include_str!("../wit/wasi-io-0.2.0.wit");

/// `golem:rpc@0.1.0`.
pub(crate) fn golem_rpc() -> PackageName {
    name("golem", "rpc", Version::new(0, 1, 0))
}

/// `wasi:io@0.2.0`.
pub(crate) fn wasi_io() -> PackageName {
    name("wasi", "io", Version::new(0, 2, 0))
}

fn name(namespace: &str, name: &str, version: Version) -> PackageName {
    PackageName {
        namespace: namespace.into(),
        name: name.into(),
        version: Some(version),
    }
}

/// Whether a package can stand in for another: same name, and versions that semver calls
/// compatible (or none on both sides).
pub fn compatible(a: &PackageName, b: &PackageName) -> bool {
    let track = |p: &PackageName| Some(PackageName::version_compat_track(p.version.as_ref()?).0);
    (&a.namespace, &a.name) == (&b.namespace, &b.name) && track(a) == track(b)
}
