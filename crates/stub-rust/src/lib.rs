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
mod error;
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

pub use error::GenerateError;
pub use manifest::CrateOptions;
pub use usage::{Usage, usage};

use golem_rpc_plan::FileSet;
use golem_rpc_stub::Stub;

use crate::reach::Reach;
use crate::spell::Speller;

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
