//! Names in a caller's own WIT that lead nowhere any more, because the target's WIT has other names now:
//! its world, its package, or the version of that.
//!
//! | what is named | what it should be |
//! |---|---|
//! | the stub, with an interface, version or package that it had | the stub's interface |
//! | the target's own package, at another version than it has | the same at that version |
//!
//! Imports that we put in are not among them: they follow by themselves. All is told by names, so that
//! it can be told before anything is planned.

use std::collections::BTreeSet;

use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::{WitFile, names};
use wit_parser::PackageName;

use crate::wit::stub_ids::{same, stub_on_disk};
use crate::wit::text::{Reference, is_tagged, references};
use crate::{Dangling, Links, Options, Target, Workspace, WorkspaceError, wit::owner};

impl Workspace {
    /// The names in a caller's own WIT that no stub has, or will have once it is brought up to date.
    ///
    /// # Errors
    /// If the caller has no WIT in files.
    pub fn dangling(
        &self,
        (links, options): (&Links, &Options),
        caller: &str,
        disk: &Snapshot,
    ) -> Result<Vec<Dangling>, WorkspaceError> {
        let member = self.linked(caller)?;
        let targets = links.targets_of(caller).into_iter();
        let stubs = targets.filter_map(|target| Names::of(self, target, options, disk));
        let stubs: Vec<Names> = stubs.collect();
        let mut files = member.main_wit(disk)?.files;
        // A world that stands elsewhere has its imports there.
        let world = member.world(disk).map(|world| world.wit.files);
        files.extend(world.unwrap_or_default());
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files.dedup_by(|one, other| one.path == other.path);
        let root = member.wit(disk)?;
        let brought: BTreeSet<PackageName> = (root.deps.iter())
            .filter(|dep| !owner::is_ours(disk, &dep.files[0].path))
            .flat_map(|dep| dep.all_names().unwrap_or_default())
            .collect();
        let found = files
            .iter()
            .flat_map(|file| in_file(file, &stubs, &brought));
        Ok(found.collect())
    }
}

/// The edits that put the right names in the place of dangling ones, as a plan.
pub fn fixes(dangling: &[Dangling], disk: &Snapshot) -> Plan {
    let mut plan = Plan::new();
    let mut places: Vec<&Dangling> = dangling.iter().collect();
    // The last one first, so that the others stay where they are.
    places
        .sort_by(|one, other| (&other.file, other.range.start).cmp(&(&one.file, one.range.start)));
    places.dedup();
    let mut after = disk.clone();
    for place in places {
        let mut text = after.text(&place.file).unwrap_or_default().to_string();
        text.replace_range(place.range.clone(), &place.instead);
        after.insert(&place.file, text.as_str());
        plan.write(disk, &place.file, text);
    }
    plan
}

/// What a target's stub is called, and was.
struct Names {
    target: String,
    /// The package of the target's world.
    package: PackageName,
    interfaces: Vec<String>,
    /// The stub's package and interface.
    stub: (PackageName, String),
    /// The id of the stub that lies in its directory.
    old: Option<String>,
}

impl Names {
    fn of(
        workspace: &Workspace,
        target: &str,
        options: &Options,
        disk: &Snapshot,
    ) -> Option<Names> {
        let mut member = workspace.members.get(target)?.clone();
        if let (Target::Local(local), Some(seen)) = (&mut member.target, options.get(target).world)
        {
            local.world = Some(seen);
        }
        let world = member.world(disk).ok()?;
        let interfaces = world.wit.parse().ok()?.main.interfaces;
        let interfaces = interfaces.iter().filter_map(|(_, i)| i.name.clone());
        Some(Names {
            target: target.to_string(),
            interfaces: interfaces.collect(),
            stub: (
                names::stub_package(&world.package),
                names::stub_interface(&world.name),
            ),
            package: world.package,
            old: stub_on_disk(workspace, target, disk),
        })
    }

    /// What a name should be that is about this target and not what it is called.
    fn instead(&self, found: &Reference) -> Option<String> {
        let (package, interface) = &self.stub;
        let id = found.package.interface_id(&found.item);
        let now = package.interface_id(interface);
        let is_stub = same(&found.package, package) && found.item.starts_with("stub-");
        if is_stub || self.old.as_ref() == Some(&id) {
            return (id != now).then_some(now);
        }
        let is_other = same(&found.package, &self.package) && found.package != self.package;
        let has = is_other && self.interfaces.contains(&found.item);
        has.then(|| self.package.interface_id(&found.item))
    }
}

/// The dangling names in a file of a member that brings these packages itself.
fn in_file(file: &WitFile, stubs: &[Names], brought: &BTreeSet<PackageName>) -> Vec<Dangling> {
    let Ok(text) = std::str::from_utf8(&file.content) else {
        return Vec::new();
    };
    let found = references(text).into_iter().filter_map(|reference| {
        let mut all = stubs.iter();
        let (stub, instead) = all.find_map(|stub| Some((stub, stub.instead(&reference)?)))?;
        let is_brought =
            same(&reference.package, &stub.package) && brought.contains(&reference.package);
        let is_left = is_brought || is_tagged(text, reference.range.start);
        (!is_left).then(|| Dangling::new(file, text, reference.range, &stub.target, instead))
    });
    found.collect()
}
