//! `cargo golem-rpc check`

use clap::{ArgGroup, Args};

use super::breaking::BreakingArgs;
use crate::error::CliError;
use crate::ops::Context;

/// Check that a change of a target breaks none of its callers
#[derive(Args)]
#[command(
    group = ArgGroup::new("what").required(true).args(["breaking"]),
    after_help = "\
Examples:
    cargo golem-rpc check --breaking
    cargo golem-rpc check --breaking --against origin/main --format github
    cargo golem-rpc check --breaking --against ../released purchase-history"
)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    breaking: BreakingArgs,
}

impl CheckArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        debug_assert!(self.breaking.is_wanted(), "clap insists on it");
        self.breaking.run(context)
    }
}
