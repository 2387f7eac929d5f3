//! The part of `cargo golem-rpc check` that compares targets with what their callers were built for.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use golem_rpc_compat::Class;

use crate::error::CliError;
use crate::ops::{self, Context};

#[derive(Args)]
#[command(next_help_heading = "Breaking changes")]
pub(super) struct BreakingArgs {
    /// Compare each target's WIT with what its callers have of it: the copies below `wit/deps`
    ///
    /// Where a copy is missing or up to date, or reads files that the target reads too, it does not
    /// tell what was: the target is then compared with the last commit. If there is none either, the
    /// exit code is 3: what breaks is not known.
    #[arg(long)]
    breaking: bool,
    /// Compare with this git revision instead, or with a directory: another checkout of the
    /// workspace, or the WIT root of a single target
    ///
    /// What exists as a directory is taken for one; `refs/heads/NAME` names a branch that is called
    /// like a directory.
    #[arg(
        long,
        value_name = "REV|DIR",
        requires = "breaking",
        value_parser = NonEmptyStringValueParser::new()
    )]
    against: Option<String>,
    /// The mildest changes that make the command fail: those that break callers on the wire, which
    /// are built and perhaps deployed, or also those that only break their sources when they are
    /// built again
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "CLASS",
        requires = "breaking"
    )]
    fail_on: FailOn,
    /// How to show the changes
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
    /// Wire-breaking changes
    #[default]
    Wire,
    /// Source-breaking changes too
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
