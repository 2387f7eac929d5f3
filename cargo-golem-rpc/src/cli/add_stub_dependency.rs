//! `cargo golem-rpc add-stub-dependency`

use camino::Utf8PathBuf;
use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Copy a stub's WIT and its dependencies into a component's WIT root
#[derive(Args)]
#[command(after_help = "\
Example:
    cargo golem-rpc add-stub-dependency -s component2-stub/wit -d component1/wit")]
pub(super) struct AddStubDependencyArgs {
    /// WIT root of the stub
    #[arg(short, long, value_name = "DIR")]
    stub_wit_root: Utf8PathBuf,
    /// WIT root of the calling component
    #[arg(short, long, value_name = "DIR")]
    dest_wit_root: Utf8PathBuf,
    /// Overwrite files with different content
    #[arg(long)]
    overwrite: bool,
    /// Also add the copies to [package.metadata.component.target.dependencies] of the Cargo.toml
    /// next to the WIT root
    #[arg(long)]
    update_cargo_toml: bool,
}

impl AddStubDependencyArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let request = ops::add_stub_dependency::Request {
            stub_wit_root: self.stub_wit_root,
            dest_wit_root: self.dest_wit_root,
            overwrite: self.overwrite,
            update_cargo_toml: self.update_cargo_toml,
        };
        ops::add_stub_dependency::run(context, &request)
    }
}
