//! `cargo golem-rpc clean`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Remove the composed components, and what else we put below the target directory
///
/// What cargo has built stays; that is for `cargo clean`.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc clean --dry-run")]
pub(super) struct CleanArgs {}

impl CleanArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        ops::clean::run(context)
    }
}
