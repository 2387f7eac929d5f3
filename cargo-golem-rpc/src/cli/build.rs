//! `cargo golem-rpc build`

use camino::Utf8PathBuf;
use clap::Args;

use super::generate::StubArgs;
use crate::error::CliError;
use crate::ops::{self, Context};

/// Build the stub of a component written in any language: its wasm and its WIT
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc build -s component2/wit \\
        --dest-wasm component2-stub/component2_stub.wasm --dest-wit-root component2-stub/wit")]
pub(super) struct BuildArgs {
    /// The component's WIT root: its `.wit` files, and `deps` beside them
    #[arg(short, long, value_name = "DIR")]
    source_wit_root: Utf8PathBuf,
    /// The stub component to write
    #[arg(long, value_name = "FILE")]
    dest_wasm: Utf8PathBuf,
    /// Where the stub's WIT goes
    #[arg(long, value_name = "DIR")]
    dest_wit_root: Utf8PathBuf,
    #[command(flatten)]
    stub: StubArgs,
}

impl BuildArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let request = ops::build::Request {
            source_wit_root: self.source_wit_root,
            dest_wasm: self.dest_wasm,
            dest_wit_root: self.dest_wit_root,
            world: self.stub.world,
            version: self.stub.stub_crate_version,
        };
        ops::build::run(context, &request)
    }
}
