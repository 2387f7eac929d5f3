//! The id of a stub's interface, by which WIT imports it: `ns:name-stub/stub-world`.

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::WitRoot;
use golem_rpc_stub::vendor::StubWit;
use wit_parser::PackageName;

use crate::Workspace;

/// Whether two packages are the same, whatever their versions.
pub(crate) fn same(one: &PackageName, other: &PackageName) -> bool {
    (&one.namespace, &one.name) == (&other.namespace, &other.name)
}

/// The id of a stub's interface.
pub(crate) fn import_of(stub: &StubWit) -> Option<String> {
    let package = &stub.resolve.packages[stub.package];
    let mut interfaces = package.interfaces.keys();
    let interface = interfaces.find(|name| name.starts_with("stub-"))?;
    Some(package.name.interface_id(interface))
}

/// The id of the stub in its target's stub directory.
pub(crate) fn stub_on_disk(workspace: &Workspace, target: &str, disk: &Snapshot) -> Option<String> {
    let dir = workspace.stub_dir(workspace.members.get(target)?);
    let root = WitRoot::read(disk, &dir.join("wit")).ok()?;
    let main = root.main.parse().ok()?.main;
    let mut names = main
        .interfaces
        .iter()
        .filter_map(|(_, i)| i.name.as_deref());
    let interface = names.find(|name| name.starts_with("stub-"))?;
    Some(main.name.interface_id(interface))
}
