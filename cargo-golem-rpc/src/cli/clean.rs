//! `cargo golem-rpc clean`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Remove composed components and other build results of this tool
///
/// Does not remove what cargo built, nor the state of durable workers; use `cargo clean` for that.
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
