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

pub(crate) mod components;
pub(crate) mod look;
mod manifest;

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_app::App;
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::GolemRpc;
use golem_rpc_workspace::{Links, OptionChanges, Options, Workspace, WorkspaceError};

use crate::remark::Remark;
use crate::wit::{self, own_package, packages, stub_interface};
use crate::wit_names::{NewName, NewNames};
use components::{Components, link};

/// What an application becomes.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Manifests and WIT of members.
    pub(crate) plan: Plan,
    /// The links that its dependencies are.
    pub(crate) links: Links,
    /// The new ones among these: golem-cli put the import into the caller's world by itself.
    pub(crate) imports: BTreeSet<(String, String)>,
    pub(crate) options: BTreeMap<String, OptionChanges>,
    pub(crate) remarks: Vec<Remark>,
    /// What is called otherwise now, by member.
    pub(crate) renamed: BTreeMap<String, NewNames>,
}

/// Takes those links of an application that are wanted; the members of `workspace` are then what they
/// will be.
pub(crate) fn take(
    app: &App,
    workspace: &mut Workspace,
    (present, options): (&Links, &Options),
    is_wanted: impl Fn(&str, &str) -> bool,
    disk: &Snapshot,
) -> Result<Taken, WorkspaceError> {
    let components = Components::of(app, workspace, disk);
    let mut taken = Taken::default();
    let mut entries = Vec::new();
    for dependency in &app.dependencies {
        let place = &dependency.place;
        match link(&components, dependency) {
            Ok((caller, target)) if is_wanted(&caller, &target) => {
                entries.push(format!("`{place}`"));
                taken.links.add([caller.as_str()], [target.as_str()]);
                if !present.targets_of(&caller).contains(target.as_str()) {
                    let text = format!("`{caller}` calls `{target}`: `{place}` says so");
                    taken.remarks.push(Remark::Said(text));
                    taken.imports.insert((caller, target));
                }
            }
            Ok(_) => {}
            Err(why) => {
                let entry = components::entry(dependency);
                let text = format!("{place}: {entry} is no link: {why}");
                taken.remarks.push(Remark::Said(text));
            }
        }
    }
    let involved = taken.links.members().into_iter();
    let involved: BTreeSet<String> = involved.map(str::to_string).collect();
    for name in &involved {
        if let Some((_, component)) = components.of_member(name) {
            let plan = manifest::point(app, component, workspace, name, disk)?;
            taken.plan.then(disk, plan);
        }
    }
    taken.rename(&components, (workspace, options), disk);
    let version = golem_rpc(app, disk).unwrap_or_default();
    for target in taken.links.targets() {
        let is_chosen = options.get(target).golem_rpc != GolemRpc::default();
        if !is_chosen && version != GolemRpc::default() {
            let changes = taken.options.entry(target.to_string()).or_default();
            changes.golem_rpc = Some(version);
        }
    }
    if !taken.imports.is_empty() || !taken.plan.is_empty() {
        taken.remarks.push(Remark::Said(format!(
            "golem.yaml is left as it is, since golem-cli deploys with it. Remove from it what is a link now ({}): golem-cli would generate clients of its own beside our stubs, and lead [package.metadata.component.target] back to the WIT that it generates",
            entries.join(", ")
        )));
    }
    Ok(taken)
}

impl Taken {
    /// Plans that the WIT of members names our packages instead of those that golem-cli generated.
    fn rename(
        &mut self,
        components: &Components<'_>,
        (workspace, options): (&Workspace, &Options),
        disk: &Snapshot,
    ) {
        for name in self.links.members() {
            let targets = self.links.targets_of(name);
            let mut new = NewNames::default();
            for other in components.members() {
                let Some(member) = workspace.members.get(other) else {
                    continue;
                };
                let Some(package) = own_package(member, disk) else {
                    continue;
                };
                // A component's own client is no business of its WIT, unless it calls itself.
                if (other != name || targets.contains(other))
                    && let Some(stub) = stub_interface(member, options.get(other).world, disk)
                {
                    new.add(&package, "client", NewName::Interface(stub.clone()));
                    new.add(&package, "stub", NewName::Interface(stub));
                }
                for suffix in ["exports", "interface"] {
                    new.add(&package, suffix, NewName::Package(package.clone()));
                }
            }
            self.renamed.insert(name.to_string(), new);
        }
        let remarks = crate::wit_names::rewrite(&self.renamed, workspace, &mut self.plan, disk);
        self.remarks.extend(remarks);
    }
}

/// The golem:rpc among the packages of an application: its stubs call through the same.
fn golem_rpc(app: &App, disk: &Snapshot) -> Option<GolemRpc> {
    let components = app.components.values();
    let source = components.clone().map(|component| &component.source_wit);
    let generated = components.filter_map(|component| component.generated_wit.as_ref());
    let own = source.chain(generated).map(|dir| dir.join("deps"));
    let mut dirs = app.wit_deps.iter().cloned().chain(own);
    dirs.find_map(|dir| wit::golem_rpc(&packages(&dir, disk)))
}
