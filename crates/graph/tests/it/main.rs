//! Renderings of small, larger and awkward graphs.
//!
//! `tests/golden/<graph>.<format>` is what each gives; `BLESS=1` rewrites these files.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "these tests read files, and fail where that fails"
)]

mod golden;
mod graphs;
mod picture;
