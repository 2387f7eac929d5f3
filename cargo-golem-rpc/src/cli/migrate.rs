//! `cargo golem-rpc migrate`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Migrate a workspace created by `golem-cli stubgen`, `wasm-rpc-stubgen` or a `golem.yaml`
///
/// Replaces the older tool's stub crates, WIT copies, manifest entries and tasks by those of this tool,
/// and keeps who calls whom. Options of old tasks are kept where this tool has them too; the others are
/// reported. `float32`, `float64` and `-> ()` in your WIT become today's spelling. The `wasm-rpc`
/// dependencies of a `golem.yaml` (golem-cli 1.1 to 1.3) become links; the file itself is not changed.
/// Rust code is not changed either: lines that you have to change are reported.
#[derive(Args)]
#[command(after_help = "\
On a terminal it asks before it changes anything. It refuses to change files that have uncommitted
changes, and a workspace that is not in a git repository.

Example:
    cargo golem-rpc migrate --dry-run
    cargo golem-rpc migrate
    cargo make build-flow")]
pub(super) struct MigrateArgs {
    /// Members whose stubs to migrate: package names or paths [default: all]
    #[arg(long, num_args = 1.., value_delimiter = ',', value_name = "MEMBER")]
    targets: Vec<String>,
    /// Members that call them: package names or paths [default: today's callers]
    #[arg(long, num_args = 1.., value_delimiter = ',', value_name = "MEMBER")]
    callers: Vec<String>,
    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,
    /// Also change files with uncommitted changes
    #[arg(long)]
    allow_dirty: bool,
    /// Also change files outside a git repository
    #[arg(long)]
    allow_no_vcs: bool,
    /// Overwrite stub crates and generated files that were edited by hand
    #[arg(long)]
    force: bool,
}

impl MigrateArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let MigrateArgs {
            targets,
            callers,
            yes,
            allow_dirty,
            allow_no_vcs,
            force,
        } = self;
        let request = ops::migrate::Request {
            targets,
            callers,
            force,
            yes,
            allow_dirty,
            allow_no_vcs,
        };
        ops::migrate::run(context, &request)
    }
}
