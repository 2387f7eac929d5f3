//! A member of a workspace, how it becomes a component, and where its WIT is.
//!
//! The shape of `[package.metadata.component]` is cargo-component's; only the target is read here,
//! and one that cannot be read is an error when somebody asks for it, not before. Members without
//! that table are the subject of the module `plain`.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::{Package, TargetKind};
use golem_rpc_plan::Snapshot;
use serde::Deserialize;
use serde_json::Value;

use crate::bindings::Bindings;
use crate::paths::normal;
use crate::plain::{Plain, Recognised};
use crate::{PlainError, WasmTarget, WorkspaceError, crate_type};

/// What names the WIT of a member with a component section.
const COMPONENT_PLACE: &str = "`path` in [package.metadata.component.target]";

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
    /// What its library is, if cargo makes no wasm of it.
    pub(crate) no_wasm: Option<String>,
    /// How it becomes a component; none if it is none.
    pub style: Option<Style>,
    /// Where its WIT is.
    pub target: Target,
    /// Where it says where its WIT is, as a hint names it.
    pub(crate) wit_place: String,
    /// What its manifest says where it has no component section.
    pub(crate) plain: Option<Plain>,
    /// How its bindings are generated, where that is known.
    pub(crate) bindings: Option<Bindings>,
}

/// How a member becomes a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// By cargo-component: its manifest has a component section.
    CargoComponent,
    /// By cargo alone: it has wit-bindgen make its bindings.
    Cargo(WasmTarget),
}

/// Where a component's WIT is: `[package.metadata.component.target]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// In files.
    Local(LocalTarget),
    /// In a registry package, `ns:name` with what else the manifest says.
    Registry(String),
    /// The table is not one that cargo-component reads.
    Broken(String),
    /// The code or the manifest of a member that cargo alone builds does not tell.
    Refused(PlainError),
}

/// A component's WIT in files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalTarget {
    /// The WIT root: a directory or a single file.
    pub wit_root: Utf8PathBuf,
    /// The world, if the manifest names one.
    pub world: Option<String>,
    /// The packages that the WIT root uses, by the manifest's keys.
    pub dependencies: BTreeMap<String, Dependency>,
}

/// A WIT package that a component's WIT uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// A directory, a `.wit` file or a `.wasm` file.
    Path(Utf8PathBuf),
    /// A registry package.
    Registry,
}

