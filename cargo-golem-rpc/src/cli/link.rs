//! `cargo golem-rpc link`

use clap::Args;

use super::stub_options::TargetArgs;
use crate::error::CliError;
use crate::ops::{self, Context, Leave};

/// Let one member call others: `init` for a single caller
///
/// The other links stay as they are.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc link shopping-cart purchase-history --import")]
pub(super) struct LinkArgs {
    /// The member that calls, by package name or path
    caller: String,
    /// The members that it calls, by package name or path
    #[arg(required = true, value_name = "TARGET")]
    targets: Vec<String>,
    /// Put the import of each stub into the caller's world as well
    #[arg(long)]
    import: bool,
    /// Rewrite names in the callers' WIT that no stub has any more: its target's world, package or
    /// version has another name now
    #[arg(long)]
    fix_imports: bool,
    #[command(flatten)]
    stub: TargetArgs,
    /// Replace generated files that were edited by hand, tasks of yours that have our names, and
    /// stub crates of the older tool
    #[arg(long)]
    force: bool,
}

impl LinkArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let request = ops::init::Request {
            targets: self.targets,
            callers: vec![self.caller],
            options: self.stub.into(),
            import: self.import,
            leave: Leave {
                force: self.force,
                fix_imports: self.fix_imports,
            },
        };
        ops::init::run(context, &request)
    }
}
