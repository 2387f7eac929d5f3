//! A member of a workspace, how it becomes a component, and where its WIT is.
//!
//! A target that cannot be read is an error when it is asked for. Members without a component section are the subject
//! of the module `cargo_built`.

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::Package;
use serde_json::Value;

use super::bindings::Bindings;
use super::cargo_built::{CargoBuilt, Recognised};
use super::crate_type::{self, is_library};
use super::target::{LocalTarget, Style, Target};
use crate::{CrateError, WorkspaceError};

/// A package of the workspace.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its package name.
    pub name: String,
    /// Its directory.
    pub dir: Utf8PathBuf,
    /// Its manifest.
    pub manifest: Utf8PathBuf,
    /// The name of its library, after which its wasm is named; none if it has no library.
    pub lib: Option<String>,
    /// The kind of its library, if cargo builds no wasm from it.
    pub(crate) no_wasm: Option<String>,
    /// How it becomes a component; none if it is none.
    pub style: Option<Style>,
    /// Where its WIT is.
    pub target: Target,
    /// The setting that says where its WIT is, as hints name it.
    pub(crate) wit_place: String,
    /// What its manifest says where it has no component section.
    pub(crate) cargo_built: Option<CargoBuilt>,
    /// How its bindings are generated, where that is known.
    pub(crate) bindings: Option<Bindings>,
}

impl Member {
    /// Makes it a component of cargo-component's whose WIT is `target`.
    pub fn point_to(&mut self, target: LocalTarget) {
        self.style = Some(Style::CargoComponent);
        self.cargo_built = None;
        self.target = Target::Local(target);
    }

    pub(crate) fn new(package: &Package) -> Member {
        let mut libs = package.targets.iter();
        let lib = libs.find(|target| target.kind.iter().any(is_library));
        let section = package.metadata.get("component");
        let mut member = Member::with(&package.name, &package.manifest_path, section);
        member.lib = lib.map(|target| target.name.clone());
        member.no_wasm = crate_type::no_wasm(package);
        if section.is_none() {
            let built = CargoBuilt::new(package, &member.dir);
            member.recognise(built.by_manifest());
            member.cargo_built = Some(built);
        }
        member
    }

    /// The member that a manifest with this component section describes.
    fn with(name: &str, manifest: &Utf8Path, section: Option<&Value>) -> Member {
        let dir = manifest.parent().unwrap_or(Utf8Path::new("/"));
        Member {
            name: name.to_string(),
            lib: None,
            no_wasm: None,
            style: section.map(|_| Style::CargoComponent),
            target: Target::new(section.and_then(|section| section.get("target")), dir),
            wit_place: "`path` in [package.metadata.component.target]".to_string(),
            bindings: section.map(Bindings::of_section),
            dir: dir.to_path_buf(),
            manifest: manifest.to_path_buf(),
            cargo_built: None,
        }
    }

    /// Takes in what is known of it as a member that cargo alone builds.
    pub(crate) fn recognise(&mut self, known: Option<Recognised>) {
        if let Some(known) = known {
            self.style = Some(Style::Cargo(known.wasm));
            self.target = known.target;
            self.wit_place = known.place;
            self.bindings = known.bindings;
        }
    }

    /// The package that the text of a manifest describes, as far as that can be told without cargo:
    /// of its library nothing is. None if it describes no package.
    pub fn of_text(manifest: &Utf8Path, text: &str) -> Option<Member> {
        let toml: Value = toml_edit::de::from_str(text).ok()?;
        let package = toml.get("package")?;
        let section = package.get("metadata").and_then(|m| m.get("component"));
        let name = package.get("name")?.as_str()?;
        Some(Member::with(name, manifest, section))
    }

    /// The same member, where a text does not tell where its WIT is: as it is with `now`, what it has
    /// become.
    pub fn completed(self, now: &Member) -> Member {
        let (Target::Local(local), None, Some(Style::Cargo(_))) =
            (&now.target, self.style, now.style)
        else {
            return self;
        };
        let mut local = local.clone();
        if let Ok(below) = local.wit_root.strip_prefix(&now.dir) {
            local.wit_root = self.dir.join(below);
        }
        Member {
            style: now.style,
            target: Target::Local(local),
            ..self
        }
    }

    /// Whether it is a component, built in whichever way.
    pub fn is_component(&self) -> bool {
        self.style.is_some()
    }

    /// Its WIT in files.
    ///
    /// # Errors
    /// If the WIT is in a registry, or the manifest is not one that cargo-component reads.
    pub fn local(&self) -> Result<&LocalTarget, WorkspaceError> {
        let (member, manifest) = (self.name.clone(), self.manifest.clone());
        match &self.target {
            Target::Local(local) => Ok(local),
            Target::Registry(package) => Err(WorkspaceError::RegistryTarget {
                member,
                manifest,
                package: package.clone(),
            }),
            Target::Broken(message) => Err(WorkspaceError::BrokenComponent {
                member,
                manifest,
                message: message.clone(),
            }),
            Target::Refused(error) => Err(error.clone().into()),
        }
    }
}

impl Member {
    /// Checks that it is a component, or will be one when it is built.
    ///
    /// # Errors
    /// If it is none.
    pub fn check_component(&self) -> Result<(), CrateError> {
        let (member, manifest) = (self.name.clone(), self.manifest.clone());
        let has_macro = self.cargo_built.as_ref().is_some_and(CargoBuilt::has_macro);
        match &self.no_wasm {
            Some(kinds) => Err(CrateError::NoWasm {
                member,
                manifest,
                kinds: kinds.clone(),
                is_component: self.is_component(),
                has_macro,
            }),
            None if !self.is_component() => Err(CrateError::NoComponent {
                member,
                manifest,
                has_macro,
            }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_tells() {
        let of = |text: &str| Member::of_text(Utf8Path::new("/w/a/Cargo.toml"), text);
        let text = "[package]\nname = \"a\"\n[package.metadata.component.target]\npath = \"idl\"\n";
        let member = of(text).unwrap();
        assert_eq!((member.name.as_str(), member.is_component()), ("a", true));
        assert_eq!(member.local().unwrap().wit_root, "/w/a/idl");
        assert!(of("[workspace]\n").is_none() && of("[package").is_none());
    }
}
