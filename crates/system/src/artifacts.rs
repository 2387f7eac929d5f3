//! What the last build made: package → wasm file, written down below the target directory.
//!
//! The build step learns the paths from cargo's messages and stores them here, so that composing
//! needs neither a second build nor a guess at `target/wasm32-…`. Beside each file stands what it was
//! made from, so that what needs no build is known without asking cargo. A record is a cache: one
//! that does not parse counts as none.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{ContentHash, Plan, Snapshot};
use serde::{Deserialize, Serialize};

use crate::error::{At, PathError};
use crate::{ApplyError, Profile, apply, dep_info, read};

/// The directory below the target directory that is ours: in it, one for each profile.
pub const DIRECTORY: &str = "golem-rpc";
/// The file of a profile that holds the record.
pub const RECORD: &str = "artifacts.json";
/// The file beside the record that is locked while that is written.
pub const LOCK: &str = "artifacts.lock";

/// The artifacts of one profile by package name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifacts {
    /// Package name → its component.
    pub by_package: BTreeMap<String, Artifact>,
    /// Caller → its component with the stubs in it.
    #[serde(default)]
    pub composed: BTreeMap<String, Composition>,
}

/// A composed component that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composition {
    /// The file, relative to the target directory where it lies in it.
    wasm: Utf8PathBuf,
    /// The hash of what it was composed of.
    parts: String,
    /// The hash of the file.
    content: String,
    /// Whether there was something to warn of.
    #[serde(default, alias = "has_unused")]
    has_warnings: bool,
}

/// A component that was built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// The wasm file, relative to the target directory where it lies in it.
    wasm: Utf8PathBuf,
    /// The hash of what it was built from.
    inputs: String,
    /// The hash of the wasm file. Its modification time would not do: cargo-component writes the
    /// same bytes again when a package is fresh.
    content: String,
    /// The hash of what else decides about the build; empty where that is not known.
    #[serde(default)]
    surroundings: String,
    /// The hash of the names of the packages that it was built together with: they decide about the
    /// features of what they have in common.
    #[serde(default)]
    together: String,
    /// Further files and directories that the compiler or a build script read, with their hashes.
    #[serde(default)]
    others: BTreeMap<Utf8PathBuf, String>,
}

/// The wasm file of a record, compared with what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArtifactState {
    /// It is what was recorded, with this content.
    Unchanged(Vec<u8>),
    /// It has other content now.
    Changed,
    /// It is gone.
    Missing,
}

/// Why a file is no longer what a build would make of the same sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// The settings of the build, its tools or the versions of packages.
    Surroundings,
    /// A file or a directory that was read beside the sources.
    Read(&'a Utf8Path),
}

impl Artifact {
    /// Records the file that was just built at `wasm` from inputs with the digest `inputs`.
    pub fn record(
        target_dir: &Utf8Path,
        wasm: &Utf8Path,
        inputs: &ContentHash,
    ) -> Result<Artifact, PathError> {
        let content = read::file(wasm)?
            .ok_or(ErrorKind::NotFound.into())
            .at("read", wasm)?;
        Ok(Artifact {
            wasm: wasm.strip_prefix(target_dir).unwrap_or(wasm).to_path_buf(),
            inputs: inputs.to_string(),
            content: ContentHash::of(&content).to_string(),
            surroundings: String::new(),
            together: String::new(),
            others: BTreeMap::new(),
        })
    }

    /// Records what else decides about the build, without which the file never counts as up to date.
    pub fn made_in(
        mut self,
        surroundings: &ContentHash,
        others: BTreeMap<Utf8PathBuf, ContentHash>,
    ) -> Artifact {
        self.surroundings = surroundings.to_string();
        let others = others.into_iter();
        self.others = others
            .map(|(path, hash)| (path, hash.to_string()))
            .collect();
        self
    }

    /// Records the packages that one run of cargo has built with it.
    pub fn built_with<'n>(mut self, packages: impl IntoIterator<Item = &'n String>) -> Artifact {
        self.together = together(packages).to_string();
        self
    }

    /// Whether it was built in one run with these packages and no others.
    pub fn is_built_with<'n>(&self, packages: impl IntoIterator<Item = &'n String>) -> bool {
        self.together == together(packages).as_str()
    }

    /// Whether a build now, of sources with the digest `inputs`, would make the same file again.
    pub fn is_fresh(
        &self,
        target_dir: &Utf8Path,
        inputs: &ContentHash,
        surroundings: &ContentHash,
    ) -> Result<bool, PathError> {
        Ok(self.inputs() == *inputs
            && self.is_known()
            && self.change(target_dir, surroundings)?.is_none()
            && matches!(self.read(target_dir)?, ArtifactState::Unchanged(_)))
    }

    /// Whether it is known what decided about the build beside its sources.
    pub fn is_known(&self) -> bool {
        !self.surroundings.is_empty()
    }

    /// What is other than it was at the build, beside the sources and the file itself.
    pub fn change(
        &self,
        target_dir: &Utf8Path,
        surroundings: &ContentHash,
    ) -> Result<Option<Change<'_>>, PathError> {
        if self.surroundings != surroundings.as_str() {
            return Ok(Some(Change::Surroundings));
        }
        for (path, hash) in &self.others {
            let now = dep_info::hash(path, target_dir)?;
            if now.is_none_or(|now| now.as_str() != hash) {
                return Ok(Some(Change::Read(path)));
            }
        }
        Ok(None)
    }

    /// The path of the wasm file.
    pub fn wasm(&self, target_dir: &Utf8Path) -> Utf8PathBuf {
        target_dir.join(&self.wasm)
    }

    /// The digest of what it was built from.
    pub fn inputs(&self) -> ContentHash {
        ContentHash::from_recorded(&self.inputs)
    }

    /// Reads the wasm file and compares it with the record.
    pub fn read(&self, target_dir: &Utf8Path) -> Result<ArtifactState, PathError> {
        Ok(match read::file(&self.wasm(target_dir))? {
            None => ArtifactState::Missing,
            Some(content) if ContentHash::of(&content).as_str() == self.content => {
                ArtifactState::Unchanged(content)
            }
            Some(_) => ArtifactState::Changed,
        })
    }
}

