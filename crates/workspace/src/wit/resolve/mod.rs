//! Members' WIT as their bindings generators resolve it, in files as they are or as they will be.
//!
//! | the member is built by | the packages that its generator takes in |
//! |---|---|
//! | cargo-component | the WIT root, and what `target.dependencies` of its manifest names |
//! | cargo, with wit-bindgen | the WIT root, and everything below its `deps` |
//!
//! The generator takes in all of these, used or not: each has to parse and to resolve, and none may
//! be there twice. So does [`Resolver::resolve`]. A stub is made from less, see `Member::target_wit`.

mod changed;
mod dangling;
mod imported;

use std::borrow::Cow;

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Parses, Source, WitPackage, WitRoot};

pub use changed::Unresolved;
pub use dangling::fixes;
pub use imported::{Imported, Spot};

use crate::{Dependency, LocalTarget, Member, Style, Target, WorkspaceError};

/// Resolves the WIT of members in one view of the files.
#[derive(Debug)]
pub struct Resolver<'v> {
    view: &'v Snapshot,
    parses: Parses,
}

impl<'v> Resolver<'v> {
    /// `view` holds the files that [`Workspace::reads`](crate::Workspace::reads) names, as they are or
    /// as a plan leaves them ([`Snapshot::after`]).
    pub fn new(view: &'v Snapshot) -> Resolver<'v> {
        Resolver {
            view,
            parses: Parses::default(),
        }
    }

    /// The files.
    pub(crate) fn view(&self) -> &'v Snapshot {
        self.view
    }

    /// What the bindings of a member are generated from. None if that cannot be told from files: some
    /// of its packages come from a registry.
    ///
    /// # Errors
    /// If its WIT does not resolve, or has no such world.
    pub fn resolve(&self, member: &Member) -> Result<Option<Source>, WorkspaceError> {
        let member = in_view(member, self.view);
        if matches!(member.target, Target::Registry(_)) {
            return Ok(None);
        }
        let local = member.local()?;
        let mut dependencies = local.dependencies.values();
        if dependencies.any(|dependency| *dependency == Dependency::Registry) {
            return Ok(None);
        }
        let source =
            generators_root(&member, self.view)?.bind(local.world.as_deref(), &self.parses)?;
        Ok(Some(source))
    }
}

/// A member as its manifest in `view` describes it: a plan may bring dependencies.
pub(crate) fn in_view<'m>(member: &'m Member, view: &Snapshot) -> Cow<'m, Member> {
    let is_told = member.style == Some(Style::CargoComponent);
    let text = view.text(&member.manifest).filter(|_| is_told);
    let now = text.and_then(|text| Member::of_text(&member.manifest, text));
    match now {
        Some(Member { target, .. }) if target != member.target => Cow::Owned(Member {
            target,
            ..member.clone()
        }),
        _ => Cow::Borrowed(member),
    }
}

/// The packages that a member's generator takes in.
fn generators_root(member: &Member, view: &Snapshot) -> Result<WitRoot, WorkspaceError> {
    let local = member.local()?;
    match member.style {
        Some(Style::CargoComponent) => Ok(WitRoot {
            path: local.wit_root.clone(),
            main: member.main_wit(view)?,
            deps: named(member, local, view)?,
        }),
        // wit-bindgen looks for no packages beside a single file.
        _ if view.contains(&local.wit_root) => Ok(WitRoot {
            path: local.wit_root.clone(),
            main: member.main_wit(view)?,
            deps: Vec::new(),
        }),
        _ => member.wit(view),
    }
}

/// The packages that a manifest names.
fn named(
    member: &Member,
    local: &LocalTarget,
    view: &Snapshot,
) -> Result<Vec<WitPackage>, WorkspaceError> {
    let mut packages = Vec::new();
    for (key, dependency) in &local.dependencies {
        let Dependency::Path(path) = dependency else {
            continue;
        };
        let package = WitPackage::read(view, path);
        packages.push(package.ok_or_else(|| WorkspaceError::NoDependency {
            manifest: member.manifest.clone(),
            key: key.clone(),
            path: path.clone(),
        })?);
    }
    Ok(packages)
}
