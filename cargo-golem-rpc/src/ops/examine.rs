//! What `status`, `check` and `graph` look at: links and everything generated, compared with what
//! `regenerate` would make. Reads only.

use golem_rpc_messages::{LinkReason, LinkState, Place};
use golem_rpc_workspace::{Examined, ExaminedLink, FindingKind, Spot, WorkspaceError, examine};

use super::Context;
use super::links::Linked;
use super::parts::stub_files;
use crate::error::CliError;

/// A workspace and what was found in it.
pub(super) struct Seen {
    pub(super) linked: Linked,
    pub(super) examined: Examined<CliError>,
}

impl Seen {
    /// Looks at the workspace; `also` says which members to read beside those that are linked.
    pub(super) fn new(linked: Linked) -> Result<Seen, CliError> {
        let disk = linked.snapshot_to_change()?;
        let examined = examine(linked.targets(), &disk, |target, stub| {
            stub_files(&linked, target, stub)
        })?;
        Ok(Seen { linked, examined })
    }

    /// The same, for commands that have nothing to say without links.
    pub(super) fn linked(context: &Context) -> Result<Seen, CliError> {
        context.reader()?;
        Seen::new(Linked::read_linked(context)?)
    }

    /// How a link is: the worst of its reasons.
    pub(super) fn state(&self, link: &ExaminedLink) -> LinkState {
        match link {
            link if link.broken.is_some() => LinkState::Broken,
            link if link.imported == Some(false) => LinkState::Unused,
            link if !link.findings.is_empty() => LinkState::Stale,
            _ => LinkState::UpToDate,
        }
    }

    /// Why a link is not up to date, the worst first.
    pub(super) fn reasons(&self, link: &ExaminedLink) -> Vec<LinkReason> {
        let broken = link.broken.map(|trouble| self.trouble(trouble));
        let unused = (link.imported == Some(false)).then(|| LinkReason::NotImported {
            place: link.world.as_ref().map(place),
        });
        let mut reasons: Vec<_> = broken.into_iter().chain(unused).collect();
        for number in &link.findings {
            let finding = &self.examined.findings[*number];
            let path = finding.path.to_string();
            reasons.push(match (&finding.key, finding.kind) {
                (Some(key), _) => LinkReason::EntryStale {
                    path,
                    key: key.clone(),
                },
                (None, FindingKind::Edited) => LinkReason::FileEdited { path },
                (None, FindingKind::Missing) => LinkReason::FileMissing { path },
                (None, FindingKind::Stale | FindingKind::Unneeded) => {
                    LinkReason::FileStale { path }
                }
            });
        }
        reasons
    }

    fn trouble(&self, number: usize) -> LinkReason {
        let error = &self.examined.troubles[number];
        match error {
            CliError::Workspace(WorkspaceError::UnknownLink { name, .. }) => LinkReason::NoMember {
                member: name.clone(),
            },
            CliError::Workspace(
                WorkspaceError::Wit(_)
                | WorkspaceError::SeveralWorlds { .. }
                | WorkspaceError::NoWit { .. },
            ) => LinkReason::WitInvalid {
                message: error.message(),
                place: error.place(),
            },
            CliError::Workspace(WorkspaceError::Bindings(_)) => LinkReason::BindingsFail {
                message: error.message(),
                place: error.place(),
            },
            _ => LinkReason::NoStub {
                message: error.message(),
            },
        }
    }

    /// Why a link is as it is, for people, on one line.
    pub(super) fn because(&self, context: &Context, link: &ExaminedLink) -> Option<String> {
        let reasons = self.reasons(link);
        let more = match reasons.len() {
            0 | 1 => String::new(),
            n => format!(", and {} more", n - 1),
        };
        let shown = |path: &String| context.report.path(path.as_str().into());
        let why = match reasons.first()? {
            LinkReason::FileStale { path } => format!("{} is out of date", shown(path)),
            LinkReason::FileEdited { path } => format!("{} was changed by hand", shown(path)),
            LinkReason::FileMissing { path } => format!("{} is missing", shown(path)),
            LinkReason::EntryStale { path, key } => {
                format!("`{key}` in {} is not as it should be", shown(path))
            }
            LinkReason::NotImported { place } => {
                let import = link.import.as_deref().unwrap_or("its import");
                let world = place.as_ref().map_or("its world".to_string(), |place| {
                    format!("{}:{}", shown(&place.path), place.line)
                });
                return Some(format!("no `{import}` in the world in {world}"));
            }
            LinkReason::NoMember { member } => {
                format!("`{member}` is not a member of the workspace")
            }
            LinkReason::WitInvalid { message, place } => {
                let first = message.lines().next().unwrap_or_default();
                let at = place.as_ref().filter(|place| !first.contains(&place.path));
                let at = at.map(|place| format!(" ({}:{})", shown(&place.path), place.line));
                return Some(format!("{first}{}", at.unwrap_or_default()));
            }
            LinkReason::BindingsFail { message, .. } | LinkReason::NoStub { message } => {
                return Some(message.lines().next().unwrap_or_default().to_string());
            }
        };
        Some(why + &more)
    }
}

pub(super) fn place(spot: &Spot) -> Place {
    Place {
        path: spot.path.clone(),
        line: spot.line,
        column: Some(spot.column),
    }
}
