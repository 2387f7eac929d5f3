//! What `doctor` says of an application: which of its calls are links, which could be, and what
//! golem-cli has led away from ours.

use camino::Utf8PathBuf;
use golem_rpc_app::{App, Place};
use golem_rpc_plan::Snapshot;
use golem_rpc_workspace::{Links, Workspace};

use super::components::{Components, link};

/// An application as it stands beside the links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppLook {
    /// How many of its calls are links.
    pub linked: usize,
    /// Those that could be: caller, target, and the entry.
    pub open: Vec<(String, String, Place)>,
    /// How many entries cannot be links.
    pub refused: usize,
    /// Linked members whose manifest leads to the WIT that golem-cli generates.
    pub generated: Vec<(String, Utf8PathBuf)>,
}

/// Looks at the application that golem-cli makes of the workspace.
pub fn look_at_app(workspace: &Workspace, app: &App, links: &Links, disk: &Snapshot) -> AppLook {
    let components = Components::of(app, workspace, disk);
    let mut look = AppLook::default();
    for dependency in &app.dependencies {
        match link(&components, dependency) {
            Ok((caller, target)) if links.targets_of(&caller).contains(target.as_str()) => {
                look.linked += 1;
            }
            Ok((caller, target)) => {
                look.open.push((caller, target, dependency.place.clone()));
            }
            Err(_) => look.refused += 1,
        }
    }
    for name in links.members() {
        let Some((_, component)) = components.of_member(name) else {
            continue;
        };
        let local = workspace.members.get(name).and_then(|m| m.local().ok());
        let root = local.map(|local| &local.wit_root);
        if let Some(root) = root.filter(|root| **root != component.source_wit)
            && Some(root) == component.generated_wit.as_ref()
        {
            look.generated.push((name.to_string(), root.clone()));
        }
    }
    look
}
