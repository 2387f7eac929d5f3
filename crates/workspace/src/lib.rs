//! A Cargo workspace and a request to a plan of edits.
//!
//! ```text
//! members   cargo metadata, manifests and Rust code → Workspace, Links, Options; what to read
//! wit       the members' WIT in a snapshot: packages, worlds, whose a file is, what resolves
//! plan      PlanRequest + snapshot → Plan + notes, or the first failure
//! examine   the same plan, looked at: findings and the state of each link
//! error     everything that can be wrong
//! ```
//!
//! Nothing here touches a disk or runs a process. A file of the user's keeps every byte: edits are
//! pieces of text put in at places that `toml_edit` finds. What is ours says so itself.

mod error;
mod examine;
mod members;
mod plan;
mod wit;

pub use error::{
    BindingsError, CrateError, Dangling, PlainError, Underivable, Use, WorkspaceError,
};
pub use examine::examine;
pub use examine::found::{Examined, ExaminedLink, Finding, FindingKind};
pub use members::links::Links;
pub use members::member::Member;
pub use members::options::{OptionChanges, Options, StubBackend, TargetOptions};
pub use members::paths::{MAKEFILE, relative};
pub use members::reads::Read;
pub use members::target::{Dependency, LocalTarget, Style, Target, WasmTarget};
pub use members::workspace::Workspace;
pub use plan::draft::Planned;
pub use plan::note::Note;
pub use plan::request::{LinkedWorkspace, PlanRequest};
pub use plan::standalone::add_component_dependencies;
pub use plan::stubgen::is_older_stub;
pub use plan::stubs::{Limit, Limits};
pub use plan::{is_nothing_ours, plan};
pub use wit::brought::Brought;
pub use wit::copies::{StubCopy, reached_files};
pub use wit::host_versions::HostVersions;
pub use wit::owner::{is_package, own_dirs};
pub use wit::package::deps_of;
pub use wit::resolve::{Imported, Resolver, Spot, Unresolved, fixes};
pub use wit::text::mentions;
