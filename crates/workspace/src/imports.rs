//! Imports of stubs in the worlds of callers, put in where that was asked for.
//!
//! What a world imports already, in whatever way, is not put in. An import that we put in stays until
//! its link goes, in its world, whatever world the caller chooses later; one that the user took out
//! stays out.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitError, WitPackage};
use toml_edit::Key;
use wit_parser::WorldKey;

use crate::edited::{Draft, Entries};
use crate::ledger::Ledger;
use crate::lock::Keys;
use crate::toml::{Marked, hash_text};
use crate::wit_text::{self, World, removal, worlds};
use crate::{Lock, Member, Workspace, WorkspaceError};

/// The imports of one caller, each as `ns:name-stub/stub-world`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imports {
    /// Those of all stubs of its targets.
    pub stubs: BTreeSet<String>,
    /// Those of them that its world is to have.
    pub wanted: BTreeSet<String>,
    /// Whether there are more, of targets that have no stub (yet).
    pub unknown: bool,
}

/// An import in a world's text: the world, and what it imports.
type Import = (String, String);

/// Plans the imports of members that share a WIT root, callers or not any more. `stubs` are those that
/// their targets have, none if some are not known; `new` is what some of them are to have.
pub(crate) fn plan(
    ledger: &mut Ledger<'_>,
    member: &Member,
    stubs: Option<&BTreeSet<String>>,
    new: &[(&Member, &BTreeSet<String>)],
) -> Result<(), WorkspaceError> {
    let Ok(root) = member.wit(ledger.disk) else {
        return Ok(());
    };
    let main = root.main;
    for lock in [&mut ledger.old, &mut ledger.new] {
        follow(lock, ledger.workspace, ledger.disk, (member, &main));
    }
    let mut wanted: BTreeMap<Utf8PathBuf, BTreeSet<Import>> = BTreeMap::new();
    for file in &main.files {
        let name = ledger.workspace.relative(&file.path);
        let keys = ledger.old.keys(&name);
        if keys == Keys::default() && ledger.old.pieces(&name).is_none() {
            continue;
        }
        let text = ledger.text(&file.path)?.unwrap_or_default();
        let kept = ours(text, &keys).into_iter().filter_map(|(world, id)| {
            let id = match stubs {
                Some(stubs) => stubs.iter().find(|stub| same_interface(stub, &id))?.clone(),
                None => id,
            };
            Some((world, id))
        });
        wanted.insert(file.path.clone(), kept.collect());
    }
    for (caller, new) in new.iter().filter(|(_, new)| !new.is_empty()) {
        let place = place(ledger, caller, &main)?;
        let mut imported = imported(ledger, caller)?;
        imported.extend(place.imports.iter().cloned());
        let new = new.difference(&imported).cloned();
        let new = new.map(|id| (place.world.clone(), id));
        wanted.entry(place.file).or_default().extend(new);
    }
    for (file, wanted) in wanted {
        let entries = WorldImports {
            file: file.clone(),
            wanted,
            main: main.clone(),
        };
        ledger.edit(&file, entries);
    }
    Ok(())
}

/// Where a file of a member's WIT is gone in which something was ours, another file may have it now:
/// then the lock means that one.
pub(crate) fn follow(
    lock: &mut Lock,
    workspace: &Workspace,
    disk: &Snapshot,
    (member, main): (&Member, &WitPackage),
) {
    let is_gone = |name: &&str| {
        let file = workspace.root.join(name);
        let is_wit = file.extension() == Some("wit");
        let is_of_member = || {
            main.files
                .iter()
                .any(|f| f.path.file_name() == file.file_name())
        };
        is_wit && !disk.contains(&file) && (file.starts_with(&member.dir) || is_of_member())
    };
    let gone: Vec<String> = lock
        .edited()
        .into_iter()
        .filter(is_gone)
        .map(Into::into)
        .collect();
    for name in gone {
        let keys = lock.keys(&name);
        let now = main.files.iter().find_map(|file| {
            let now = workspace.relative(&file.path);
            let text = std::str::from_utf8(&file.content).ok()?;
            let is_known = lock.edited().contains(now.as_str());
            let has_all = || ours(text, &keys).len() == recorded(&keys).len();
            (!is_known && has_all()).then_some(now)
        });
        if let Some(now) = now {
            lock.rename_entries(&name, &now);
        }
    }
}

/// Where a caller's world stands.
struct Place {
    file: Utf8PathBuf,
    world: String,
    /// What it imports, other packages' worlds aside.
    imports: BTreeSet<String>,
}

fn place(ledger: &Ledger<'_>, caller: &Member, main: &WitPackage) -> Result<Place, WorkspaceError> {
    let local = caller.local()?;
    let package = main.name()?;
    let mut all = Vec::new();
    for file in &main.files {
        let text = ledger.text(&file.path)?.unwrap_or_default();
        all.extend(worlds(text).into_iter().map(|world| (&file.path, world)));
    }
    let named = local.world.as_deref().map(world_name);
    let names = || all.iter().map(|(_, world)| world.name.clone()).collect();
    let path = local.wit_root.clone();
    let found = match (&all[..], named) {
        (_, Some(name)) => all.iter().find(|(_, world)| world.name == name),
        ([world], None) => Some(world),
        ([], None) => None,
        (_, None) => {
            let worlds = names();
            let several = WitError::SeveralWorlds {
                package,
                path,
                worlds,
            };
            return Err(several.into());
        }
    };
    let found = found.map(|(file, world)| ((*file).clone(), world.name.clone()));
    let Some((file, world)) = found else {
        return Err(match named {
            Some(name) => WitError::UnknownWorld {
                package,
                path,
                world: name.to_string(),
                worlds: names(),
            },
            None => WitError::NoWorld { package, path },
        }
        .into());
    };
    let worlds: Vec<World> = all.into_iter().map(|(_, world)| world).collect();
    Ok(Place {
        imports: wit_text::imports(&worlds, &world),
        file,
        world,
    })
}

