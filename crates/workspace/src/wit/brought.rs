//! The WIT packages that members depend on, and what each is there for.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitPackage, names};
use wit_parser::PackageName;

use crate::{Links, Member, Workspace, wit::owner};

/// A WIT package that a member has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Brought {
    /// The package.
    pub package: PackageName,
    /// The member.
    pub member: String,
    /// Its directory or file.
    pub path: Utf8PathBuf,
    /// Whether it is the member's, and not a copy that we made.
    pub itself: bool,
    /// The targets whose stubs use it, as the member has these.
    pub targets: BTreeSet<String>,
    /// The other targets of the member: those whose stubs could not be looked at, and why not.
    pub unseen: BTreeMap<String, String>,
}

/// Targets with the packages that their stubs use.
type Users<'l> = Vec<(&'l str, BTreeSet<PackageName>)>;

impl Workspace {
    /// The packages beside the members' own, by package and member. Stub crates are left out: they
    /// are generated as a whole.
    pub fn wit_dependencies(&self, links: &Links, disk: &Snapshot) -> Vec<Brought> {
        let stubs: BTreeSet<String> = links.targets().into_iter().map(names::stub_crate).collect();
        let members = self.members.values();
        let mut all = BTreeSet::new();
        for member in members.filter(|member| !stubs.contains(&member.name)) {
            // A member without WIT in files has no dependencies of ours.
            let Ok(root) = member.wit(disk) else { continue };
            let (users, unseen) = self.users(links, member, disk);
            let named = |dep: &WitPackage| Some((dep.name().ok()?, dep.path.clone()));
            for (package, path) in root.deps.iter().filter_map(named) {
                let using = users.iter().filter(|(_, used)| used.contains(&package));
                all.insert(Brought {
                    member: member.name.clone(),
                    itself: !owner::is_package(disk, &path),
                    targets: using.map(|(target, _)| target.to_string()).collect(),
                    unseen: unseen.clone(),
                    package,
                    path,
                });
            }
        }
        all.into_iter().collect()
    }

    /// The targets of a member with the packages that its copies of their stubs use; and those of
    /// which that cannot be told, with the reason.
    fn users<'l>(
        &self,
        links: &'l Links,
        member: &Member,
        disk: &Snapshot,
    ) -> (Users<'l>, BTreeMap<String, String>) {
        let (mut users, mut unseen) = (Vec::new(), BTreeMap::new());
        for target in links.targets_of(&member.name) {
            match self.stub_copy(links, &member.name, target, disk) {
                Ok(Some(copy)) => {
                    let packages = copy.resolve.packages.iter();
                    users.push((target, packages.map(|(_, p)| p.name.clone()).collect()));
                }
                Ok(None) => {}
                Err(error) => {
                    unseen.insert(target.to_string(), error.to_string());
                }
            }
        }
        (users, unseen)
    }
}
