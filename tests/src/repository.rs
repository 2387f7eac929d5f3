//! The checkout that the tests belong to.

use std::env;
use std::sync::LazyLock;

use camino::{Utf8Path, Utf8PathBuf};

/// What cargo says when it runs the tests: a target directory that several checkouts share may hold
/// what another one has compiled.
static TESTS: LazyLock<Utf8PathBuf> = LazyLock::new(|| {
    let running = env::var("CARGO_MANIFEST_DIR");
    running.map_or_else(|_| env!("CARGO_MANIFEST_DIR").into(), Utf8PathBuf::from)
});

/// Its root.
pub fn repository() -> &'static Utf8Path {
    TESTS.parent().unwrap()
}

/// A directory below `fixtures/`.
pub fn fixture(name: &str) -> Utf8PathBuf {
    let dir = repository().join("fixtures").join(name);
    assert!(dir.is_dir(), "there is no fixture `{dir}`");
    dir
}
