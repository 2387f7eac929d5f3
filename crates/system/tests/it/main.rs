//! The crate on real files in temporary directories and with real child processes.
//!
//! What needs a process of its own (a signal, a size limit, another user) runs this test executable
//! again with the name of one test and a variable that makes that test play the child.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests set up and look at real files, their helpers fail by panicking, and children print"
)]

mod apply;
mod cargo;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod changed_since;
mod child;
mod component_build;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod failing;
mod git;
mod history;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod kill;
mod lock;
#[cfg(target_os = "linux")]
mod mounts;
mod place;
mod read;
mod run;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod workload;
