//! The options of the older tool's calls → those of ours, and what a person should hear of the others.
//!
//! | option of the older tool | becomes |
//! |---|---|
//! | `--world` | `world` of the target, where another world is compiled |
//! | `--always-inline-types` | `redeclare` of the target: the packages of what its world exports |
//! | `--stub-crate-version` | nothing: a stub crate is never published |
//! | `--wasm-rpc-…-override` | nothing: no crate of the kind is needed |
//! | `--dest-…` elsewhere than ours | nothing: said with the place that it is at now |

use std::collections::BTreeSet;

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, WitRoot, names};
use wit_parser::WorldKey;

use super::Remark;
use super::calls::{Call, Given};
use super::stubs::OlderStub;
use super::wit::respelled_root;
use golem_rpc_workspace::{Member, OptionChanges, Workspace};

/// What the options for one stub become.
#[derive(Debug, Default)]
pub(super) struct Carried {
    pub(super) changes: OptionChanges,
    pub(super) remarks: Vec<Remark>,
}

/// The options for a stub: those of the calls that made it, and what it shows by itself.
pub(super) fn of_stub(
    stub: &OlderStub,
    target: &Member,
    workspace: &Workspace,
    calls: &[Call],
    disk: &Snapshot,
) -> Carried {
    let seen = Seen::read(target, disk);
    let makes = |call: &&Call| {
        call.command == "generate" && call.path("dest-crate-root").as_ref() == Some(&stub.dir)
    };
    let mut carried = Carried::default();
    carried.changes.world = seen.world_of_stub(stub, disk);
    for call in calls.iter().filter(makes) {
        for given in &call.options {
            let verdict = seen.verdict(given, call, stub, workspace, &mut carried.changes);
            if let Some(verdict) = verdict {
                carried.remarks.push(remark(call, given, verdict));
            }
        }
    }
    let world = carried.changes.world.clone();
    carried.changes.world = world.filter(|world| seen.compiled.as_deref() != Some(world));
    carried
}

/// The options of calls that make no stub crate.
pub(super) fn of_others(workspace: &Workspace, calls: &[Call]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for call in calls {
        match call.command.as_str() {
            "compose" => remarks.extend(composed_elsewhere(workspace, call)),
            "build" => remarks.push(built_alone(workspace, call)),
            _ => {}
        }
    }
    remarks
}

/// What becomes of an option, for people.
fn remark(call: &Call, given: &Given, verdict: String) -> Remark {
    Remark::Option {
        task: call.task.clone(),
        line: given.line,
        option: given.text.clone(),
        verdict,
    }
}

/// A caller that was composed to another file than ours.
fn composed_elsewhere(workspace: &Workspace, call: &Call) -> Option<Remark> {
    let given = call
        .options
        .iter()
        .find(|given| given.name == "dest-wasm")?;
    let dest = call.path("dest-wasm")?;
    let source = call.path("source-wasm")?;
    let name = format!("{}_composed.wasm", source.file_stem()?);
    let is_usual = dest.file_name() == Some(&name) && dest.starts_with(&workspace.target_directory);
    let verdict = format!(
        "is dropped: the composed component is now `{name}`, beside what cargo built; `--dest-wasm` of `cargo golem-rpc compose` puts it elsewhere"
    );
    (!is_usual).then(|| remark(call, given, verdict))
}

/// A stub that was built without a crate in the workspace.
fn built_alone(workspace: &Workspace, call: &Call) -> Remark {
    let root = call.path("source-wit-root");
    let mut members = workspace.members.values();
    let target = members.find(|member| {
        root.as_ref()
            .is_some_and(|root| root.starts_with(&member.dir))
    });
    let target = target.map_or("<member>", |member| &member.name);
    let world = call.value("world").map(|world| format!(" --world {world}"));
    Remark::BuiltAlone {
        task: call.task.clone(),
        line: call.line,
        command: format!(
            "cargo golem-rpc init --targets {target} --callers <member> --stub-backend component{}",
            world.unwrap_or_default()
        ),
    }
}

/// What the target's WIT has.
struct Seen<'a> {
    root: Option<WitRoot>,
    target: &'a Member,
    /// The world that is compiled.
    compiled: Option<String>,
}

