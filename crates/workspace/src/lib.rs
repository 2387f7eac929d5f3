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
//! pieces of text put in at places that `toml_edit` finds. `golem-rpc.lock` says what is ours.

mod bindings;
mod chain;
mod copies;
mod crate_type;
mod dependencies;
mod derive;
mod edited;
mod error;
mod examine;
mod extends;
mod health;
mod imports;
mod known;
mod ledger;
mod leftovers;
mod links;
mod lists;
mod lock;
mod makefile;
mod member;
mod migrate;
mod misspelt;
mod note;
mod older;
mod options;
mod paths;
mod pieces;
mod plain;
mod plan;
mod reads;
mod resolve;
mod root;
mod runtime;
mod select;
mod settled;
mod shares;
mod standalone;
mod stub_dir;
mod stub_world;
mod toml;
mod uses;
mod vendored;
mod why;
mod wit;
mod wit_text;
mod workspace;
mod world;

pub use bindings::{BindingsError, Underivable};
pub use chain::{Limit, Limits, Wanted, plan_chain};
pub use copies::{StubCopy, reached_files};
pub use crate_type::CrateError;
pub use derive::Targets;
pub use error::WorkspaceError;
pub use examine::{Examined, ExaminedLink, Finding, FindingKind, Look, examine};
pub use health::{HostVersions, OlderTask};
pub use imports::Imports;
pub use links::Links;
pub use lock::{LOCK_FILE, Lock};
pub use makefile::MAKEFILE;
pub use member::{Dependency, LocalTarget, Member, Style, Target};
pub use migrate::{AppLook, Asked, EditedPlace, MigrateError, Migration, Remark, migrate};
pub use note::Note;
pub use options::{OptionChanges, Options, StubBackend, TargetOptions};
pub use plain::{PlainError, WasmTarget};
pub use plan::{GeneratedStub, Planned, Request, plan};
pub use reads::Read;
pub use resolve::{Dangling, Imported, Resolver, Spot, Unresolved, fixes};
pub use standalone::add_component_dependencies;
pub use uses::Use;
pub use why::Brought;
pub use workspace::Workspace;
