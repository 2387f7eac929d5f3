//! The tools that a build needs, and whether their versions fit each other.

use std::collections::BTreeSet;

use camino::Utf8Path;
use golem_rpc_messages::{DoctorFinding, Examined, Severity};
use golem_rpc_system::tools::{NoToolchain, Tool, ToolError, WASM_TARGET, has_target, version};
use golem_rpc_workspace::Style;
use semver::{Version, VersionReq};

use super::super::links::Linked;
use super::finding::finding;
use crate::error::CliError;

/// A tool, which versions fit, and what installs it.
struct Needed {
    name: &'static str,
    tool: Tool,
    /// Versions that are known to work.
    fits: &'static str,
    /// The same for people.
    wanted: &'static str,
    /// Whether nothing can be built without it.
    is_vital: bool,
    command: &'static str,
}

const NEEDED: [Needed; 4] = [
    Needed {
        name: "rustc",
        tool: Tool::Rustc,
        // the first that calls the target wasm32-wasip1
        fits: ">=1.78",
        wanted: "1.78 or later",
        is_vital: true,
        command: "rustup update stable",
    },
    Needed {
        name: "cargo",
        tool: Tool::Cargo,
        fits: ">=1.78",
        wanted: "1.78 or later",
        is_vital: true,
        command: "rustup update stable",
    },
    Needed {
        name: "cargo-component",
        tool: Tool::Subcommand("component"),
        // stubs and snippets name Rust items as its bindings do
        fits: "~0.21",
        wanted: "0.21.1",
        is_vital: true,
        command: "cargo install --locked cargo-component --version 0.21.1",
    },
    Needed {
        name: "cargo-make",
        tool: Tool::Subcommand("make"),
        fits: "~0.37",
        wanted: "0.37.24",
        is_vital: false,
        command: "cargo install --locked cargo-make --version 0.37.24",
    },
];

/// Looks at all of them.
pub(super) fn examine(cwd: &Utf8Path) -> Result<Vec<DoctorFinding>, CliError> {
    let mut findings = Vec::new();
    for needed in &NEEDED {
        let found = match version(needed.tool, cwd) {
            Ok(found) => found,
            Err(ToolError::Run(error)) => return Err(CliError::Tools(error)),
            // No tool of it is there.
            Err(ToolError::NoToolchain(error)) => return Ok(vec![no_tools(needed, &error)]),
        };
        findings.push(tool(needed, found));
    }
    if let Some(installed) = has_target(WASM_TARGET, cwd).map_err(CliError::Tools)? {
        findings.push(target(WASM_TARGET, installed));
    }
    Ok(findings)
}

/// The toolchain is not there, for which this tool was the first to be asked.
fn no_tools(needed: &Needed, error: &NoToolchain) -> DoctorFinding {
    let examined = Examined::Tool {
        name: needed.name.to_string(),
        version: None,
        wanted: Some(needed.wanted.to_string()),
    };
    DoctorFinding {
        command: Some(error.hint()),
        ..finding(examined, Severity::Error, error.to_string())
    }
}

/// Looks at the targets of those linked members that cargo alone builds.
pub(super) fn targets(linked: &Linked) -> Result<Vec<DoctorFinding>, CliError> {
    let members = linked.links.members().into_iter();
    let members = members.filter_map(|name| linked.workspace.members.get(name));
    let targets: BTreeSet<&str> = members
        .filter_map(|member| match member.style {
            Some(Style::Cargo(wasm)) => Some(wasm.name()),
            _ => None,
        })
        .filter(|name| *name != WASM_TARGET)
        .collect();
    let mut findings = Vec::new();
    for name in targets {
        let installed = has_target(name, &linked.workspace.root).map_err(CliError::Tools)?;
        findings.extend(installed.map(|installed| target(name, installed)));
    }
    Ok(findings)
}

fn tool(needed: &Needed, found: Option<String>) -> DoctorFinding {
    let Needed { name, wanted, .. } = needed;
    let fits = |found: &String| {
        let version = Version::parse(found).ok();
        let required = VersionReq::parse(needed.fits).ok();
        version
            .zip(required)
            .is_some_and(|(mut version, required)| {
                // a nightly is as good as what comes of it
                version.pre = semver::Prerelease::EMPTY;
                required.matches(&version)
            })
    };
    let (severity, message) = match &found {
        Some(found) if fits(found) => (Severity::Ok, format!("{name} {found}")),
        Some(found) => (
            Severity::Warning,
            format!("{name} {found} is installed; {wanted} is what this is made for"),
        ),
        None => (
            if needed.is_vital {
                Severity::Error
            } else {
                Severity::Warning
            },
            format!("{name} is not installed"),
        ),
    };
    let examined = Examined::Tool {
        name: name.to_string(),
        version: found,
        wanted: Some(wanted.to_string()),
    };
    let mut finding = finding(examined, severity, message);
    finding.command = (severity != Severity::Ok).then(|| needed.command.to_string());
    finding
}

fn target(name: &str, installed: bool) -> DoctorFinding {
    let examined = Examined::RustTarget {
        name: name.to_string(),
    };
    match installed {
        true => finding(examined, Severity::Ok, format!("the Rust target {name}")),
        false => DoctorFinding {
            command: Some(format!("rustup target add {name}")),
            ..finding(
                examined,
                Severity::Error,
                format!("the Rust target {name} is not installed"),
            )
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_fit_or_not() {
        let severity =
            |at: usize, found: Option<&str>| tool(&NEEDED[at], found.map(str::to_string)).severity;
        assert_eq!(severity(0, Some("1.98.0-nightly")), Severity::Ok);
        assert_eq!(severity(0, Some("1.77.2")), Severity::Warning);
        assert_eq!(severity(2, Some("0.21.0")), Severity::Ok);
        assert_eq!(severity(2, Some("0.20.0")), Severity::Warning);
        assert_eq!(severity(2, None), Severity::Error);
        assert_eq!(severity(3, None), Severity::Warning);
        assert_eq!(severity(3, Some("?")), Severity::Warning);
    }
}
