//! `cargo golem-rpc prune`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Remove links that the caller's world does not import
///
/// These are the links that `cargo golem-rpc status` shows as unused.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc prune --dry-run")]
pub(super) struct PruneArgs {}

impl PruneArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let PruneArgs {} = self;
        ops::prune::run(context)
    }
}
