//! `cargo golem-rpc check`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Find what is generated and stale, edited by hand, missing or unneeded; for CI
///
/// Changes nothing. The exit code is 1 if anything is found; with `--quiet` it is all there is.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc check")]
pub(super) struct CheckArgs {}

impl CheckArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        ops::check::run(context)
    }
}
