//! How a member becomes a component, and where its WIT is, as its manifest says it.
//!
//! The shape of `[package.metadata.component.target]` is cargo-component's.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use serde::Deserialize;
use serde_json::Value;

use super::paths::normal;
use crate::PlainError;

/// How a member becomes a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// By cargo-component: its manifest has a component section.
    CargoComponent,
    /// By cargo alone: it has wit-bindgen make its bindings.
    Cargo(WasmTarget),
}

/// The wasm target that a member is compiled for where cargo alone builds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum WasmTarget {
    /// A core module, which an adapter makes a component of.
    #[serde(rename = "wasm32-wasip1")]
    Wasip1,
    /// A component.
    #[serde(rename = "wasm32-wasip2")]
    #[default]
    Wasip2,
}

impl WasmTarget {
    /// The target as rustc calls it.
    pub fn name(self) -> &'static str {
        match self {
            WasmTarget::Wasip1 => "wasm32-wasip1",
            WasmTarget::Wasip2 => "wasm32-wasip2",
        }
    }
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
        if disk.contains(&self.wit_root) {
            return self.wit_root.with_file_name("deps");
        }
        self.wit_root.join("deps")
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TargetTable {
    package: Option<String>,
    world: Option<String>,
    path: Option<Utf8PathBuf>,
    dependencies: BTreeMap<String, Value>,
}

impl LocalTarget {
    /// Whether its world is named with a package, which may be another one than its own.
    pub(crate) fn names_package(&self) -> bool {
        let world = self.world.as_deref();
        world.is_some_and(|world| world.contains('/'))
    }
}

impl Target {
    pub(super) fn new(json: Option<&Value>, dir: &Utf8Path) -> Target {
        let table = match json {
            None => Ok(TargetTable::default()),
            Some(Value::String(package)) => return Target::Registry(package.clone()),
            Some(json) => TargetTable::deserialize(json),
        };
        let table = match table {
            Err(error) => return Target::Broken(format!("`target`: {error}")),
            Ok(TargetTable {
                package: Some(package),
                ..
            }) => return Target::Registry(package),
            Ok(table) => table,
        };
        let dependency = |value: &Value| match value.get("path").and_then(Value::as_str) {
            Some(path) => Dependency::Path(normal(&dir.join(path))),
            None => Dependency::Registry,
        };
        let dependencies = table.dependencies.iter();
        let dependencies = dependencies.map(|(key, value)| (key.clone(), dependency(value)));
        let dependencies = dependencies.collect();
        let path = table.path.unwrap_or_else(|| "wit".into());
        Target::Local(LocalTarget {
            wit_root: normal(&dir.join(path)),
            world: table.world,
            dependencies,
        })
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
        assert!(broken(json!(3)).starts_with("`target`: invalid type"));
        assert!(broken(json!({ "dependencies": 3 })).contains("expected a map"));
        assert!(broken(json!({ "world": 3, "dependencies": {} })).contains("expected a string"));
    }

    #[test]
    fn without_a_table_it_is_the_directory_wit() {
        let Target::Local(local) = Target::new(None, Utf8Path::new("/w/a")) else {
            panic!("a local target");
        };
        assert_eq!(local.wit_root, "/w/a/wit");
    }
}
