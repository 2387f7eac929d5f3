//! What a `golem.yaml` makes of the workspace: which of its calls are links, and what golem-cli has led
//! away from ours.

use camino::Utf8Path;
use golem_rpc_app::{App, MANIFEST};
use golem_rpc_messages::{DoctorFinding, Examined, Place, Severity};
use golem_rpc_migrate::{AppLook, look_at_app};
use golem_rpc_plan::Snapshot;

use super::finding::{MIGRATE, failed, finding};
use crate::ops::app::{self, read_app};
use crate::ops::links::Linked;
use crate::report::count;

/// The application that golem-cli makes of the workspace, if there is a `golem.yaml`.
pub(super) fn examine(linked: &Linked, mut disk: Snapshot) -> Vec<DoctorFinding> {
    let examined = |path: &Utf8Path| Examined::Manifest {
        path: path.to_string(),
    };
    let read = read_app(linked).and_then(|app| {
        let Some(app) = app else { return Ok(None) };
        disk.extend(app::snapshot(&app)?);
        Ok(Some(app))
    });
    let app = match read {
        Ok(Some(app)) => app,
        Ok(None) => return Vec::new(),
        Err(error) => {
            let file = linked.workspace.root.join(MANIFEST);
            return vec![failed(examined(&file), &error)];
        }
    };
    let look = look_at_app(&linked.workspace, &app, &linked.links, &disk);
    let mut findings = vec![calls(&app, &look)];
    findings.extend(look.generated.iter().map(|(member, root)| {
        let message = format!("golem-cli has led `{member}` back to the WIT that it generates, `{root}`: our stubs are not there");
        let manifest = linked.workspace.members.get(member).map(|member| &*member.manifest);
        DoctorFinding {
            command: Some(MIGRATE.into()),
            ..finding(examined(manifest.unwrap_or(root)), Severity::Warning, message)
        }
    }));
    findings
}

/// What becomes of an application's calls.
fn calls(app: &App, look: &AppLook) -> DoctorFinding {
    let file = &app.manifests[0];
    let examined = Examined::Manifest {
        path: file.to_string(),
    };
    let what = format!(
        "`{file}` makes an application of golem-cli of this workspace: {}",
        count(app.components.len(), "component")
    );
    let refused = match look.refused {
        0 => String::new(),
        1 => "; one of its entries cannot be a link, `migrate --dry-run` says why".to_string(),
        n => format!("; {n} of its entries cannot be links, `migrate --dry-run` says why"),
    };
    let Some((_, _, first)) = look.open.first() else {
        let calls = match look.linked {
            0 => ", and no calls that could be links".to_string(),
            n => format!(", {} between them, all linked here", count(n, "call")),
        };
        return finding(examined, Severity::Ok, what + &calls + &refused);
    };
    let open = look.open.iter();
    let open = open.map(|(caller, target, _)| format!("`{caller}` calls `{target}`"));
    let open = open.collect::<Vec<_>>().join(", ");
    DoctorFinding {
        place: Some(Place {
            path: first.file.to_string(),
            line: u32::try_from(first.line).unwrap_or(u32::MAX),
            column: None,
        }),
        command: Some(MIGRATE.into()),
        ..finding(
            examined,
            Severity::Warning,
            format!("{what}. By its `dependencies` {open}: not linked here yet{refused}"),
        )
    }
}
