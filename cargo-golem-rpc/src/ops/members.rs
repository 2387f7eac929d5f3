//! Members as the last build left them, and whether their sources are still what was built.
//!
//! What was built is told by content, not by time: the digest of a member's own sources and of the
//! workspace's packages that it depends on.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{ContentHash, Snapshot};
use golem_rpc_stub::names;
use golem_rpc_system::artifacts::{ArtifactState, Artifacts, Composition};
use golem_rpc_system::{Profile, Surroundings, read};
use golem_rpc_workspace::Dependency;

use super::links::Linked;
use super::stubs;
use super::wit_root::read_wit;
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

    /// The packages that the last build made components of, with the files of these.
    pub(super) fn packages(&self) -> impl Iterator<Item = (&str, Utf8PathBuf)> {
        let target_dir = &self.linked.workspace.target_directory;
        let artifacts = self.artifacts.by_package.iter();
        artifacts.map(move |(package, artifact)| (package.as_str(), artifact.wasm(target_dir)))
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
                let why = format!("`{path}` is not what `build-members` made of it");
                return Err(self.stale(package, why));
            }
            ArtifactState::Unchanged(bytes) => bytes,
        };
        if Inputs::read(self.linked, package)?.digest() != artifact.inputs() {
            return Err(self.stale(
                package,
                "its sources or its WIT have other content now".into(),
            ));
        }
        Ok(Wasm { path, bytes })
    }

    /// The file of a package's component, if a build now would make it again.
    pub(super) fn fresh(
        &self,
        package: &str,
        surroundings: &Surroundings,
    ) -> Result<Option<Utf8PathBuf>, CliError> {
        let Some(artifact) = self.artifacts.by_package.get(package) else {
            return Ok(None);
        };
        let inputs = Inputs::read(self.linked, package)?.digest();
        let target_dir = &self.linked.workspace.target_directory;
        let is_fresh = artifact.is_fresh(target_dir, &inputs, surroundings.digest())?;
        Ok(is_fresh.then(|| artifact.wasm(target_dir)))
    }

    /// What was composed of a caller.
    pub(super) fn composed(&self, caller: &str) -> Option<&Composition> {
        self.artifacts.composed.get(caller)
    }

    fn build(&self) -> String {
        let mut words = vec!["cargo golem-rpc build-members".to_string()];
        words.extend(self.profile.args());
        words.join(" ")
    }

    fn not_built(&self, package: &str) -> CliError {
        CliError::NotBuilt {
            member: package.to_string(),
            command: self.build(),
        }
    }

    fn stale(&self, package: &str, why: String) -> CliError {
        CliError::Stale {
            member: package.to_string(),
            why,
            command: self.build(),
        }
    }
}

/// What a member is built from: its manifest and sources, those of the packages in directories that
/// it depends on, and its WIT.
pub(super) struct Inputs<'a> {
    root: &'a Utf8Path,
    files: Snapshot,
}

impl<'a> Inputs<'a> {
    pub(super) fn read(linked: &'a Linked, package: &str) -> Result<Inputs<'a>, CliError> {
        let mut dirs = BTreeSet::new();
        if let Some(member) = linked.workspace.members.get(package) {
            add_dirs(linked, &member.dir, &mut dirs);
        }
        let mut files = Snapshot::new();
        for dir in &dirs {
            files.extend(sources(linked, dir)?);
        }
        for root in wit_roots(linked, package) {
            match read_wit(&root) {
                Ok(wit) => files.extend(wit),
                Err(CliError::NoSuchDirectory { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let root = &linked.workspace.root;
        Ok(Inputs { root, files })
    }

    /// Their digest.
    pub(super) fn digest(&self) -> ContentHash {
        let files = self.files.iter();
        ContentHash::of_parts(files.map(|(path, content)| {
            let name = path.strip_prefix(self.root).unwrap_or(path);
            (name.as_str(), content)
        }))
    }

    /// Whether a file is one of them.
    pub(super) fn contains(&self, path: &Utf8Path) -> bool {
        self.files.contains(path)
    }
}

/// The package's directory and those of the packages that it depends on by path.
fn add_dirs(linked: &Linked, dir: &Utf8Path, dirs: &mut BTreeSet<Utf8PathBuf>) {
    if !dirs.insert(dir.to_path_buf()) {
        return;
    }
    if let Some(package) = linked.package_in(dir) {
        let local = package
            .dependencies
            .iter()
            .filter_map(|d| d.path.as_deref());
        local.for_each(|path| add_dirs(linked, path, dirs));
    }
}

/// A package's manifest, and everything in the directories of its sources. Of a directory that is
/// the package's own only the Rust files count: what else lies there need not be a source.
fn sources(linked: &Linked, dir: &Utf8Path) -> Result<Snapshot, CliError> {
    let mut roots = BTreeSet::from([dir.join("src")]);
    if let Some(package) = linked.package_in(dir) {
        let targets = package
            .targets
            .iter()
            .filter(|t| !t.is_test() && !t.is_bench() && !t.is_example());
        roots.extend(targets.filter_map(|t| Some(t.src_path.parent()?.to_path_buf())));
    }
    let mut files = Snapshot::new();
    let manifest = dir.join("Cargo.toml");
    if let Some(content) = read::file(&manifest)? {
        files.insert(manifest, content);
    }
    for root in roots {
        let whole = root != dir && root.starts_with(dir);
        files.extend(read::tree(&root, |path| match whole {
            true => is_source(&root.join(path)),
            false => path.components().count() == 1 && path.extension() == Some("rs"),
        })?);
    }
    Ok(files)
}

/// Not what a build writes, and nothing hidden.
pub(super) fn is_source(path: &Utf8Path) -> bool {
    !path.ends_with("src/bindings.rs") && !path.file_name().unwrap_or_default().starts_with('.')
}

/// Where a member's WIT and the packages that its manifest names are.
fn wit_roots(linked: &Linked, package: &str) -> Vec<Utf8PathBuf> {
    let member = linked.workspace.members.get(package);
    let Some(Ok(local)) = member.map(|member| member.local()) else {
        return Vec::new();
    };
    let dependencies = local
        .dependencies
        .values()
        .filter_map(|dependency| match dependency {
            Dependency::Path(path) => Some(path.clone()),
            Dependency::Registry => None,
        });
    std::iter::once(local.wit_root.clone())
        .chain(dependencies)
        .collect()
}
