//! One file of a WIT package, as it was read.

use camino::Utf8PathBuf;

/// One file of a WIT package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitFile {
    /// Its path, used in messages only.
    pub path: Utf8PathBuf,
    /// Its bytes: WIT text, or an encoded package if the path ends in `.wasm`.
    pub content: Vec<u8>,
}
