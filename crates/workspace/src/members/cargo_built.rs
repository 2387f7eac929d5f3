//! Members that cargo builds without cargo-component: no component section, but `wit_bindgen::generate!` in their
//! Rust code, or `wit` in `[package.metadata.golem-rpc]`.
//!
//! | where the WIT is | comes from |
//! |---|---|
//! | `wit` and `world` in `[package.metadata.golem-rpc]` | the manifest; no Rust code is read |
//! | `path` and `world` of `wit_bindgen::generate!` | the code of the library, or else of the first binary |
//! | `wit` beside the manifest | the call, where it names no path |
//!
//! `target` in `[package.metadata.golem-rpc]` says what it is compiled for. The macro reads all below
//! `deps` of its directory by itself, so such a member has no entries for the packages there.

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::semver::{Comparator, Op, VersionReq};
use cargo_metadata::{DependencyKind, Package, TargetKind};
use golem_rpc_plan::Snapshot;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bindings::Bindings;
use super::crate_type::is_library;
use super::generate::{self, Call};
use super::paths::normal;
use super::target::{LocalTarget, Target, WasmTarget};
use crate::PlainError;

/// What a manifest without a component section says.
#[derive(Clone, Debug)]
pub(crate) struct CargoBuilt {
    member: String,
    dir: Utf8PathBuf,
    /// The file that a compiler begins with.
    root: Option<Utf8PathBuf>,
    /// The name by which the code knows wit-bindgen, if it depends on it.
    wit_bindgen: Option<String>,
    /// Whether its version of wit-bindgen has to be told which imports get bindings.
    needs_all: bool,
    settings: Result<Settings, PlainError>,
}

/// `[package.metadata.golem-rpc]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Settings {
    wit: Option<Utf8PathBuf>,
    world: Option<String>,
    target: WasmTarget,
}

/// What is known of a member that cargo builds without cargo-component.
pub(crate) struct Recognised {
    pub(crate) wasm: WasmTarget,
    pub(crate) target: Target,
    /// What says where its WIT is.
    pub(crate) place: String,
    /// How its bindings are generated, if its code was read.
    pub(crate) bindings: Option<Bindings>,
}

impl CargoBuilt {
    pub(crate) fn new(package: &Package, dir: &Utf8Path) -> CargoBuilt {
        let mut dependencies = package.dependencies.iter();
        let wit_bindgen =
            dependencies.find(|d| d.name == "wit-bindgen" && d.kind == DependencyKind::Normal);
        let first = |is: fn(&TargetKind) -> bool| {
            let mut targets = package.targets.iter();
            targets.find(|target| target.kind.iter().any(is))
        };
        let root = first(is_library).or_else(|| first(|kind| *kind == TargetKind::Bin));
        CargoBuilt {
            member: package.name.to_string(),
            dir: dir.to_path_buf(),
            root: root.map(|target| target.src_path.clone()),
            needs_all: wit_bindgen.is_none_or(|d| !is_before_generate_all(&d.req)),
            wit_bindgen: wit_bindgen.map(|d| {
                let name = d.rename.as_ref().unwrap_or(&d.name);
                name.replace('-', "_")
            }),
            settings: Settings::read(&package.metadata["golem-rpc"], &package.manifest_path),
        }
    }

    /// The directory of the code that tells where the WIT is, if the manifest does not.
    pub(crate) fn source_dir(&self) -> Option<&Utf8Path> {
        let is_told = self.settings.as_ref().map_or(true, |s| s.wit.is_some());
        let is_read = !is_told && self.wit_bindgen.is_some();
        self.root.as_deref()?.parent().filter(|_| is_read)
    }

    /// Whether its code can call wit-bindgen's macro.
    pub(crate) fn has_macro(&self) -> bool {
        self.wit_bindgen.is_some()
    }

    /// What can be said without a look at the code.
    pub(crate) fn by_manifest(&self) -> Option<Recognised> {
        let target = match &self.settings {
            Ok(settings) => self.local(settings.wit.as_deref()?, None),
            Err(error) => Err(error.clone()),
        };
        let target = target.unwrap_or_else(Target::Refused);
        let place = "`wit` in [package.metadata.golem-rpc]".to_string();
        Some(self.recognised(target, place, None))
    }

    /// What its code says; none if it has no bindings generated.
    pub(crate) fn by_code(&self, code: &Snapshot) -> Option<Recognised> {
        let (root, krate) = (self.root.as_deref()?, self.wit_bindgen.as_deref()?);
        let mentions = |content: &[u8]| content.windows(8).any(|word| word == b"generate");
        let mut files = code.under(root.parent().unwrap_or(root));
        if !files.any(|(_, content)| mentions(content)) {
            return None;
        }
        match self.only_call(generate::calls(root, krate, code)) {
            Ok(call) => call,
            Err(error) => {
                let place = "`path` of `wit_bindgen::generate!`".to_string();
                Some(self.recognised(Target::Refused(error), place, None))
            }
        }
    }

    fn only_call(
        &self,
        calls: Result<Vec<Call>, PlainError>,
    ) -> Result<Option<Recognised>, PlainError> {
        let (member, calls) = (self.member.clone(), calls?);
        let call = match &calls[..] {
            [] => return Ok(None),
            [call] => call,
            [first, second, ..] => {
                return Err(PlainError::Several {
                    member,
                    first: first.place.clone(),
                    second: second.place.clone(),
                });
            }
        };
        let said = call.arguments(member)?;
        let path = said.path.unwrap_or_else(|| "wit".to_string());
        let target = self.local(path.as_ref(), said.world)?;
        let place = format!("`path` of `wit_bindgen::generate!` ({})", call.place);
        let bindings = self.needs_all.then_some(said.bindings);
        Ok(Some(self.recognised(target, place, bindings)))
    }

    /// WIT in files; the manifest's world comes first.
    fn local(&self, path: &Utf8Path, world: Option<String>) -> Result<Target, PlainError> {
        let settings = self.settings.clone()?;
        Ok(Target::Local(LocalTarget {
            wit_root: normal(&self.dir.join(path)),
            world: settings.world.or(world),
            dependencies: Default::default(),
        }))
    }

    fn recognised(&self, target: Target, place: String, bindings: Option<Bindings>) -> Recognised {
        let settings = self.settings.as_ref();
        Recognised {
            wasm: settings.map_or_else(|_| WasmTarget::default(), |settings| settings.target),
            target,
            place,
            bindings,
        }
    }
}

impl Settings {
    fn read(table: &Value, manifest: &Utf8Path) -> Result<Settings, PlainError> {
        // One by one, so that an error names the key.
        for (key, value) in table.as_object().into_iter().flatten() {
            let read = serde_json::from_value::<Settings>(json!({ key: value }));
            read.map_err(|error| PlainError::Setting {
                manifest: manifest.to_path_buf(),
                key: key.clone(),
                message: error
                    .to_string()
                    .replacen("unknown variant", "unknown value", 1),
            })?;
        }
        Ok(Settings::deserialize(table).unwrap_or_default())
    }
}

/// Whether a requirement of wit-bindgen is met by versions below 0.27 alone, which generate bindings of all
/// that a world imports.
fn is_before_generate_all(required: &VersionReq) -> bool {
    let is_before = |c: &Comparator| {
        let is_one_minor = !matches!(c.op, Op::Greater | Op::GreaterEq | Op::Wildcard);
        is_one_minor && c.major == 0 && c.minor.is_some_and(|minor| minor < 27)
    };
    required.comparators.iter().any(is_before)
}
