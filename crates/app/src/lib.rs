//! `golem.yaml`, the application manifest of `golem-cli` 1.1 to 1.3 → its components, where each lies,
//! and which call which.
//!
//! ```text
//! the topmost golem.yaml → Includes (which others there are)
//! the texts of all of them → App
//! ```
//!
//! Only what tells members and links is read: the rest (build commands, files, plugins, HTTP APIs) is
//! golem-cli's, and nothing here says whether it is right. Every thing keeps its file and line.

mod app;
mod includes;
mod template;
mod yaml;

pub use app::{App, AppError, Component, Dependency, Kind, Place, Target};
pub use includes::Includes;

/// The name of the file.
pub const MANIFEST: &str = "golem.yaml";
