//! What can be said about stubs, as several commands take it.

use clap::{Args, ValueEnum};
use golem_rpc_stub::{GolemRpc, RpcErrors};
use golem_rpc_workspace::{OptionChanges, StubBackend};
use wit_parser::PackageName;

/// Options of a target.
#[derive(Args, Clone, Copy)]
pub(super) struct StubOptionArgs {
    /// What a failed call does to the caller [default: panic, or the previous choice]
    #[arg(long, value_enum, value_name = "HOW")]
    pub(super) rpc_errors: Option<Errors>,
    /// Version of golem:rpc that the stub uses [default: 0.1.0, or the previous choice]
    #[arg(long, value_enum, value_name = "VERSION")]
    pub(super) golem_rpc: Option<Version>,
    /// Leave out functions that stubs do not support, instead of failing [default: false, or the
    /// previous choice]
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub(super) skip_unsupported: Option<bool>,
}

/// What `init` and `link` say about the stubs of targets.
#[derive(Args)]
pub(super) struct TargetArgs {
    /// How the stubs of these targets are built [default: crate, or the previous choice]
    #[arg(long, value_enum, value_name = "BACKEND")]
    stub_backend: Option<Backend>,
    /// World that callers see, if it differs from the compiled one; `--world=` resets it [default: the
    /// compiled world, or the previous choice]
    #[arg(short, long, value_name = "WORLD")]
    world: Option<String>,
    /// WIT packages whose types the stubs declare themselves instead of depending on them; no value
    /// resets it [default: none, or the previous choice]
    #[arg(long, num_args = 0.., value_name = "PACKAGE", value_delimiter = ',', value_parser = package)]
    redeclare: Option<Vec<PackageName>>,
    #[command(flatten)]
    stub: StubOptionArgs,
}

impl From<TargetArgs> for OptionChanges {
    fn from(args: TargetArgs) -> OptionChanges {
        let text = |package: PackageName| format!("{}:{}", package.namespace, package.name);
        let redeclare = args.redeclare;
        OptionChanges {
            backend: args.stub_backend.map(Into::into),
            rpc_errors: args.stub.rpc_errors.map(Into::into),
            golem_rpc: args.stub.golem_rpc.map(Into::into),
            redeclare: redeclare.map(|packages| packages.into_iter().map(text).collect()),
            skip_unsupported: args.stub.skip_unsupported,
            world: args.world,
        }
    }
}

/// `ns:name`; a version may stand behind it, and does not matter.
pub(super) fn package(text: &str) -> Result<PackageName, String> {
    let name = text.split('@').next().unwrap_or(text);
    match name.split_once(':') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => Ok(PackageName {
            namespace: namespace.to_string(),
            name: name.to_string(),
            version: None,
        }),
        _ => Err("expected a WIT package such as `shopping:cart`".to_string()),
    }
}

/// How a stub becomes a component.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Backend {
    /// A Rust crate in the workspace, compiled by cargo-component
    Crate,
    /// Only WIT in the workspace; the component is generated from it without a compiler
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

/// How failed calls reach the caller.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Errors {
    /// The stub prints the error, and the caller traps
    Panic,
    /// Every function returns a result with an rpc-error
    Result,
}

impl From<Errors> for RpcErrors {
    fn from(errors: Errors) -> RpcErrors {
        match errors {
            Errors::Panic => RpcErrors::Panic,
            Errors::Result => RpcErrors::Result,
        }
    }
}

/// A version of golem:rpc.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Version {
    /// Golem 1.0 and 1.1
    #[value(name = "0.1.0")]
    V0_1_0,
    /// Golem 1.1.9 and later
    #[value(name = "0.1.1")]
    V0_1_1,
    /// Golem 1.2: workers by id instead of URI, ephemeral ones, scheduled calls
    #[value(name = "0.2.0")]
    V0_2_0,
    /// Golem 1.2 with WASI 0.2.3
    #[value(name = "0.2.1")]
    V0_2_1,
    /// Golem 1.3: workers by agent id, scheduled calls
    #[value(name = "0.2.2")]
    V0_2_2,
}

impl From<Version> for GolemRpc {
    fn from(version: Version) -> GolemRpc {
        match version {
            Version::V0_1_0 => GolemRpc::V0_1_0,
            Version::V0_1_1 => GolemRpc::V0_1_1,
            Version::V0_2_0 => GolemRpc::V0_2_0,
            Version::V0_2_1 => GolemRpc::V0_2_1,
            Version::V0_2_2 => GolemRpc::V0_2_2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the command line takes is what manifests hold.
    #[test]
    fn names_are_those_of_the_manifest() {
        let name = |value: clap::builder::PossibleValue| value.get_name().to_string();
        for version in Version::value_variants() {
            let shown = name(version.to_possible_value().unwrap());
            assert_eq!(shown, GolemRpc::from(*version).name());
        }
        assert_eq!(Version::value_variants().len(), GolemRpc::ALL.len());
        for errors in Errors::value_variants() {
            let shown = name(errors.to_possible_value().unwrap());
            assert_eq!(shown, RpcErrors::from(*errors).name());
        }
        for backend in Backend::value_variants() {
            let shown = name(backend.to_possible_value().unwrap());
            assert_eq!(shown, StubBackend::from(*backend).name());
        }
    }
}
