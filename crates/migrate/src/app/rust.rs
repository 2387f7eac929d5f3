//! Rust code of members that golem-cli built: lines that name modules of its bindings which have other
//! names now, and calls of constructors that take something else.

use std::collections::BTreeSet;

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::WitRoot;
use golem_rpc_workspace::{Links, Member, Workspace};
use wit_parser::FunctionKind;

use crate::remark::Remark;
use crate::rust::{camel, sources};
use crate::wit_names::NewNames;

/// What has to change in the code of a member.
pub(crate) fn remarks(
    member: &Member,
    new: &NewNames,
    (workspace, links): (&Workspace, &Links),
    disk: &Snapshot,
) -> Vec<Remark> {
    let modules = new.modules();
    let targets = links.targets_of(&member.name).into_iter();
    let resources: BTreeSet<String> = targets
        .filter_map(|target| resources(workspace, target, disk))
        .flatten()
        .collect();
    let mut remarks = Vec::new();
    for (path, words) in sources(member, disk) {
        let named = words.iter().filter(|(_, word)| modules.contains_key(*word));
        let named: BTreeSet<&(usize, &str)> = named.collect();
        remarks.extend(named.iter().map(|(line, word)| Remark::Module {
            file: path.to_path_buf(),
            line: *line,
            old: word.to_string(),
            new: modules[*word].clone(),
        }));
        let names_client = named.iter().any(|(_, word)| modules[*word].contains("::"));
        for pair in words.windows(2).filter(|_| names_client) {
            let ((line, name), (_, function)) = (pair[0], pair[1]);
            if resources.contains(name) && matches!(function, "new" | "custom") {
                remarks.push(Remark::ToDo(format!(
                    "{path}:{line}: `{name}::{function}` took a worker's name or id; the stub's constructor takes what `cargo golem-rpc describe` shows"
                )));
            }
        }
    }
    remarks
}

/// The resources of a target's stub with a constructor, as Rust calls them.
fn resources(workspace: &Workspace, target: &str, disk: &Snapshot) -> Option<Vec<String>> {
    let dir = workspace.stub_dir(workspace.members.get(target)?);
    let root = WitRoot::read(disk, &dir.join("wit")).ok()?;
    let (resolve, package) = root.resolve().ok()?;
    let interfaces = resolve.packages[package].interfaces.values();
    let functions = interfaces.flat_map(|id| resolve.interfaces[*id].functions.values());
    let constructed = functions.filter_map(|function| match function.kind {
        FunctionKind::Constructor(id) => resolve.types[id].name.as_deref(),
        _ => None,
    });
    Some(constructed.map(camel).collect())
}
