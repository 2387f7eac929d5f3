//! Who calls the targets of the older stubs, by what lies in the members and by the older tasks.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;
use golem_rpc_workspace::{Links, Member, Workspace, WorkspaceError, is_older_stub};
use wit_parser::PackageName;

use crate::calls::Call;
use crate::remark::Remark;
use crate::stubs::{OlderStub, others};
use crate::wit::{brought, key, own_package, respelled, same};

/// Caller and target, with what says so.
pub(crate) type Evidence = BTreeMap<(String, String), &'static str>;

const IMPORTED: &str = "its WIT imports the stub";
const ASKED: &str = "a task of Makefile.toml says so";

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
                IMPORTED
            } else if stub.target == caller.name {
                continue; // the older tool gave every caller all stubs, its own too
            } else if is_brought() || depends_on(caller, &package) {
                "it has the stub's WIT"
            } else if calls.iter().any(|call| call.links(&stub.dir, &caller.dir)) {
                ASKED
            } else {
                continue;
            };
            found.insert((caller.name.clone(), stub.target.clone()), because);
        }
    }
    Ok(found)
}

/// The callers of stubs that are not there; `known` are the links that there are and will be.
pub(crate) fn without_stub(
    workspace: &Workspace,
    known: [&Links; 2],
    calls: &[Call],
    disk: &Snapshot,
) -> Vec<Remark> {
    let members = others(workspace, disk);
    let mut remarks = Vec::new();
    for target in &members {
        let dir = workspace.stub_dir(target);
        let own = own_package(target, disk);
        let package = own.map(|own| names::stub_package(&own));
        for caller in members.iter().filter(|_| !is_older_stub(disk, &dir)) {
            let imports = |name| package.as_ref().is_some_and(|package| same(name, package));
            let because = if imported(caller, disk).iter().any(imports) {
                IMPORTED
            } else if calls.iter().any(|call| call.links(&dir, &caller.dir)) {
                ASKED
            } else {
                continue;
            };
            let (caller, target) = (&caller.name, &target.name);
            if !known
                .iter()
                .any(|links| links.targets_of(caller).contains(target.as_str()))
            {
                remarks.push(Remark::Said(format!(
                    "`{caller}` calls `{target}` ({because}), but `{target}` has no stub: run `cargo golem-rpc init --targets {target} --callers {caller}`"
                )));
            }
        }
    }
    remarks
}

/// The packages that a member's own WIT names.
fn imported(member: &Member, disk: &Snapshot) -> BTreeSet<PackageName> {
    let root = member.wit(disk).ok();
    let names = root.and_then(|root| respelled(&root.main).foreign().ok());
    names.unwrap_or_default().into_iter().collect()
}

/// Whether the member's manifest names a package.
fn depends_on(member: &Member, package: &PackageName) -> bool {
    let local = member.local();
    local.is_ok_and(|local| local.dependencies.contains_key(&key(package)))
}
