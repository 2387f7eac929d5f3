//! A target's stub crate: its files put beside the target, if nothing of somebody else's is there.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::FileSet;
use golem_rpc_stub::names;

use crate::ledger::Ledger;
use crate::older;
use crate::{Member, Note, WorkspaceError};

/// What stands in a stub crate without being ours or the user's: cargo and cargo-component write it.
const WRITTEN_BY_CARGO: [&str; 2] = ["src/bindings.rs", "Cargo.lock"];

/// Plans the stub crate of `target`.
pub(crate) fn plan(
    ledger: &mut Ledger<'_>,
    target: &Member,
    files: &FileSet,
) -> Result<(), WorkspaceError> {
    let dir = ledger.workspace.stub_dir(target);
    check_place(ledger, target, &dir)?;
    if !ledger.has_ours(&dir) {
        take_over(ledger, target, &dir, files)?;
    }
    let mut wanted = BTreeSet::new();
    for (file, content) in files.iter() {
        let path = dir.join(file);
        ledger.put(&path, content);
        wanted.insert(path);
    }
    ledger.clean(&dir, &wanted);
    Ok(())
}

fn check_place(ledger: &Ledger<'_>, target: &Member, dir: &Utf8Path) -> Result<(), WorkspaceError> {
    let workspace = ledger.workspace;
    if !dir.starts_with(&workspace.root) {
        return Err(WorkspaceError::Outside {
            dir: dir.to_path_buf(),
            root: workspace.root.clone(),
        });
    }
    let name = names::stub_crate(&target.name);
    match workspace.members.get(&name) {
        Some(other) if other.dir != dir => Err(WorkspaceError::NameTaken {
            target: target.name.clone(),
            dir: other.dir.clone(),
            name,
        }),
        _ => Ok(()),
    }
}

/// Looks at what is in the directory although the lock knows nothing of it.
fn take_over(
    ledger: &mut Ledger<'_>,
    target: &Member,
    dir: &Utf8Path,
    files: &FileSet,
) -> Result<(), WorkspaceError> {
    let disk = ledger.disk;
    let mut foreign: Vec<(Utf8PathBuf, bool)> = Vec::new();
    for (path, content) in disk.under(dir) {
        let name = path.strip_prefix(dir).unwrap_or(path);
        if files.get(name) != Some(content) && !WRITTEN_BY_CARGO.contains(&name.as_str()) {
            foreign.push((path.to_path_buf(), files.get(name).is_some()));
        }
    }
    let Some((found, _)) = foreign.first() else {
        return Ok(());
    };
    match (
        disk.contains(dir.join("wit/_stub.wit")),
        older::is_stub(disk, dir),
    ) {
        (false, _) => Err(WorkspaceError::NotAStub {
            dir: dir.to_path_buf(),
            target: target.name.clone(),
            found: found.clone(),
        }),
        // A stub crate all the same: what differs is treated as changed by hand.
        (true, false) => Ok(()),
        (true, true) if !ledger.force => Err(WorkspaceError::OlderStub {
            dir: dir.to_path_buf(),
        }),
        (true, true) => {
            ledger.take_over(dir);
            ledger.note(Note::StubReplaced {
                dir: dir.to_path_buf(),
            });
            let left = foreign.iter().filter(|(_, replaced)| !replaced);
            for (path, _) in left.filter(|(path, _)| path.starts_with(dir.join("wit"))) {
                ledger.displace(path);
            }
            Ok(())
        }
    }
}
