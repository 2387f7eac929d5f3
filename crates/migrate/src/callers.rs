//! Who calls the targets of the older stubs, by what lies in the members and by the older tasks.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;
use golem_rpc_workspace::{Member, Workspace, WorkspaceError};
use wit_parser::PackageName;

use crate::calls::Call;
use crate::stubs::{OlderStub, others};
use crate::wit::{brought, respelled, same};

/// Caller and target, with what says so.
pub(crate) type Evidence = BTreeMap<(String, String), &'static str>;

/// All links that there is evidence of.
pub(crate) fn find(
    workspace: &Workspace,
    stubs: &[OlderStub],
    calls: &[Call],
    disk: &Snapshot,
) -> Result<Evidence, WorkspaceError> {
    let mut found = Evidence::new();
    for caller in others(workspace, disk) {
        let brought = brought(caller, disk)?;
        let imported = imported(caller, disk);
        for stub in stubs {
            let package = names::stub_package(&stub.package);
            let is_brought = || brought.iter().any(|brought| same(&brought.name, &package));
            let because = if imported.iter().any(|name| same(name, &package)) {
                "its WIT imports the stub"
            } else if stub.target == caller.name {
                continue; // the older tool gave every caller all stubs, its own too
            } else if is_brought() {
                "it has the stub's WIT"
            } else if calls.iter().any(|call| call.links(&stub.dir, &caller.dir)) {
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
fn imported(member: &Member, disk: &Snapshot) -> BTreeSet<PackageName> {
    let root = member.wit(disk).ok();
    let names = root.and_then(|root| respelled(&root.main).foreign().ok());
    names.unwrap_or_default().into_iter().collect()
}
