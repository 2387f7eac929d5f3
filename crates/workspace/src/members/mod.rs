//! A workspace as cargo, its manifests and its Rust code show it, and what to read of it.

pub(crate) mod bindings;
pub(crate) mod cargo_built;
pub(crate) mod crate_type;
mod generate;
pub(crate) mod links;
pub(crate) mod listed;
pub(crate) mod member;
mod misspelt;
pub(crate) mod options;
pub(crate) mod paths;
pub(crate) mod reads;
mod select;
pub(crate) mod target;
pub(crate) mod workspace;
