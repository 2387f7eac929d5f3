//! The command line: clap structs → request structs, nothing else.

mod add_stub_dependency;
mod breaking;
mod build;
mod build_members;
mod build_workspace;
mod check;
mod clean;
mod completions;
mod compose;
mod describe;
mod doctor;
mod generate;
mod graph;
mod init;
#[cfg(feature = "local")]
mod invoke;
mod link;
mod man;
mod migrate;
mod parse;
mod profile;
mod prune;
mod regenerate;
mod status;
mod stub_options;
mod unlink;
mod why;

use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::builder::{NonEmptyStringValueParser, TypedValueParser as _};
use clap::{Arg, ArgAction, Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use golem_rpc_system::cargo::CargoFlags;

use crate::error::CliError;
use crate::ops::Context;
use crate::report::{Format, Report};
pub(crate) use parse::run;

/// Exit codes, as `--help` and the README give them.
const EXIT_CODES: &str = "\
Exit codes:
    0  done
    1  something failed: a build, a check, a remote call, a file that cannot be written
    2  wrong arguments
    3  the workspace does not fit the command, or there is nothing to compare with
    4  the WIT is invalid, or uses something that stubs do not support
    5  the command would overwrite a file of yours, or one that was edited by hand
    6  a tool is missing: cargo-component, the wasm target or git
  130  interrupted; no file is left half written";

/// Typed worker-to-worker RPC for Golem components
#[derive(Parser)]
#[command(
    name = "cargo golem-rpc",
    bin_name = "cargo golem-rpc",
    version,
    after_help = EXIT_CODES,
    max_term_width = 100
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Path to the Cargo.toml of the workspace or of a member
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        value_parser = NonEmptyStringValueParser::new().map(Utf8PathBuf::from)
    )]
    manifest_path: Option<Utf8PathBuf>,
    /// Print more details
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    verbose: u8,
    /// Print only warnings, errors and results
    #[arg(short, long, global = true)]
    quiet: bool,
    /// When to use colors
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
    /// Output format: text for people, or one JSON object per line
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    message_format: Format,
    /// See [`command`].
    #[arg(skip)]
    dry_run: bool,
    /// Run cargo without network access
    #[arg(long, global = true)]
    offline: bool,
    /// Fail if Cargo.lock would change
    #[arg(long, global = true)]
    locked: bool,
    /// Same as `--offline --locked`
    #[arg(long, global = true)]
    frozen: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    Init(init::InitArgs),
    Link(link::LinkArgs),
    Unlink(unlink::UnlinkArgs),
    Prune(prune::PruneArgs),
    Regenerate(regenerate::RegenerateArgs),
    BuildWorkspace(build_workspace::BuildWorkspaceArgs),
    BuildMembers(build_members::BuildMembersArgs),
    Compose(compose::ComposeArgs),
    Clean(clean::CleanArgs),
    #[cfg(feature = "local")]
    Invoke(invoke::InvokeArgs),
    Status(status::StatusArgs),
    Check(check::CheckArgs),
    Graph(graph::GraphArgs),
    Describe(describe::DescribeArgs),
    Why(why::WhyArgs),
    Doctor(doctor::DoctorArgs),
    Migrate(migrate::MigrateArgs),
    Generate(generate::GenerateArgs),
    Build(build::BuildArgs),
    AddStubDependency(add_stub_dependency::AddStubDependencyArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// These write nothing.
const READ_ONLY: [&str; 6] = [
    "status",
    "check",
    "describe",
    "why",
    "doctor",
    "completions",
];

/// The command line with `--dry-run` for all commands that write something.
fn command() -> clap::Command {
    Cli::command().mut_subcommands(|command| {
        if READ_ONLY.contains(&command.get_name()) {
            return command;
        }
        command.arg(
            Arg::new("dry-run")
                .long("dry-run")
                .action(ArgAction::SetTrue)
                .help("Print the changes as a diff, and the commands that would run, without doing anything"),
        )
    })
}

impl Cli {
    /// Runs the command of this name and reports how it went.
    fn run(self, name: &str) -> ExitCode {
        let Cli { global, command } = self;
        let choice = match global.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        let report = Report::new(global.message_format, Some(name));
        let report = report.with_volume(global.quiet, global.verbose);
        let mut context = match Context::new(report, global.into()) {
            Ok(context) => context,
            Err((report, error)) => return report.failure(&error.told()),
        };
        match command.run(&mut context) {
            Ok(()) => context.report.success(),
            Err(error) if error.is_answer() && context.report.is_quiet() => {
                context.report.finish(error.exit_code())
            }
            Err(error) => context.report.failure(&error.told()),
        }
    }
}

impl Command {
    fn run(self, context: &mut Context) -> Result<(), CliError> {
        match self {
            Command::Init(args) => args.run(context),
            Command::Link(args) => args.run(context),
            Command::Unlink(args) => args.run(context),
            Command::Prune(args) => args.run(context),
            Command::Regenerate(args) => args.run(context),
            Command::BuildWorkspace(args) => args.run(context),
            Command::BuildMembers(args) => args.run(context),
            Command::Compose(args) => args.run(context),
            Command::Clean(args) => args.run(context),
            #[cfg(feature = "local")]
            Command::Invoke(args) => args.run(context),
            Command::Status(args) => args.run(context),
            Command::Check(args) => args.run(context),
            Command::Graph(args) => args.run(context),
            Command::Describe(args) => args.run(context),
            Command::Why(args) => args.run(context),
            Command::Doctor(args) => args.run(context),
            Command::Migrate(args) => args.run(context),
            Command::Generate(args) => args.run(context),
            Command::Build(args) => args.run(context),
            Command::AddStubDependency(args) => args.run(context),
            Command::Completions(args) => args.run(context, command()),
            Command::Man(args) => args.run(context, command()),
        }
    }
}

impl From<Global> for crate::ops::Settings {
    fn from(global: Global) -> Self {
        crate::ops::Settings {
            manifest_path: global.manifest_path,
            dry_run: global.dry_run,
            flags: CargoFlags {
                offline: global.offline,
                locked: global.locked,
                frozen: global.frozen,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }
}
