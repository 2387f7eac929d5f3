//! The part of `cargo golem-rpc check` that compares targets with what their callers were built for.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use golem_rpc_compat::Class;

use crate::error::CliError;
use crate::ops::{self, Context};

#[derive(Args)]
#[command(next_help_heading = "Breaking changes")]
pub(super) struct BreakingArgs {
    /// Compare each target's WIT with its callers' copies in `wit/deps`
    ///
    /// A copy that is missing or already up to date cannot show what has changed; the target is then
    /// compared with the last commit. Without a commit the exit code is 3.
    #[arg(long)]
    breaking: bool,
    /// Compare with this git revision, or with a directory: another checkout of the workspace, or the
    /// WIT root of a single target
    ///
    /// A directory of that name takes precedence; write `refs/heads/NAME` for a branch with the same
    /// name.
    #[arg(
        long,
        value_name = "REV|DIR",
        requires = "breaking",
        value_parser = NonEmptyStringValueParser::new()
    )]
    against: Option<String>,
    /// Which changes make the command fail: only those that break callers which are already built, or
    /// also those that break callers' sources
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "CLASS",
        requires = "breaking"
    )]
    fail_on: FailOn,
    /// How to print the changes
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        requires = "breaking"
    )]
    format: Format,
    /// The targets to compare [default: all]
    #[arg(value_name = "TARGET", requires = "breaking")]
    targets: Vec<String>,
}

/// The mildest class of changes that fails.
#[derive(Clone, Copy, Default, ValueEnum)]
enum FailOn {
    /// Changes that break built callers: calls fail at run time
    #[default]
    Wire,
    /// Also changes that callers notice only when they are compiled again
    Source,
}

/// How changes are shown.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text
    #[default]
    Human,
    /// Annotations for GitHub Actions
    Github,
}

impl BreakingArgs {
    /// Whether that is what was asked for.
    pub(super) fn is_wanted(&self) -> bool {
        self.breaking
    }

    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let request = ops::breaking::Request {
            targets: self.targets,
            against: self.against,
            fails: match self.fail_on {
                FailOn::Wire => Class::Wire,
                FailOn::Source => Class::Source,
            },
            github: self.format == Format::Github,
        };
        ops::breaking::run(context, &request)
    }
}
