//! `cargo golem-rpc unlink`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Remove links, and what they added to the workspace
///
/// Restores every edited file to its state without the link. Removing the last link removes everything
/// that this tool added.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc unlink shopping-cart purchase-history
    cargo golem-rpc unlink --all")]
pub(super) struct UnlinkArgs {
    /// The member that calls: a package name or path
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    caller: Option<String>,
    /// Targets to unlink it from: package names or paths
    #[arg(
        required_unless_present = "all",
        conflicts_with = "all",
        value_name = "TARGET"
    )]
    targets: Vec<String>,
    /// Remove all links
    #[arg(long)]
    all: bool,
    /// Unlink even if the caller still uses the stub, and remove generated files that were edited by hand
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
