//! Names of components and workers, and the environment that tells them apart.
//!
//! A component is known by its Cargo package name; its UUID, which RPC URIs carry,
//! is derived from that name and so the same on every machine and in every run.
//! `package/worker` names a worker, `package` alone a fresh ephemeral one.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The namespace of component ids: a constant of ours, never to change.
const COMPONENTS: Uuid = Uuid::from_u128(0x7d1f_6c0e_52a4_4b8e_9a35_c1d2_8f60_e7b3);

/// The environment of a worker.
pub(crate) type Env = BTreeMap<String, String>;

/// The component id of a Cargo package: a version 5 UUID of its name.
pub fn component_id(package: &str) -> Uuid {
    Uuid::new_v5(&COMPONENTS, package.as_bytes())
}

/// `<TARGET>_COMPONENT_ID` and `<TARGET>_TEMPLATE_ID` for each of the given packages.
pub fn target_env<'a>(targets: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    for target in targets {
        let prefix = target.to_uppercase().replace('-', "_");
        let id = component_id(target).to_string();
        env.insert(format!("{prefix}_COMPONENT_ID"), id.clone());
        env.insert(format!("{prefix}_TEMPLATE_ID"), id);
    }
    env
}

/// A worker that exists, or is about to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WorkerId {
    /// The package name of its component.
    pub component: String,
    /// Its own name; a random UUID for an ephemeral worker.
    pub name: String,
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.component, self.name)
    }
}

/// What a person calls: a worker by name, or an ephemeral one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerRef {
    /// The package name of the component.
    pub component: String,
    /// The worker's name; `None` for a new worker per call.
    pub worker: Option<String>,
}

/// A text that names no worker.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no worker: expected `<package>/<worker>` or `<package>`")]
pub struct WorkerRefError {
    /// The text as given.
    pub text: String,
}

impl FromStr for WorkerRef {
    type Err = WorkerRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (component, worker) = match text.split_once('/') {
            Some((component, worker)) => (component, Some(worker)),
            None => (text, None),
        };
        let blank = component.is_empty() || component.contains(char::is_whitespace);
        if blank || worker.is_some_and(str::is_empty) {
            return Err(WorkerRefError { text: text.into() });
        }
        Ok(Self {
            component: component.into(),
            worker: worker.map(Into::into),
        })
    }
}

impl fmt::Display for WorkerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.worker {
            Some(worker) => write!(f, "{}/{worker}", self.component),
            None => f.write_str(&self.component),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn component_ids_are_stable_and_differ() {
        let id = component_id("purchase-history");
        assert_eq!(id.get_version_num(), 5);
        assert_eq!(id.to_string(), "3acf518c-df9b-5be5-b166-867a9b67b261");
        assert_ne!(id, component_id("shopping-cart"));
    }

    #[test]
    fn target_env_has_both_names() {
        let env = target_env(["purchase-history"]);
        let id = component_id("purchase-history").to_string();
        let expected = BTreeMap::from([
            ("PURCHASE_HISTORY_COMPONENT_ID".to_string(), id.clone()),
            ("PURCHASE_HISTORY_TEMPLATE_ID".to_string(), id),
        ]);
        assert_eq!(env, expected);
    }

    #[test]
    fn worker_refs() {
        let parsed: WorkerRef = "cart/user-1".parse().unwrap();
        assert_eq!(parsed.component, "cart");
        assert_eq!(parsed.worker.as_deref(), Some("user-1"));
        let ephemeral: WorkerRef = "cart".parse().unwrap();
        assert_eq!(ephemeral.worker, None);
        let deep: WorkerRef = "cart/a/b c".parse().unwrap();
        assert_eq!(deep.worker.as_deref(), Some("a/b c"));
        for bad in ["", "/x", "cart/", "ca rt/x"] {
            let error = bad.parse::<WorkerRef>().unwrap_err();
            assert!(error.to_string().contains("names no worker"), "{error}");
        }
    }
}
