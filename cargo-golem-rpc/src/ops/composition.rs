//! What a caller was composed of, kept below the target directory: it is composed again only if one
//! of its parts has other bytes now.
//!
//! Each caller has a file of its own, `golem-rpc/<profile>/<caller>.json`. It is a cache: one that
//! cannot be parsed counts as none.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{ContentHash, Plan, Snapshot};
use golem_rpc_system::{Profile, apply, read};
use serde::{Deserialize, Serialize};

use crate::error::CliError;

/// The directory below the target directory that is ours: in it, one for each profile.
pub(super) const DIRECTORY: &str = "golem-rpc";

/// A composed component that was written.
#[derive(Serialize, Deserialize)]
pub(super) struct Composition {
    /// The file, relative to the target directory where it lies in it.
    wasm: Utf8PathBuf,
    /// The hash of what it was composed of.
    parts: String,
    /// The hash of the file.
    content: String,
    /// Whether there was something to warn of.
    has_warnings: bool,
}

impl Composition {
    pub(super) fn new(
        target_dir: &Utf8Path,
        wasm: &Utf8Path,
        parts: &ContentHash,
        content: &[u8],
        has_warnings: bool,
    ) -> Composition {
        Composition {
            wasm: wasm.strip_prefix(target_dir).unwrap_or(wasm).to_path_buf(),
            parts: parts.to_string(),
            content: ContentHash::of(content).to_string(),
            has_warnings,
        }
    }

    /// What a file of ours says; none if it does not.
    pub(super) fn parse(bytes: &[u8]) -> Option<Composition> {
        serde_json::from_slice(bytes).ok()
    }

    /// The path of the file.
    pub(super) fn wasm(&self, target_dir: &Utf8Path) -> Utf8PathBuf {
        target_dir.join(&self.wasm)
    }

    /// Whether a file with this content is what was written.
    pub(super) fn is_content(&self, content: &[u8]) -> bool {
        ContentHash::of(content).as_str() == self.content
    }

    /// Whether it was made of parts with this digest.
    pub(super) fn is_of(&self, parts: &ContentHash) -> bool {
        self.parts == parts.as_str()
    }

    /// Whether there was something to warn of, which is to be said each time.
    pub(super) fn has_warnings(&self) -> bool {
        self.has_warnings
    }
}

/// Where what we make of members in `profile` goes, below `target_dir`.
pub(super) fn directory(target_dir: &Utf8Path, profile: &Profile) -> Utf8PathBuf {
    target_dir.join(DIRECTORY).join(profile.directory())
}

/// What was composed, by caller, as the files in `directory` say.
pub(super) fn read_all(directory: &Utf8Path) -> Result<BTreeMap<String, Composition>, CliError> {
    let files = read::tree(directory, |path| {
        path.components().count() == 1 && path.extension() == Some("json")
    })?;
    let parse = |(path, bytes): (&Utf8Path, &[u8])| {
        Some((path.file_stem()?.to_string(), Composition::parse(bytes)?))
    };
    Ok(files.iter().filter_map(parse).collect())
}

/// Keeps what was composed of these callers, and forgets it of those that have nothing.
pub(super) fn record(
    directory: &Utf8Path,
    composed: &BTreeMap<&str, Option<Composition>>,
) -> Result<(), CliError> {
    let (mut disk, mut plan) = (Snapshot::new(), Plan::new());
    for (caller, composition) in composed {
        let file = directory.join(caller).with_added_extension("json");
        if let Some(bytes) = read::file(&file)? {
            disk.insert(&file, bytes);
        }
        match composition {
            Some(composition) => {
                let json = serde_json::to_string_pretty(composition);
                let json = json.expect("strings and a flag") + "\n";
                plan.write(&disk, &file, json);
            }
            None => plan.remove(&disk, &file),
        }
    }
    apply(&plan)?;
    Ok(())
}
