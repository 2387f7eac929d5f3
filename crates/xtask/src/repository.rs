//! Where things of this checkout are.

use std::sync::LazyLock;
use std::{env, fs};

use anyhow::{Context as _, Result};
use camino::{Utf8Path, Utf8PathBuf};

/// What cargo says when it runs this: a target directory that several checkouts share may hold what
/// another one has compiled.
static XTASK: LazyLock<Utf8PathBuf> = LazyLock::new(|| {
    let running = env::var("CARGO_MANIFEST_DIR");
    running.map_or_else(|_| env!("CARGO_MANIFEST_DIR").into(), Utf8PathBuf::from)
});

/// The root of the checkout.
pub(crate) fn root() -> &'static Utf8Path {
    let mut above = XTASK.ancestors();
    above.nth(2).expect("xtask lies in crates/xtask")
}

/// The directory in which cargo puts the binaries of a profile: this one is in that of `debug`.
pub(crate) fn binaries(profile: &str) -> Result<Utf8PathBuf> {
    let xtask = Utf8PathBuf::try_from(env::current_exe()?)?;
    let target = xtask
        .ancestors()
        .nth(2)
        .context("xtask is not in a target directory")?;
    Ok(target.join(profile))
}

/// Copies a directory, over what is there.
pub(crate) fn copy_dir(from: &Utf8Path, to: &Utf8Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in from.read_dir_utf8().with_context(|| from.to_string())? {
        let entry = entry?;
        let dest = to.join(entry.file_name());
        match (entry.file_name(), entry.file_type()?.is_dir()) {
            // what building in a fixture itself leaves behind
            ("target" | "Cargo.lock" | "bindings.rs", _) => {}
            (_, true) => copy_dir(entry.path(), &dest)?,
            (_, false) => drop(fs::copy(entry.path(), &dest).with_context(|| dest.to_string())?),
        }
    }
    Ok(())
}
