//! `cargo golem-rpc init`

use clap::Args;

use super::stub_options::TargetArgs;
use crate::error::CliError;
use crate::ops::{self, Context, Leave};

/// Generate stubs for targets, and link callers to them
///
/// Links every caller to every target: generates a stub per target, copies its WIT into the callers'
/// `wit/deps`, edits the manifests and writes tasks into Makefile.toml. Run it again with other names to
/// add links.
#[derive(Args)]
#[command(
    visible_alias = "initialize-workspace",
    after_help = "\
Example:
    cargo golem-rpc init --targets purchase-history --callers shopping-cart
    cargo make build-flow"
)]
pub(super) struct InitArgs {
    /// Members that are called: package names or paths
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',', value_name = "MEMBER")]
    targets: Vec<String>,
    /// Members that call them: package names or paths
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',', value_name = "MEMBER")]
    callers: Vec<String>,
    #[command(flatten)]
    stub: TargetArgs,
    /// Also add an import of each stub to its caller's world
    #[arg(long)]
    import: bool,
    /// Update names in the callers' WIT after a target's world, package or version was renamed
    #[arg(long)]
    fix_imports: bool,
    /// Overwrite generated files that were edited by hand, your own tasks with the same names, and stub
    /// crates made by older tools
    #[arg(long)]
    force: bool,
}

impl InitArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let InitArgs {
            targets,
            callers,
            stub,
            import,
            fix_imports,
            force,
        } = self;
        ops::init::run(
            context,
            &ops::init::Request {
                targets,
                callers,
                options: stub.into(),
                import,
                leave: Leave { force, fix_imports },
            },
        )
    }
}
