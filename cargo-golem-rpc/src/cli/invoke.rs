//! `cargo golem-rpc invoke`

use camino::Utf8PathBuf;
use clap::Args;
use clap::builder::{NonEmptyStringValueParser, TypedValueParser as _};

use super::profile::{NoBuildArgs, ProfileArgs};
use crate::error::CliError;
use crate::ops::{self, Context};

/// Call workers in the embedded local runtime
///
/// Builds the called members and everything they call, then makes the calls one after the other. The
/// first call of a worker creates it. Workers live in memory until the command ends; with `--state` they
/// are durable: the next command finds them as they were, and finishes what was interrupted. Each call
/// waits until everything that the previous call triggered is done.
#[derive(Args)]
#[command(after_help = "\
A worker is PACKAGE/NAME, or just PACKAGE for an ephemeral worker. A call is a function with
arguments in WAVE. Name a function by its short name, by `interface.function` if two interfaces have
it, or in full: `ns:pkg/interface.{function}`.

Examples:
    cargo golem-rpc invoke --state shopping-cart/user-1 'checkout()'
    cargo golem-rpc invoke \\
        shopping-cart/user-1 'initialize-cart(\"user-1\")' \\
        shopping-cart/user-1 'checkout()' \\
        purchase-history/user-1 'get-orders()'")]
pub(super) struct InvokeArgs {
    /// Pairs of worker and call
    #[arg(required = true, num_args = 2.., value_names = ["WORKER", "CALL"])]
    calls: Vec<String>,
    /// Environment variables of workers that this command creates
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    env: Vec<(String, String)>,
    /// Keep the workers' state in a directory [default without `=DIR`: target/golem-rpc/state]
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, value_parser = NonEmptyStringValueParser::new().map(Utf8PathBuf::from))]
    state: Option<Option<Utf8PathBuf>>,
    /// Key of the calls: with `--state`, a call that was made before under the same key is not made again,
    /// and returns the same result
    #[arg(long, value_name = "KEY", requires = "state", value_parser = NonEmptyStringValueParser::new())]
    idempotency_key: Option<String>,
    #[command(flatten)]
    profile: ProfileArgs,
    #[command(flatten)]
    no_build: NoBuildArgs,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_string(), value.to_string())),
        _ => Err("expected KEY=VALUE".to_string()),
    }
}

impl InvokeArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<(), CliError> {
        let calls = self.calls.chunks(2).map(|pair| match pair {
            [worker, call] => Ok((worker.clone(), call.clone())),
            rest => Err(CliError::CallWithoutFunction {
                worker: rest[0].clone(),
                // a directory behind `--state` is taken for a worker
                directory: matches!(self.state, Some(None)).then(|| self.calls[0].clone()),
            }),
        });
        let request = ops::invoke::Request {
            calls: calls.collect::<Result<_, _>>()?,
            state: self.state,
            key: self.idempotency_key,
            env: self.env.into_iter().collect(),
            profile: self.profile.into(),
            no_build: self.no_build.no_build,
        };
        ops::invoke::run(context, &request)
    }
}
