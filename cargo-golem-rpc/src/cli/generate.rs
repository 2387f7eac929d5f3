//! `cargo golem-rpc generate`

use camino::Utf8PathBuf;
use clap::Args;
use golem_rpc_stub::StubOptions;
use wit_parser::PackageName;

use super::stub_options::{StubOptionArgs, package};
use crate::error::CliError;
use crate::ops::{self, Context, StubRequest};

/// Generate a stub as a Rust crate
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc generate -s purchase-history/wit -d purchase-history-stub")]
pub(super) struct GenerateArgs {
    /// The component's WIT root: the directory with its `.wit` files and `deps`
    #[arg(short, long, value_name = "DIR")]
    source_wit_root: Utf8PathBuf,
    /// Directory to write the crate to; also names the crate
    #[arg(short, long, value_name = "DIR")]
    dest_crate_root: Utf8PathBuf,
    /// Overwrite files of an existing stub crate
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    stub: StubArgs,
}

/// What can be said of a stub.
#[derive(Args)]
pub(super) struct StubArgs {
    /// World to generate the stub for, if the package has several
    #[arg(short, long, value_name = "WORLD")]
    pub(super) world: Option<String>,
    /// Version of the stub crate
    #[arg(long, default_value = "0.0.1", value_name = "VERSION")]
    pub(super) stub_crate_version: String,
    /// WIT packages whose types the stub declares itself instead of depending on them: needed for the
    /// caller's own package, if the component uses its types
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',', value_parser = package)]
    pub(super) redeclare: Vec<PackageName>,
    #[command(flatten)]
    pub(super) options: StubOptionArgs,
}

impl From<StubArgs> for StubRequest {
    fn from(args: StubArgs) -> StubRequest {
        let StubOptionArgs {
            rpc_errors,
            golem_rpc,
            skip_unsupported,
        } = args.options;
        StubRequest {
            world: args.world,
            options: StubOptions {
                golem_rpc: golem_rpc.map(Into::into).unwrap_or_default(),
                rpc_errors: rpc_errors.map(Into::into).unwrap_or_default(),
                skip_unsupported: skip_unsupported.unwrap_or_default(),
                redeclared: args.redeclare.into_iter().collect(),
            },
        }
    }
}

impl GenerateArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let request = ops::generate::Request {
            source_wit_root: self.source_wit_root,
            dest_crate_root: self.dest_crate_root,
            version: self.stub.stub_crate_version.clone(),
            stub: self.stub.into(),
            overwrite: self.overwrite,
        };
        ops::generate::run(context, &request)
    }
}
