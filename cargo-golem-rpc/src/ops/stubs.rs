//! The component of a stub, what stubs leave out, and what Golem cannot run.

use golem_rpc_messages::Cause;
use golem_rpc_stub::{OwnedParameter, Skipped, Stub};

use super::Context;
use crate::error::CliError;
use crate::place;

/// The component of a stub, made without a compiler.
pub(super) fn emit(stub: &Stub, target: &str) -> Result<Vec<u8>, CliError> {
    golem_rpc_stub_wasm::emit(stub).map_err(|error| CliError::EmitStub {
        target: target.to_string(),
        error,
    })
}

/// The same component as text, for people.
pub(super) fn explain(stub: &Stub, target: &str) -> Result<String, CliError> {
    golem_rpc_stub_wasm::explain(stub).map_err(|error| CliError::EmitStub {
        target: target.to_string(),
        error,
    })
}

/// Says what does not work of a target, although there is a stub of it.
pub(super) fn warn_limits(context: &Context, target: &str, stub: &Stub) {
    warn_skipped(context, target, &stub.skipped);
    warn_owned(context, target, &stub.owned);
}

/// Says which functions a stub leaves out, a line each.
pub(super) fn warn_skipped(context: &Context, target: &str, skipped: &[Skipped]) {
    for Skipped {
        wire_name, reason, ..
    } in skipped
    {
        let message = format!(
            "the stub of `{target}` leaves `{wire_name}` out: {}",
            one_line(reason)
        );
        let cause = Cause::FunctionSkipped {
            target: target.to_string(),
            function: wire_name.clone(),
            place: place::in_text(reason),
        };
        context.report.warning_of(cause, &message, None);
    }
}

/// Says which functions of a target work in the local runtime alone, a line each.
pub(super) fn warn_owned(context: &Context, target: &str, owned: &[OwnedParameter]) {
    for found in owned {
        let cause = Cause::OwnedParameter {
            target: target.to_string(),
            function: found.wire_name.clone(),
            parameter: Some(found.parameter.clone()),
            place: place::in_text(&found.reason),
        };
        let message = one_line(&found.reason);
        context
            .report
            .warning_of(cause, &message, Some(&found.hint));
    }
}

/// A message that shows its place, without the lines that it shows.
fn one_line(reason: &str) -> String {
    let message = reason.lines().next().unwrap_or_default();
    let place = reason
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("--> "));
    match place {
        Some(place) => format!("{message} ({})", place.trim_end()),
        None => message.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_on_one_line() {
        let reason = "a stub cannot carry a stream\n     --> a/b.wit:3:7\n      |\n    3 | f\n";
        assert_eq!(
            one_line(reason),
            "a stub cannot carry a stream (a/b.wit:3:7)"
        );
        assert_eq!(one_line("just so"), "just so");
    }
}
