//! What a check has found.

use golem_rpc_messages::{DoctorFinding, Examined, Severity};

use crate::error::CliError;

/// The command that migrates what older tools left.
pub(super) const MIGRATE: &str = "cargo golem-rpc migrate";

pub(super) fn finding(
    examined: Examined,
    severity: Severity,
    message: impl Into<String>,
) -> DoctorFinding {
    DoctorFinding {
        examined,
        severity,
        message: message.into(),
        place: None,
        command: None,
    }
}

/// What an error says, as a finding.
pub(super) fn failed(examined: Examined, error: &CliError) -> DoctorFinding {
    DoctorFinding {
        command: error.hint(),
        ..finding(examined, Severity::Error, error.message())
    }
}
