//! Names in a member's own WIT that are others now: of packages and interfaces that the older tools
//! generated. What the user wrote about them is rewritten, path by path, and told.
//!
//! ```text
//! import shop:stock-client/stock-client;    → import shop:stock-stub/stub-stock;
//! use shop:stock-exports/api.{line};        → use shop:stock/api.{line};
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::names;
use wit_parser::PackageName;

use crate::remark::Remark;
use crate::rust::snake;
use golem_rpc_workspace::{Workspace, mentions};

/// What stands for a package that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NewName {
    /// One interface, whichever of the old package was meant: `ns:name-stub/stub-world`.
    Interface(String),
    /// The interface of that name in another package.
    Package(PackageName),
}

/// Old packages and what they are now.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewNames {
    /// By the old package, without its version.
    names: Vec<(PackageName, NewName)>,
}

impl NewNames {
    /// The package that was generated for another one, with a suffix, has a new name.
    pub(crate) fn add(&mut self, package: &PackageName, suffix: &str, new: NewName) {
        let old = PackageName {
            namespace: package.namespace.clone(),
            name: format!("{}-{suffix}", package.name),
            version: None,
        };
        self.names.push((old, new));
    }

    /// The paths of a text that are others now, with what they are.
    fn find(&self, text: &str) -> Vec<(Range<usize>, String)> {
        let mut found = Vec::new();
        for (old, new) in &self.names {
            for at in mentions(text, old) {
                let Some((range, interface)) = path_at(text, at) else {
                    continue;
                };
                let name = match new {
                    NewName::Interface(id) => names::written(id),
                    NewName::Package(package) => names::written(&package.interface_id(interface)),
                };
                if text[range.clone()] != name {
                    found.push((range, name));
                }
            }
        }
        found.sort_by_key(|(range, _)| range.start);
        found
    }

    /// The Rust modules of the old packages: what they are called now. A client's leads to its
    /// interface.
    pub(crate) fn modules(&self) -> BTreeMap<String, String> {
        let modules = self.names.iter().filter_map(|(old, new)| {
            let new = match new {
                NewName::Interface(_) if !old.name.ends_with("-client") => return None,
                NewName::Interface(id) => {
                    let (package, interface) = id.split_once('/')?;
                    let package = package.rsplit(':').next()?;
                    let interface = interface.split('@').next()?;
                    format!("{}::{}", snake(package), snake(interface))
                }
                NewName::Package(package) => snake(&package.name),
            };
            Some((snake(&old.name), new))
        });
        modules.collect()
    }
}

/// Plans that the members' own WIT says so, after what is planned already.
pub(crate) fn rewrite(
    names: &BTreeMap<String, NewNames>,
    workspace: &Workspace,
    plan: &mut Plan,
    disk: &Snapshot,
) -> Vec<Remark> {
    let now = disk.after(plan);
    let (mut next, mut remarks) = (Plan::new(), Vec::new());
    for (member, new) in names {
        let member = workspace.members.get(member);
        let root = member.and_then(|member| member.main_wit(&now).ok());
        for file in root.into_iter().flat_map(|root| root.files) {
            let Ok(text) = std::str::from_utf8(&file.content) else {
                continue;
            };
            let mut rewritten = text.to_string();
            let found = new.find(text);
            for (range, name) in found.iter().rev() {
                rewritten.replace_range(range.clone(), name);
            }
            remarks.extend(found.into_iter().map(|(range, new)| Remark::WitRenamed {
                file: file.path.clone(),
                line: text[..range.start].matches('\n').count() + 1,
                old: text[range].to_string(),
                new,
            }));
            next.write(&now, &file.path, rewritten);
        }
    }
    plan.then(disk, next);
    remarks
}

/// The path of an interface that begins at an offset, version included, and the interface's name.
fn path_at(text: &str, at: usize) -> Option<(Range<usize>, &str)> {
    let is_in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '%' | ':');
    let rest = &text[at..];
    let package = rest.find(|c| !is_in_name(c))?;
    let interface = rest[package..].strip_prefix('/')?;
    let length = interface
        .find(|c: char| !is_in_name(c) || c == ':')
        .unwrap_or(interface.len());
    let mut end = package + 1 + length;
    if let Some(version) = rest[end..].strip_prefix('@') {
        let is_in_version = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
        let length = version.find(|c| !is_in_version(c)).unwrap_or(version.len());
        end += 1 + version[..length].trim_end_matches('.').len();
    }
    Some((at..at + end, interface[..length].trim_start_matches('%')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_names() -> NewNames {
        let package = PackageName {
            namespace: "shop".into(),
            name: "stock".into(),
            version: "1.2.0".parse().ok(),
        };
        let mut new = NewNames::default();
        let stub = "shop:stock-stub/stub-inner@1.2.0";
        new.add(&package, "client", NewName::Interface(stub.into()));
        new.add(&package, "exports", NewName::Package(package.clone()));
        new
    }

    #[test]
    fn paths_in_wit() {
        let text = "import shop:stock-client/stock-client@1.2.0;\n// shop:stock-client/x\nuse shop:stock-exports/%api@1.2.0.{line};\nexport shop:other-client/x;\n";
        let found: Vec<(&str, String)> = new_names()
            .find(text)
            .into_iter()
            .map(|(range, name)| (&text[range], name))
            .collect();
        let wanted = [
            (
                "shop:stock-client/stock-client@1.2.0",
                "shop:stock-stub/stub-inner@1.2.0".to_string(),
            ),
            (
                "shop:stock-exports/%api@1.2.0",
                "shop:stock/api@1.2.0".to_string(),
            ),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn modules_in_rust() {
        let modules = new_names().modules();
        let name = |old: &str| modules.get(old).map(String::as_str);
        assert_eq!(name("stock_client"), Some("stock_stub::stub_inner"));
        assert_eq!(name("stock_exports"), Some("stock"));
    }
}
