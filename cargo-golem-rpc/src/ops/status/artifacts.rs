//! What the last build made, whether it is what a build now would make, and how much of a composed
//! component each stub is.
//!
//! A composed component holds the components that it was composed of as they were, byte for byte.
//! So the bytes that a link adds are those of the stub in there, and a composed component is out of
//! date if what is in there is not what lies beside it now.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_compose::{Inner, inner};
use golem_rpc_messages::{Artifact, ArtifactKind};
use golem_rpc_stub::names;
use golem_rpc_system::{Profile, read};
use golem_rpc_workspace::StubBackend;

use super::super::compose::composed_path;
use super::super::compose_callers::parts;
use super::super::examine::Seen;
use super::super::members::{Built, Wasm};
use super::super::stubs;
use crate::error::CliError;

const GONE: &str = "the file is gone";
const CHANGED: &str = "it was changed after it was composed";

/// The wasm files of one profile.
pub(super) struct Made {
    files: Vec<(Artifact, Option<String>)>,
    /// Caller and target → the bytes of the stub in the composed caller.
    adds: BTreeMap<(String, String), u64>,
}

impl Made {
    pub(super) fn read(seen: &Seen, profile: &Profile) -> Result<Made, CliError> {
        let built = Built::load(&seen.linked, profile, [])?;
        let mut reading = Reading {
            seen,
            profile,
            current: BTreeMap::new(),
            made: Made {
                files: Vec::new(),
                adds: BTreeMap::new(),
            },
        };
        for (package, path) in built.packages() {
            reading.add_component(&built, package, path)?;
        }
        reading.add_all_composed(&built)?;
        reading.add_recorded(&built)?;
        reading.made.files.sort_by(|(a, _), (b, _)| {
            let key = |file: &Artifact| (file.package.clone(), file.path.clone());
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

    /// The files, each with the reason why it is not what would be made now.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Artifact, Option<&str>)> {
        self.files.iter().map(|(file, why)| (file, why.as_deref()))
    }
}

struct Reading<'a> {
    seen: &'a Seen,
    profile: &'a Profile,
    /// The components that are up to date, by package.
    current: BTreeMap<String, Wasm>,
    made: Made,
}

impl Reading<'_> {
    fn add_component(
        &mut self,
        built: &Built<'_>,
        package: &str,
        path: Utf8PathBuf,
    ) -> Result<(), CliError> {
        let workspace = &self.seen.linked.workspace;
        if !workspace.members.contains_key(package) {
            return Ok(()); // it was one when it was built
        }
        let bytes = read::size(&path)?.unwrap_or_default();
        let why = match built.wasm(package) {
            Ok(wasm) => {
                self.current.insert(package.to_string(), wasm);
                None
            }
            Err(CliError::Stale { why, .. }) => Some(why),
            Err(CliError::NotBuilt { .. }) => Some(GONE.to_string()),
            Err(error) => return Err(error),
        };
        let mut targets = self.seen.linked.links.targets().into_iter();
        let is_stub = targets.any(|target| names::stub_crate(target) == package);
        let kind = match is_stub {
            true => ArtifactKind::Stub,
            false => ArtifactKind::Component,
        };
        self.add(package, kind, path, bytes, Vec::new(), why);
        Ok(())
    }

    fn add(
        &mut self,
        package: &str,
        kind: ArtifactKind,
        path: Utf8PathBuf,
        bytes: u64,
        targets: Vec<String>,
        why: Option<String>,
    ) {
        let artifact = Artifact {
            package: Some(package.to_string()),
            kind,
            path: Some(path.to_string()),
            bytes,
            profile: Some(self.profile.name().to_string()),
            targets,
            fresh: why.is_none(),
        };
        self.made.files.push((artifact, why));
    }

    fn add_all_composed(&mut self, built: &Built<'_>) -> Result<(), CliError> {
        let callers = self.seen.linked.links.callers();
        let mut composed = BTreeMap::new();
        for (package, path) in built.packages() {
            let path = composed_path(&path);
            if callers.contains(package)
                && let Some(bytes) = read::file(&path)?
            {
                composed.insert(package.to_string(), Wasm { path, bytes });
            }
        }
        let emitted = self.emitted(composed.keys())?;
        for (caller, wasm) in composed {
            // What is no component is somebody else's.
            if let Ok(parts) = inner(&wasm.bytes) {
                self.add_composed(built, &caller, wasm, &parts, &emitted);
            }
        }
        Ok(())
    }

