//! The tool as a person uses it: real cargo, cargo-component, cargo-make, and the embedded runtime.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests use files and processes, and a step that cannot be taken is a failed test"
)]

mod accepted;
mod bad_input;
mod build;
mod chain;
mod check;
mod cycles;
mod files;
mod graph;
mod help;
mod idempotence;
mod layout;
mod minimal_actor;
mod options;
mod preservation;
mod readme;
mod resources;
mod root_package;
mod shopping_cart;
mod stale;
mod status;
mod stub_component;
mod tasks;
mod values;
mod wasip2;
