//! A workspace of the older tool, or of golem-cli, → the same without its work, and the links that it
//! had.
//!
//! ```text
//! app        golem.yaml → links, and manifests that lead to the user's own WIT
//! calls, stubs, callers   what lies there → who calls whom
//! options    the options of the older tool → ours
//! clear, makefile         stub crates, copies of WIT, manifest entries and tasks go
//! wit, wit_names          the user's WIT in today's spellings, with today's names
//! rust       what Rust code has to call otherwise
//! migration  the whole way
//! ```
//!
//! What comes then is the plan of `init` for those links, made from what this one leaves. Both
//! together are one plan: a file that goes here and comes there is a file that changes.

mod app;
mod callers;
mod calls;
mod clear;
mod error;
mod makefile;
mod migration;
mod options;
mod remark;
mod rust;
mod stubs;
mod wit;
mod wit_names;

pub use app::look::{AppLook, look_at_app};
pub use error::MigrateError;
pub use makefile::{OlderTask, older_tasks};
pub use migration::{Asked, Migration, migrate};
pub use remark::Remark;
pub use stubs::older_stubs;
