//! A Cargo workspace as `cargo metadata` shows it.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::Metadata;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;

use crate::members::cargo_built::CargoBuilt;
use crate::members::paths::{normal, relative};
use crate::{Links, Member, WorkspaceError};

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
    /// The lines of the root manifest in which links first name something.
    pub(crate) link_lines: BTreeMap<String, usize>,
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
            link_lines: BTreeMap::new(),
        })
    }

    /// Learns from the text of the root manifest where its links stand, for what is said of them.
    pub fn locate_links(&mut self, text: &str) {
        self.link_lines = Links::lines(&self.manifest, text);
    }

    /// The directories of the Rust code that tells whether members are components and where their
    /// WIT is; of the members with a component section it is not asked. [`Workspace::is_code`] says
    /// what is to be read there.
    pub fn code(&self) -> BTreeSet<&Utf8Path> {
        let built = self.members.values().filter_map(|m| m.cargo_built.as_ref());
        built.filter_map(CargoBuilt::source_dir).collect()
    }

    /// Whether something below a directory of code is to be read or entered.
    pub fn is_code(relative: &Utf8Path) -> bool {
        let name = relative.file_name().unwrap_or_default();
        matches!(relative.extension(), None | Some("rs"))
            && !name.starts_with('.')
            && name != "target"
    }

    /// Finds out by their code which members cargo alone builds as components.
    pub fn recognise(&mut self, code: &Snapshot) {
        for member in self.members.values_mut() {
            let built = member.cargo_built.as_ref();
            let asked = built.filter(|built| built.source_dir().is_some());
            let known = asked.and_then(|built| built.by_code(code));
            member.recognise(known);
        }
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

    /// The directories in which stub directories stand, those of members that are gone among them.
    pub fn parents_of_stubs(&self) -> BTreeSet<Utf8PathBuf> {
        let dirs = self.members.values().map(|member| self.stub_dir(member));
        dirs.filter_map(|dir| Some(dir.parent()?.to_path_buf()))
            .collect()
    }

    /// The place of something that the root manifest names.
    pub fn path_of(&self, name: impl AsRef<Utf8Path>) -> Utf8PathBuf {
        normal(&self.root.join(name))
    }

    /// A path as the root manifest writes it: relative to the root, with `/`.
    pub fn relative(&self, path: &Utf8Path) -> String {
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
                line: self.link_lines.get(name).copied(),
                name: name.to_string(),
            })
    }
}

impl Links {
    /// The links that the root manifest holds.
    ///
    /// # Errors
    /// If the table has another shape than the one above.
    pub fn of(workspace: &Workspace) -> Result<Links, WorkspaceError> {
        let table = workspace
            .metadata
            .get("golem-rpc")
            .and_then(|t| t.get("links"));
        let Some(table) = table else {
            return Ok(Links::new());
        };
        let links = serde_json::from_value::<BTreeMap<String, BTreeSet<String>>>(table.clone());
        let links = links.map_err(|_| WorkspaceError::BrokenTable {
            file: workspace.manifest.clone(),
            key: "workspace.metadata.golem-rpc.links".into(),
            expected: "a table of lines such as `caller = [\"target\"]`",
        })?;
        Ok(Links::from(links))
    }
}
