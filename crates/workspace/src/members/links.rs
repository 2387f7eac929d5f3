//! Who may call whom: `[workspace.metadata.golem-rpc.links]` of the root manifest.
//!
//! ```toml
//! [workspace.metadata.golem-rpc.links]
//! shopping-cart = ["purchase-history"]
//! ```

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use golem_rpc_toml::TomlText;

/// The table, by its keys.
const TABLE: [&str; 4] = ["workspace", "metadata", "golem-rpc", "links"];

/// Callers and the targets that each may call, by package names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    links: BTreeMap<String, BTreeSet<String>>,
}

impl From<BTreeMap<String, BTreeSet<String>>> for Links {
    fn from(links: BTreeMap<String, BTreeSet<String>>) -> Links {
        Links { links }
    }
}

impl Links {
    /// No links.
    pub fn new() -> Links {
        Links::default()
    }

    /// The lines in which the text of a root manifest names callers and targets first.
    pub(crate) fn lines(manifest: &Utf8Path, text: &str) -> BTreeMap<String, usize> {
        let mut lines = BTreeMap::new();
        // Without spans there are no lines; what is wrong with the text is said elsewhere.
        let Ok(toml) = TomlText::parse(manifest, text) else {
            return lines;
        };
        let table = toml.get(&TABLE).and_then(|table| table.as_table_like());
        for (caller, targets) in table.into_iter().flat_map(|table| table.iter()) {
            let start = toml.start_of(&[&TABLE[..], &[caller]].concat());
            let mut add = |name: &str, start: Option<usize>| {
                if let Some(start) = start {
                    lines.entry(name.to_string()).or_insert(toml.line(start));
                }
            };
            add(caller, start);
            for target in targets.as_array().into_iter().flatten() {
                let start = target.span().map(|span| span.start);
                add(target.as_str().unwrap_or_default(), start);
            }
        }
        lines
    }

    /// Links every caller to every target.
    pub fn add<'a>(
        &mut self,
        callers: impl IntoIterator<Item = &'a str>,
        targets: impl IntoIterator<Item = &'a str> + Clone,
    ) {
        for caller in callers {
            let known = self.links.entry(caller.to_string()).or_default();
            known.extend(targets.clone().into_iter().map(str::to_string));
        }
    }

    /// Takes one link out.
    pub fn remove(&mut self, caller: &str, target: &str) {
        if let Some(targets) = self.links.get_mut(caller) {
            targets.remove(target);
        }
    }

    /// The callers that have a target, with their targets.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        let linked = self.links.iter().filter(|(_, targets)| !targets.is_empty());
        linked.map(|(caller, targets)| (caller.as_str(), targets))
    }

    /// The callers that have a target, sorted.
    pub fn callers(&self) -> BTreeSet<&str> {
        self.iter().map(|(caller, _)| caller).collect()
    }

    /// Everything that is called, sorted.
    pub fn targets(&self) -> BTreeSet<&str> {
        self.iter()
            .flat_map(|(_, targets)| targets.iter().map(String::as_str))
            .collect()
    }

    /// What a caller may call, sorted.
    pub fn targets_of(&self, caller: &str) -> BTreeSet<&str> {
        self.links
            .get(caller)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect()
    }

    /// Who may call a target, sorted.
    pub fn callers_of(&self, target: &str) -> BTreeSet<&str> {
        self.iter()
            .filter(|(_, targets)| targets.contains(target))
            .map(|(caller, _)| caller)
            .collect()
    }

    /// Callers and targets, sorted.
    pub fn members(&self) -> BTreeSet<&str> {
        let mut members = self.callers();
        members.extend(self.targets());
        members
    }

    /// Whether there is no link.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}
