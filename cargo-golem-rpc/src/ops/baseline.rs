//! What targets are compared with: a git revision, another checkout, or the WIT root of one target.

use std::collections::BTreeSet;
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_messages::Against;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, WitError, WitRoot, WorldName};
use golem_rpc_system::git::{GitError, Repository, Revision};
use golem_rpc_system::{cargo, read};
use golem_rpc_workspace::{Member, Workspace, WorkspaceError};
use wit_parser::PackageName;

use super::Context;
use super::links::{self, Linked, read_all};
use super::wit_root::read_wit;
use crate::error::CliError;

/// An older version of targets.
pub(super) enum Baseline {
    /// A revision of the repository that the workspace is in.
    Revision {
        name: String,
        revision: Revision,
        /// Its manifests, by path.
        manifests: Snapshot,
    },
    /// Another checkout of the workspace.
    Checkout {
        dir: Utf8PathBuf,
        workspace: Box<Workspace>,
    },
    /// A WIT root.
    WitRoot { path: Utf8PathBuf },
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Baseline::Revision { name, .. } => write!(f, "`{name}`"),
            Baseline::Checkout { dir, .. } => write!(f, "`{dir}`"),
            Baseline::WitRoot { path } => write!(f, "`{path}`"),
        }
    }
}

impl Baseline {
    /// What `against` names: a directory or WIT file if there is one, else a revision.
    pub(super) fn find(
        context: &Context,
        against: &str,
        linked: &Linked,
    ) -> Result<Baseline, CliError> {
        let path = context.absolute(Utf8Path::new(against));
        if !read::is_there(&path) {
            return Baseline::revision(against, linked);
        }
        let manifest = path.join("Cargo.toml");
        if read::is_there(&manifest) {
            let flags = context.settings.flags;
            let metadata = cargo::metadata(Some(&manifest), &context.cwd, flags)?;
            let workspace = Box::new(links::workspace(&metadata)?);
            if read::is_same(&workspace.root, &linked.workspace.root) {
                return Err(CliError::ItselfAgainst { path });
            }
            return Ok(Baseline::Checkout {
                dir: path,
                workspace,
            });
        }
        Ok(Baseline::WitRoot { path })
    }

    /// A revision of the repository that the workspace is in.
    pub(super) fn revision(name: &str, linked: &Linked) -> Result<Baseline, CliError> {
        let looked_for = |error| match error {
            GitError::NoRepository { .. } | GitError::NoRevision { .. } => CliError::NoBaseline {
                name: name.to_string(),
                error,
            },
            error => CliError::Git(error),
        };
        let repository = Repository::around(&linked.workspace.root).map_err(looked_for)?;
        let revision = repository.at(name).map_err(looked_for)?;
        let manifests = revision.read(|path| path.file_name() == Some("Cargo.toml"))?;
        Ok(Baseline::Revision {
            name: name.to_string(),
            revision,
            manifests,
        })
    }

    /// Whether it has a manifest at this path.
    pub(super) fn has(&self, manifest: &Utf8Path) -> bool {
        match self {
            Baseline::Revision { manifests, .. } => manifests.get(manifest).is_some(),
            Baseline::Checkout { .. } | Baseline::WitRoot { .. } => false,
        }
    }

    /// Refuses to compare several targets with the WIT of one.
    pub(super) fn check(&self, targets: &BTreeSet<String>) -> Result<(), CliError> {
        match self {
            Baseline::WitRoot { path } if targets.len() > 1 => Err(CliError::SeveralTargets {
                path: path.clone(),
                targets: targets.iter().cloned().collect(),
            }),
            _ => Ok(()),
        }
    }

    /// What it is, for messages.
    pub(super) fn against(&self) -> Against {
        match self {
            Baseline::Revision { name, .. } => Against::Git {
                revision: name.clone(),
            },
            Baseline::Checkout { dir: path, .. } | Baseline::WitRoot { path } => {
                Against::Directory {
                    path: path.to_string(),
                }
            }
        }
    }

