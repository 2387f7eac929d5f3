//! From the WIT of a component to the stub that calls it over `golem:rpc`.
//!
//! ```text
//! WitRoot (files) → resolve → Source (Resolve + world) → Stub (model + WIT text, parsed back)
//!                                                        └→ vendor: its WIT copied into a caller
//! ```
//!
//! The stub WIT is rendered as text and parsed again, and backends (`stub-rust`) read only the
//! parsed result, so that the text and the code cannot drift apart. Nothing here touches a disk.

mod bound;
mod carry;
mod case;
mod closure;
mod derive;
mod error;
mod exported;
mod extent;
mod file;
mod gates;
mod golem_rpc;
pub mod guard;
pub mod loaders;
mod model;
pub mod names;
mod options;
mod own_base;
mod owned;
mod place;
mod render;
mod respell;
pub mod source;
mod spelling;
mod stub;
pub mod text;
pub mod tokens;
mod types;
mod types_only;
pub mod vendor;
mod world;

pub use bound::Parses;
pub use carry::Unsupported;
pub use error::WitError;
pub use file::WitFile;
pub use golem_rpc::compatible;
pub use model::{Receiver, ResourceKind, StubFunction, StubPackage, StubResource};
pub use options::{Address, GolemRpc, RpcErrors, StubOptions};
pub use own_base::OtherBase;
pub use owned::OwnedParameter;
pub use place::Place;
pub use respell::respell;
pub use source::{Source, WitPackage, WitRoot};
pub use spelling::OldSpelling;
pub use stub::{STUB_FILE, Skipped, Stub, StubError};
pub use types::parts;
pub use world::WorldName;
