//! `cargo golem-rpc regenerate`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context, Leave};

/// Update stubs and `wit/deps` after the targets' WIT has changed
///
/// Writes only files whose content differs.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc regenerate --target purchase-history")]
pub(super) struct RegenerateArgs {
    /// Update only what this caller uses
    #[arg(long = "caller", value_delimiter = ',', value_name = "MEMBER")]
    callers: Vec<String>,
    /// Update only what is generated from this target
    #[arg(long = "target", value_delimiter = ',', value_name = "MEMBER")]
    targets: Vec<String>,
    /// Update names in the callers' WIT after a target's world, package or version was renamed
    #[arg(long)]
    fix_imports: bool,
    /// Overwrite generated files that were edited by hand
    #[arg(long)]
    force: bool,
}

impl RegenerateArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let RegenerateArgs {
            callers,
            targets,
            fix_imports,
            force,
        } = self;
        ops::regenerate::run(
            context,
            &ops::regenerate::Request {
                callers,
                targets,
                leave: Leave { force, fix_imports },
            },
        )
    }
}
