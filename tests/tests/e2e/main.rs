//! The tool as a person uses it: real cargo, cargo-component, cargo-make, and the embedded runtime.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests use files and processes, and a step that cannot be taken is a failed test"
)]

mod accepted;
mod bad_input;
mod book;
mod branches;
mod breaking;
mod build;
mod build_workspace;
mod caller_crates;
mod chain;
mod check;
mod clean;
mod clone;
mod committed;
mod cycles;
mod describe;
mod doctor;
mod doubling;
mod durable;
mod edits;
mod files;
mod freshness;
mod golem_rpc;
mod graph;
mod help;
mod idempotence;
mod imports_left;
mod init_builds;
mod invoke;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod kill;
mod layout;
mod links;
mod lock;
mod messages;
mod migrate;
mod migrate_app;
mod migrate_options;
mod minimal_actor;
mod old_scheme;
mod options;
mod ownership;
mod paths;
mod plain;
mod preservation;
mod qualified;
mod resolving;
mod resources;
mod root_package;
mod shells;
mod shopping_cart;
mod stale;
mod status;
mod stub_component;
mod tasks;
mod values;
mod wasip2;
mod why;
