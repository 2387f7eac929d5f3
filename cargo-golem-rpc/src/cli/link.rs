//! `cargo golem-rpc link`

use clap::Args;

use super::stub_options::TargetArgs;
use crate::error::CliError;
use crate::ops::{self, Context, Leave};

/// Link one caller to targets
///
/// Does what `init` does, for a single caller. Other links are not changed.
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc link shopping-cart purchase-history --import")]
pub(super) struct LinkArgs {
    /// The member that calls: a package name or path
    caller: String,
    /// Members that it calls: package names or paths
    #[arg(required = true, value_name = "TARGET")]
    targets: Vec<String>,
    /// Also add an import of each stub to the caller's world
    #[arg(long)]
    import: bool,
    /// Update names in the callers' WIT after a target's world, package or version was renamed
    #[arg(long)]
    fix_imports: bool,
    #[command(flatten)]
    stub: TargetArgs,
    /// Overwrite generated files that were edited by hand, your own tasks with the same names, and stub
    /// crates made by older tools
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
