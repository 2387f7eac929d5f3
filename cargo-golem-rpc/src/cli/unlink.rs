//! `cargo golem-rpc unlink`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Take links back, with all that they brought into the workspace
///
/// Every file that held something of ours is then as it would be if the link had never been; with the
/// last link everything of ours goes.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc unlink shopping-cart purchase-history
    cargo golem-rpc unlink --all")]
pub(super) struct UnlinkArgs {
    /// The member that calls, by package name or path
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    caller: Option<String>,
    /// The members that it is not to call any more, by package name or path
    #[arg(
        required_unless_present = "all",
        conflicts_with = "all",
        value_name = "TARGET"
    )]
    targets: Vec<String>,
    /// Take all links back
    #[arg(long)]
    all: bool,
    /// Unlink although the caller still uses the stub, and remove generated files that were edited
    /// by hand
    #[arg(long)]
    force: bool,
}

impl UnlinkArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let caller = self.caller.filter(|_| !self.all);
        let request = ops::unlink::Request {
            links: caller.map(|caller| (caller, self.targets)),
            force: self.force,
        };
        ops::unlink::run(context, &request)
    }
}
