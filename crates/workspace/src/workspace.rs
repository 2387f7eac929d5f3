//! A Cargo workspace as `cargo metadata` shows it.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::Metadata;
use golem_rpc_stub::names;

use crate::paths::relative;
use crate::{Member, WorkspaceError};

/// A Cargo workspace: where it is and what its members are.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The directory of the root manifest.
    pub root: Utf8PathBuf,
    /// The root manifest.
    pub manifest: Utf8PathBuf,
    /// Where cargo puts what it builds.
    pub target_directory: Utf8PathBuf,
    /// The members by package name.
    pub members: BTreeMap<String, Member>,
    /// `[workspace.metadata]`.
    pub(crate) metadata: serde_json::Value,
}

impl Workspace {
    /// The workspace that `cargo metadata --no-deps` describes.
    ///
    /// # Errors
    /// If it has no member.
    pub fn new(metadata: &Metadata) -> Result<Workspace, WorkspaceError> {
        let root = metadata.workspace_root.clone();
        let members: BTreeMap<String, Member> = metadata
            .packages
            .iter()
            .filter(|package| metadata.workspace_members.contains(&package.id))
            .map(|package| (package.name.to_string(), Member::new(package)))
            .collect();
        let manifest = root.join("Cargo.toml");
        if members.is_empty() {
            return Err(WorkspaceError::NoMembers { manifest });
        }
        Ok(Workspace {
            root,
            manifest,
            target_directory: metadata.target_directory.clone(),
            members,
            metadata: metadata.workspace_metadata.clone(),
        })
    }

    /// The directory of a target's stub crate: beside the target, named after its directory; a root
    /// package's below the root, named after the package.
    pub fn stub_dir(&self, target: &Member) -> Utf8PathBuf {
        match target.dir.file_name() {
            Some(dir) if target.dir != self.root => {
                target.dir.with_file_name(names::stub_crate(dir))
            }
            _ => self.root.join(names::stub_crate(&target.name)),
        }
    }

    /// A path as the lock and the root manifest write it: relative to the root, with `/`.
    pub(crate) fn relative(&self, path: &Utf8Path) -> String {
        relative(&self.root, path)
    }

    /// The member that a link names.
    ///
    /// # Errors
    /// If there is no such member.
    pub fn linked(&self, name: &str) -> Result<&Member, WorkspaceError> {
        self.members
            .get(name)
            .ok_or_else(|| WorkspaceError::UnknownLink {
                manifest: self.manifest.clone(),
                name: name.to_string(),
            })
    }
}
