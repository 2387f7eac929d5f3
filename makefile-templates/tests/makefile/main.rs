//! What the templates become, as text and under the real cargo-make (Unix: the tests link and
//! write small shell programs).
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests run cargo-make in directories of their own, and fail by panicking"
)]

mod cargo_make;
mod rendered;
mod support;
