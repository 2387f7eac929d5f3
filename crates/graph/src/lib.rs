//! Who calls whom in a workspace, to look at.
//!
//! ```text
//! Graph (members, links) → tree::render | dot::render | mermaid::render | json::render | svg::render
//! ```
//!
//! A graph is plain data and knows nothing of Cargo or WIT. Every rendering is a text, the same for
//! the same graph. The SVG is laid out here: layered from callers to targets, cycles broken by
//! drawing some links backwards. Nothing is read, written or run.

pub mod dot;
mod graph;
pub mod json;
mod layout;
pub mod mermaid;
pub mod svg;
pub mod tree;

pub use graph::{Graph, Link, Member, Role, State};
