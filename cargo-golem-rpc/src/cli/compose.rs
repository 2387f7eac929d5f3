//! `cargo golem-rpc compose`

use camino::Utf8PathBuf;
use clap::Args;

use super::profile::{NoBuildArgs, ProfileArgs};
use crate::error::CliError;
use crate::ops::{self, Context};

/// Compose a caller with its stubs into a component that is ready for Golem
///
/// Takes files, or callers of a workspace, which are built first with all that they call.
#[derive(Args)]
#[command(after_help = "\
Examples:
    cargo golem-rpc compose --caller shopping-cart --release
    cargo golem-rpc compose --source-wasm component1.wasm \\
        --stub-wasm component2_stub.wasm --dest-wasm composed.wasm")]
pub(super) struct ComposeArgs {
    /// The caller's component
    #[arg(long, value_name = "FILE", required_unless_present = "callers", requires_all = ["stub_wasm", "dest_wasm"])]
    source_wasm: Option<Utf8PathBuf>,
    /// The component of a stub
    #[arg(long, value_name = "FILE", num_args = 1..)]
    stub_wasm: Vec<Utf8PathBuf>,
    /// The composed component to write
    #[arg(long, value_name = "FILE")]
    dest_wasm: Option<Utf8PathBuf>,
    /// A caller of the workspace, to be composed with the stubs of all its targets
    #[arg(
        long = "caller",
        value_name = "MEMBER",
        value_delimiter = ',',
        conflicts_with_all = ["source_wasm", "stub_wasm", "dest_wasm"]
    )]
    callers: Vec<String>,
    /// Fail, before anything is written, if an import is left that neither Golem nor the local runtime
    /// offers
    #[arg(long)]
    deny_imports: bool,
    #[command(flatten)]
    profile: ProfileArgs,
    #[command(flatten)]
    no_build: NoBuildArgs,
}

impl ComposeArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        match (self.source_wasm, self.dest_wasm) {
            (Some(source), Some(dest)) => {
                let request = ops::compose::Files {
                    source,
                    stubs: self.stub_wasm,
                    dest,
                    deny_imports: self.deny_imports,
                };
                ops::compose::files(context, &request)
            }
            _ => {
                let request = ops::compose::Callers {
                    names: self.callers,
                    profile: self.profile.into(),
                    no_build: self.no_build.no_build,
                    deny_imports: self.deny_imports,
                };
                ops::compose::callers(context, &request)
            }
        }
    }
}
