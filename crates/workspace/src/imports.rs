//! Imports of stubs in the worlds of callers, put in where that was asked for.
//!
//! What a world imports already, in whatever way, is not put in. An import that we put in stays until
//! its link goes; one that the user took out stays out.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_stub::{WitError, WitPackage};
use toml_edit::Key;
use wit_parser::WorldKey;

use crate::edited::{Draft, Entries};
use crate::ledger::Ledger;
use crate::lock::Keys;
use crate::toml::{Marked, hash_text, key_path};
use crate::wit_text::{self, World, removal, worlds};
use crate::{Member, WorkspaceError};

/// The imports of one caller, each as `ns:name-stub/stub-world`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imports {
    /// Those of all stubs of its targets.
    pub stubs: BTreeSet<String>,
    /// Those of them that its world is to have.
    pub wanted: BTreeSet<String>,
}

/// Plans the imports of a caller, or of a member that is none any more.
pub(crate) fn plan(
    ledger: &mut Ledger<'_>,
    caller: &Member,
    imports: &Imports,
) -> Result<(), WorkspaceError> {
    let Ok(root) = caller.wit(ledger.disk) else {
        return Ok(());
    };
    let main = root.main;
    let mut recorded: BTreeMap<Utf8PathBuf, BTreeSet<String>> = BTreeMap::new();
    for file in &main.files {
        let name = ledger.workspace.relative(&file.path);
        let ours = ids(&ledger.old.keys(&name));
        if !ours.is_empty() || ledger.old.pieces(&name).is_some() {
            recorded.insert(file.path.clone(), ours);
        }
    }
    if recorded.is_empty() && imports.wanted.is_empty() {
        return Ok(());
    }
    let place = place(ledger, caller, &main)?;
    let ours: BTreeSet<&String> = recorded.values().flatten().collect();
    let mut wanted: BTreeSet<String> = imports
        .stubs
        .iter()
        .filter(|id| {
            ours.iter()
                .any(|ours| is_there(&place, ours) && same_interface(ours, id))
        })
        .cloned()
        .collect();
    if !imports.wanted.is_empty() {
        let mut imported = imported(ledger, caller)?;
        imported.extend(place.imports.iter().cloned());
        let new = imports.wanted.iter();
        // Ours does not count: it may have to be put in again.
        let is_new = |id: &&String| ours.contains(*id) || !imported.contains(*id);
        wanted.extend(new.filter(is_new).cloned());
    }
    let mut files: BTreeSet<Utf8PathBuf> = recorded.into_keys().collect();
    files.insert(place.file.clone());
    for file in files {
        let wanted = match file == place.file {
            true => wanted.clone(),
            false => BTreeSet::new(),
        };
        let entries = WorldImports {
            file: file.clone(),
            world: place.world.clone(),
            wanted,
            main: main.clone(),
        };
        ledger.edit(&file, entries);
    }
    Ok(())
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

fn is_there(place: &Place, id: &str) -> bool {
    place.imports.contains(id)
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
pub(crate) fn ids(keys: &Keys) -> BTreeSet<String> {
    let parsed = keys.iter().filter_map(|key| Key::parse(key).ok()?.pop());
    parsed.map(|key| key.get().to_string()).collect()
}

/// What is to be of ours in one file: the imports in its world, or none.
struct WorldImports {
    file: Utf8PathBuf,
    world: String,
    wanted: BTreeSet<String>,
    /// The package that the file belongs to.
    main: WitPackage,
}

impl Entries for WorldImports {
    fn write(&self, _: &Ledger<'_>, draft: &mut Draft) -> Result<(), WorkspaceError> {
        let marked = draft.marked(&self.file)?;
        let recorded = ids(&draft.old);
        let marked = self.remove(marked, &recorded);
        let marked = self.insert(marked);
        self.check(&marked.text)?;
        for id in &recorded {
            draft.new.forget(&key_path(&[id]));
        }
        for id in &self.wanted {
            draft.new.record(&[id], hash_text(id));
        }
        draft.text = Some(marked);
        Ok(())
    }

    fn nothing<'s>(&'s self, _: &Ledger<'_>) -> Box<dyn Entries + 's> {
        Box::new(WorldImports {
            file: self.file.clone(),
            world: self.world.clone(),
            wanted: BTreeSet::new(),
            main: self.main.clone(),
        })
    }
}

impl WorldImports {
    fn remove(&self, mut marked: Marked, recorded: &BTreeSet<String>) -> Marked {
        for id in recorded.difference(&self.wanted) {
            let worlds = worlds(&marked.text);
            let items = worlds.iter().filter(|world| world.name == self.world);
            let mut items = items.flat_map(|world| &world.items);
            if let Some(item) = items.find(|item| item.import.as_ref() == Some(id)) {
                let range = removal(&marked.text, item);
                marked = marked.splice(range, "");
            }
        }
        marked
    }

    fn insert(&self, marked: Marked) -> Marked {
        let worlds = worlds(&marked.text);
        let Some(world) = worlds.iter().find(|world| world.name == self.world) else {
            return marked;
        };
        let there: BTreeSet<&String> = world.items.iter().flat_map(|item| &item.import).collect();
        let new = self.wanted.iter().filter(|id| !there.contains(id));
        let new: Vec<String> = new.cloned().collect();
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