    /// The stubs that are in no file, of all that these callers call; none where there are some that
    /// cannot be made.
    fn emitted<'c>(
        &self,
        callers: impl Iterator<Item = &'c String>,
    ) -> Result<BTreeMap<String, Wasm>, CliError> {
        match self.seen.examined.troubles.is_empty() {
            true => stubs::components(&self.seen.linked, callers),
            false => Ok(BTreeMap::new()),
        }
    }

    /// What was composed, and is not there as a component of a caller.
    fn add_recorded(&mut self, built: &Built<'_>) -> Result<(), CliError> {
        let callers = self.seen.linked.links.callers();
        for (caller, composed, path) in built.compositions() {
            let mut files = self.made.files.iter();
            if files.any(|(file, _)| file.path.as_deref() == Some(path.as_str())) {
                continue;
            }
            let content = read::file(&path)?;
            let why = match &content {
                _ if !callers.contains(caller.as_str()) => {
                    if content.is_none() {
                        continue;
                    }
                    format!("there is no link of `{caller}` any more")
                }
                None => GONE.to_string(),
                Some(content) if !composed.is_content(content) => CHANGED.to_string(),
                Some(_) => format!("the component of `{caller}` is another file now"),
            };
            let bytes = content.unwrap_or_default().len() as u64;
            let kind = ArtifactKind::Composed;
            self.add(caller, kind, path, bytes, Vec::new(), Some(why));
        }
        Ok(())
    }

    /// Why a composed component is not what `compose` has written and would write again, as far as
    /// the record tells.
    fn recorded(
        &self,
        built: &Built<'_>,
        caller: &str,
        wasm: &Wasm,
        emitted: &BTreeMap<String, Wasm>,
    ) -> Option<String> {
        let composed = built.composed(caller)?;
        if !composed.is_content(&wasm.bytes) {
            return Some(CHANGED.to_string());
        }
        let targets = self.seen.linked.links.targets_of(caller).into_iter();
        let stubs = targets.map(|target| Some((target, self.stub_now(target, emitted)?)));
        let stubs: Vec<_> = stubs.collect::<Option<_>>()?;
        let parts = parts(self.current.get(caller)?, &stubs);
        (!composed.is_of(&parts)).then(|| "it was composed of other components".to_string())
    }

    fn stub_now<'s>(
        &'s self,
        target: &str,
        emitted: &'s BTreeMap<String, Wasm>,
    ) -> Option<&'s Wasm> {
        match self.seen.linked.options.get(target).backend {
            StubBackend::Crate => self.current.get(&names::stub_crate(target)),
            StubBackend::Component => emitted.get(target),
        }
    }

    fn add_composed(
        &mut self,
        built: &Built<'_>,
        caller: &str,
        wasm: Wasm,
        parts: &[Inner],
        emitted: &BTreeMap<String, Wasm>,
    ) {
        let mut targets = Vec::new();
        let mut why = None;
        let mut own: BTreeSet<usize> = (0..parts.len()).collect();
        for target in self.seen.linked.links.targets_of(caller) {
            let Some(number) = self.part_of(target, parts) else {
                continue;
            };
            own.remove(&number);
            let bytes = &wasm.bytes[parts[number].range.clone()];
            targets.push(target.to_string());
            let link = (caller.to_string(), target.to_string());
            self.made.adds.insert(link, bytes.len() as u64);
            let now = self.stub_now(target, emitted);
            if now.is_none_or(|now| now.bytes != bytes) {
                why = why.or_else(|| Some(format!("another stub of `{target}` is in it")));
            }
        }
        let mut bodies = own
            .iter()
            .map(|number| &wasm.bytes[parts[*number].range.clone()]);
        let is_current = self
            .current
            .get(caller)
            .is_some_and(|now| now.bytes == wasm.bytes || bodies.any(|bytes| bytes == now.bytes));
        if !is_current {
            why = Some(format!("another `{caller}` is in it"));
        }
        let why = why.or_else(|| self.recorded(built, caller, &wasm, emitted));
        let bytes = wasm.bytes.len() as u64;
        self.add(
            caller,
            ArtifactKind::Composed,
            wasm.path,
            bytes,
            targets,
            why,
        );
    }

    /// Which part of a composed component is the stub of a target.
    fn part_of(&self, target: &str, parts: &[Inner]) -> Option<usize> {
        let package = names::stub_package(self.seen.examined.packages.get(target)?);
        let prefix = format!("{}:{}/", package.namespace, package.name);
        let is_stub = |part: &Inner| part.exports.iter().any(|name| name.starts_with(&prefix));
        parts.iter().position(is_stub)
    }
}
