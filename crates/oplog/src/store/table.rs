//! The tables of a store.

use std::fmt;

/// One table of rows, which are ordered by their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// The next number of a worker.
    Meta,
    /// [`crate::WorkerRecord`]s and the workers' numbers, by component and name.
    Worker,
    /// Runs of entries, by the worker's number and the index of the last of them: see `run.rs`. A
    /// store may join runs that follow each other.
    Log,
    /// The index of a worker's last entry, by its number.
    Head,
    /// When to load which worker after a restart, by its number.
    Wake,
    /// Promises, by the worker's number and their index.
    Promise,
    /// Values, by bucket and key.
    KeyValue,
    /// Containers of blobs, by name.
    Container,
    /// Descriptions of blobs, by container and name.
    Blob,
    /// Descriptions of components, by name and version.
    Component,
}

impl Table {
    /// All tables, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Meta,
        Self::Worker,
        Self::Log,
        Self::Head,
        Self::Wake,
        Self::Promise,
        Self::KeyValue,
        Self::Container,
        Self::Blob,
        Self::Component,
    ];
}

impl Table {
    /// What it is called in messages and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Worker => "worker",
            Self::Log => "log",
            Self::Head => "head",
            Self::Wake => "wake",
            Self::Promise => "promise",
            Self::KeyValue => "keyvalue",
            Self::Container => "container",
            Self::Blob => "blob",
            Self::Component => "component",
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
