//! `cargo golem-rpc doctor`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Find problems with tools, links, manifests and leftover files
///
/// Shows for each problem which command fixes it. Outside a workspace it checks only the tools. The exit
/// code is 1 if a check fails; warnings do not count.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc doctor")]
pub(super) struct DoctorArgs {}

impl DoctorArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let DoctorArgs {} = self;
        ops::doctor::run(context)
    }
}
