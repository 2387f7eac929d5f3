//! The wasm files that lie below the target directory, and how much of a composed component each stub
//! is.
//!
//! Whether a file is older than its sources is cargo's to say, and cargo is not asked. What can be told
//! is which files are missing, and whether a composed component was made of those that are there.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compose::{Inner, inner};
use golem_rpc_messages::{Artifact, ArtifactKind};
use golem_rpc_stub::names;
use golem_rpc_system::{Profile, read};

use super::super::build_steps::last_built;
use super::super::components::{Components, Files};
use super::super::composing::composed_path;
use super::super::composition::{self, Composition};
use super::super::examine::Seen;
use super::super::messages;
use crate::error::CliError;

/// The wasm files of one profile.
#[derive(Default)]
pub(super) struct Made {
    files: Vec<(Artifact, Option<String>)>,
    /// Caller and target → the bytes of the stub in the composed caller.
    adds: BTreeMap<(String, String), u64>,
}

impl Made {
    /// What lies there; nothing is missing where nothing is built at all.
    pub(super) fn read(seen: &Seen, profile: &Profile) -> Result<Made, CliError> {
        let target_dir = &seen.linked.workspace.target_directory;
        let earlier = composition::read_all(&composition::directory(target_dir, profile))?;
        let mut reading = Reading {
            seen,
            profile,
            made: Made::default(),
        };
        let files = reading.add_components()?;
        if files.is_empty() {
            reading.made.files.clear();
        }
        let composed = reading.add_composed(&files, &earlier)?;
        reading.add_left_behind(&composed, &earlier)?;
        reading.made.files.sort_by(|(a, _), (b, _)| {
            let key = |file: &Artifact| (file.package.clone(), file.kind, file.path.clone());
            key(a).cmp(&key(b))
        });
        Ok(reading.made)
    }

    /// The bytes that a link adds to the composed caller, where there is one.
    pub(super) fn adds(&self, caller: &str, target: &str) -> Option<u64> {
        let link = (caller.to_string(), target.to_string());
        self.adds.get(&link).copied()
    }

    pub(super) fn messages(&self) -> Vec<Artifact> {
        self.files.iter().map(|(file, _)| file.clone()).collect()
    }

    /// The files, each with what is wrong with it.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Artifact, Option<&str>)> {
        self.files.iter().map(|(file, why)| (file, why.as_deref()))
    }
}

struct Reading<'a> {
    seen: &'a Seen,
    profile: &'a Profile,
    made: Made,
}

impl Reading<'_> {
    /// Adds the members that are linked, and the stub crates; says which files there are.
    fn add_components(&mut self) -> Result<Files, CliError> {
        let linked = &self.seen.linked;
        let mut files = Files::new();
        for name in linked.to_build() {
            let member = linked.workspace.members.get(&name);
            if member.is_none_or(|member| member.style.is_none()) {
                continue; // its links are broken
            }
            let mut targets = linked.links.targets().into_iter();
            let kind = if targets.any(|target| names::stub_crate(target) == name) {
                ArtifactKind::Stub
            } else {
                ArtifactKind::Component
            };
            match last_built(linked, &name, self.profile)? {
                Some(file) => {
                    let bytes = read::size(&file)?.unwrap_or_default();
                    self.add(&name, messages::artifact(kind, &file, bytes), None);
                    files.insert(name, file);
                }
                None => self.add_missing(&name, kind),
            }
        }
        Ok(files)
    }

    /// Adds what is composed of callers; says where that is.
    fn add_composed(
        &mut self,
        files: &Files,
        earlier: &BTreeMap<String, Composition>,
    ) -> Result<BTreeSet<Utf8PathBuf>, CliError> {
        let callers = self.seen.linked.links.callers();
        let built = callers.into_iter().filter_map(|caller| {
            let composed = composed_path(files.get(caller)?);
            Some((caller.to_string(), composed))
        });
        let built: BTreeMap<_, _> = built.collect();
        let components = if self.seen.examined.troubles.is_empty() {
            Some(Components::read(&self.seen.linked, files, built.keys())?)
        } else {
            None
        };
        for (caller, path) in &built {
            let Some(bytes) = read::file(path)? else {
                self.add_missing(caller, ArtifactKind::Composed);
                continue;
            };
            let why = match earlier.get(caller) {
                None if inner(&bytes).is_err() => continue, // it is somebody else's
                None => Some("nothing says what it was composed of"),
                Some(earlier) if !earlier.is_content(&bytes) => {
                    Some("it was changed after it was composed")
                }
                Some(earlier) if is_of(components.as_ref(), caller, earlier) => None,
                Some(_) => Some("it was composed of other components than are there now"),
            };
            self.add_one_composed(caller, path, &bytes, why);
        }
        Ok(built.into_values().collect())
    }

    fn add_one_composed(&mut self, caller: &str, path: &Utf8Path, wasm: &[u8], why: Option<&str>) {
        let parts = inner(wasm).unwrap_or_default();
        let mut artifact = messages::artifact(ArtifactKind::Composed, path, wasm.len() as u64);
        for target in self.seen.linked.links.targets_of(caller) {
            if let Some(part) = self.part_of(target, &parts) {
                artifact.targets.push(target.to_string());
                let link = (caller.to_string(), target.to_string());
                self.made.adds.insert(link, part.range.len() as u64);
            }
        }
        self.add(caller, artifact, why);
    }

    /// Adds what was composed, and would be somewhere else now or not at all.
    fn add_left_behind(
        &mut self,
        composed: &BTreeSet<Utf8PathBuf>,
        earlier: &BTreeMap<String, Composition>,
    ) -> Result<(), CliError> {
        for (caller, composition) in earlier {
            let file = composition.wasm(&self.seen.linked.workspace.target_directory);
            if composed.contains(&file) {
                continue;
            }
            if let Some(bytes) = read::size(&file)? {
                let artifact = messages::artifact(ArtifactKind::Composed, &file, bytes);
                let why = "nothing is composed here any more";
                self.add(caller, artifact, Some(why));
            }
        }
        Ok(())
    }

    fn add_missing(&mut self, package: &str, kind: ArtifactKind) {
        let artifact = Artifact {
            path: None,
            ..messages::artifact(kind, Utf8Path::new(""), 0)
        };
        self.add(package, artifact, Some("it is missing"));
    }

    fn add(&mut self, package: &str, artifact: Artifact, why: Option<&str>) {
        let artifact = Artifact {
            package: Some(package.to_string()),
            profile: Some(self.profile.name().to_string()),
            fresh: why.is_none(),
            ..artifact
        };
        self.made.files.push((artifact, why.map(str::to_string)));
    }

    /// The part of a composed component that is the stub of a target.
    fn part_of<'p>(&self, target: &str, parts: &'p [Inner]) -> Option<&'p Inner> {
        let package = names::stub_package(self.seen.examined.packages.get(target)?);
        let prefix = format!("{}:{}/", package.namespace, package.name);
        let is_stub = |part: &&Inner| part.exports.iter().any(|name| name.starts_with(&prefix));
        parts.iter().find(is_stub)
    }
}

/// Whether a component was composed of those that are there now.
fn is_of(components: Option<&Components<'_>>, caller: &str, earlier: &Composition) -> bool {
    let inputs = components.and_then(|components| components.of(caller).ok());
    inputs.is_some_and(|inputs| earlier.is_of(&inputs.digest()))
}
