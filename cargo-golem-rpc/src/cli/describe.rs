//! `cargo golem-rpc describe`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Show how to call a target: WIT import, Rust code, functions and worker addresses
///
/// Works for every member with a WIT world, linked or not.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc describe purchase-history")]
pub(super) struct DescribeArgs {
    /// The member to call: a package name or path
    #[arg(value_name = "TARGET")]
    target: String,
}

impl DescribeArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        ops::describe::run(context, &self.target)
    }
}
