//! The options of the older tool's calls → those of ours, and what a person should hear of the others.
//!
//! | option of the older tool | becomes |
//! |---|---|
//! | `--world` | `world` of the target, where another world is compiled |
//! | `--always-inline-types` | `redeclare` of the target: the packages of what its world exports |
//! | `--stub-crate-version` | nothing: a stub crate is never published |
//! | `--wasm-rpc-…-override` | nothing: no crate of the kind is needed |
//! | paths elsewhere than ours | nothing, with a remark |

use std::collections::BTreeSet;

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, WitRoot, names};
use golem_rpc_workspace::{Member, OptionChanges, Workspace};
use wit_parser::{PackageName, WorldKey};

use crate::calls::{Call, Given};
use crate::remark::Remark;
use crate::stubs::OlderStub;
use crate::wit::{key, respelled_root};

/// The options for a stub: those of the calls that made it, and the world that it shows by itself.
pub(crate) fn of_stub(
    stub: &OlderStub,
    target: &Member,
    workspace: &Workspace,
    calls: &[Call],
    disk: &Snapshot,
) -> (OptionChanges, Vec<Remark>) {
    let seen = Seen::read(target, disk);
    let mut changes = OptionChanges {
        world: world_of(stub, disk).filter(|world| seen.world(world).is_some()),
        ..OptionChanges::default()
    };
    let makes = |call: &&Call| {
        call.command == "generate" && call.path("dest-crate-root").as_ref() == Some(&stub.dir)
    };
    let mut remarks = Vec::new();
    for call in calls.iter().filter(makes) {
        for given in &call.options {
            let verdict = seen
                .carry(given, &stub.package, &mut changes)
                .or_else(|| dropped(given, call, target, workspace));
            remarks.extend(verdict.map(|verdict| remark(call, given, &verdict)));
        }
    }
    changes
        .world
        .take_if(|world| seen.compiled.as_ref() == Some(world));
    (changes, remarks)
}

/// What becomes of calls that make no stub crate.
pub(crate) fn of_others(calls: &[Call]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for call in calls {
        if call.command == "build" {
            remarks.push(Remark::Said(format!(
                "the task `{}` (Makefile.toml, line {}) built a stub without a crate: `cargo golem-rpc init --targets <member> --callers <member> --stub-backend component` does that",
                call.task, call.line
            )));
        }
        let is_elsewhere = |given: &&Given| {
            let value = given.value.as_deref().unwrap_or_default();
            given.name == "dest-wasm" && !value.contains("wasm32-wasi/")
        };
        let elsewhere = call.options.iter().filter(is_elsewhere);
        if call.command == "compose" {
            let verdict = "is dropped: the composed component is now beside what cargo built; `--dest-wasm` of `cargo golem-rpc compose` puts it elsewhere";
            remarks.extend(elsewhere.map(|given| remark(call, given, verdict)));
        }
    }
    remarks
}

/// What becomes of an option, for people.
fn remark(call: &Call, given: &Given, verdict: &str) -> Remark {
    Remark::Said(format!(
        "`{}` of the task `{}` (Makefile.toml, line {}) {verdict}",
        given.text, call.task, given.line
    ))
}

/// Why an option has no like here; none if nothing is lost.
fn dropped(given: &Given, call: &Call, target: &Member, workspace: &Workspace) -> Option<String> {
    let path = call.path(&given.name);
    let why = match given.name.as_str() {
        "stub-crate-version" => "nobody publishes the stub crate, and its version is 0.0.1".into(),
        "wasm-rpc-version-override" | "wasm-rpc-path-override" => {
            "our stubs do not need the crate `golem-wasm-rpc`".into()
        }
        "source-wit-root" => {
            let own = &target.local().ok()?.wit_root;
            path.filter(|path| path != own)?;
            let own = workspace.relative(own);
            format!(
                "the stub is made from `{own}`, as the manifest of `{}` says",
                target.name
            )
        }
        "dest-crate-root" => {
            let ours = workspace.stub_dir(target);
            path.filter(|path| *path != ours)?;
            format!("the stub crate is now in `{}`", workspace.relative(&ours))
        }
        _ => "it has no equivalent".into(),
    };
    Some(format!("is dropped: {why}"))
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

    /// Carries an option over, if we have one like it.
    fn carry(
        &self,
        given: &Given,
        package: &PackageName,
        changes: &mut OptionChanges,
    ) -> Option<String> {
        let name = &self.target.name;
        let table = format!("[workspace.metadata.golem-rpc.targets.{name}]");
        let value = given.value.as_deref().unwrap_or_default();
        Some(match given.name.as_str() {
            "world" if self.world(value).is_none() => {
                format!("is dropped: the WIT of `{name}` has no world `{value}` any more")
            }
            "world" if self.compiled.as_deref() == Some(value) => {
                "is the world that is compiled, and needs no option".into()
            }
            "world" => {
                changes.world = Some(value.to_string());
                format!("is now `world = \"{value}\"` in {table}")
            }
            "always-inline-types" => {
                let packages = self.exported(changes.world.as_deref(), package);
                let list: Vec<String> = packages.iter().map(|p| format!("\"{p}\"")).collect();
                changes.redeclare = Some(packages);
                format!("is now `redeclare = [{}]` in {table}", list.join(", "))
            }
            _ => return None,
        })
    }

    /// The packages of the interfaces that a world exports, and the target's own.
    fn exported(&self, world: Option<&str>, own: &PackageName) -> BTreeSet<String> {
        let mut packages = BTreeSet::from([key(own)]);
        let world = world.or(self.compiled.as_deref());
        if let Some(Source { resolve, world, .. }) = world.and_then(|world| self.world(world)) {
            packages.extend(resolve.worlds[world].exports.keys().filter_map(|export| {
                let WorldKey::Interface(id) = export else {
                    return None;
                };
                Some(key(&resolve.packages[resolve.interfaces[*id].package?].name))
            }));
        }
        packages
    }
}

/// The world that a stub is for, as its interface says.
fn world_of(stub: &OlderStub, disk: &Snapshot) -> Option<String> {
    let root = WitRoot::read(disk, &stub.dir.join("wit")).ok()?;
    let main = respelled_root(&root).main.parse().ok()?.main;
    let prefix = names::stub_interface("");
    main.interfaces
        .iter()
        .find_map(|(_, i)| i.name.as_deref()?.strip_prefix(&prefix).map(str::to_string))
}
