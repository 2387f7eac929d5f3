//! How large the shopping cart's components are, and what the link adds to the caller.

use anyhow::{Context as _, Result};
use camino::Utf8Path;

use super::table::{Table, bytes};
use crate::repository::{self, copy_dir};
use crate::shell::Shell;

/// Builds the shopping cart in both profiles.
pub(super) fn measure(programs: &Utf8Path) -> Result<Table> {
    let scratch = tempfile::tempdir()?;
    let root = Utf8Path::from_path(scratch.path())
        .context("a path in UTF-8")?
        .join("shop");
    let fixture = repository::root().join("fixtures/shopping-cart");
    copy_dir(&fixture.join("start"), &root)?;
    let shell = Shell::new(&root).with_programs(programs);
    let init = [
        "cargo",
        "golem-rpc",
        "init",
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart",
    ];
    shell.silent(&init)?;
    copy_dir(&fixture.join("final"), &root)?;
    let mut table = Table::new(&["profile", "stub", "caller", "composed", "the link adds"]);
    for (task, profile) in [("build-flow", "debug"), ("release-build-flow", "release")] {
        shell.silent(&["cargo", "make", "--disable-check-for-updates", task])?;
        let dir = root.join("target/wasm32-wasip1").join(profile);
        let size = |name: &str| -> Result<u64> {
            let file = dir.join(name);
            Ok(file.metadata().with_context(|| file.to_string())?.len())
        };
        let caller = size("shopping_cart.wasm")?;
        let composed = size("shopping_cart_composed.wasm")?;
        table.add(vec![
            profile.to_string(),
            bytes(size("purchase_history_stub.wasm")?),
            bytes(caller),
            bytes(composed),
            bytes(composed.saturating_sub(caller)),
        ]);
    }
    Ok(table)
}
