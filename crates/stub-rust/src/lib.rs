//! A golem:rpc stub as a Rust crate.
//!
//! ```text
//! Stub ─┬→ Cargo.toml   what cargo-component needs, and nothing of the user's workspace
//!       ├→ src/lib.rs   header + guest (the exported resources) + runtime (templates) + wire (types)
//!       └→ wit/…        the stub's WIT, with copies that hold types alone
//! ```
//!
//! The crate is written for `cargo component build` 0.21.1: it names Rust items as the bindings of
//! that release do. Nothing is run or written here: the result is a file set, formatted as rustfmt
//! formats it.

mod clash;
mod guest;
mod header;
mod layout;
mod manifest;
mod names;
mod reach;
mod runtime;
mod signature;
mod spell;
mod template;
mod usage;
mod wire;
mod wit;

pub use usage::{Usage, usage};

use golem_rpc_plan::{Class, FileSet};
use golem_rpc_stub::Stub;

use crate::reach::Reach;
use crate::spell::Speller;

/// What the crate is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrateOptions {
    /// Its Cargo package name.
    pub name: String,
    /// Its version, a semantic version.
    pub version: String,
}

impl CrateOptions {
    /// A crate of this name at version 0.0.1.
    pub fn new(name: impl Into<String>) -> CrateOptions {
        CrateOptions {
            name: name.into(),
            version: "0.0.1".into(),
        }
    }
}

/// Why no crate can be made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// Cargo would refuse the package name.
    #[error(
        "`{name}` cannot be a crate's name: write ASCII letters, digits, `-` and `_`, first a letter"
    )]
    CrateName {
        /// The name.
        name: String,
    },
    /// Cargo would refuse the version.
    #[error("`{version}` is not a semantic version: {source}")]
    CrateVersion {
        /// The version.
        version: String,
        /// What is wrong with it.
        source: semver::Error,
    },
    /// A signature uses a type that golem:rpc values cannot carry.
    #[error("`{function}` uses a {construct}, which a stub cannot carry")]
    Unsupported {
        /// The remote function, by its name on the wire.
        function: String,
        /// What it uses: `stream`, `resource handle`, ….
        construct: &'static str,
    },
    /// cargo-component's bindings cannot be built with a name.
    #[error(
        "`{name}` is `{rust}` in the stub's Rust bindings, where that name is taken: a Rust stub needs another one"
    )]
    BindingsName {
        /// The name in WIT: of a type, a case, or an exported interface (whose resource has it).
        name: String,
        /// What it becomes in Rust.
        rust: String,
    },
    /// cargo-component does not read a name.
    #[error(
        "`{name}` has a part that begins with a digit, which cargo-component 0.21.1 does not read: a Rust stub needs another name"
    )]
    BindingsDigit {
        /// The name in WIT.
        name: String,
    },
}

impl GenerateError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        Class::Usage
    }

    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            GenerateError::CrateName { .. } => {
                "the crate is named after its directory: choose another one"
            }
            GenerateError::CrateVersion { .. } => "write a version such as `0.1.0`",
            GenerateError::Unsupported { .. }
            | GenerateError::BindingsName { .. }
            | GenerateError::BindingsDigit { .. } => {
                "rename it in the target's WIT: cargo-component cannot generate bindings for it"
            }
        }
    }
}

/// Generates the stub crate: `Cargo.toml`, `src/lib.rs`, and its WIT root in `wit/`.
pub fn generate(stub: &Stub, options: &CrateOptions) -> Result<FileSet, GenerateError> {
    let reach = Reach::of(stub)?;
    clash::check(stub)?;
    let mut files = FileSet::new();
    files.insert("Cargo.toml", manifest::render(stub, options)?);
    files.insert("src/lib.rs", source(stub, &reach));
    files.extend_under("wit", wit::files(stub));
    Ok(files)
}

/// The whole of `src/lib.rs`, a blank line between items.
fn source(stub: &Stub, reach: &Reach) -> String {
    let speller = Speller::new(stub);
    let mut items = header::items(stub, reach);
    items.extend(guest::implementations(stub, &speller));
    items.extend(runtime::calls(stub, reach));
    items.extend(runtime::values(reach));
    items.extend(wire::implementations(stub, &speller, reach));
    items.join("\n")
}
