//! A target's stub directory beside the target: a crate with the stub's WIT, or the WIT alone.
//!
//! Nothing is put where something of somebody else's is. Where a crate was and the WIT alone is
//! wanted, the crate goes, unless it was changed by hand.

use std::collections::BTreeSet;

use camino::Utf8Path;
use golem_rpc_plan::FileSet;
use golem_rpc_stub::names;

use crate::plan::draft::Draft;
use crate::{Member, StubBackend, WorkspaceError, is_older_stub, wit::owner};

/// What stands in a stub crate without being ours or the user's: cargo and cargo-component write it.
const WRITTEN_BY_CARGO: [&str; 2] = ["src/bindings.rs", "Cargo.lock"];

/// Plans the stub directory of `target`.
pub(crate) fn plan(
    draft: &mut Draft<'_>,
    target: &Member,
    files: &FileSet,
    backend: StubBackend,
) -> Result<(), WorkspaceError> {
    let dir = draft.workspace.stub_dir(target);
    if backend == StubBackend::Crate {
        check_crate(draft, target, &dir)?;
    }
    if !owner::has_ours(draft.disk, &dir) {
        check_strangers(draft, target, &dir, files)?;
    }
    let mut planned = BTreeSet::new();
    for (file, content) in files.iter() {
        let path = dir.join(file);
        draft.put(&path, content);
        planned.insert(path);
    }
    if backend == StubBackend::Component {
        let files = ["Cargo.toml", "src/lib.rs"].map(|name| dir.join(name));
        if files.iter().any(|file| draft.disk.contains(file)) {
            files.iter().for_each(|file| draft.displace(file));
            // They would keep its `src` alive.
            discard(draft, &dir);
        }
        planned.extend(files);
    }
    draft.clean(&dir, &planned);
    Ok(())
}

/// Plans that what cargo and cargo-component wrote into a stub crate goes with it.
pub(crate) fn discard(draft: &mut Draft<'_>, dir: &Utf8Path) {
    for name in WRITTEN_BY_CARGO {
        draft.discard(&dir.join(name));
    }
}

/// Checks that the stub crate can be a member: it is below the root, where cargo looks, and no other member has
/// its name.
fn check_crate(draft: &Draft<'_>, target: &Member, dir: &Utf8Path) -> Result<(), WorkspaceError> {
    let workspace = draft.workspace;
    if !dir.starts_with(&workspace.root) {
        return Err(WorkspaceError::Outside {
            dir: dir.to_path_buf(),
            root: workspace.root.clone(),
        });
    }
    let name = names::stub_crate(&target.name);
    match workspace.members.get(&name) {
        // One of ours is where the target was before its directory was renamed, and goes.
        Some(other) if other.dir != dir && !owner::has_ours(draft.disk, &other.dir) => {
            Err(WorkspaceError::NameTaken {
                target: target.name.clone(),
                is_stub: draft.disk.contains(other.dir.join("wit/_stub.wit")),
                dir: other.dir.clone(),
                name,
            })
        }
        _ => Ok(()),
    }
}

/// Refuses a directory in which there is nothing of ours, but something else than we would write.
fn check_strangers(
    draft: &Draft<'_>,
    target: &Member,
    dir: &Utf8Path,
    files: &FileSet,
) -> Result<(), WorkspaceError> {
    let is_foreign = |(path, content): &(&Utf8Path, &[u8])| {
        let name = path.strip_prefix(dir).unwrap_or(path);
        files.get(name) != Some(*content) && !WRITTEN_BY_CARGO.contains(&name.as_str())
    };
    let found = draft.disk.under(dir).find(is_foreign);
    let dir = dir.to_path_buf();
    match found {
        Some(_) if is_older_stub(draft.disk, &dir) => Err(WorkspaceError::OlderStub { dir }),
        // A stub all the same: what differs is treated as edited by hand.
        Some(_) if draft.disk.contains(dir.join("wit/_stub.wit")) => Ok(()),
        Some((found, _)) => Err(WorkspaceError::NotAStub {
            found: found.to_path_buf(),
            target: target.name.clone(),
            dir,
        }),
        None => Ok(()),
    }
}
