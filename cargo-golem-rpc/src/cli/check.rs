//! `cargo golem-rpc check`

use clap::Args;

use super::breaking::BreakingArgs;
use crate::error::CliError;
use crate::ops::{self, Context};

/// Find what is generated and stale, edited by hand, missing or unneeded; or what breaks callers
///
/// For CI: changes nothing. The exit code is 1 if anything is found; with `--quiet` it is all there
/// is. With `--breaking` the targets' WIT is compared with what callers were built against.
#[derive(Args)]
#[command(after_help = "\
Examples:
    cargo golem-rpc check
    cargo golem-rpc check --breaking
    cargo golem-rpc check --breaking --against origin/main --format github
    cargo golem-rpc check --breaking --against ../released purchase-history")]
pub(super) struct CheckArgs {
    #[command(flatten)]
    breaking: BreakingArgs,
}

impl CheckArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        match self.breaking.is_wanted() {
            true => self.breaking.run(context),
            false => ops::check::run(context),
        }
    }
}
