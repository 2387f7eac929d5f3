//! `completions`: the command line as clap describes it → a script for a shell.
//!
//! The scripts complete `cargo-golem-rpc`. cargo's own completion in zsh asks a function of that name
//! for `cargo golem-rpc`; bash and fish get a few lines more for it.

use clap::Command;
use clap_complete::Shell;
use golem_rpc_messages::TextKind;

use super::Context;

/// The program, as cargo looks for it.
const PROGRAM: &str = "cargo-golem-rpc";
/// What clap takes the program for in bash, where it completes no options of the commands of one
/// with a hyphen in its name (clap-rs/clap#6421). `cargo.bash` registers the program itself.
const PROGRAM_IN_BASH: &str = "cargo_golem_rpc";

/// What follows the script for bash.
const BASH: &str = include_str!("completions/cargo.bash");
/// What follows the script for fish.
const FISH: &str = include_str!("completions/cargo.fish");

/// Shows the script.
pub(crate) fn run(context: &Context, shell: Shell, command: Command) {
    context
        .report
        .text(TextKind::Completions, &script(shell, command));
}

fn script(shell: Shell, command: Command) -> String {
    let (program, more) = match shell {
        Shell::Bash => (PROGRAM_IN_BASH, BASH),
        Shell::Fish => (PROGRAM, FISH),
        _ => (PROGRAM, ""),
    };
    // In the name that help shows there is a space, which functions in shells may not have.
    let mut command = command.name(program).bin_name(program);
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, program, &mut script);
    String::from_utf8_lossy(&script).into_owned() + more
}
