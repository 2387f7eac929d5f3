//! Members that cargo alone builds: no component section, but `wit_bindgen::generate!` in their Rust
//! code, or a word of the user's about it.
//!
//! | where the WIT is | comes from |
//! |---|---|
//! | `wit` and `world` in `[package.metadata.golem-rpc]` | the manifest; no Rust code is read |
//! | `path` and `world` of `wit_bindgen::generate!` | the code of the library, or else of the first binary |
//! | `wit` beside the manifest | the call, where it names no path |
//!
//! `target` in `[package.metadata.golem-rpc]` says what it is compiled for. The macro reads all below
//! `deps` of its directory by itself, so such a member has no entries for the packages there.

mod generate;
mod modules;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::semver::{Comparator, Op, VersionReq};
use cargo_metadata::{DependencyKind, Package, TargetKind};
use golem_rpc_plan::Snapshot;
use serde_json::Value;

use generate::{Arguments, Call};

use crate::PlainError;
use crate::members::bindings::Bindings;
use crate::members::paths::normal;
use crate::members::target::{LocalTarget, Target, WasmTarget};

/// What a manifest says about a member without a component section.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    member: String,
    dir: Utf8PathBuf,
    /// The file that a compiler begins with.
    root: Option<Utf8PathBuf>,
    /// The name by which the code knows wit-bindgen, if it depends on it.
    wit_bindgen: Option<String>,
    /// Whether its version of wit-bindgen wants to be told which imports get bindings.
    needs_all: bool,
    settings: Result<Settings, PlainError>,
}

/// `[package.metadata.golem-rpc]`
#[derive(Clone, Debug, Default)]
struct Settings {
    wit: Option<Utf8PathBuf>,
    world: Option<String>,
    target: WasmTarget,
}

/// A member that cargo alone builds.
pub(crate) struct Recognised {
    pub(crate) wasm: WasmTarget,
    pub(crate) target: Target,
    /// Where it says where its WIT is.
    pub(crate) place: String,
    /// How its bindings are generated, where its code was read.
    pub(crate) bindings: Option<Bindings>,
}

impl Plain {
    pub(crate) fn new(package: &Package, dir: &Utf8Path) -> Plain {
        let mut dependencies = package.dependencies.iter();
        let wit_bindgen =
            dependencies.find(|d| d.name == "wit-bindgen" && d.kind == DependencyKind::Normal);
        let is_bin = |kind: &TargetKind| *kind == TargetKind::Bin;
        let targets = || package.targets.iter();
        let root = targets()
            .find(|target| {
                target
                    .kind
                    .iter()
                    .any(crate::members::crate_type::is_library)
            })
            .or_else(|| targets().find(|target| target.kind.iter().any(is_bin)));
        Plain {
            member: package.name.to_string(),
            dir: dir.to_path_buf(),
            root: root.map(|target| target.src_path.clone()),
            needs_all: wit_bindgen.is_none_or(|d| !is_before_generate_all(&d.req)),
            wit_bindgen: wit_bindgen.map(|d| {
                let name = d.rename.as_ref().unwrap_or(&d.name);
                name.replace('-', "_")
            }),
            settings: Settings::read(
                package.metadata.get("golem-rpc"),
                &package.manifest_path,
                dir,
            ),
        }
    }

    /// The directory of the code that tells where the WIT is, where the manifest does not.
    pub(crate) fn source_dir(&self) -> Option<&Utf8Path> {
        let settings = self.settings.as_ref().ok()?;
        match settings.wit {
            None if self.wit_bindgen.is_some() => self.root.as_deref()?.parent(),
            _ => None,
        }
    }

    /// Whether its code can call wit-bindgen's macro.
    pub(crate) fn has_macro(&self) -> bool {
        self.wit_bindgen.is_some()
    }