impl<'a> Seen<'a> {
    fn read(target: &'a Member, disk: &Snapshot) -> Seen<'a> {
        let root = target.target_wit(disk).ok();
        let root = root.map(|root| respelled_root(&root));
        let named = target.local().ok().and_then(|local| local.world.as_deref());
        let compiled = root.as_ref().and_then(|root| root.select(named).ok());
        Seen {
            compiled: compiled.map(|source| source.resolve.worlds[source.world].name.clone()),
            root,
            target,
        }
    }

    fn world(&self, name: &str) -> Option<Source> {
        self.root.as_ref()?.select(Some(name)).ok()
    }

    /// The world that a stub is for, by its interface, if the target still has it.
    fn world_of_stub(&self, stub: &OlderStub, disk: &Snapshot) -> Option<String> {
        let world = stub.world(disk)?;
        self.world(&world).map(|_| world)
    }

    /// What becomes of an option; none if nothing is to be said.
    fn verdict(
        &self,
        given: &Given,
        call: &Call,
        stub: &OlderStub,
        workspace: &Workspace,
        changes: &mut OptionChanges,
    ) -> Option<String> {
        let value = given.value.as_deref().unwrap_or_default();
        let table = format!(
            "[workspace.metadata.golem-rpc.targets.{}]",
            self.target.name
        );
        Some(match given.name.as_str() {
            "world" => match self.world(value) {
                Some(_) if self.compiled.as_deref() == Some(value) => {
                    "is the world that is compiled, and needs no option".to_string()
                }
                Some(_) => {
                    changes.world = Some(value.to_string());
                    format!("is now `world = \"{value}\"` in {table}")
                }
                None => format!(
                    "is dropped: the WIT of `{}` has no world `{value}` any more",
                    self.target.name
                ),
            },
            "always-inline-types" => {
                let packages = self.exported(changes.world.as_deref(), &stub.package);
                let list = packages.iter().map(|package| format!("\"{package}\""));
                let list = list.collect::<Vec<_>>().join(", ");
                changes.redeclare = Some(packages);
                format!("is now `redeclare = [{list}]` in {table}")
            }
            "stub-crate-version" => {
                "is dropped: the stub crate is a member that nobody publishes, and has version 0.0.1".to_string()
            }
            "wasm-rpc-version-override" | "wasm-rpc-path-override" => {
                "is dropped: our stubs need no crate `golem-wasm-rpc`".to_string()
            }
            "source-wit-root" => {
                let root = call.path("source-wit-root")?;
                let own = &self.target.local().ok()?.wit_root;
                if root == *own {
                    return None;
                }
                format!("is dropped: the stub is made from `{}`, which the manifest of `{}` names", workspace.relative(own), self.target.name)
            }
            "dest-crate-root" => {
                let ours = workspace.stub_dir(self.target);
                if ours == stub.dir {
                    return None;
                }
                format!("is dropped: the stub crate is now in `{}`", workspace.relative(&ours))
            }
            _ => "is not known, and is dropped".to_string(),
        })
    }

    /// The packages of the interfaces that a world exports.
    fn exported(&self, world: Option<&str>, own: &wit_parser::PackageName) -> BTreeSet<String> {
        let source = world
            .or(self.compiled.as_deref())
            .and_then(|world| self.world(world));
        let mut packages = BTreeSet::from([format!("{}:{}", own.namespace, own.name)]);
        for source in source.iter() {
            let resolve = &source.resolve;
            for key in resolve.worlds[source.world].exports.keys() {
                let WorldKey::Interface(id) = key else {
                    continue;
                };
                let package = resolve.interfaces[*id].package;
                let name = package.map(|id| &resolve.packages[id].name);
                packages.extend(name.map(|name| format!("{}:{}", name.namespace, name.name)));
            }
        }
        packages
    }
}

impl OlderStub {
    /// The world that it is for, as its interface says.
    fn world(&self, disk: &Snapshot) -> Option<String> {
        let root = WitRoot::read(disk, &self.dir.join("wit")).ok()?;
        let main = respelled_root(&root).main.parse().ok()?.main;
        let mut interfaces = main
            .interfaces
            .iter()
            .filter_map(|(_, i)| i.name.as_deref());
        let prefix = names::stub_interface("");
        interfaces.find_map(|name| name.strip_prefix(&prefix).map(str::to_string))
    }
}
