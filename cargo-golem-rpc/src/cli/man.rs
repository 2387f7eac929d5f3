//! `cargo golem-rpc man`

use camino::Utf8PathBuf;
use clap::Args;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Print the manual page, or write the pages of all commands to a directory
#[derive(Args)]
#[command(after_help = "\
Examples:
    cargo golem-rpc man | man -l -
    cargo golem-rpc man ~/.local/share/man/man1 && man cargo-golem-rpc-init")]
pub(super) struct ManArgs {
    /// Directory to write the pages to
    dir: Option<Utf8PathBuf>,
}

impl ManArgs {
    pub(super) fn run(self, context: &mut Context, command: clap::Command) -> Result<(), CliError> {
        ops::man::run(context, command, self.dir.as_deref())
    }
}
