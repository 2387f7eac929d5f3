//! Members as the last build left them, and whether their sources are still what was built.
//!
//! What was built is told by content, not by time: the digest of a member's own sources and of the
//! workspace's packages that it depends on.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{ContentHash, Snapshot};
use golem_rpc_stub::names;
use golem_rpc_system::artifacts::{Artifact, ArtifactState, Artifacts, Change, Composition};
use golem_rpc_system::dep_info::is_source;
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
    /// The digest of what decides about a build now; none where nothing was built.
    surroundings: Option<ContentHash>,
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
        let surroundings = match artifacts.by_package.is_empty() {
            true => None,
            false => Some(Surroundings::read(&linked.workspace.root)?.digest(profile)),
        };
        Ok(Built {
            linked,
            profile: profile.clone(),
            artifacts,
            surroundings,
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
                let why = format!("`{path}` is not what the build made of it");
                return Err(self.stale(package, why));
            }
            ArtifactState::Unchanged(bytes) => bytes,
        };
        match self.change(package, artifact)? {
            Some(why) => Err(self.stale(package, why)),
            None => Ok(Wasm { path, bytes }),
        }
    }

    /// Why a build now would make another component than the recorded one. Where it is not known what
    /// decided about the build, sources and WIT are all there is to compare.
    fn change(&self, package: &str, artifact: &Artifact) -> Result<Option<String>, CliError> {
        if Inputs::read(self.linked, package)?.digest() != artifact.inputs() {
            let why = "its sources or its WIT have other content now";
            return Ok(Some(why.to_string()));
        }
        let Some(surroundings) = self.surroundings.as_ref().filter(|_| artifact.is_known()) else {
            return Ok(None);
        };
        let target_dir = &self.linked.workspace.target_directory;
        let change = artifact.change(target_dir, surroundings)?;
        Ok(change.map(|change| match change {
            Change::Surroundings => {
                "the settings, the tools or Cargo.lock are other than they were at the build".into()
            }
            Change::Read(path) => {
                let root = &self.linked.workspace.root;
                let path = path.strip_prefix(root).unwrap_or(path);
                format!("it was built from `{path}`, which has other content now")
            }
        }))
    }

    /// The file of a package's component, if a build now together with these packages would make it
    /// again.
    pub(super) fn fresh<'n>(
        &self,
        package: &str,
        together: impl IntoIterator<Item = &'n String>,
    ) -> Result<Option<Utf8PathBuf>, CliError> {
        let recorded = self.artifacts.by_package.get(package);
        let (Some(artifact), Some(surroundings)) = (recorded, &self.surroundings) else {
            return Ok(None);
        };
        if !artifact.is_built_with(together) {
            return Ok(None);
        }
        let inputs = Inputs::read(self.linked, package)?.digest();
        let target_dir = &self.linked.workspace.target_directory;
        let is_fresh = artifact.is_fresh(target_dir, &inputs, surroundings)?;
        Ok(is_fresh.then(|| artifact.wasm(target_dir)))
    }

    /// What was composed of a caller.
    pub(super) fn composed(&self, caller: &str) -> Option<&Composition> {
        self.artifacts.composed.get(caller)
    }

    /// All that was composed, by caller, with the files.
    pub(super) fn compositions(
        &self,
    ) -> impl Iterator<Item = (&String, &Composition, Utf8PathBuf)> {
        let target_dir = &self.linked.workspace.target_directory;
        let composed = self.artifacts.composed.iter();
        composed.map(move |(caller, composed)| (caller, composed, composed.wasm(target_dir)))
    }

    fn command(&self, command: &str) -> String {
        let mut words = vec![format!("cargo golem-rpc {command}")];
        words.extend(self.profile.args());
        words.join(" ")
    }

    fn not_built(&self, package: &str) -> CliError {
        CliError::NotBuilt {
            member: package.to_string(),
            command: self.command("build-members"),
        }
    }

    fn stale(&self, package: &str, why: String) -> CliError {
        // what nobody links is not in `build-workspace`
        let command = match self.linked.links.members().is_empty() {
            true => "build-members",
            false => "build-workspace",
        };
        CliError::Stale {
            member: package.to_string(),
            why,
            command: self.command(command),
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
/// the package's own only the Rust files count: what else lies there need not be a source. With a build
/// script all of the package does, as cargo runs that again for any file if the script names none.
fn sources(linked: &Linked, dir: &Utf8Path) -> Result<Snapshot, CliError> {
    let target_dir = &linked.workspace.target_directory;
    let package = linked.package_in(dir);
    let builds = match package {
        Some(package) => package.targets.iter().any(|t| t.is_custom_build()),
        None => dir.join("build.rs").is_file(),
    };
    if builds {
        let is_package = |path: &Utf8Path| path.join("Cargo.toml").is_file();
        return Ok(read::tree(dir, |path| {
            let path = dir.join(path);
            is_source(&path, target_dir) && !is_package(&path)
        })?);
    }
    let mut roots = BTreeSet::from([dir.join("src")]);
    if let Some(package) = package {
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
            true => is_source(&root.join(path), target_dir),
            false => path.components().count() == 1 && path.extension() == Some("rs"),
        })?);
    }
    Ok(files)
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
