//! `cargo golem-rpc graph`

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

use crate::error::CliError;
use crate::ops::graph::Form;
use crate::ops::{self, Context};

/// Draw who calls whom, and the state of each link
#[derive(Args)]
#[command(after_help = "\
Examples:
    cargo golem-rpc graph
    cargo golem-rpc graph --format svg --output links.svg")]
pub(super) struct GraphArgs {
    /// Output format [default: text]
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<GraphForm>,
    /// File to write to, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<Utf8PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum GraphForm {
    /// A tree, for terminals
    Text,
    /// Graphviz
    Dot,
    /// Mermaid, for Markdown
    Mermaid,
    /// An SVG image
    Svg,
    /// JSON, for programs
    Json,
}

impl From<GraphForm> for Form {
    fn from(form: GraphForm) -> Form {
        match form {
            GraphForm::Text => Form::Text,
            GraphForm::Dot => Form::Dot,
            GraphForm::Mermaid => Form::Mermaid,
            GraphForm::Svg => Form::Svg,
            GraphForm::Json => Form::Json,
        }
    }
}

impl GraphArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let request = ops::graph::Request {
            form: self.format.map(Into::into),
            output: self.output,
        };
        ops::graph::run(context, &request)
    }
}
