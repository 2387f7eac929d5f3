//! The members whose WIT does not resolve after a planned change, and whether the change is the cause.

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitError, WitPackage, WitRoot};

use super::Resolver;
use crate::members::paths::relative;
use crate::{Links, Member, Options, Style, Workspace, WorkspaceError};

/// A member whose WIT does not resolve after a change.
#[derive(Debug)]
pub struct Unresolved {
    /// The member.
    pub member: String,
    /// Why.
    pub error: WorkspaceError,
    /// Whether the change is to blame: the WIT resolved before, or lacked only what the change brings.
    pub by_change: bool,
}

impl Unresolved {
    /// Whether it is about names that no stub has any more.
    pub fn is_dangling(&self) -> bool {
        matches!(self.error, WorkspaceError::Dangling { .. })
    }
}

impl Workspace {
    /// The members among `members` whose WIT does not resolve in `after`, which a plan makes of `before`.
    ///
    /// # Errors
    /// If the member has no WIT in files.
    pub fn unresolved<'m>(
        &self,
        linked: (&Links, &Options),
        members: impl IntoIterator<Item = &'m Member>,
        (before, after): (&Snapshot, &Snapshot),
    ) -> Result<Vec<Unresolved>, WorkspaceError> {
        let (then, now) = (Resolver::new(before), Resolver::new(after));
        let mut found = Vec::new();
        for member in members {
            let Err(error) = now.resolve(member) else {
                continue;
            };
            let by_change = match then.resolve(member) {
                Ok(_) => true,
                Err(old) => !is_own(&old, &error),
            };
            let error = self.why_unresolved(linked, member, error, before)?;
            found.push(Unresolved {
                member: member.name.clone(),
                by_change,
                error,
            });
        }
        Ok(found)
    }

    /// An error about a member's WIT, or else the names in that which no stub has any more, if these are
    /// behind it.
    ///
    /// # Errors
    /// If the member has no WIT in files.
    pub fn or_dangling(
        &self,
        linked: (&Links, &Options),
        member: &str,
        error: WorkspaceError,
        disk: &Snapshot,
    ) -> Result<WorkspaceError, WorkspaceError> {
        let lines = match error {
            WorkspaceError::Wit(_) => self.dangling(linked, member, disk)?,
            _ => Vec::new(),
        };
        if lines.is_empty() {
            return Ok(error);
        }
        let caller = member.to_string();
        Ok(WorkspaceError::Dangling { caller, lines })
    }

    /// Why a member's WIT does not resolve: the names in it that no stub has any more, if there are
    /// some, or else what the parser says.
    pub(crate) fn why_unresolved(
        &self,
        linked: (&Links, &Options),
        member: &Member,
        error: WorkspaceError,
        disk: &Snapshot,
    ) -> Result<WorkspaceError, WorkspaceError> {
        Ok(match self.or_dangling(linked, &member.name, error, disk)? {
            error @ WorkspaceError::Dangling { .. } => error,
            error => WorkspaceError::Unresolved {
                member: member.name.clone(),
                advice: advice(linked.0, member, &error, disk),
                error: Box::new(error),
            },
        })
    }
}

/// Where a member has to have a package that is missing.
fn advice(
    links: &Links,
    member: &Member,
    error: &WorkspaceError,
    disk: &Snapshot,
) -> Option<String> {
    let WorkspaceError::Wit(WitError::Invalid {
        missing: Some(package),
        ..
    }) = error
    else {
        return None;
    };
    let is_stub = package.name.ends_with("-stub");
    if is_stub && !links.members().contains(member.name.as_str()) {
        let name = &member.name;
        return Some(format!(
            "`{name}` reads the WIT of a caller, so it needs what that imports: make `{name}` a caller of the same targets as well, or give it WIT of its own"
        ));
    }
    let root = member.wit(disk).ok()?;
    if member.style != Some(Style::CargoComponent) {
        let deps = WitRoot::deps_dir(disk, &root.path);
        return Some(format!(
            "put the package `{package}` into a directory below `{deps}`, or name one that is there"
        ));
    }
    let has = |dep: &&WitPackage| dep.all_names().is_ok_and(|all| all.contains(package));
    let present = root.deps.iter().find(has);
    let place = present.map(|dep| dep.path.clone());
    let place = place.unwrap_or_else(|| root.path.join("deps").join(&package.name));
    Some(format!(
        "write `\"{}:{}\" = {{ path = \"{}\" }}` below [package.metadata.component.target.dependencies] in `{}`{}",
        package.namespace,
        package.name,
        relative(&member.dir, &place),
        member.manifest,
        if present.is_none() {
            ", with the package there"
        } else {
            ""
        }
    ))
}

/// Whether an error is the user's own: it was there before; or a package is missing, now that others
/// which were missing are there.
fn is_own(before: &WorkspaceError, after: &WorkspaceError) -> bool {
    before.to_string() == after.to_string() || is_missing(after)
}

fn is_missing(error: &WorkspaceError) -> bool {
    matches!(
        error,
        WorkspaceError::Wit(WitError::Invalid {
            missing: Some(_),
            ..
        })
    )
}
