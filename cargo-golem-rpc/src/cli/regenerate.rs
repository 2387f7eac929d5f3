//! `cargo golem-rpc regenerate`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context, Leave};

/// Bring stubs and `wit/deps` up to date with the targets' WIT
///
/// Touches nothing whose content is right already.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc regenerate --target purchase-history")]
pub(super) struct RegenerateArgs {
    /// Only what this caller gets
    #[arg(long = "caller", value_delimiter = ',', value_name = "MEMBER")]
    callers: Vec<String>,
    /// Only what comes from this target
    #[arg(long = "target", value_delimiter = ',', value_name = "MEMBER")]
    targets: Vec<String>,
    /// Rewrite names in the callers' WIT that no stub has any more: its target's world, package or
    /// version has another name now
    #[arg(long)]
    fix_imports: bool,
    /// Replace generated files that were edited by hand
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
