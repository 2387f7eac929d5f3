//! The components that callers are composed of: files that cargo has built, and stubs that are made
//! here from their target's WIT.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compose::{Input, encode, is_module};
use golem_rpc_plan::ContentHash;
use golem_rpc_stub::{Stub, names};
use golem_rpc_system::read;
use golem_rpc_workspace::StubBackend;

use super::links::Linked;
use super::stubs::emit;
use crate::error::CliError;

/// Package name → the file of its component.
pub(super) type Files = BTreeMap<String, Utf8PathBuf>;

/// A component.
pub(super) struct Wasm {
    /// Its file; of a stub that is in no file, the directory of its WIT.
    pub(super) path: Utf8PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// The components of some members and of the stubs of all that they call.
pub(super) struct Components<'a> {
    linked: &'a Linked,
    /// By package, as far as they are built.
    packages: BTreeMap<String, Wasm>,
    /// Stubs without a crate, by target.
    stubs: BTreeMap<String, Wasm>,
}

/// What a caller is composed of.
pub(super) struct Inputs<'a> {
    pub(super) source: &'a Wasm,
    /// By target.
    pub(super) stubs: Vec<(&'a str, &'a Wasm)>,
}

impl<'a> Components<'a> {
    pub(super) fn read<'c>(
        linked: &'a Linked,
        files: &Files,
        members: impl IntoIterator<Item = &'c String> + Clone,
    ) -> Result<Components<'a>, CliError> {
        let stubs = stub_components(linked, members.clone())?;
        let mut names = BTreeSet::new();
        for member in members {
            let targets = linked.links.targets_of(member).into_iter();
            names.extend(targets.map(names::stub_crate));
            names.insert(member.clone());
        }
        let mut packages = BTreeMap::new();
        for (name, path) in files.iter().filter(|(name, _)| names.contains(*name)) {
            if let Some(bytes) = read::file(path)? {
                let bytes = component(path, bytes)?;
                let path = path.clone();
                packages.insert(name.clone(), Wasm { path, bytes });
            }
        }
        Ok(Components {
            linked,
            packages,
            stubs,
        })
    }

    /// What a member is composed of: itself, and the stubs of all that it calls.
    pub(super) fn of(&'a self, member: &str) -> Result<Inputs<'a>, CliError> {
        let stub = |target: &'a str| match self.stubs.get(target) {
            Some(stub) => Ok((target, stub)),
            None => Ok((target, self.package(&names::stub_crate(target))?)),
        };
        let targets = self.linked.links.targets_of(member).into_iter();
        Ok(Inputs {
            source: self.package(member)?,
            stubs: targets.map(stub).collect::<Result<_, CliError>>()?,
        })
    }

    fn package(&self, name: &str) -> Result<&Wasm, CliError> {
        let package = self.packages.get(name);
        package.ok_or_else(|| CliError::NotBuilt {
            member: name.to_string(),
        })
    }
}

/// The stubs that are not compiled, of all that these callers call, by target.
fn stub_components<'a>(
    linked: &Linked,
    callers: impl IntoIterator<Item = &'a String>,
) -> Result<BTreeMap<String, Wasm>, CliError> {
    let is_component = |target: &&str| linked.options.get(target).backend == StubBackend::Component;
    let targets = callers
        .into_iter()
        .flat_map(|caller| linked.links.targets_of(caller));
    let targets: BTreeSet<&str> = targets.filter(is_component).collect();
    if targets.is_empty() {
        return Ok(BTreeMap::new());
    }
    let disk = linked.snapshot_of_all()?;
    let stubs = linked.targets().derive_only(&targets, &disk)?;
    let component = |(target, stub): (String, Stub)| {
        let bytes = emit(&stub, &target)?;
        let path = linked.workspace.stub_dir(linked.workspace.linked(&target)?);
        Ok((target, Wasm { path, bytes }))
    };
    stubs.into_iter().map(component).collect()
}

/// A file's component: where the build of another member has failed, cargo-component has not come to
/// make one of the module.
fn component(path: &Utf8Path, wasm: Vec<u8>) -> Result<Vec<u8>, CliError> {
    if !is_module(&wasm) {
        return Ok(wasm);
    }
    Ok(encode(Input {
        name: path.as_str(),
        wasm: &wasm,
    })?)
}

impl Inputs<'_> {
    /// The hash of all bytes.
    pub(super) fn digest(&self) -> ContentHash {
        let version = ("", env!("CARGO_PKG_VERSION").as_bytes());
        let caller = ("", self.source.bytes.as_slice());
        let stubs = self.stubs.iter();
        let stubs = stubs.map(|(target, stub)| (*target, stub.bytes.as_slice()));
        ContentHash::of_parts([version, caller].into_iter().chain(stubs))
    }
}
