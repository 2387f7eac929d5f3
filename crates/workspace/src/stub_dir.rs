//! A target's stub directory beside the target: a crate with the stub's WIT, or the WIT alone.
//!
//! Nothing is put where something of somebody else's is. Where a crate was and the WIT alone is
//! wanted, the crate goes, unless it was changed by hand.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::FileSet;
use golem_rpc_stub::names;

use crate::ledger::Ledger;
use crate::older;
use crate::{Member, Note, StubBackend, WorkspaceError};

/// What stands in a stub crate without being ours or the user's: cargo and cargo-component write it.
const WRITTEN_BY_CARGO: [&str; 2] = ["src/bindings.rs", "Cargo.lock"];

/// What makes the directory a crate.
const CRATE: [&str; 2] = ["Cargo.toml", "src/lib.rs"];

/// Plans the stub directory of `target`, which `callers` call.
pub(crate) fn plan(
    ledger: &mut Ledger<'_>,
    (target, callers): (&Member, &[&Member]),
    files: &FileSet,
    backend: StubBackend,
) -> Result<(), WorkspaceError> {
    let dir = ledger.workspace.stub_dir(target);
    check_place(ledger, target, &dir, backend)?;
    if !ledger.has_ours(&dir) {
        take_over(ledger, target, &dir, files)?;
    }
    let is_lost = callers.iter().any(|caller| ledger.is_lost(caller));
    let mut planned = BTreeSet::new();
    for (file, content) in files.iter() {
        let path = dir.join(file);
        ledger.put(&path, content, is_lost);
        planned.insert(path);
    }
    if backend == StubBackend::Component {
        planned.extend(remove_crate(ledger, &dir));
    }
    ledger.clean(&dir, &planned);
    Ok(())
}

/// Plans that what cargo and cargo-component wrote into a stub crate goes with it.
pub(crate) fn discard(ledger: &mut Ledger<'_>, dir: &Utf8Path) {
    for name in WRITTEN_BY_CARGO {
        ledger.discard(&dir.join(name));
    }
}

/// Plans that the crate around the WIT goes; gives its files.
fn remove_crate(ledger: &mut Ledger<'_>, dir: &Utf8Path) -> [Utf8PathBuf; 2] {
    let files = CRATE.map(|name| dir.join(name));
    let is_there = |file: &Utf8PathBuf| ledger.disk.contains(file) || ledger.has_ours(file);
    if files.iter().any(is_there) {
        files.iter().for_each(|file| ledger.displace(file));
        // They would keep its `src` alive.
        discard(ledger, dir);
    }
    files
}

fn check_place(
    ledger: &Ledger<'_>,
    target: &Member,
    dir: &Utf8Path,
    backend: StubBackend,
) -> Result<(), WorkspaceError> {
    let workspace = ledger.workspace;
    // cargo has no members but those below its root, or those that say so themselves.
    if backend == StubBackend::Crate && !dir.starts_with(&workspace.root) {
        return Err(WorkspaceError::Outside {
            dir: dir.to_path_buf(),
            root: workspace.root.clone(),
        });
    }
    let name = names::stub_crate(&target.name);
    match workspace.members.get(&name) {
        Some(other) if other.dir != dir && backend == StubBackend::Crate => {
            Err(WorkspaceError::NameTaken {
                target: target.name.clone(),
                is_stub: ledger.disk.contains(other.dir.join("wit/_stub.wit")),
                dir: other.dir.clone(),
                name,
            })
        }
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
