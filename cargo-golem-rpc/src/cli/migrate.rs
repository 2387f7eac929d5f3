//! `cargo golem-rpc migrate`

use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Take a workspace over from `golem-cli stubgen`, `wasm-rpc-stubgen` or a `golem.yaml`
///
/// Stub crates, copies of WIT, manifest entries and tasks of the older tool give way to ours, and
/// `float32`, `float64` and `-> ()` in your WIT to today's spelling. Who calls whom is told by what
/// is there. The options of the tasks are carried over where ours have the like; the others are
/// named. Of a `golem.yaml` (golem-cli 1.1 to 1.3) the `wasm-rpc` dependencies become links; the file
/// itself stays. Rust code is not changed: lines that have to are named.
#[derive(Args)]
#[command(after_help = "\
On a terminal it asks first. It refuses what git could not bring back: files with changes that are
not committed, and a workspace that is in no git repository.

Example:
    cargo golem-rpc migrate --dry-run
    cargo golem-rpc migrate
    cargo make build-flow")]
pub(super) struct MigrateArgs {
    /// Only the stubs of these members, by package name or path [default: all that the older tool
    /// made]
    #[arg(long, num_args = 1.., value_delimiter = ',', value_name = "MEMBER")]
    targets: Vec<String>,
    /// The members that call all of them, by package name or path [default: those that did]
    #[arg(long, num_args = 1.., value_delimiter = ',', value_name = "MEMBER")]
    callers: Vec<String>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Change files although they have changes that are not committed
    #[arg(long)]
    allow_dirty: bool,
    /// Change files although they are in no git repository
    #[arg(long)]
    allow_no_vcs: bool,
    /// Replace stub crates and generated files that were edited by hand
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