impl Composition {
    /// Records that `content`, made of parts with the digest `parts`, was written to `wasm`.
    pub fn record(
        target_dir: &Utf8Path,
        wasm: &Utf8Path,
        parts: &ContentHash,
        content: &[u8],
    ) -> Composition {
        Composition {
            wasm: wasm.strip_prefix(target_dir).unwrap_or(wasm).to_path_buf(),
            parts: parts.to_string(),
            content: ContentHash::of(content).to_string(),
            has_warnings: false,
        }
    }

    /// Records whether there was something to warn of: as that is to be said each time, such a file
    /// never counts as up to date.
    pub fn with_warnings(self, has_warnings: bool) -> Composition {
        Composition {
            has_warnings,
            ..self
        }
    }

    /// Whether it was made of parts with this digest.
    pub fn is_of(&self, parts: &ContentHash) -> bool {
        self.parts == parts.as_str()
    }

    /// The path of the file.
    pub fn wasm(&self, target_dir: &Utf8Path) -> Utf8PathBuf {
        target_dir.join(&self.wasm)
    }

    /// Whether a file with this content is what was written.
    pub fn is_content(&self, content: &[u8]) -> bool {
        ContentHash::of(content).as_str() == self.content
    }

    /// Whether composing now, of parts with the digest `parts`, would write the same file again.
    pub fn is_fresh(
        &self,
        target_dir: &Utf8Path,
        wasm: &Utf8Path,
        parts: &ContentHash,
    ) -> Result<bool, PathError> {
        if self.has_warnings || self.wasm(target_dir) != wasm || !self.is_of(parts) {
            return Ok(false);
        }
        Ok(read::file(wasm)?.is_some_and(|content| self.is_content(&content)))
    }
}

impl Artifacts {
    /// The record for `profile` below `target_dir`; empty if there is none.
    pub fn load(target_dir: &Utf8Path, profile: &Profile) -> Result<Artifacts, PathError> {
        let bytes = read::file(&record_path(target_dir, profile))?;
        Ok(Artifacts::parse(bytes.as_deref()))
    }

    /// Where what we make of members in `profile` goes, below `target_dir`.
    pub fn directory(target_dir: &Utf8Path, profile: &Profile) -> Utf8PathBuf {
        target_dir.join(DIRECTORY).join(profile.directory())
    }

    /// Adds these artifacts to the record for `profile`, replacing those of the same packages.
    ///
    /// The file is written only if that changes it. Processes that store at the same time wait for
    /// each other.
    pub fn store(&self, target_dir: &Utf8Path, profile: &Profile) -> Result<(), ApplyError> {
        change(target_dir, profile, |record| {
            record.by_package.extend(self.by_package.clone());
            record.composed.extend(self.composed.clone());
        })
    }

    /// Takes what was composed of these callers out of the record for `profile`.
    pub fn forget_composed<'c>(
        target_dir: &Utf8Path,
        profile: &Profile,
        callers: impl IntoIterator<Item = &'c String>,
    ) -> Result<(), ApplyError> {
        change(target_dir, profile, |record| {
            for caller in callers {
                record.composed.remove(caller);
            }
        })
    }

    /// What a record holds; nothing if it is none.
    pub fn parse(bytes: Option<&[u8]>) -> Artifacts {
        serde_json::from_slice(bytes.unwrap_or_default()).unwrap_or_default()
    }

    fn emit(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("string keys and plain values");
        bytes.push(b'\n');
        bytes
    }
}

/// Writes the record for `profile` as `change` leaves it, if that is another one.
fn change(
    target_dir: &Utf8Path,
    profile: &Profile,
    change: impl FnOnce(&mut Artifacts),
) -> Result<(), ApplyError> {
    let path = record_path(target_dir, profile);
    let _lock = lock(&path.with_file_name(LOCK))?;
    let mut disk = Snapshot::new();
    if let Some(bytes) = read::file(&path)? {
        disk.insert(&path, bytes);
    }
    let mut record = Artifacts::parse(disk.get(&path));
    change(&mut record);
    let mut plan = Plan::new();
    plan.write(&disk, &path, record.emit());
    apply(&plan).map(drop)
}

fn together<'n>(packages: impl IntoIterator<Item = &'n String>) -> ContentHash {
    let packages = packages.into_iter();
    ContentHash::of_parts(packages.map(|name| (name.as_str(), &b""[..])))
}

/// Holds the lock until the answer is dropped.
fn lock(path: &Utf8Path) -> Result<File, PathError> {
    let dir = path.parent().expect("a file in a directory of ours");
    fs::create_dir_all(dir).at("create the directory", dir)?;
    let mut options = File::options();
    let file = options
        .create(true)
        .append(true)
        .open(path)
        .at("create", path)?;
    file.lock().at("lock", path)?;
    Ok(file)
}

fn record_path(target_dir: &Utf8Path, profile: &Profile) -> Utf8PathBuf {
    Artifacts::directory(target_dir, profile).join(RECORD)
}
