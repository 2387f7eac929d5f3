//! The one place with files and processes.
//!
//! [`read`] turns files into a snapshot, [`Places`] those in which links may meet, [`lock`](fn@lock) keeps other processes of ours out of a
//! workspace, [`Lock::apply`] turns a plan into files (all of it or none, whatever happens),
//! [`run`](fn@run) runs a command, [`cargo`] asks cargo what a workspace is, and
//! [`component_build`](fn@component_build) has cargo or cargo-component build members and says where
//! their wasm is. [`git`] reads files as they were at a revision, [`tools`] asks which tools there are.
//! Nothing here prints or decides anything: what to write and what to run comes in as data.
#![allow(
    clippy::disallowed_methods,
    reason = "this is the crate that the lint sends everybody to"
)]

mod apply;
pub mod cargo;
mod component_build;
mod error;
pub mod git;
pub mod history;
pub mod interrupt;
mod lock;
mod places;
pub mod read;
mod rejection;
mod run;
mod scratch;
pub mod tools;

pub use apply::{
    Applied, ApplyError, FileState, MovedOn, Outcome, RecoverError, Recovered, Unrestored, apply,
};
pub use component_build::{BuildError, BuildTool, Built, ComponentBuild, Profile, component_build};
pub use error::PathError;
pub use lock::{Lock, LockError, lock, unfinished};
pub use places::Places;
pub use rejection::Rejection;
pub use run::{Finished, RunError, Streams, run, run_fed};
pub use scratch::Scratch;