    /// The WIT that a target, whose package is `package`, had; none if there was no such member.
    pub(super) fn source(
        &self,
        target: &Member,
        package: &PackageName,
        linked: &Linked,
    ) -> Result<Option<Source>, CliError> {
        let now = &linked.workspace;
        let seen = linked.options.get(&target.name).world;
        let seen = seen.as_deref();
        let mut was = Was {
            target,
            package,
            place: target.manifest.clone(),
            now,
        };
        match self {
            Baseline::Revision {
                revision,
                manifests,
                ..
            } => {
                self.refuse_submodule(revision, target, &target.manifest)?;
                let read = |member: &Member| {
                    let reads = member.wit_reads();
                    Ok(revision.read(|path| reads.iter().any(|read| read.covers(path)))?)
                };
                let members = manifests.iter().filter_map(|(path, _)| {
                    let found = Member::of_text(path, manifests.text(path)?)?;
                    Some(found.completed(target))
                });
                let members: Vec<Member> = members.collect();
                let found = was.among(&members.iter().collect::<Vec<_>>(), read)?;
                let Some((member, files)) = found else {
                    return Ok(None);
                };
                for wanted in member.wit_reads() {
                    self.refuse_submodule(revision, target, wanted.path())?;
                }
                let then = |error| CliError::Then {
                    baseline: self.to_string(),
                    error: Box::new(error),
                };
                Ok(Some(source(member, seen, &files).map_err(then)?))
            }
            Baseline::Checkout { workspace, .. } => {
                if let Ok(below) = target.manifest.strip_prefix(&now.root) {
                    was.place = workspace.root.join(below);
                }
                let members: Vec<&Member> = workspace.members.values().collect();
                let read = |member: &Member| read_all(&workspace.root, member.wit_reads());
                let found = was.among(&members, read)?;
                let found = found.map(|(member, files)| source(member, seen, &files));
                found.transpose()
            }
            Baseline::WitRoot { path } => {
                if target
                    .local()
                    .is_ok_and(|local| read::is_same(&local.wit_root, path))
                {
                    return Err(CliError::ItselfAgainst { path: path.clone() });
                }
                let files = read_wit(path)?;
                let root = WitRoot::read(&files, path)?;
                // Its only world, whatever that was called; the target's where there are several.
                let compiled = target.local().ok().and_then(|local| local.world.as_deref());
                let source = root
                    .select(None)
                    .or_else(|_| select(&root, seen.or(compiled)));
                Ok(Some(source?))
            }
        }
    }

    /// What is in a submodule is not in the repository around it.
    fn refuse_submodule(
        &self,
        revision: &Revision,
        target: &Member,
        path: &Utf8Path,
    ) -> Result<(), CliError> {
        match revision.submodule_of(path) {
            Some(submodule) => Err(CliError::InSubmodule {
                member: target.name.clone(),
                path: submodule.to_path_buf(),
                baseline: self.to_string(),
            }),
            None => Ok(()),
        }
    }
}

/// What a member was, with the world that callers see now; the one that was compiled, if there was no
/// such world.
fn source(member: &Member, seen: Option<&str>, files: &Snapshot) -> Result<Source, CliError> {
    let compiled = member.local()?.world.as_deref();
    let wit = member.target_wit(files)?;
    let source = seen.and_then(|world| wit.select(Some(world)).ok());
    let source = source.map_or_else(|| select(&wit, compiled), Ok);
    Ok(source.map_err(WorkspaceError::from)?)
}

/// The world of an older version, whose package may have had another version, or another name.
fn select(root: &WitRoot, world: Option<&str>) -> Result<Source, WitError> {
    let name = world.map(WorldName::parse).transpose()?;
    match (root.select(world), name) {
        (Err(WitError::NoSuchPackage { .. }), Some(name)) => root
            .select(Some(&name.without_version().to_string()))
            .or_else(|_| root.select(Some(&name.name))),
        (selected, _) => selected,
    }
}

/// What is looked for in an older version.
struct Was<'a> {
    target: &'a Member,
    /// The target's WIT package.
    package: &'a PackageName,
    /// Where its manifest would be there.
    place: Utf8PathBuf,
    /// The workspace that the target is in.
    now: &'a Workspace,
}

impl Was<'_> {
    /// What a target was, with its WIT: the package of its name, at its place or wherever it was;
    /// else, as packages get other names, one that is gone now: that at its place, or the only one
    /// with its WIT package.
    fn among<'m>(
        &self,
        members: &[&'m Member],
        read: impl Fn(&Member) -> Result<Snapshot, CliError>,
    ) -> Result<Option<(&'m Member, Snapshot)>, CliError> {
        let placed = |member: &&&Member| member.manifest == self.place;
        let of_name = |member: &&&Member| member.name == self.target.name;
        let mut named = members.iter().filter(of_name);
        let gone = |member: &&&Member| !self.now.members.contains_key(&member.name);
        let gone = members.iter().filter(gone);
        let found = named.clone().find(placed).or_else(|| named.next());
        if let Some(found) = found.or_else(|| gone.clone().find(placed)) {
            return Ok(Some((found, read(found)?)));
        }
        let mut alike = Vec::new();
        for member in gone {
            let files = read(member)?;
            if self.has_its_package(member, &files) {
                alike.push((*member, files));
            }
        }
        let is_only = alike.len() == 1;
        Ok(alike.pop().filter(|_| is_only))
    }

    fn has_its_package(&self, member: &Member, files: &Snapshot) -> bool {
        let wit = member.wit(files).ok();
        let own = wit.and_then(|wit| wit.main.name().ok());
        let PackageName {
            namespace, name, ..
        } = self.package;
        own.is_some_and(|own| own.namespace == *namespace && own.name == *name)
    }
}