/// A world's own name: a manifest may name it with its package.
fn world_name(world: &str) -> &str {
    let name = world.rsplit('/').next().unwrap_or(world);
    name.split('@').next().unwrap_or(name)
}

/// Whether two ids are of one interface, whatever the version.
fn same_interface(one: &str, other: &str) -> bool {
    let name = |id: &str| id.split('@').next().unwrap_or_default().to_string();
    name(one) == name(other)
}

/// What the world of a caller imports, in whatever way. Where it does not resolve (yet), its text has
/// to do.
fn imported(ledger: &Ledger<'_>, caller: &Member) -> Result<BTreeSet<String>, WorkspaceError> {
    let world = caller.local()?.world.as_deref();
    let root = ledger.workspace.target_wit(&caller.name, ledger.disk)?;
    let Ok(source) = root.select(world) else {
        return Ok(BTreeSet::new());
    };
    let keys = source.resolve.worlds[source.world].imports.keys();
    let ids = keys.filter_map(|key| match key {
        WorldKey::Interface(id) => source.resolve.id_of(*id),
        WorldKey::Name(_) => None,
    });
    Ok(ids.collect())
}

/// The imports that are recorded as ours in a file.
fn recorded(keys: &Keys) -> BTreeSet<Import> {
    let parsed = keys.iter().filter_map(|key| Key::parse(key).ok());
    let names = parsed.filter_map(|path| match &path[..] {
        [world, id] => Some((world.get().to_string(), id.get().to_string())),
        _ => None,
    });
    names.collect()
}

/// Those of them that a text still has. The import may stand in a world that has got another name.
pub(crate) fn ours(text: &str, keys: &Keys) -> BTreeSet<Import> {
    let (worlds, recorded) = (worlds(text), recorded(keys));
    let here = |(name, id): &Import| {
        let is_named = |world: &&World| world.name == *name;
        let has = |world: &&World| world.import(id).is_some();
        let is_other = |world: &&World| !recorded.contains(&(world.name.clone(), id.clone()));
        let world = match worlds.iter().find(is_named) {
            Some(world) => Some(world).filter(has),
            None => worlds.iter().filter(is_other).find(has),
        };
        Some((world?.name.clone(), id.clone()))
    };
    recorded.iter().filter_map(here).collect()
}

/// What is to be of ours in one file: imports in its worlds.
struct WorldImports {
    file: Utf8PathBuf,
    wanted: BTreeSet<Import>,
    /// The package that the file belongs to.
    main: WitPackage,
}

impl Entries for WorldImports {
    fn write(&self, _: &Ledger<'_>, draft: &mut Draft) -> Result<(), WorkspaceError> {
        let mut marked = draft.marked(&self.file)?;
        for import in ours(&marked.text, &draft.old).difference(&self.wanted) {
            marked = remove(marked, import);
        }
        for world in worlds(&marked.text) {
            marked = self.insert(marked, &world.name);
        }
        self.check(&marked.text)?;
        draft.new = Keys::default();
        for (world, id) in &self.wanted {
            draft.new.record(&[world, id], hash_text(id));
        }
        draft.text = Some(marked);
        Ok(())
    }

    fn nothing<'s>(&'s self, _: &Ledger<'_>) -> Box<dyn Entries + 's> {
        Box::new(WorldImports {
            file: self.file.clone(),
            wanted: BTreeSet::new(),
            main: self.main.clone(),
        })
    }
}

fn remove(marked: Marked, (name, id): &Import) -> Marked {
    let worlds = worlds(&marked.text);
    let world = worlds.iter().find(|world| world.name == *name);
    match world.and_then(|world| world.import(id)) {
        Some(item) => {
            let range = removal(&marked.text, item);
            marked.splice(range, "")
        }
        None => marked,
    }
}

impl WorldImports {
    /// Puts into a world what it lacks.
    fn insert(&self, marked: Marked, name: &str) -> Marked {
        let worlds = worlds(&marked.text);
        let Some(world) = worlds.iter().find(|world| world.name == name) else {
            return marked;
        };
        let new = self.wanted.iter().filter(|(world, _)| world == name);
        let new = new.filter(|(_, id)| world.import(id).is_none());
        let new: Vec<String> = new.map(|(_, id)| id.clone()).collect();
        if new.is_empty() {
            return marked;
        }
        let (at, text) = world.insertion(&marked.text, &new);
        marked.splice(at..at, &text)
    }

    /// Checks that the package still parses.
    fn check(&self, text: &str) -> Result<(), WorkspaceError> {
        let mut main = self.main.clone();
        for file in main.files.iter_mut().filter(|file| file.path == self.file) {
            file.content = text.as_bytes().to_vec();
        }
        main.name()
            .map(drop)
            .map_err(|error| WorkspaceError::Mistake {
                file: self.file.clone(),
                message: error
                    .to_string()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_string(),
            })
    }
}
