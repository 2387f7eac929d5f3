//! Imports of stubs in the worlds of callers, put in where that was asked for.
//!
//! What a world imports already, in whatever way, is not put in. An import that we put in stays until
//! its link goes, in its world, whatever world the caller chooses later; one that the user took out
//! stays out.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitError, WitPackage, WitRoot, names};
use wit_parser::WorldKey;

use crate::edited::{Draft, Entries};
use crate::ledger::Ledger;
use crate::lock::Keys;
use crate::settled::{self, Import};
use crate::toml::{Marked, hash_text};
use crate::wit_text::{self, World, removal, worlds};
use crate::{Member, Request, WorkspaceError};

/// The imports of one caller, each as `ns:name-stub/stub-world`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imports {
    /// Those of the stubs of its targets, by target.
    pub stubs: BTreeMap<String, String>,
    /// Those of them that its world is to have.
    pub wanted: BTreeSet<String>,
    /// Whether there are more, of targets whose stubs are not made (yet).
    pub unknown: bool,
}

/// Plans the imports of callers, and that those go whose link went.
pub(crate) fn plan(ledger: &mut Ledger<'_>, request: &Request<'_>) -> Result<(), WorkspaceError> {
    let (workspace, callers) = (ledger.workspace, request.links.callers());
    let is_asked = |member: &&Member| match callers.contains(member.name.as_str()) {
        true => request.callers.contains(&member.name),
        false => request.whole,
    };
    let mut wanted: BTreeMap<Utf8PathBuf, BTreeSet<Import>> = BTreeMap::new();
    for name in settled::wit_files(&ledger.old) {
        let file = workspace.path_of(&name);
        let members: Vec<&Member> = settled::having(workspace, &file).collect();
        if let (Some(text), true) = (ledger.text(&file)?, members.iter().any(is_asked)) {
            let known = members
                .iter()
                .filter_map(|member| request.imports.get(&member.name));
            let known: Vec<&Imports> = known.collect();
            let ours = settled::ours(text, &ledger.old.keys(&name)).into_iter();
            let kept = ours.filter_map(|(world, id)| Some((world, kept(ledger, id, &known)?)));
            wanted.insert(file, kept.collect());
        }
    }
    let new = request.imports.iter();
    for (caller, Imports { wanted: new, .. }) in new.filter(|(_, new)| !new.wanted.is_empty()) {
        let member = workspace.linked(caller)?;
        if !is_asked(&member) {
            continue;
        }
        let place = place(ledger, member)?;
        let mut imported = imported(ledger, member)?;
        imported.extend(place.imports);
        let new = new.difference(&imported).cloned();
        let new = new.map(|id| (place.world.clone(), id));
        wanted.entry(place.file).or_default().extend(new);
    }
    for (file, wanted) in wanted {
        let mut packages = settled::having(workspace, &file).map(|member| member.wit(ledger.disk));
        if let Some(Ok(WitRoot { main, .. })) = packages.next() {
            let entries = WorldImports {
                file: file.clone(),
                wanted,
                main,
            };
            ledger.edit(&file, entries);
        }
    }
    Ok(())
}

/// What an import of ours says that stays: it may have another version now, or another name.
fn kept(ledger: &Ledger<'_>, id: String, callers: &[&Imports]) -> Option<String> {
    let stubs = || callers.iter().flat_map(|imports| &imports.stubs);
    if let Some((_, stub)) = stubs().find(|(_, stub)| same_interface(stub, &id)) {
        return Some(stub.clone());
    }
    let was = |target: &str| {
        let member = ledger.workspace.members.get(target)?;
        stub_on_disk(ledger.disk, &ledger.workspace.stub_dir(member))
    };
    let renamed =
        stubs().find(|(target, _)| was(target).is_some_and(|was| same_interface(&was, &id)));
    match renamed {
        Some((_, stub)) => Some(stub.clone()),
        None => callers.iter().any(|imports| imports.unknown).then_some(id),
    }
}

/// The id of the interface of a stub as it stands in its directory.
fn stub_on_disk(disk: &Snapshot, dir: &Utf8Path) -> Option<String> {
    let wit = WitRoot::read(disk, &dir.join("wit")).ok()?;
    let group = wit.main.parse().ok()?;
    let mut names = group
        .main
        .interfaces
        .iter()
        .filter_map(|(_, i)| i.name.clone());
    let name = names.find(|name| name.starts_with("stub-"))?;
    Some(group.main.name.interface_id(&name))
}

/// Where a caller's world stands.
struct Place {
    file: Utf8PathBuf,
    world: String,
    /// What it imports, other packages' worlds aside.
    imports: BTreeSet<String>,
}

fn place(ledger: &Ledger<'_>, caller: &Member) -> Result<Place, WorkspaceError> {
    let local = caller.local()?;
    let main = caller.wit(ledger.disk)?.main;
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
        for import in settled::ours(&marked.text, &draft.old).difference(&self.wanted) {
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
        let new: Vec<String> = new.map(|(_, id)| names::written(id)).collect();
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
