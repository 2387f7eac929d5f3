//! `cargo golem-rpc completions`

use clap::Args;
use clap_complete::Shell;

use crate::error::CliError;
use crate::ops::{self, Context};

/// Print a shell completion script
#[derive(Args)]
#[command(after_help = "\
Completes `cargo golem-rpc` and `cargo-golem-rpc` in bash, zsh and fish, and only `cargo-golem-rpc`
in other shells.

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
    pub(super) fn run(self, context: &mut Context, command: clap::Command) -> Result<(), CliError> {
        ops::completions::run(context, self.shell, command);
        Ok(())
    }
}
