//! Members as the last build left them, and whether their sources are still what was built.
//!
//! What was built is told by content, not by time: the digest of a member's own sources and of the
//! workspace's packages that it depends on.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::ContentHash;
use golem_rpc_stub::names;
use golem_rpc_system::artifacts::{ArtifactState, Artifacts};
use golem_rpc_system::{Profile, read};

use super::links::Linked;
use super::stubs;
use crate::error::CliError;

/// The artifacts of one profile.
pub(super) struct Built<'a> {
    linked: &'a Linked,
    profile: Profile,
    artifacts: Artifacts,
    /// Stubs that are not built but made from their target's WIT, by target.
    stubs: BTreeMap<String, Wasm>,
}

/// A component that is up to date.
#[derive(Clone)]
pub(super) struct Wasm {
    /// Its file; of a stub that is in no file, the directory of its WIT.
    pub(super) path: Utf8PathBuf,
    pub(super) bytes: Vec<u8>,
}

impl<'a> Built<'a> {
    /// What is needed to compose these callers.
    pub(super) fn load<'c>(
        linked: &'a Linked,
        profile: &Profile,
        callers: impl IntoIterator<Item = &'c String>,
    ) -> Result<Built<'a>, CliError> {
        let artifacts = Artifacts::load(&linked.workspace.target_directory, profile)?;
        Ok(Built {
            linked,
            profile: profile.clone(),
            artifacts,
            stubs: stubs::components(linked, callers)?,
        })
    }

    /// The component of a target's stub.
    pub(super) fn stub(&self, target: &str) -> Result<Wasm, CliError> {
        match self.stubs.get(target) {
            Some(stub) => Ok(stub.clone()),
            None => self.wasm(&names::stub_crate(target)),
        }
    }

    /// The component of a package, if it is what a build now would make.
    pub(super) fn wasm(&self, package: &str) -> Result<Wasm, CliError> {
        let target_dir = &self.linked.workspace.target_directory;
        let Some(artifact) = self.artifacts.by_package.get(package) else {
            return Err(self.not_built(package));
        };
        let path = artifact.wasm(target_dir);
        let bytes = match artifact.read(target_dir)? {
            ArtifactState::Missing => return Err(self.not_built(package)),
            ArtifactState::Changed => {
                return Err(self.stale(package, format!("`{path}` was written by another build")));
            }
            ArtifactState::Unchanged(bytes) => bytes,
        };
        if inputs(self.linked, package)? != artifact.inputs() {
            return Err(self.stale(
                package,
                "its sources or its WIT have other content now".into(),
            ));
        }
        Ok(Wasm { path, bytes })
    }

    fn task(&self) -> String {
        match &self.profile {
            Profile::Dev => "cargo make build".to_string(),
            Profile::Release => "cargo make build-release".to_string(),
            Profile::Named(name) => format!("cargo golem-rpc build-members --profile {name}"),
        }
    }

    fn not_built(&self, package: &str) -> CliError {
        CliError::NotBuilt {
            member: package.to_string(),
            command: self.task(),
        }
    }

    fn stale(&self, package: &str, why: String) -> CliError {
        CliError::Stale {
            member: package.to_string(),
            why,
            command: self.task(),
        }
    }
}

/// The digest of what a member is built from.
pub(super) fn inputs(linked: &Linked, package: &str) -> Result<ContentHash, CliError> {
    let mut dirs = BTreeSet::new();
    add_dirs(linked, package, &mut dirs);
    let mut files = golem_rpc_plan::Snapshot::new();
    for dir in &dirs {
        let others = linked.workspace.members.values().map(|member| &member.dir);
        let others: BTreeSet<&Utf8Path> = others.map(Utf8PathBuf::as_path).collect();
        files.extend(read::tree(dir, |path| {
            is_input(path) && !others.contains(dir.join(path).as_path())
        })?);
    }
    if let Some(wit) = wit_outside(linked, package, &dirs) {
        files.extend(read::tree(&wit, is_input)?);
    }
    let root = &linked.workspace.root;
    let parts = files
        .iter()
        .map(|(path, content)| (path.strip_prefix(root).unwrap_or(path).as_str(), content));
    Ok(ContentHash::of_parts(parts))
}

/// The member's directory and those of the packages in the workspace that it depends on.
fn add_dirs(linked: &Linked, package: &str, dirs: &mut BTreeSet<Utf8PathBuf>) {
    let packages = linked.metadata.workspace_packages();
    let Some(package) = packages.iter().find(|p| p.name.as_str() == package) else {
        return;
    };
    let dir = package
        .manifest_path
        .parent()
        .unwrap_or(&package.manifest_path);
    if dirs.insert(dir.to_path_buf()) {
        let local = package.dependencies.iter().filter(|d| d.path.is_some());
        local.for_each(|dependency| add_dirs(linked, &dependency.name, dirs));
    }
}

/// A WIT root that lies elsewhere.
fn wit_outside(
    linked: &Linked,
    package: &str,
    dirs: &BTreeSet<Utf8PathBuf>,
) -> Option<Utf8PathBuf> {
    let local = linked.workspace.members.get(package)?.local().ok()?;
    let inside = dirs.iter().any(|dir| local.wit_root.starts_with(dir));
    (!inside).then(|| local.wit_root.clone())
}

/// Sources and whatever they may include; not what a build writes, and nothing hidden.
fn is_input(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    !name.starts_with('.') && name != "target" && path != "src/bindings.rs" && name != "Cargo.lock"
}
