//! `--stub-backend`, as several commands take it.

use clap::ValueEnum;
use golem_rpc_workspace::StubBackend;

/// How a stub becomes a component.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Backend {
    /// A Rust crate that cargo-component compiles
    Crate,
    /// Made from the WIT directly, without a compiler
    Component,
}

impl From<Backend> for StubBackend {
    fn from(backend: Backend) -> StubBackend {
        match backend {
            Backend::Crate => StubBackend::Crate,
            Backend::Component => StubBackend::Component,
        }
    }
}
