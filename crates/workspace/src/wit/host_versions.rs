//! The versions of the host's packages (`golem:…`, `wasi:…`) in a workspace, and whether they are compatible.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_stub::compatible;
use wit_parser::PackageName;

use crate::{Brought, Workspace};

/// The versions of one of the host's packages: `golem:…` or `wasi:…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostVersions {
    /// The package, without version.
    pub package: String,
    /// Each version with the members that have it.
    pub versions: BTreeMap<PackageName, BTreeSet<String>>,
}

impl Workspace {
    /// The versions of the host's packages among these.
    pub fn host_versions(&self, all: &[Brought]) -> Vec<HostVersions> {
        let mut found: BTreeMap<String, HostVersions> = BTreeMap::new();
        for brought in all {
            let PackageName {
                namespace, name, ..
            } = &brought.package;
            if !matches!(namespace.as_str(), "golem" | "wasi") || name.ends_with("-stub") {
                continue;
            }
            let package = format!("{namespace}:{name}");
            let known = found
                .entry(package.clone())
                .or_insert_with(|| HostVersions {
                    package,
                    versions: BTreeMap::new(),
                });
            let members = known.versions.entry(brought.package.clone()).or_default();
            members.insert(brought.member.clone());
        }
        found.into_values().collect()
    }
}

impl HostVersions {
    /// The members that have two incompatible versions of it.
    pub fn torn(&self) -> BTreeSet<&str> {
        let pairs = self.pairs().filter(|(one, other)| !compatible(one, other));
        let both = pairs.flat_map(|(one, other)| {
            let (one, other) = (&self.versions[one], &self.versions[other]);
            one.intersection(other)
        });
        both.map(String::as_str).collect()
    }

    /// Whether all versions are compatible.
    pub fn go_together(&self) -> bool {
        self.pairs().all(|(one, other)| compatible(one, other))
    }

    fn pairs(&self) -> impl Iterator<Item = (&PackageName, &PackageName)> {
        let versions = || self.versions.keys();
        versions().flat_map(move |one| {
            let others = versions().filter(move |other| *other > one);
            others.map(move |other| (one, other))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_go_together_or_not() {
        let versions = |held: &[(&str, &[&str])]| {
            let package = |version: &str| PackageName {
                namespace: "golem".into(),
                name: "rpc".into(),
                version: version.parse().ok(),
            };
            let set = |members: &[&str]| members.iter().map(|m| m.to_string()).collect();
            let held = held.iter();
            HostVersions {
                package: "golem:rpc".into(),
                versions: held
                    .map(|(v, members)| (package(v), set(members)))
                    .collect(),
            }
        };
        let one = versions(&[("0.1.0", &["a"]), ("0.1.1", &["a", "b"])]);
        assert!(one.go_together() && one.torn().is_empty());
        let apart = versions(&[("0.1.0", &["a"]), ("0.2.0", &["b"])]);
        assert!(!apart.go_together() && apart.torn().is_empty());
        let torn = versions(&[("0.1.0", &["a", "b"]), ("0.2.0", &["b", "c"])]);
        assert_eq!(torn.torn(), BTreeSet::from(["b"]));
    }
}
