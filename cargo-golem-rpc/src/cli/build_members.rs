//! `cargo golem-rpc build-members`

use clap::Args;

use super::profile::ProfileArgs;
use crate::error::CliError;
use crate::ops::{self, Context};

/// Build callers, targets and stubs with cargo, without composing them
///
/// `compose --no-build` and `invoke --no-build` use the result.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc build-members --release")]
pub(super) struct BuildMembersArgs {
    /// Members to build [default: all callers, targets and stubs]
    #[arg(short, long = "package", value_name = "MEMBER")]
    packages: Vec<String>,
    #[command(flatten)]
    profile: ProfileArgs,
}

impl BuildMembersArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let request = ops::build_members::Request {
            packages: self.packages,
            profile: self.profile.into(),
        };
        ops::build_members::run(context, &request)
    }
}
