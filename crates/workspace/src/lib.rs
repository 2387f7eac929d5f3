//! A Cargo workspace and a request to a plan of edits.
//!
//! ```text
//! cargo metadata → Workspace → recognise (members that cargo alone builds, by their code)
//! Workspace → reads (what to read) → Snapshot
//! Workspace + Snapshot → Links, WIT roots (for the stubs)
//! Workspace + Snapshot + Links + stubs → plan → Plan + notes
//! ```
//!
//! Nothing here touches a disk or runs a process. A file of the user's keeps every byte: edits are
//! pieces of text put in at places that `toml_edit` finds. What is ours says so itself.

mod bindings;
mod callers;
mod copies;
mod crate_type;
mod dependencies;
mod derive;
mod draft;
mod error;
mod examine;
mod extends;
mod failures;
mod health;
mod imports;
mod leftovers;
mod linked;
mod links;
mod lists;
mod makefile;
mod member;
mod misspelt;
mod note;
mod older;
mod options;
mod owner;
mod paths;
mod plain;
mod plan;
mod reads;
mod resolve;
mod root;
mod runtime;
mod select;
mod shares;
mod standalone;
mod stub_dir;
mod stub_world;
mod stubs;
mod uses;
mod vendored;
mod why;
mod wit;
mod wit_text;
mod workspace;
mod world;

pub use bindings::{BindingsError, Underivable};
pub use copies::{StubCopy, reached_files};
pub use crate_type::CrateError;
pub use error::WorkspaceError;
pub use examine::{Examined, ExaminedLink, Finding, FindingKind, Look, examine};
pub use health::HostVersions;
pub use links::Links;
pub use makefile::MAKEFILE;
pub use member::{Dependency, LocalTarget, Member, Style, Target};
pub use note::Note;
pub use older::is_older_stub;
pub use options::{OptionChanges, Options, StubBackend, TargetOptions};
pub use owner::{is_nothing_ours, is_package, own_dirs};
pub use paths::relative;
pub use plain::{PlainError, WasmTarget};
pub use plan::{Planned, Wanted, plan};
pub use reads::Read;
pub use resolve::{Dangling, Imported, Resolver, Spot, Unresolved, fixes};
pub use standalone::add_component_dependencies;
pub use stubs::{Limit, Limits, Targets};
pub use uses::Use;
pub use vendored::deps_of;
pub use why::Brought;
pub use wit_text::mentions;
pub use workspace::Workspace;
