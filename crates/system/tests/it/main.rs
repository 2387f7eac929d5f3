//! The crate on real files in temporary directories and with real child processes.
//!
//! What needs a process of its own (a signal, a size limit, another user) runs this test executable
//! again with the name of one test and a variable that makes that test play the child.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests set up and look at real files, and their helpers fail by panicking"
)]

mod apply;
mod artifacts;
mod cargo;
mod child;
mod component_build;
mod place;
mod read;
mod run;