    /// What can be said without a look at the code.
    pub(crate) fn by_manifest(&self) -> Option<Recognised> {
        let wasm = self
            .settings
            .as_ref()
            .map_or_else(|_| WasmTarget::default(), |s| s.target);
        let target = match &self.settings {
            Err(error) => Target::Refused(error.clone()),
            Ok(Settings { wit, world, .. }) => Target::Local(LocalTarget {
                wit_root: wit.clone()?,
                world: world.clone(),
                dependencies: Default::default(),
            }),
        };
        Some(Recognised {
            wasm,
            target,
            place: "`wit` in [package.metadata.golem-rpc]".to_string(),
            bindings: None,
        })
    }

    /// What its code says; none if it has no bindings generated.
    pub(crate) fn by_code(&self, code: &Snapshot) -> Option<Recognised> {
        let (root, krate) = (self.root.as_deref()?, self.wit_bindgen.as_deref()?);
        let dir = root.parent().unwrap_or(root);
        let mentions = |content: &[u8]| content.windows(8).any(|word| word == b"generate");
        if !code.under(dir).any(|(_, content)| mentions(content)) {
            return None;
        }
        let calls = modules::calls(root, krate, code);
        let (place, target, bindings) = match self.target(calls) {
            Ok(None) => return None,
            Ok(Some((place, local, bindings))) => {
                let target = Target::Local(local);
                (
                    format!(" ({place})"),
                    target,
                    self.needs_all.then_some(bindings),
                )
            }
            Err(error) => (String::new(), Target::Refused(error), None),
        };
        Some(Recognised {
            wasm: self
                .settings
                .as_ref()
                .map_or_else(|_| WasmTarget::default(), |s| s.target),
            target,
            place: format!("`path` of `wit_bindgen::generate!`{place}"),
            bindings,
        })
    }

    fn target(
        &self,
        calls: Result<Vec<Call>, PlainError>,
    ) -> Result<Option<(String, LocalTarget, Bindings)>, PlainError> {
        let mut calls = calls?.into_iter();
        let Some(call) = calls.next() else {
            return Ok(None);
        };
        let member = self.member.clone();
        if let Some(second) = calls.next() {
            return Err(PlainError::Several {
                member,
                first: call.place,
                second: second.place,
            });
        }
        let Arguments {
            path,
            world,
            bindings,
        } = call.arguments(member)?;
        let path = path.unwrap_or_else(|| "wit".to_string());
        let settings = self.settings.clone()?;
        let local = LocalTarget {
            wit_root: normal(&self.dir.join(path)),
            world: settings.world.or(world),
            dependencies: Default::default(),
        };
        Ok(Some((call.place, local, bindings)))
    }
}

impl Settings {
    fn read(
        table: Option<&Value>,
        manifest: &Utf8Path,
        dir: &Utf8Path,
    ) -> Result<Settings, PlainError> {
        let text = |key: &'static str| match table.and_then(|table| table.get(key)) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(wrong(manifest, key, "a string")),
        };
        let target = match text("target")?.as_deref() {
            None => WasmTarget::default(),
            Some("wasm32-wasip1") => WasmTarget::Wasip1,
            Some("wasm32-wasip2") => WasmTarget::Wasip2,
            Some(_) => {
                return Err(wrong(
                    manifest,
                    "target",
                    "`wasm32-wasip2` or `wasm32-wasip1`",
                ));
            }
        };
        Ok(Settings {
            wit: text("wit")?.map(|wit| normal(&dir.join(wit))),
            world: text("world")?,
            target,
        })
    }
}

/// Whether a requirement of wit-bindgen is met by versions below 0.27 alone, which make bindings of all
/// that a world imports.
fn is_before_generate_all(required: &VersionReq) -> bool {
    let is_before = |c: &Comparator| {
        let is_one_minor = !matches!(c.op, Op::Greater | Op::GreaterEq | Op::Wildcard);
        is_one_minor && c.major == 0 && c.minor.is_some_and(|minor| minor < 27)
    };
    required.comparators.iter().any(is_before)
}

fn wrong(manifest: &Utf8Path, key: &'static str, expected: &'static str) -> PlainError {
    PlainError::Setting {
        manifest: manifest.to_path_buf(),
        key,
        expected,
    }
}
