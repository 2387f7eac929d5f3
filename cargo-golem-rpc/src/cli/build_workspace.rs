//! `cargo golem-rpc build-workspace`

use clap::Args;

use super::profile::ProfileArgs;
use crate::error::CliError;
use crate::ops::{self, Context};

/// Regenerate stubs, build all linked members and compose the callers
///
/// Does what `cargo make build-flow` does, without cargo-make. Composes a caller again only if its
/// component or one of its stubs has changed.
#[derive(Args)]
#[command(after_help = "\
Examples:
    cargo golem-rpc build-workspace --release
    cargo golem-rpc build-workspace -p shopping-cart")]
pub(super) struct BuildWorkspaceArgs {
    /// Member to build, together with everything it calls [default: all linked members]
    #[arg(short, long = "package", value_name = "MEMBER")]
    packages: Vec<String>,
    /// Fail if a composed component still has an import that neither Golem nor the local runtime provides
    #[arg(long)]
    deny_imports: bool,
    #[command(flatten)]
    profile: ProfileArgs,
}

impl BuildWorkspaceArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let request = ops::build_workspace::Request {
            packages: self.packages,
            deny_imports: self.deny_imports,
            profile: self.profile.into(),
        };
        ops::build_workspace::run(context, &request)
    }
}
