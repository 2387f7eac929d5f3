//! The members' WIT in a snapshot: their packages and worlds, whose a file is, and what resolves.

pub(crate) mod bindings;
pub(crate) mod brought;
pub(crate) mod copies;
pub(crate) mod host_versions;
pub(crate) mod owner;
pub(crate) mod package;
pub(crate) mod resolve;
pub(crate) mod shares;
pub(crate) mod stub_ids;
mod stub_world;
pub(crate) mod text;
mod uses;
pub(crate) mod world;
