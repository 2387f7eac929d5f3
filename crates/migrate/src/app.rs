//! An application of golem-cli (`golem.yaml`) → links between members, or for each entry why it is
//! none.
//!
//! | what golem-cli did | what is done instead |
//! |---|---|
//! | calls between workers: `type: wasm-rpc` or `static-wasm-rpc` | a link, with the import in the caller's world |
//! | the WIT that is compiled: generated from `sourceWit` | `sourceWit` itself, with the packages of `witDeps` that it needs in the manifest |
//! | `ns:name-client`, in 1.1 `ns:name-stub`, for the callers | the stub's package |
//! | `ns:name-exports`, in 1.1 `ns:name-interface`, for what a component exports | the component's own package |
//!
//! The manifests of golem-cli stay as they are: it deploys with them.

mod look;
mod manifest;
mod members;
mod rust;

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_app::{App, Dependency, Kind, Place, Target as On};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::{GolemRpc, WitPackage, WitRoot, names};
use wit_parser::PackageName;

use super::stubs::is_golem_rpc;
use super::wit::{name_of, own_package, respelled_root};
use super::wit_names::{NewName, NewNames};
use super::{Asked, Remark};
use golem_rpc_workspace::{Links, Member, Options, Workspace, WorkspaceError};
use members::Members;

pub use look::{AppLook, look_at_app};
pub(super) use rust::remarks as rust_remarks;

/// What an application becomes.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    /// Manifests and WIT of members.
    pub(super) plan: Plan,
    /// The links that its dependencies are.
    pub(super) links: Links,
    pub(super) golem_rpc: BTreeMap<String, GolemRpc>,
    pub(super) remarks: Vec<Remark>,
    /// What is called otherwise now, by member.
    pub(super) renamed: BTreeMap<String, NewNames>,
}

/// Takes an application over; the members of `workspace` are then what they will be.
pub(super) fn take(
    app: &App,
    workspace: &mut Workspace,
    (present, options): (&Links, &Options),
    asked: &Asked<'_>,
    disk: &Snapshot,
) -> Result<Taken, WorkspaceError> {
    // What is found is told of the workspace as it was: `workspace` changes below.
    let members = Members::of(app, workspace, disk);
    let mut taken = Taken::default();
    let mut lines = Vec::new();
    let mut linked = Vec::new();
    for dependency in &app.dependencies {
        match link(app, &members, dependency) {
            Ok((caller, target)) => {
                let is = |name: &str, some: Option<&BTreeSet<String>>| {
                    some.is_none_or(|some| some.contains(name))
                };
                if is(&caller, asked.callers) && is(&target, asked.targets) {
                    lines.push(dependency.place.clone());
                    linked.push((caller, target, dependency));
                }
            }
            Err(why) => taken.remarks.push(Remark::NotLinked {
                place: dependency.place.clone(),
                entry: entry(dependency),
                why,
            }),
        }
    }
    for (caller, target, dependency) in &linked {
        taken.links.add([caller.as_str()], [target.as_str()]);
        let is_new = !present.targets_of(caller).contains(target.as_str());
        if is_new {
            taken.remarks.push(Remark::LinkedBy {
                caller: caller.clone(),
                target: target.clone(),
                place: dependency.place.clone(),
            });
        }
    }
    let involved: BTreeSet<String> = taken
        .links
        .members()
        .into_iter()
        .map(str::to_string)
        .collect();
    for name in &involved {
        let Some((_, component)) = members.component_of(name) else {
            continue;
        };
        let (plan, remarks) = manifest::point(app, component, workspace, name, disk)?;
        taken.plan.then(disk, plan);
        taken.remarks.extend(remarks);
    }
    taken.rename(&members, (workspace, options), disk);
    taken.choose_golem_rpc(app, &members, options, disk);
    let fresh = |(caller, target, _): &&(String, String, &Dependency)| {
        !present.targets_of(caller).contains(target.as_str())
    };
    if linked.iter().any(|link| fresh(&link)) || !taken.plan.is_empty() {
        taken.remarks.push(Remark::AppKept { entries: lines });
    }
    Ok(taken)
}

/// A dependency as a link, or why it is none.
fn link(app: &App, members: &Members, dependency: &Dependency) -> Result<(String, String), String> {
    match dependency.kind.as_str() {
        "wasm" => return Err("it composes a component into another one, which is no call between workers: leave it to golem-cli, or to `wac plug`".into()),
        _ if !dependency.is_rpc() => return Err(format!("its type `{}` is not known", dependency.kind)),
        _ => {}
    }
    let target = match &dependency.target {
        On::Component(target) => target,
        On::Wasm(path) => {
            return Err(format!(
                "its target is the wasm file `{path}`, not a member of this workspace: `cargo golem-rpc build` and `add-stub-dependency` make a stub of its WIT"
            ));
        }
        On::Missing => return Err("it names no `target`".into()),
    };
    let caller = members.find(app, &dependency.component)?;
    let callee = members.find(app, target)?;
    match app.components[target].kind {
        Kind::Library => Err(format!("`{target}` is a library: no worker runs it")),
        _ => Ok((caller, callee)),
    }
}

/// A dependency, for people.
fn entry(dependency: &Dependency) -> String {
    let (component, kind) = (&dependency.component, &dependency.kind);
    match &dependency.target {
        On::Component(target) => format!("`{component}` → `{target}` ({kind})"),
        On::Wasm(path) => format!("`{component}` → `{path}` ({kind})"),
        On::Missing => format!("`{component}` ({kind})"),
    }
}

