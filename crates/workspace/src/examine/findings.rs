//! The plan → what is not as it should be.
//!
//! A file that is ours altogether is one thing; of a manifest and of Makefile.toml each entry is.

use camino::Utf8Path;
use golem_rpc_plan::Change;
use golem_rpc_toml::key_path;

use super::entries;
use super::found::{Finding, FindingKind};
use super::parties::{Parties, Places};
use crate::plan::draft::Outlook;
use crate::plan::failures::{Failures, Role};
use crate::{MAKEFILE, WorkspaceError};

/// All findings, by path and key.
pub(super) fn findings<E>(
    outlook: &Outlook,
    places: &Places<'_>,
    failures: &Failures<E>,
) -> Result<Vec<Finding>, WorkspaceError> {
    let workspace = places.all.workspace;
    let makefile = workspace.root.join(MAKEFILE);
    let mut findings = Vec::new();
    for change in outlook.plan.changes() {
        let path = &change.path;
        let is_partly_ours =
            *path == workspace.manifest || *path == makefile || places.is_manifest(path);
        match (&change.before, &change.after) {
            (Some(before), Some(after)) if is_partly_ours => {
                findings.extend(of_entries(places, path, before, after)?);
            }
            _ => findings.push(of_file(outlook, places, change)),
        }
    }
    if outlook.edited.contains(&makefile) {
        findings.push(finding(FindingKind::Edited, &makefile, Parties::default()));
    }
    findings.retain(|finding| !is_mistaken(finding, failures, places));
    findings.sort_by(|a, b| (&a.path, &a.key).cmp(&(&b.path, &b.key)));
    Ok(findings)
}

fn of_file(outlook: &Outlook, places: &Places<'_>, change: &Change) -> Finding {
    let kind = match (&change.before, &change.after) {
        _ if outlook.edited.contains(&change.path) => FindingKind::Edited,
        (None, _) => FindingKind::Missing,
        (Some(_), Some(_)) => FindingKind::Stale,
        (Some(_), None) => FindingKind::Unneeded,
    };
    Finding {
        change: Some(change.clone()),
        ..finding(kind, &change.path, places.of_file(&change.path))
    }
}

fn of_entries(
    places: &Places<'_>,
    path: &Utf8Path,
    before: &[u8],
    after: &[u8],
) -> Result<Vec<Finding>, WorkspaceError> {
    let entries = entries::compare(path, before, after)?;
    if entries.is_empty() {
        // It says the same, but would be written otherwise.
        return Ok(vec![finding(FindingKind::Stale, path, Parties::default())]);
    }
    let of_entry = |(kind, keys): (FindingKind, Vec<String>)| {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        Finding {
            key: Some(key_path(&keys)),
            ..finding(kind, path, places.of_entry(path, &keys))
        }
    };
    Ok(entries.into_iter().map(of_entry).collect())
}

fn finding(kind: FindingKind, path: &Utf8Path, (callers, targets): Parties) -> Finding {
    Finding {
        kind,
        path: path.to_path_buf(),
        key: None,
        callers,
        targets,
        change: None,
    }
}

/// Whether something only seems stale or unneeded, because what it comes from or what needs it could
/// not be planned.
fn is_mistaken<E>(finding: &Finding, failures: &Failures<E>, places: &Places<'_>) -> bool {
    let has_failed = |target: &str| failures.has(Role::Target, target);
    let half_known = |caller: &String| {
        let mut targets = places.all.links.targets_of(caller).into_iter();
        failures.has(Role::Caller, caller) || targets.any(has_failed)
    };
    match finding.kind {
        FindingKind::Stale => finding.targets.iter().any(|target| has_failed(target)),
        FindingKind::Unneeded => finding.callers.iter().any(half_known),
        FindingKind::Edited | FindingKind::Missing => false,
    }
}
