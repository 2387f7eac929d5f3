//! `cargo golem-rpc build`

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

use super::generate::StubArgs;
use super::stub_options::Backend;
use crate::error::CliError;
use crate::ops::{self, Context};

/// Build a stub component and its WIT, for a component in any language
///
/// Generates the stub component directly from the WIT; needs neither cargo nor a compiler.
#[derive(Args)]
#[command(after_help = "\
Examples:
    cargo golem-rpc build -s component2/wit \\
        --dest-wasm component2-stub/component2_stub.wasm --dest-wit-root component2-stub/wit
    cargo golem-rpc build -s component2/wit --emit wat")]
pub(super) struct BuildArgs {
    /// The component's WIT root: the directory with its `.wit` files and `deps`
    #[arg(short, long, value_name = "DIR")]
    source_wit_root: Utf8PathBuf,
    /// File to write the stub component to
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "emit",
        required_if_eq("emit", "wasm")
    )]
    dest_wasm: Option<Utf8PathBuf>,
    /// Directory to write the stub's WIT to
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "emit",
        required_if_eq("emit", "wasm")
    )]
    dest_wit_root: Option<Utf8PathBuf>,
    /// How to build the stub [default: component]
    #[arg(long, value_enum, value_name = "BACKEND")]
    stub_backend: Option<Backend>,
    /// What to write: the component, or its text with comments, to standard output or to the file given
    /// by `--dest-wasm` [default: wasm]
    #[arg(long, value_enum, value_name = "FORM")]
    emit: Option<Emit>,
    #[command(flatten)]
    stub: StubArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Emit {
    /// The component and the stub's WIT
    Wasm,
    /// The component as commented text
    Wat,
}

impl BuildArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        if let (Some(Emit::Wat), Some(Backend::Crate)) = (self.emit, self.stub_backend) {
            return Err(CliError::TextOfACrate);
        }
        let source_wit_root = self.source_wit_root;
        match (self.emit, self.dest_wasm, self.dest_wit_root) {
            (None | Some(Emit::Wasm), Some(dest_wasm), Some(dest_wit_root)) => {
                let request = ops::build::Request {
                    source_wit_root,
                    dest_wasm,
                    dest_wit_root,
                    backend: self.stub_backend.unwrap_or(Backend::Component).into(),
                    version: self.stub.stub_crate_version.clone(),
                    stub: self.stub.into(),
                };
                ops::build::run(context, &request)
            }
            (_, dest, dest_wit_root) => {
                let request = ops::build::Text {
                    source_wit_root,
                    dest,
                    dest_wit_root,
                    stub: self.stub.into(),
                };
                ops::build::text(context, &request)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        build: BuildArgs,
    }

    fn takes(args: &[&str]) -> bool {
        let args = ["build", "-s", "wit"].iter().chain(args);
        Command::try_parse_from(args).is_ok()
    }

    #[test]
    fn a_component_needs_its_places_and_a_text_does_not() {
        let (wasm, wit) = (["--dest-wasm", "a.wasm"], ["--dest-wit-root", "wit"]);
        assert!(takes(&[wasm, wit].concat()));
        assert!(takes(&[wasm, wit, ["--emit", "wasm"]].concat()));
        assert!(takes(&[wasm, wit, ["--stub-backend", "crate"]].concat()));
        assert!(!takes(&wasm) && !takes(&wit) && !takes(&[]));
        assert!(!takes(&["--emit", "wasm"]) && !takes(&[wasm, ["--emit", "wasm"]].concat()));
        assert!(takes(&["--emit", "wat"]) && takes(&[["--emit", "wat"], wasm].concat()));
        assert!(!takes(&["--emit", "rust"]) && !takes(&["--stub-backend", "go"]));
    }
}
