//! `cargo golem-rpc doctor`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Look for what does not work, or not for long: tools, links, manifests, leftovers
///
/// Says for each finding which command fixes it. Outside of a workspace it looks at the tools alone.
/// The exit code is 1 if something does not work; warnings do not count.
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
