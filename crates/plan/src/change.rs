//! One file that should change, as data.

use camino::Utf8PathBuf;

use crate::unified_diff;

/// One file that should change. `None` stands for "no such file".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Absolute path of the file.
    pub path: Utf8PathBuf,
    /// What the file held when it was read.
    pub before: Option<Vec<u8>>,
    /// What it should hold.
    pub after: Option<Vec<u8>>,
}

impl Change {
    /// The change as a unified diff, with `name` as the file's name.
    pub fn diff(&self, name: &str) -> String {
        unified_diff(name, self.before.as_deref(), self.after.as_deref())
    }
}
