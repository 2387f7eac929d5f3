//! Who calls the targets of the older stubs, by what lies in the members and by the older tasks.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;
use wit_parser::PackageName;

use super::stubs::OlderStub;
use super::tasks::OlderTasks;
use super::wit::{brought, respelled, same};
use crate::{Member, Target, Workspace, WorkspaceError, older};

/// Caller and target, with what says so.
pub(super) type Evidence = BTreeMap<(String, String), &'static str>;

/// All links that there is evidence of.
pub(super) fn find(
    workspace: &Workspace,
    stubs: &[OlderStub],
    tasks: &OlderTasks,
    disk: &Snapshot,
) -> Result<Evidence, WorkspaceError> {
    let mut found = Evidence::new();
    let members = workspace.members.values();
    for caller in members.filter(|member| !older::is_stub(disk, &member.dir)) {
        let brought: Vec<PackageName> =
            brought(caller, disk)?.into_iter().map(|b| b.name).collect();
        let imported = imported(caller, disk);
        for stub in stubs {
            let package = names::stub_package(&stub.package);
            let has = |names: &[PackageName]| names.iter().any(|name| same(name, &package));
            let because = if has(&imported) {
                "its WIT imports the stub"
            } else if stub.target == caller.name {
                continue; // the older tool gave every caller all stubs, its own too
            } else if has(&brought) || depends_on(caller, &package) {
                "it has the stub's WIT"
            } else if tasks.links.iter().any(|link| is_of(link, caller, stub)) {
                "a task of Makefile.toml says so"
            } else {
                continue;
            };
            found.insert((caller.name.clone(), stub.target.clone()), because);
        }
    }
    Ok(found)
}

/// The packages that a member's own WIT names.
fn imported(member: &Member, disk: &Snapshot) -> Vec<PackageName> {
    let Ok(root) = member.wit(disk) else {
        return Vec::new();
    };
    let group = respelled(&root.main).foreign();
    group
        .unwrap_or_default()
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// Whether the member's manifest names a package.
fn depends_on(member: &Member, package: &PackageName) -> bool {
    let key = format!("{}:{}", package.namespace, package.name);
    matches!(&member.target, Target::Local(local) if local.dependencies.contains_key(&key))
}

fn is_of(
    (stub_wit, caller_wit): &(camino::Utf8PathBuf, camino::Utf8PathBuf),
    caller: &Member,
    stub: &OlderStub,
) -> bool {
    stub_wit.starts_with(&stub.dir) && caller_wit.starts_with(&caller.dir)
}
