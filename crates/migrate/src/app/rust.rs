//! Rust code of members that golem-cli built: lines that name modules of its bindings which are called
//! otherwise now, and calls of constructors that take something else.

use std::collections::BTreeSet;

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::WitRoot;
use wit_parser::FunctionKind;

use crate::Remark;
use crate::rust_text::RustText;
use crate::wit_names::NewNames;
use golem_rpc_workspace::{Links, Member, Workspace};

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
        .flat_map(|target| resources(workspace, target, disk))
        .collect();
    let sources = member.dir.join("src");
    let is_source =
        |path: &Utf8Path| path.extension() == Some("rs") && path.file_name() != Some("bindings.rs");
    let mut remarks = Vec::new();
    for (path, content) in disk.under(&sources).filter(|(path, _)| is_source(path)) {
        let text = String::from_utf8_lossy(content);
        let RustText { words, .. } = RustText::read(&text);
        let named: BTreeSet<(usize, &str)> = words
            .iter()
            .copied()
            .filter(|(_, word)| modules.contains_key(*word))
            .collect();
        for (line, word) in &named {
            remarks.push(Remark::Module {
                file: path.to_path_buf(),
                line: *line,
                old: word.to_string(),
                new: modules[*word].clone(),
            });
        }
        let names_client = named.iter().any(|(_, word)| modules[*word].contains("::"));
        for pair in words.windows(2).filter(|_| names_client) {
            let [(line, name), (_, function)] = pair else {
                continue;
            };
            if resources.contains(*name) && matches!(*function, "new" | "custom") {
                remarks.push(Remark::Constructor {
                    file: path.to_path_buf(),
                    line: *line,
                    call: format!("{name}::{function}"),
                });
            }
        }
    }
    remarks
}

/// The resources of a target's stub with a constructor, as Rust calls them.
fn resources(workspace: &Workspace, target: &str, disk: &Snapshot) -> BTreeSet<String> {
    let root = workspace
        .members
        .get(target)
        .map(|target| workspace.stub_dir(target).join("wit"));
    let root = root.and_then(|root| WitRoot::read(disk, &root).ok());
    let resolved = root.and_then(|root| root.resolve().ok());
    let Some((resolve, package)) = resolved else {
        return BTreeSet::new();
    };
    let interfaces = resolve.packages[package].interfaces.values();
    let functions = interfaces.flat_map(|id| resolve.interfaces[*id].functions.values());
    let constructed = functions.filter_map(|function| match function.kind {
        FunctionKind::Constructor(id) => resolve.types[id].name.as_deref(),
        _ => None,
    });
    constructed.map(crate::names::camel).collect()
}
