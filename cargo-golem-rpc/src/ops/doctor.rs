//! `doctor`: tools and workspace → findings, each with the command that fixes it. Nothing is changed.

mod app;
mod finding;
mod links;
mod tools;
mod workspace;

use golem_rpc_messages::{Doctor, DoctorFinding, Examined, Message, Place, Severity};
use golem_rpc_system::Rejection;
use golem_rpc_system::cargo::CargoError;

use finding::failed;

use super::Context;
use super::links::Linked;
use crate::error::CliError;
use crate::report::{Report, count};

pub(crate) fn run(context: &Context) -> Result<(), CliError> {
    let mut findings = tools::examine(&context.cwd)?;
    findings.extend(workspace::unfinished(context));
    match Linked::read(context) {
        Ok(linked) => {
            findings.extend(tools::targets(&linked)?);
            findings.extend(workspace::examine(&linked)?);
        }
        Err(CliError::Cargo(CargoError::NoManifest { .. })) => {
            let note = "there is no workspace here: only the tools were checked";
            context.report.note(note);
        }
        Err(CliError::Cargo(CargoError::CargoMissing { .. })) => {}
        // told of the tools
        Err(CliError::Cargo(CargoError::Rejected {
            reason: Rejection::NoToolchain(_),
            ..
        })) => {}
        Err(
            error @ CliError::Cargo(CargoError::Interrupted | CargoError::ManifestMissing { .. }),
        ) => {
            return Err(error);
        }
        Err(error) => {
            let manifest = context
                .manifest_path()
                .unwrap_or_else(|| context.cwd.join("Cargo.toml"));
            let examined = Examined::Manifest {
                path: manifest.to_string(),
            };
            findings.push(failed(examined, &error));
        }
    }
    let findings = once(findings);
    let errors = findings.iter().filter(|f| f.severity == Severity::Error);
    let (errors, all) = (errors.count(), findings.len());
    let text = for_people(&context.report, &findings);
    let message = Message::Doctor(Doctor { findings });
    if !context.report.is_quiet() {
        context.report.answer(&message, || text);
    }
    match errors {
        0 => Ok(()),
        errors => Err(CliError::Unwell { errors, all }),
    }
}

/// Each finding once: what cannot be read is met wherever it is needed.
fn once(findings: Vec<DoctorFinding>) -> Vec<DoctorFinding> {
    let mut told: Vec<DoctorFinding> = Vec::new();
    for finding in findings {
        let is_same = |other: &DoctorFinding| {
            (other.severity, &other.message) == (finding.severity, &finding.message)
        };
        if !told.iter().any(is_same) {
            told.push(finding);
        }
    }
    told
}

/// What is not as it should be first, the worst last: it is what a person sees then.
fn for_people(report: &Report, findings: &[DoctorFinding]) -> String {
    let mut text = String::new();
    for severity in [Severity::Ok, Severity::Warning, Severity::Error] {
        let word = match severity {
            Severity::Ok => "     ok",
            Severity::Warning => "warning",
            Severity::Error => "  error",
        };
        for finding in findings.iter().filter(|f| f.severity == severity) {
            let message = report
                .shorten(&finding.message)
                .replace('\n', "\n         ");
            text.push_str(&format!("{word}  {message}"));
            if let Some(Place { path, line, .. }) = &finding.place {
                text.push_str(&format!(" ({}:{line})", report.path(path.as_str().into())));
            }
            text.push('\n');
            if let Some(command) = &finding.command {
                text.push_str(&format!("         {}\n", report.shorten(command)));
            }
        }
    }
    let of = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    text.push_str(&format!(
        "\n{}, {}\n",
        count(errors, "error"),
        count(warnings, "warning")
    ));
    text
}
