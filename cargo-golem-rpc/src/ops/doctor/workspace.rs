//! What is wrong with a workspace beside its links: changes that were cut off, leftovers of the older
//! tool, manifests that build no component, WIT of the host at versions that do not go together.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use golem_rpc_messages::{DoctorFinding, Examined, Place, Severity};
use golem_rpc_migrate::{older_stubs, older_tasks};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::WitError;
use golem_rpc_stub::loaders::Unfit;
use golem_rpc_system::cargo;
use golem_rpc_workspace::{Brought, HostVersions, Member, WorkspaceError};

use super::finding::{MIGRATE, failed, finding};
use super::{app, links};
use crate::error::CliError;
use crate::ops::Context;
use crate::ops::links::Linked;

/// What a command that was killed has left.
pub(super) fn unfinished(context: &Context) -> Option<DoctorFinding> {
    let manifest = context.manifest_path();
    // Without a root there is no workspace, which is said elsewhere.
    let root = cargo::workspace_root(manifest.as_deref(), &context.cwd).ok()?;
    let examined = |paths: &[Utf8PathBuf]| Examined::Unfinished {
        paths: paths.iter().map(ToString::to_string).collect(),
    };
    let paths = match golem_rpc_system::unfinished(&root) {
        Ok(paths) => paths?,
        Err(error) => return Some(failed(examined(&[]), &error.into())),
    };
    let files: String = paths.iter().map(|path| format!("\n`{path}`")).collect();
    let message = format!("an earlier command was cut off in the middle of its changes:{files}");
    Some(DoctorFinding {
        command: Some("cargo golem-rpc regenerate".into()),
        ..finding(examined(&paths), Severity::Error, message)
    })
}

/// Looks at everything.
pub(super) fn examine(linked: &Linked) -> Result<Vec<DoctorFinding>, CliError> {
    let members: Vec<&Member> = linked.workspace.members.values().collect();
    let disk = linked.snapshot(&members)?;
    let mut findings = older(linked, &disk);
    findings.extend(manifests(linked));
    findings.extend(app::examine(linked, disk.clone()));
    findings.extend(unfit(linked, &disk));
    if !linked.links.is_empty() {
        let all = linked.workspace.wit_dependencies(&linked.links, &disk);
        findings.extend(versions(linked, &all));
        findings.extend(links::examine(linked, &disk)?);
    }
    Ok(findings)
}

fn older(linked: &Linked, disk: &Snapshot) -> Vec<DoctorFinding> {
    let workspace = &linked.workspace;
    let mut findings = Vec::new();
    match older_tasks(workspace, disk) {
        Ok(tasks) => findings.extend(tasks.into_iter().map(|older| {
            let message = format!("the task `{}` is one of the older tool's", older.task);
            DoctorFinding {
                place: Some(Place {
                    path: older.file.to_string(),
                    line: u32::try_from(older.line).unwrap_or(u32::MAX),
                    column: None,
                }),
                command: Some(MIGRATE.into()),
                ..finding(
                    Examined::Task { name: older.task },
                    Severity::Warning,
                    message,
                )
            }
        })),
        Err(error) => {
            let path = workspace.root.join(golem_rpc_workspace::MAKEFILE);
            let examined = Examined::Manifest {
                path: path.to_string(),
            };
            findings.push(failed(examined, &error.into()));
        }
    }
    findings.extend(older_stubs(workspace, disk).into_iter().map(|dir| {
        let message = format!("`{dir}` is a stub crate by the older tool");
        let examined = Examined::OlderStub {
            dir: dir.to_string(),
        };
        DoctorFinding {
            command: Some(MIGRATE.into()),
            ..finding(examined, Severity::Warning, message)
        }
    }));
    findings
}

/// What the bindings of members would fail on: directories without WIT, links that lead nowhere.
fn unfit(linked: &Linked, disk: &Snapshot) -> Vec<DoctorFinding> {
    let members = || linked.workspace.members.values();
    let unfit: BTreeSet<Unfit> = members().flat_map(|member| member.unfit(disk)).collect();
    let unfit = unfit.into_iter();
    let unfit = unfit.map(|unfit| (unfit.path().to_path_buf(), WitError::from(unfit)));
    let no_dirs = members().filter_map(|member| match member.wit(disk) {
        Err(WorkspaceError::Wit(error @ WitError::DepsIsFile { .. })) => {
            Some((member.local().ok()?.wit_root.join("deps"), error))
        }
        _ => None,
    });
    let finding = |(path, error): (Utf8PathBuf, WitError)| {
        let path = path.to_string();
        failed(Examined::WitEntry { path }, &error.into())
    };
    unfit.chain(no_dirs).map(finding).collect()
}

/// Linked members that are no components.
fn manifests(linked: &Linked) -> Vec<DoctorFinding> {
    let members = linked.links.members().into_iter();
    let members = members.filter_map(|name| linked.workspace.members.get(name));
    let failures = members.filter_map(|member| {
        let error = WorkspaceError::from(member.check_component().err()?);
        let examined = Examined::Manifest {
            path: member.manifest.to_string(),
        };
        Some(failed(examined, &error.into()))
    });
    failures.collect()
}

/// One Golem has one version of its packages, and so has one component.
fn versions(linked: &Linked, all: &[Brought]) -> Vec<DoctorFinding> {
    let found = linked.workspace.host_versions(all).into_iter();
    found.map(|found| host_package(linked, &found)).collect()
}

fn host_package(linked: &Linked, found: &HostVersions) -> DoctorFinding {
    let held = |(package, members): (&wit_parser::PackageName, &std::collections::BTreeSet<_>)| {
        let members: Vec<String> = members.iter().map(|m: &String| format!("`{m}`")).collect();
        format!("{package} in {}", members.join(", "))
    };
    let held: Vec<String> = found.versions.iter().map(held).collect();
    let held = held.join("; ");
    let examined = Examined::WitVersions {
        package: found.package.clone(),
        versions: found.versions.keys().map(ToString::to_string).collect(),
    };
    let torn: Vec<&str> = found.torn().into_iter().collect();
    let command = (found.package == "golem:rpc").then(|| {
        let join = |names: std::collections::BTreeSet<&str>| {
            names.into_iter().collect::<Vec<_>>().join(" ")
        };
        format!(
            "cargo golem-rpc init --targets {} --callers {} --golem-rpc <one version>",
            join(linked.links.targets()),
            join(linked.links.callers())
        )
    });
    match (torn.is_empty(), found.go_together()) {
        (true, true) => finding(examined, Severity::Ok, held),
        (true, false) => DoctorFinding {
            command,
            ..finding(
                examined,
                Severity::Warning,
                format!("not all members run on one Golem: {held}"),
            )
        },
        (false, _) => DoctorFinding {
            command,
            ..finding(
                examined,
                Severity::Error,
                format!(
                    "versions that cannot meet in one component are in {}: {held}",
                    torn.join(", ")
                ),
            )
        },
    }
}
