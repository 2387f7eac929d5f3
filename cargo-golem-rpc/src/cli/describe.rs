//! `cargo golem-rpc describe`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Show how a target is called: import line, `use` lines, functions, worker addresses, Rust code to copy
///
/// Works for every member with a world, whether anybody calls it yet or not.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc describe purchase-history")]
pub(super) struct DescribeArgs {
    /// The member that is to be called, by package name or path
    #[arg(value_name = "TARGET")]
    target: String,
}

impl DescribeArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        ops::describe::run(context, &self.target)
    }
}
