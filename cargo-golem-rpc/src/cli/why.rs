//! `cargo golem-rpc why`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Show which members have a WIT package in `wit/deps`, and which target's stub needs it
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc why golem:rpc")]
pub(super) struct WhyArgs {
    /// WIT package: `ns:name` or `ns:name@version`
    #[arg(value_name = "PACKAGE")]
    package: String,
}

impl WhyArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        ops::why::run(context, &self.package)
    }
}
