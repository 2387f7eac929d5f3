//! `cargo golem-rpc init`

use clap::Args;

use super::stub_options::TargetArgs;
use crate::error::CliError;
use crate::ops::{self, Context, Leave};

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
    #[command(flatten)]
    stub: TargetArgs,
    /// Put the import of each stub into its caller's world as well
    #[arg(long)]
    import: bool,
    /// Rewrite names in the callers' WIT that no stub has any more: its target's world, package or
    /// version has another name now
    #[arg(long)]
    fix_imports: bool,
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
