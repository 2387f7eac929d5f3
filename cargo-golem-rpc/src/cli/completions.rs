//! `cargo golem-rpc completions`

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Cli;
use crate::error::CliError;
use crate::ops::{self, Context};

/// Print a script that completes command lines in a shell
#[derive(Args)]
#[command(after_help = "\
In bash, zsh and fish it completes `cargo golem-rpc` as well as `cargo-golem-rpc`, in the others the
latter alone.

Examples:
    bash    source <(cargo golem-rpc completions bash)     in ~/.bashrc, after cargo's own
    zsh     cargo golem-rpc completions zsh > ~/.zfunc/_cargo-golem-rpc     a directory of $fpath
    fish    cargo golem-rpc completions fish > ~/.config/fish/conf.d/cargo-golem-rpc.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        ops::completions::run(context, self.shell, Cli::command());
        Ok(())
    }
}
