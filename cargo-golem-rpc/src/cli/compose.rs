//! `cargo golem-rpc compose`

use camino::Utf8PathBuf;
use clap::Args;

use super::profile::{NoBuildArgs, ProfileArgs};
use crate::error::CliError;
use crate::ops::{self, Context};

/// Compose a caller with its stubs into a component ready for Golem
///
/// Works on files, or on callers of the workspace, which it builds first with everything they call.
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
    /// Stub components
    #[arg(long, value_name = "FILE", num_args = 1..)]
    stub_wasm: Vec<Utf8PathBuf>,
    /// File to write the composed component to
    #[arg(long, value_name = "FILE")]
    dest_wasm: Option<Utf8PathBuf>,
    /// Callers of the workspace to compose with the stubs of all their targets
    #[arg(
        long = "caller",
        value_name = "MEMBER",
        value_delimiter = ',',
        conflicts_with_all = ["source_wasm", "stub_wasm", "dest_wasm"]
    )]
    callers: Vec<String>,
    /// Fail if an import remains that neither Golem nor the local runtime provides
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