impl LocalTarget {
    /// The directory of the WIT root's dependencies, as a path through the root.
    pub(crate) fn deps_dir(&self, disk: &Snapshot) -> Utf8PathBuf {
        match disk.contains(&self.wit_root) {
            true => self.wit_root.with_file_name("deps"),
            false => self.wit_root.join("deps"),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TargetJson {
    Package(String),
    Table(TargetTable),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TargetTable {
    package: Option<String>,
    world: Option<String>,
    path: Option<Utf8PathBuf>,
    dependencies: BTreeMap<String, Value>,
}

impl Member {
    /// Makes it a component of cargo-component's whose WIT is `target`.
    pub fn point_to(&mut self, target: LocalTarget) {
        self.style = Some(Style::CargoComponent);
        self.plain = None;
        self.target = Target::Local(target);
    }

    pub(crate) fn new(package: &Package) -> Member {
        let manifest = package.manifest_path.clone();
        let dir = manifest
            .parent()
            .unwrap_or(Utf8Path::new("/"))
            .to_path_buf();
        let lib = package
            .targets
            .iter()
            .find(|t| t.kind.iter().any(is_library));
        let component = package.metadata.get("component");
        let plain = component.is_none().then(|| Plain::new(package, &dir));
        let known = plain.as_ref().and_then(Plain::by_manifest);
        let mut member = Member {
            name: package.name.to_string(),
            lib: lib.map(|target| target.name.clone()),
            no_wasm: crate_type::no_wasm(package),
            style: component.map(|_| Style::CargoComponent),
            target: Target::new(component.and_then(|c| c.get("target")), &dir),
            wit_place: COMPONENT_PLACE.to_string(),
            bindings: component.map(Bindings::of_section),
            dir,
            manifest,
            plain,
        };
        member.recognise(known);
        member
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
        let dir = manifest.parent()?.to_path_buf();
        let component = package.get("metadata").and_then(|m| m.get("component"));
        Some(Member {
            name: package.get("name")?.as_str()?.to_string(),
            lib: None,
            no_wasm: None,
            style: component.map(|_| Style::CargoComponent),
            target: Target::new(component.and_then(|c| c.get("target")), &dir),
            wit_place: COMPONENT_PLACE.to_string(),
            dir,
            manifest: manifest.to_path_buf(),
            plain: None,
            bindings: component.map(Bindings::of_section),
        })
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

/// Whether a target of a package is a library, of whatever kind.
pub(crate) fn is_library(kind: &TargetKind) -> bool {
    matches!(
        kind,
        TargetKind::Lib | TargetKind::CDyLib | TargetKind::RLib | TargetKind::DyLib
    )
}

impl LocalTarget {
    /// Whether its world is named with a package, which may be another one than its own.
    pub(crate) fn names_package(&self) -> bool {
        let world = self.world.as_deref();
        world.is_some_and(|world| world.contains('/'))
    }
}

impl Target {
    fn new(json: Option<&Value>, dir: &Utf8Path) -> Target {
        let table = match json.map(TargetJson::deserialize) {
            None => TargetTable::default(),
            Some(Ok(TargetJson::Package(package))) => return Target::Registry(package),
            Some(Ok(TargetJson::Table(table))) => table,
            Some(Err(_)) => return Target::Broken(what_is_broken(json)),
        };
        if let Some(package) = table.package {
            return Target::Registry(package);
        }
        let mut dependencies = BTreeMap::new();
        for (key, value) in table.dependencies {
            let dependency = match (&value, value.get("path").and_then(Value::as_str)) {
                (_, Some(path)) => Dependency::Path(normal(&dir.join(path))),
                (Value::String(_) | Value::Object(_), None) => Dependency::Registry,
                _ => return Target::Broken(format!("the dependency `{key}` is not a table")),
            };
            dependencies.insert(key, dependency);
        }
        let path = table.path.unwrap_or_else(|| "wit".into());
        Target::Local(LocalTarget {
            wit_root: normal(&dir.join(path)),
            world: table.world,
            dependencies,
        })
    }
}

/// Which part of a target cannot be read.
fn what_is_broken(target: Option<&Value>) -> String {
    let Some(table) = target.and_then(Value::as_object) else {
        return "`target` is neither a table nor a package".to_string();
    };
    let texts = ["package", "world", "path"].into_iter();
    let mut texts = texts.filter(|key| table.get(*key).is_some_and(|value| !value.is_string()));
    match texts.next() {
        Some(key) => format!("`{key}` of `target` is not a string"),
        None => "`dependencies` of `target` is not a table".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn where_the_wit_is() {
        let target = |json: Value| Target::new(Some(&json), Utf8Path::new("/w/a"));
        let Target::Local(local) = target(json!({
            "path": "../idl/a.wit",
            "world": "a:b/c",
            "dependencies": { "x:y": { "path": "./deps/y.wasm" }, "x:z": "1.0" },
        })) else {
            panic!("a local target");
        };
        assert_eq!(local.wit_root, "/w/idl/a.wit");
        assert_eq!(local.world.as_deref(), Some("a:b/c"));
        let y = Dependency::Path("/w/a/deps/y.wasm".into());
        let wanted = BTreeMap::from([("x:y".into(), y), ("x:z".into(), Dependency::Registry)]);
        assert_eq!(local.dependencies, wanted);
        assert_eq!(
            target(json!("a:b/c@1.0.0")),
            Target::Registry("a:b/c@1.0.0".into())
        );
        assert_eq!(
            target(json!({ "package": "a:b", "version": "1" })),
            Target::Registry("a:b".into())
        );
        let broken = |json: Value| match target(json) {
            Target::Broken(message) => message,
            other => panic!("{other:?}"),
        };
        assert!(broken(json!(3)).starts_with("`target` is neither"));
        assert!(broken(json!({ "dependencies": 3 })).starts_with("`dependencies`"));
        assert!(broken(json!({ "world": 3, "dependencies": {} })).starts_with("`world`"));
    }

    #[test]
    fn what_a_text_tells() {
        let of = |text: &str| Member::of_text(Utf8Path::new("/w/a/Cargo.toml"), text);
        let text = "[package]\nname = \"a\"\n[package.metadata.component.target]\npath = \"idl\"\n";
        let member = of(text).unwrap();
        assert_eq!((member.name.as_str(), member.is_component()), ("a", true));
        assert_eq!(member.local().unwrap().wit_root, "/w/a/idl");
        assert!(of("[workspace]\n").is_none() && of("[package").is_none());
    }

    #[test]
    fn without_a_table_it_is_the_directory_wit() {
        let Target::Local(local) = Target::new(None, Utf8Path::new("/w/a")) else {
            panic!("a local target");
        };
        assert_eq!(local.wit_root, "/w/a/wit");
    }
}
