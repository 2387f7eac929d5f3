//! What the last build made: package → wasm file, written down below the target directory.
//!
//! The build step learns the paths from cargo's messages and stores them here, so that composing
//! needs neither a second build nor a guess at `target/wasm32-…`. A record is a cache: one that
//! does not parse counts as none.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{ContentHash, Plan, Snapshot};
use serde::{Deserialize, Serialize};

use crate::error::{At, PathError};
use crate::{ApplyError, Profile, apply, read};

/// The artifacts of one profile by package name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifacts {
    /// Package name → its component.
    pub by_package: BTreeMap<String, Artifact>,
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
        })
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

impl Artifacts {
    /// The record for `profile` below `target_dir`; empty if there is none.
    pub fn load(target_dir: &Utf8Path, profile: &Profile) -> Result<Artifacts, PathError> {
        let bytes = read::file(&record_path(target_dir, profile))?;
        Ok(Artifacts::parse(bytes.as_deref()))
    }

    /// Adds these artifacts to the record for `profile`, replacing those of the same packages.
    ///
    /// The file is written only if that changes it. Processes that store at the same time wait for
    /// each other.
    pub fn store(&self, target_dir: &Utf8Path, profile: &Profile) -> Result<(), ApplyError> {
        let path = record_path(target_dir, profile);
        let _lock = lock(&path.with_extension("lock"))?;
        let mut disk = Snapshot::new();
        if let Some(bytes) = read::file(&path)? {
            disk.insert(&path, bytes);
        }
        let mut merged = Artifacts::parse(disk.get(&path));
        merged.by_package.extend(self.by_package.clone());
        let mut plan = Plan::new();
        plan.write(&disk, &path, merged.emit());
        apply(&plan).map(drop)
    }

    fn parse(bytes: Option<&[u8]>) -> Artifacts {
        serde_json::from_slice(bytes.unwrap_or_default()).unwrap_or_default()
    }

    fn emit(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("string keys and plain values");
        bytes.push(b'\n');
        bytes
    }
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
    let dir = target_dir.join("golem-rpc").join(profile.directory());
    dir.join("artifacts.json")
}
