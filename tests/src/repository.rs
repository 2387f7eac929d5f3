//! The checkout that the tests belong to.

use camino::{Utf8Path, Utf8PathBuf};

/// Its root.
pub fn repository() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A directory below `fixtures/`.
pub fn fixture(name: &str) -> Utf8PathBuf {
    let dir = repository().join("fixtures").join(name);
    assert!(dir.is_dir(), "there is no fixture `{dir}`");
    dir
}