impl Taken {
    /// Plans that the WIT of members names our packages instead of those that golem-cli generated.
    fn rename(
        &mut self,
        members: &Members,
        (workspace, options): (&Workspace, &Options),
        disk: &Snapshot,
    ) {
        let packages: BTreeMap<String, (PackageName, Option<String>)> = members
            .all()
            .filter_map(|name| {
                let member = workspace.members.get(name)?;
                let stub = stub_interface(member, options.get(name).world, disk);
                Some((name.to_string(), (own_package(member, disk)?, stub)))
            })
            .collect();
        for name in self
            .links
            .members()
            .into_iter()
            .map(str::to_string)
            .collect::<Vec<_>>()
        {
            let mut new = NewNames::default();
            for (other, (package, stub)) in &packages {
                if let Some(stub) = stub.clone().filter(|_| {
                    *other != name || self.links.targets_of(&name).contains(other.as_str())
                }) {
                    for suffix in ["client", "stub"] {
                        new.add(package, suffix, NewName::Interface(stub.clone()));
                    }
                }
                for suffix in ["exports", "interface"] {
                    new.add(package, suffix, NewName::Package(package.clone()));
                }
            }
            let Some(member) = workspace.members.get(&name) else {
                continue;
            };
            let now = disk.after(&self.plan);
            let (plan, remarks) = new.rewrite(member, &now);
            self.plan.then(disk, plan);
            self.remarks.extend(remarks);
            self.renamed.insert(name, new);
        }
    }

    /// The golem:rpc of the targets, where nobody chose one: that of the application's own packages,
    /// else the one that fits the manifests' version.
    fn choose_golem_rpc(
        &mut self,
        app: &App,
        members: &Members,
        options: &Options,
        disk: &Snapshot,
    ) {
        let targets = self.links.targets();
        let found = golem_rpc(app, disk);
        for target in targets {
            let chosen = options.get(target).golem_rpc;
            let version = match &found {
                _ if chosen != GolemRpc::default() => chosen,
                Some(Ok(version)) => *version,
                Some(Err(unknown)) => {
                    let fallback = by_schema(app);
                    let remark = Remark::UnknownGolemRpc {
                        found: unknown.clone(),
                        used: fallback,
                    };
                    if !self.remarks.contains(&remark) {
                        self.remarks.push(remark);
                    }
                    fallback
                }
                None => by_schema(app),
            };
            if version != chosen {
                self.golem_rpc.insert(target.to_string(), version);
            }
            let component = members.component_of(target);
            if component.is_some_and(|(_, component)| component.kind == Kind::Ephemeral) {
                self.remarks.push(Remark::Ephemeral {
                    target: target.to_string(),
                    version,
                });
            }
        }
    }
}

/// The version of golem:rpc that the application's packages have; as text, if it is not one of ours.
fn golem_rpc(app: &App, disk: &Snapshot) -> Option<Result<GolemRpc, String>> {
    let generated = app
        .components
        .values()
        .filter_map(|component| component.generated_wit.as_ref());
    let source = app
        .components
        .values()
        .map(|component| component.source_wit.join("deps"));
    let dirs = app.wit_deps.iter().cloned();
    let dirs = dirs
        .chain(source)
        .chain(generated.map(|dir| dir.join("deps")));
    let mut versions = dirs
        .flat_map(|dir| packages(&dir, disk))
        .filter_map(|package| {
            let name = name_of(&package)?;
            is_golem_rpc(&name).then_some(name.version?.to_string())
        });
    let version = versions.next()?;
    let mut known = GolemRpc::ALL.into_iter();
    Some(known.find(|known| known.name() == version).ok_or(version))
}

/// The packages in a directory of packages.
fn packages(dir: &camino::Utf8Path, disk: &Snapshot) -> Vec<WitPackage> {
    let mut entries = BTreeSet::new();
    for (file, _) in disk.under(dir) {
        let first = file
            .strip_prefix(dir)
            .ok()
            .and_then(|below| below.components().next());
        entries.extend(first.map(|first| dir.join(first.as_str())));
    }
    let packages = entries
        .iter()
        .filter_map(|entry| WitPackage::read(disk, entry));
    packages.collect()
}

fn by_schema(app: &App) -> GolemRpc {
    let schema = app.schema.as_deref().unwrap_or_default();
    match schema.split('.').take(2).collect::<Vec<_>>()[..] {
        ["1", "2"] => GolemRpc::V0_2_0,
        ["1", "3"] => GolemRpc::V0_2_2,
        _ => GolemRpc::default(),
    }
}

/// What imports the stub of a target, as its WIT says.
pub(super) fn stub_interface(
    target: &Member,
    seen: Option<String>,
    disk: &Snapshot,
) -> Option<String> {
    let world = seen.or_else(|| target.local().ok()?.world.clone());
    let root: WitRoot = respelled_root(&target.target_wit(disk).ok()?);
    let main = root.main.parse().ok()?.main;
    let name = match &world {
        Some(world) => world.rsplit('/').next()?.split('@').next()?.to_string(),
        None => {
            let mut worlds = main.worlds.iter().map(|(_, world)| world.name.clone());
            worlds.next().filter(|_| worlds.next().is_none())?
        }
    };
    let package = names::stub_package(&main.name);
    Some(package.interface_id(&names::stub_interface(&name)))
}

/// A place, for people.
pub(super) fn lines(places: &[Place]) -> String {
    let places: Vec<String> = places.iter().map(|place| format!("`{place}`")).collect();
    places.join(", ")
}
