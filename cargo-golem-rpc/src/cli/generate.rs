//! `cargo golem-rpc generate`

use camino::Utf8PathBuf;
use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Generate the stub of a component as a Rust crate
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc generate -s purchase-history/wit -d purchase-history-stub")]
pub(super) struct GenerateArgs {
    /// The component's WIT root: its `.wit` files, and `deps` beside them
    #[arg(short, long, value_name = "DIR")]
    source_wit_root: Utf8PathBuf,
    /// Where the crate goes; its name is that directory's
    #[arg(short, long, value_name = "DIR")]
    dest_crate_root: Utf8PathBuf,
    /// Replace files of an earlier stub crate that have other content
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    stub: StubArgs,
}

/// What can be said of a stub.
#[derive(Args)]
pub(super) struct StubArgs {
    /// The world to make a stub for, where the package has several
    #[arg(short, long, value_name = "WORLD")]
    pub(super) world: Option<String>,
    /// Version of the stub crate
    #[arg(long, default_value = "0.0.1", value_name = "VERSION")]
    pub(super) stub_crate_version: String,
}

impl GenerateArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let request = ops::generate::Request {
            source_wit_root: self.source_wit_root,
            dest_crate_root: self.dest_crate_root,
            world: self.stub.world,
            version: self.stub.stub_crate_version,
            overwrite: self.overwrite,
        };
        ops::generate::run(context, &request)
    }
}
