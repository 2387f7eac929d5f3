//! Who calls the targets of the older stubs, by what lies in the members and by the older tasks.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;
use wit_parser::PackageName;

use super::Remark;
use super::stubs::OlderStub;
use super::tasks::OlderTasks;
use super::wit::{brought, own_package, respelled, same};
use golem_rpc_workspace::{Links, Member, Target, Workspace, WorkspaceError, is_older_stub};

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
    for caller in members.filter(|member| !is_older_stub(disk, &member.dir)) {
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

/// The callers of stubs that are not there; `known` are the links that there are and will be.
pub(super) fn without_stub(
    workspace: &Workspace,
    known: [&Links; 2],
    tasks: &OlderTasks,
    disk: &Snapshot,
) -> BTreeSet<Remark> {
    let mut remarks = BTreeSet::new();
    let is_older = |dir: &Utf8Path| is_older_stub(disk, dir);
    let members = workspace.members.values();
    let members: Vec<&Member> = members.filter(|member| !is_older(&member.dir)).collect();
    for caller in &members {
        let imported = imported(caller, disk);
        for target in &members {
            let dir = workspace.stub_dir(target);
            let is_known = |links: &Links| links.targets_of(&caller.name).contains(&*target.name);
            if is_older(&dir) || known.into_iter().any(is_known) {
                continue;
            }
            let package = own_package(target, disk).map(|own| names::stub_package(&own));
            let is_asked = |(stub, of): &(Utf8PathBuf, Utf8PathBuf)| {
                stub.starts_with(&dir) && of.starts_with(&caller.dir)
            };
            let because = if package.is_some_and(|p| imported.iter().any(|name| same(name, &p))) {
                "its WIT imports the stub"
            } else if tasks.links.iter().any(is_asked) {
                "a task of Makefile.toml says so"
            } else {
                continue;
            };
            remarks.insert(Remark::StubMissing {
                caller: caller.name.clone(),
                target: target.name.clone(),
                because,
            });
        }
    }
    remarks
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
    (stub_wit, caller_wit): &(Utf8PathBuf, Utf8PathBuf),
    caller: &Member,
    stub: &OlderStub,
) -> bool {
    stub_wit.starts_with(&stub.dir) && caller_wit.starts_with(&caller.dir)
}
