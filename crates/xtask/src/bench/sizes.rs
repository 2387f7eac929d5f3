//! How large the shopping cart's components are, and what the link adds to the caller, with a stub
//! of either backend.

use anyhow::{Context as _, Result};
use camino::Utf8Path;

use super::table::{Table, bytes};
use crate::repository::{self, copy_dir};
use crate::shell::Shell;

/// Builds the shopping cart with both backends, in both profiles.
pub(super) fn measure(programs: &Utf8Path) -> Result<Table> {
    let mut table = Table::new(&[
        "backend",
        "profile",
        "stub",
        "caller",
        "composed",
        "the link adds",
    ]);
    for backend in ["crate", "component"] {
        let scratch = tempfile::tempdir()?;
        let root = Utf8Path::from_path(scratch.path()).context("a path in UTF-8")?;
        let shell = Shell::new(&root.join("shop")).with_programs(programs);
        write(&shell, backend)?;
        for (task, profile) in [("build-flow", "debug"), ("release-build-flow", "release")] {
            shell.silent(&["cargo", "make", "--disable-check-for-updates", task])?;
            let dir = shell.cwd().join("target/wasm32-wasip1").join(profile);
            let caller = size(&dir.join("shopping_cart.wasm"))?;
            let composed = size(&dir.join("shopping_cart_composed.wasm"))?;
            table.add(vec![
                backend.to_string(),
                profile.to_string(),
                // one made while composing is in no file
                size(&dir.join("purchase_history_stub.wasm")).map_or("-".into(), bytes),
                bytes(caller),
                bytes(composed),
                bytes(composed.saturating_sub(caller)),
            ]);
        }
    }
    Ok(table)
}

/// Writes the workspace whose cart calls the history.
fn write(shell: &Shell, backend: &str) -> Result<()> {
    let fixture = repository::root().join("fixtures/shopping-cart");
    copy_dir(&fixture.join("start"), shell.cwd())?;
    let init = [
        "cargo",
        "golem-rpc",
        "init",
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart",
        "--stub-backend",
        backend,
    ];
    shell.silent(&init)?;
    copy_dir(&fixture.join("final"), shell.cwd())
}

fn size(file: &Utf8Path) -> Result<u64> {
    Ok(file.metadata().with_context(|| file.to_string())?.len())
}
