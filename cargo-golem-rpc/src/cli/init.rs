//! `cargo golem-rpc init`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Let members of a Cargo workspace call each other: generate stubs, edit manifests, write tasks
///
/// Every caller may call every target. Run again with further names, it adds; with the same, it
/// changes nothing.
#[derive(Args)]
#[command(
    visible_alias = "initialize-workspace",
    after_help = "\
Example:
    cargo golem-rpc init --targets purchase-history --callers shopping-cart
    cargo make build-flow"
)]
pub(super) struct InitArgs {
    /// The members that are called, by package name or path
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',', value_name = "MEMBER")]
    targets: Vec<String>,
    /// The members that call them, by package name or path
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',', value_name = "MEMBER")]
    callers: Vec<String>,
    /// Replace generated files that were edited by hand, tasks of yours that have our names, and
    /// stub crates of the older tool
    #[arg(long)]
    force: bool,
}

impl InitArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let InitArgs {
            targets,
            callers,
            force,
        } = self;
        ops::init::run(
            context,
            &ops::init::Request {
                targets,
                callers,
                force,
            },
        )
    }
}
