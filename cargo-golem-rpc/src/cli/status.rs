//! `cargo golem-rpc status`

use clap::Args;

use super::profile::ProfileArgs;
use crate::error::CliError;
use crate::ops::{self, Context};

/// Show how the links are, and which components are built
///
/// A link is up to date, stale, unused (the caller's world does not import the stub) or broken.
/// Changes nothing.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc status --release")]
pub(super) struct StatusArgs {
    #[command(flatten)]
    profile: ProfileArgs,
}

impl StatusArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        ops::status::run(context, &self.profile.into())
    }
}
