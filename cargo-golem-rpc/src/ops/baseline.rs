//! What targets are compared with: a git revision, another checkout, or the WIT root of one target.

use std::collections::BTreeSet;
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_messages::Against;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, WitRoot};
use golem_rpc_system::git::{GitError, Repository, Revision};
use golem_rpc_system::{cargo, read};
use golem_rpc_workspace::{Member, Read, Workspace};

use super::Context;
use super::links::{self, Linked};
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
            return Ok(Baseline::Checkout {
                dir: path,
                workspace,
            });
        }
        Ok(Baseline::WitRoot { path })
    }

    fn revision(name: &str, linked: &Linked) -> Result<Baseline, CliError> {
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

    /// The WIT that a target had; none if there was no such member.
    pub(super) fn source(&self, target: &Member) -> Result<Option<Source>, CliError> {
        match self {
            Baseline::Revision {
                revision,
                manifests,
                ..
            } => {
                let Some(member) = member_in(manifests, target) else {
                    return Ok(None);
                };
                let reads = member.wit_reads();
                let files = revision.read(|path| reads.iter().any(|read| read.covers(path)))?;
                Ok(Some(source(&member, &files)?))
            }
            Baseline::Checkout { workspace, .. } => {
                let Some(member) = workspace.members.get(&target.name) else {
                    return Ok(None);
                };
                let mut files = Snapshot::new();
                for wanted in member.wit_reads() {
                    match wanted {
                        Read::File(path) => {
                            if let Some(content) = read::file(&path)? {
                                files.insert(path, content);
                            }
                        }
                        Read::Tree(path) => files.extend(read::tree(&path, Read::wants)?),
                    }
                }
                Ok(Some(source(member, &files)?))
            }
            Baseline::WitRoot { path } => {
                let files = read_wit(path)?;
                let root = WitRoot::read(&files, path)?;
                // Its only world, whatever that was called; the target's where there are several.
                let source = root
                    .select(None)
                    .or_else(|_| root.select(target.local().ok().and_then(|l| l.world.as_deref())));
                Ok(Some(source?))
            }
        }
    }
}

fn source(member: &Member, files: &Snapshot) -> Result<Source, CliError> {
    let world = member.local()?.world.as_deref();
    Ok(member.target_wit(files)?.select(world)?)
}

/// The package of that name: in the same place, else wherever it was.
fn member_in(manifests: &Snapshot, target: &Member) -> Option<Member> {
    let member = |path: &Utf8Path| {
        let member = Member::of_text(path, manifests.text(path)?)?;
        (member.name == target.name).then_some(member)
    };
    let mut elsewhere = manifests.iter().map(|(path, _)| path);
    let found = member(&target.manifest).or_else(|| elsewhere.find_map(member));
    found.map(|found| found.completed(target))
}
