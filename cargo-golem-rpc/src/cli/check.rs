//! `cargo golem-rpc check`

use clap::Args;

use super::breaking::BreakingArgs;
use crate::error::CliError;
use crate::ops::{self, Context};

/// Check that everything generated is up to date, or find changes that break callers
///
/// For CI. Reports generated files that are out of date, missing, edited by hand or no longer needed,
/// and exits with code 1 if there are any. `--breaking` compares the targets' WIT with the WIT that
/// callers were built against. With `--quiet` only the exit code tells the result.
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
        if self.breaking.is_wanted() {
            self.breaking.run(context)
        } else {
            ops::check::run(context)
        }
    }
}
