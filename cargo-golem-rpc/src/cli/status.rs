//! `cargo golem-rpc status`

use clap::Args;

use super::profile::ProfileArgs;
use crate::error::CliError;
use crate::ops::{self, Context};

/// Show the state of all links, and which components are built
///
/// A link is up to date, stale (its stub or copies are out of date), unused (the caller's world does not
/// import the stub) or broken.
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
