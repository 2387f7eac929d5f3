//! The schema, and one line of each kind against it.
//!
//! `schema.json` is what is published; `BLESS=1` rewrites it.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "these tests read files, and fail where that fails"
)]

mod lines;
mod samples;
mod schema;
