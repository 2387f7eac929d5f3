//! Members that share a directory of WIT dependencies, through symbolic links or because they have the same WIT root.
//!
//! All of them read what is put there for one. So a stub must not bring the own package of any of them, and the
//! directory has copies of all stubs that any of them calls.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use wit_parser::PackageName;

use crate::wit::package::deps_of;
use crate::{Links, Member, Style, Workspace};

/// The members by their directory of dependencies.
pub(crate) struct Shares<'a> {
    members: BTreeMap<Utf8PathBuf, Vec<&'a Member>>,
}

impl<'a> Shares<'a> {
    pub(crate) fn of(workspace: &'a Workspace, disk: &Snapshot) -> Shares<'a> {
        let mut members: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for member in workspace.members.values() {
            if let Ok(deps) = deps_of(disk, member) {
                members.entry(deps).or_default().push(member);
            }
        }
        Shares { members }
    }

    /// The members that share a member's directory, itself included.
    fn with(&self, member: &str) -> &[&'a Member] {
        let mut all = self.members.values();
        let shared = all.find(|members| members.iter().any(|other| other.name == member));
        shared.map_or(&[], Vec::as_slice)
    }

    /// Those of them that read everything in it: wit-bindgen does, cargo-component reads what the manifest names.
    pub(crate) fn readers(&self, member: &str) -> impl Iterator<Item = &'a Member> {
        let all = self.with(member).iter().copied();
        all.filter(|other| reads_all(other))
    }

    /// One that reads all in a directory of dependencies.
    pub(crate) fn reader_of(&self, deps: &Utf8Path) -> Option<&'a Member> {
        let mut members = self.members.get(deps)?.iter().copied();
        members.find(|member| reads_all(member))
    }

    /// The WIT packages that must not be put there for a caller, beside its own: the readers' own.
    pub(crate) fn own_packages(&self, caller: &str, disk: &Snapshot) -> BTreeSet<PackageName> {
        let others = self.readers(caller).filter(|other| other.name != caller);
        let mains = others.filter_map(|other| other.main_wit(disk).ok());
        mains.filter_map(|main| main.name().ok()).collect()
    }

    /// What all callers call that have the directory of a caller.
    pub(crate) fn targets_of(&self, links: &Links, caller: &str) -> BTreeSet<String> {
        let callers = self.with(caller).iter().map(|member| member.name.as_str());
        let targets = callers
            .chain([caller])
            .flat_map(|name| links.targets_of(name));
        targets.map(str::to_string).collect()
    }
}

fn reads_all(member: &Member) -> bool {
    matches!(member.style, Some(Style::Cargo(_)))
}
