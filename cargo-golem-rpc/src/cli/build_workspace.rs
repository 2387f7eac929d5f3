//! `cargo golem-rpc build-workspace`

use clap::Args;

use super::profile::ProfileArgs;
use crate::error::CliError;
use crate::ops::{self, Context};

/// Regenerate the stubs, build the members and compose the callers
///
/// The same as `cargo make build-flow`, without cargo-make. cargo decides what to compile; a caller is
/// composed again only if its component or a stub has changed.
#[derive(Args)]
#[command(after_help = "\
Examples:
    cargo golem-rpc build-workspace --release
    cargo golem-rpc build-workspace -p shopping-cart")]
pub(super) struct BuildWorkspaceArgs {
    /// A member to build, with all that it calls [default: all that are linked]
    #[arg(short, long = "package", value_name = "MEMBER")]
    packages: Vec<String>,
    /// Fail, before a composed component is written, if an import is left in one that neither Golem nor
    /// the local runtime offers
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
