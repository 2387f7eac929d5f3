//! What can be wrong with a store.

use std::io;
use std::path::PathBuf;

use super::table::Table;

/// What is wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or directory cannot be used.
    #[error("cannot use `{}`", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process has it.
    #[error("the state in `{}` is in use by process {holder}", path.display())]
    Locked {
        /// The store's directory.
        path: PathBuf,
        /// The process, as it wrote itself down.
        holder: String,
    },
    /// A later version of this program wrote it.
    #[error("the state in `{}` has format {found}; this version knows formats up to {known}", path.display())]
    Newer {
        /// The store's directory.
        path: PathBuf,
        /// The format's number.
        found: u32,
        /// The newest that can be read.
        known: u32,
    },
    /// A row is not what was written.
    #[error("the state is damaged: {detail} in table `{table}`")]
    Corrupt {
        /// The row's table.
        table: Table,
        /// Its key, as far as it is known.
        key: Vec<u8>,
        /// What is wrong.
        detail: String,
    },
    /// A file or the store as a whole is damaged, not only one row.
    #[error("the state is damaged: `{}`: {detail}", path.display())]
    Damaged {
        /// The file, or the store's directory.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
}

impl StoreError {
    pub(super) fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io {
            path: path.into(),
            source,
        }
    }

    pub(super) fn damaged(path: impl Into<PathBuf>, detail: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.into(),
            detail: detail.into(),
        }
    }
}
