//! The plan → what is not as it should be.
//!
//! A file that is ours altogether is one thing; of a manifest and of Makefile.toml each entry is.

use std::collections::BTreeSet;

use camino::Utf8Path;
use golem_rpc_plan::Change;

use super::origins::Origins;
use super::{Finding, FindingKind, entries};
use crate::plan::draft::Outlook;
use crate::plan::failures::{Failures, Role};
use crate::{MAKEFILE, Workspace, WorkspaceError};

/// What findings are made from.
pub(super) struct Scene<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) outlook: &'a Outlook,
    pub(super) origins: &'a Origins,
}

impl Scene<'_> {
    /// All of them, by path and key.
    pub(super) fn findings<E>(
        &self,
        failures: &Failures<E>,
    ) -> Result<Vec<Finding>, WorkspaceError> {
        let mut findings = Vec::new();
        for change in self.outlook.plan.changes() {
            match (
                self.is_partly_ours(&change.path),
                &change.before,
                &change.after,
            ) {
                (true, Some(before), Some(after)) => {
                    self.add_entries(&change.path, (before, after), &mut findings)?;
                }
                _ => findings.push(self.of_file(change)),
            }
        }
        let makefile = self.workspace.root.join(MAKEFILE);
        if self.outlook.edited.contains(&makefile) {
            findings.push(self.plain(FindingKind::Edited, &makefile));
        }
        findings.retain(|finding| !is_mistaken(finding, failures, self.origins));
        findings.sort_by(|a, b| (&a.path, &a.key).cmp(&(&b.path, &b.key)));
        Ok(findings)
    }

    fn is_partly_ours(&self, path: &Utf8Path) -> bool {
        path == self.workspace.manifest
            || path == self.workspace.root.join(MAKEFILE)
            || self.origins.is_manifest(path)
    }

    fn of_file(&self, change: &Change) -> Finding {
        let kind = match (&change.before, &change.after) {
            _ if self.outlook.edited.contains(&change.path) => FindingKind::Edited,
            (None, _) => FindingKind::Missing,
            (Some(_), Some(_)) => FindingKind::Stale,
            (Some(_), None) => FindingKind::Unneeded,
        };
        let (callers, targets) = self.origins.of_file(&change.path);
        Finding {
            kind,
            path: change.path.clone(),
            key: None,
            callers,
            targets,
            change: Some(change.clone()),
        }
    }

    fn add_entries(
        &self,
        path: &Utf8Path,
        (before, after): (&[u8], &[u8]),
        findings: &mut Vec<Finding>,
    ) -> Result<(), WorkspaceError> {
        let entries = entries::compare(path, before, after)?;
        if entries.is_empty() {
            // Something of it would change all the same.
            findings.push(self.plain(FindingKind::Stale, path));
        }
        for (kind, keys) in entries {
            findings.push(self.of_entry(kind, path, &keys));
        }
        Ok(())
    }

    fn of_entry(&self, kind: FindingKind, path: &Utf8Path, keys: &[String]) -> Finding {
        let names: Vec<&str> = keys.iter().map(String::as_str).collect();
        let (callers, targets) = self.origins.of_entry(path, &names);
        Finding {
            key: Some(entries::name_of(keys)),
            callers,
            targets,
            ..self.plain(kind, path)
        }
    }

    fn plain(&self, kind: FindingKind, path: &Utf8Path) -> Finding {
        Finding {
            kind,
            path: path.to_path_buf(),
            key: None,
            callers: BTreeSet::new(),
            targets: BTreeSet::new(),
            change: None,
        }
    }
}

/// Whether something only seems stale or unneeded, because what it comes from or what needs it could
/// not be planned.
fn is_mistaken<E>(finding: &Finding, failures: &Failures<E>, origins: &Origins) -> bool {
    let has_failed = |target: &str| failures.has(Role::Target, target);
    let half_known = |caller: &String| {
        let mut targets = origins.targets_of(caller).into_iter();
        failures.has(Role::Caller, caller) || targets.any(has_failed)
    };
    match finding.kind {
        FindingKind::Stale => finding.targets.iter().any(|target| has_failed(target)),
        FindingKind::Unneeded => finding.callers.iter().any(half_known),
        FindingKind::Edited | FindingKind::Missing => false,
    }
}
