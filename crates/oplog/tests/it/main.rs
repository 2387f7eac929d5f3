//! The journal on all stores, and what becomes of a store that is damaged, full or killed.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "these tests damage files and kill processes, and fail where that fails"
)]

mod corpora;
mod dump;
mod encoding;
mod faults;
mod journal;
mod killed;
mod large;
mod model;
mod places;
mod random;
mod torn;
