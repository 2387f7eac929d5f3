//! The harness of the end-to-end tests: a person at a keyboard, as a library.
//!
//! A [`Workspace`] is a scratch directory, usually filled from `fixtures/`. Commands run in it for
//! real, with the binary built from this checkout, in an environment that holds nothing of the
//! person's who runs the tests but where the toolchain is. A finished command is a [`Run`], which
//! the test asks about what was said; a [`Tree`] is all files at one moment, to be compared with
//! those of a later one. Tests may run at the same time: no two share a directory.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests use files and processes, and a step that cannot be taken is a failed test"
)]

mod binary;
mod bindgen;
mod document;
pub mod echo;
mod invocation;
mod messages;
mod repository;
mod run;
mod text;
mod toolchain;
mod tree;
mod wasm;
mod workspace;

pub use binary::cache_dir;
pub use document::{assert_generated, is_blessing};
pub use invocation::Invocation;
pub use repository::{fixture, repository};
pub use run::Run;
pub use text::{assert_kept, assert_snapshot};
pub use toolchain::{add_target, link_programs, script, sysroot, which};
pub use tree::{Tree, copy_dir};
pub use wasm::{Component, component};
pub use workspace::{Workspace, component_manifest};
