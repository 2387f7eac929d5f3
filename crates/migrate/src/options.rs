//! The options of the older tool's calls → those of ours, and what a person should hear of the others.
//!
//! | option of the older tool | becomes |
//! |---|---|
//! | `--world` | `world` of the target, where another world is compiled |
//! | `--always-inline-types` | `redeclare` of the target, with its own package |
//! | `--stub-crate-version`, `--wasm-rpc-…-override`, … | nothing: our stubs do not need them |

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitRoot, names};
use golem_rpc_workspace::{Member, OptionChanges};

use crate::calls::{Call, Given};
use crate::remark::Remark;
use crate::stubs::OlderStub;
use crate::wit::{key, respelled_root};

/// The options for a stub: those of the calls that made it, and the world that it shows by itself.
pub(crate) fn of_stub(
    stub: &OlderStub,
    target: &Member,
    calls: &[Call],
    disk: &Snapshot,
) -> (OptionChanges, Vec<Remark>) {
    let worlds = Worlds::of(target, disk);
    let mut changes = OptionChanges {
        world: world_of(stub, disk).filter(|world| worlds.has(world)),
        ..OptionChanges::default()
    };
    let mut remarks = Vec::new();
    let makes = |call: &&Call| {
        call.command == "generate" && call.path("dest-crate-root").as_ref() == Some(&stub.dir)
    };
    for call in calls.iter().filter(makes) {
        for given in &call.options {
            if let Some(verdict) = carry(given, stub, &worlds, &mut changes) {
                remarks.push(Remark::Said(format!(
                    "`{}` of the task `{}` (Makefile.toml, line {}) {verdict}",
                    given.text, call.task, given.line
                )));
            }
        }
    }
    changes
        .world
        .take_if(|world| worlds.compiled.as_ref() == Some(world));
    (changes, remarks)
}

/// Carries an option over, and says what becomes of it; none if nothing is to be said.
fn carry(
    given: &Given,
    stub: &OlderStub,
    worlds: &Worlds,
    changes: &mut OptionChanges,
) -> Option<String> {
    let name = &stub.target;
    let table = format!("[workspace.metadata.golem-rpc.targets.{name}]");
    let value = given.value.clone().unwrap_or_default();
    Some(match given.name.as_str() {
        "source-wit-root" | "dest-crate-root" => return None,
        "world" if !worlds.has(&value) => {
            format!("is dropped: the WIT of `{name}` has no world `{value}` any more")
        }
        "world" if worlds.compiled.as_ref() == Some(&value) => {
            "is dropped: that world is the one that is compiled".into()
        }
        "world" => {
            let verdict = format!("is now `world = \"{value}\"` in {table}");
            changes.world = Some(value);
            verdict
        }
        "always-inline-types" => {
            let package = key(&stub.package);
            let verdict = format!("is now `redeclare = [\"{package}\"]` in {table}");
            changes.redeclare = Some([package].into());
            verdict
        }
        _ => "is dropped: our stubs do not need it".into(),
    })
}

/// The worlds of a target.
struct Worlds {
    root: Option<WitRoot>,
    /// The one that is compiled.
    compiled: Option<String>,
}

impl Worlds {
    fn of(target: &Member, disk: &Snapshot) -> Worlds {
        let root = target.target_wit(disk).ok();
        let root = root.map(|root| respelled_root(&root));
        let named = target.local().ok().and_then(|local| local.world.as_deref());
        let compiled = root.as_ref().and_then(|root| root.select(named).ok());
        Worlds {
            compiled: compiled.map(|source| source.resolve.worlds[source.world].name.clone()),
            root,
        }
    }

    fn has(&self, world: &str) -> bool {
        let root = self.root.as_ref();
        root.is_some_and(|root| root.select(Some(world)).is_ok())
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
