//! Imports of stubs in the worlds of callers, put in where that was asked for.
//!
//! What a world imports already, in whatever way, is not put in. An import that we put in stays until
//! its link goes, in its world, whatever world the caller chooses later; one that the user took out
//! stays out.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitPackage, WitRoot, names};
use wit_parser::WorldKey;

use crate::edited::{Draft, Entries};
use crate::ledger::Ledger;
use crate::lock::Keys;
use crate::settled::{self, Import};
use crate::toml::Marked;
use crate::wit_text::{self, World, removal, worlds};
use crate::world::MemberWorld;
use crate::{Member, Request, Workspace, WorkspaceError};

/// The imports of one caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imports {
    /// By target: what imports its stub, `ns:name-stub/stub-world`; none if there is no such stub (yet).
    pub stubs: BTreeMap<String, Option<String>>,
    /// The targets whose import its world is to have.
    pub wanted: BTreeSet<String>,
}

/// Plans the imports of callers, and that those go whose link went.
pub(crate) fn plan(ledger: &mut Ledger<'_>, request: &Request<'_>) -> Result<(), WorkspaceError> {
    let (workspace, callers) = (ledger.workspace, request.links.callers());
    let is_asked = |member: &&Member| match callers.contains(member.name.as_str()) {
        true => request.callers.contains(&member.name),
        false => request.whole,
    };
    let mut wanted: BTreeMap<Utf8PathBuf, BTreeMap<Import, String>> = BTreeMap::new();
    for name in settled::wit_files(&ledger.old) {
        let file = workspace.path_of(&name);
        let members: Vec<&Member> = settled::having(workspace, ledger.disk, &file).collect();
        if let (Some(text), true) = (ledger.text(&file)?, members.iter().any(is_asked)) {
            let callers = members.iter();
            let callers = callers.filter_map(|member| request.imports.get(&member.name));
            let callers: Vec<&Imports> = callers.collect();
            let keys = ledger.old.keys(&name);
            wanted.insert(file, kept(ledger, text, &keys, &callers));
        }
    }
    for (caller, Imports { stubs, wanted: new }) in request.imports {
        let member = workspace.linked(caller)?;
        if new.is_empty() || !is_asked(&member) {
            continue;
        }
        let place = place(ledger, member)?;
        let mut imported = imported(ledger, member)?;
        imported.extend(place.imports);
        let wanted = wanted.entry(place.file).or_default();
        for target in new {
            if let Some(Some(id)) = stubs.get(target)
                && !imported.contains(id)
            {
                wanted.insert((place.world.clone(), id.clone()), target.clone());
            }
        }
    }
    for (file, wanted) in wanted {
        let mut packages = settled::having(workspace, ledger.disk, &file)
            .filter_map(|member| settled::package_with(member.wit(ledger.disk).ok()?, &file));
        if let Some(package) = packages.next() {
            let entries = WorldImports {
                file: file.clone(),
                wanted,
                package,
            };
            ledger.edit(&file, entries);
        }
    }
    Ok(())
}

/// Those of our imports in a file that stay, as they are to be: a stub may have another version now, or
/// another name. Where the user has written that already, ours goes.
fn kept(
    ledger: &Ledger<'_>,
    text: &str,
    keys: &Keys,
    callers: &[&Imports],
) -> BTreeMap<Import, String> {
    let (ours, all) = (settled::ours(text, keys), settled::imports(text));
    let named: BTreeSet<&String> = ours.values().collect();
    let kept = ours.iter().filter_map(|((world, id), target)| {
        let stubs = || callers.iter().flat_map(|imports| &imports.stubs);
        let is = |stub: Option<&String>| stub.is_some_and(|stub| same_interface(stub, id));
        let was = |target: &str| stub_on_disk(ledger.workspace, target, ledger.disk);
        // A target may have another name, or one that another target had.
        let new = || stubs().filter(|(name, _)| !named.contains(name));
        let (target, stub) = new()
            .find(|(_, stub)| is(stub.as_ref()))
            .or_else(|| stubs().find(|(name, _)| *name == target))
            .or_else(|| stubs().find(|(_, stub)| is(stub.as_ref())))
            .or_else(|| new().find(|(name, _)| is(was(name).as_ref())))?;
        let now = (world.clone(), stub.as_ref().unwrap_or(id).clone());
        let is_ours = ours.contains_key(&now) || !all.contains(&now);
        is_ours.then(|| (now, target.clone()))
    });
    kept.collect()
}

/// What imports the stub that lies in its target's stub directory.
pub(crate) fn stub_on_disk(workspace: &Workspace, target: &str, disk: &Snapshot) -> Option<String> {
    let dir = workspace.stub_dir(workspace.members.get(target)?);
    let root = WitRoot::read(disk, &dir.join("wit")).ok()?;
    let main = root.main.parse().ok()?.main;
    let mut names = main
        .interfaces
        .iter()
        .filter_map(|(_, i)| i.name.as_deref());
    let interface = names.find(|name| name.starts_with("stub-"))?;
    Some(main.name.interface_id(interface))
}

/// Whether two ids are of one interface, whatever the version.
fn same_interface(one: &str, other: &str) -> bool {
    let name = |id: &str| id.split('@').next().unwrap_or_default().to_string();
    name(one) == name(other)
}

/// Where a caller's world stands.
struct Place {
    file: Utf8PathBuf,
    world: String,
    /// What it imports, other packages' worlds aside.
    imports: BTreeSet<String>,
}

fn place(ledger: &Ledger<'_>, caller: &Member) -> Result<Place, WorkspaceError> {
    let MemberWorld { name, wit, .. } = caller.world(ledger.disk)?;
    let mut all = Vec::new();
    for file in &wit.files {
        let text = ledger.text(&file.path)?.unwrap_or_default();
        all.extend(worlds(text).into_iter().map(|world| (&file.path, world)));
    }
    let found = all.iter().find(|(_, world)| world.name == name);
    let Some(file) = found.map(|(file, _)| (*file).clone()) else {
        // It stands in a package within another one, or is encoded.
        let file = wit.files[0].path.clone();
        return Err(WorkspaceError::WorldNotEdited {
            caller: caller.name.clone(),
            world: name,
            file,
            reader: None,
        });
    };
    check_own(ledger, caller, &name, &file)?;
    let worlds: Vec<World> = all.into_iter().map(|(_, world)| world).collect();
    Ok(Place {
        imports: wit_text::imports(&worlds, &name),
        file,
        world: name,
    })
}

/// Refuses to write into a package that is not the caller's alone.
fn check_own(
    ledger: &Ledger<'_>,
    caller: &Member,
    world: &str,
    file: &Utf8Path,
) -> Result<(), WorkspaceError> {
    if caller
        .main_wit(ledger.disk)?
        .files
        .iter()
        .any(|own| own.path == file)
    {
        return Ok(());
    }
    let others = ledger.workspace.members.values();
    let mut readers = others.filter(|other| {
        let reads = other.wit_reads();
        other.name != caller.name && reads.iter().any(|read| read.covers(file))
    });
    let reader = readers.next().map(|other| other.name.clone());
    match reader.is_none() && file.starts_with(&caller.dir) {
        true => Ok(()),
        false => Err(WorkspaceError::WorldNotEdited {
            caller: caller.name.clone(),
            world: world.to_string(),
            file: file.to_path_buf(),
            reader,
        }),
    }
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
    /// Each with its target.
    wanted: BTreeMap<Import, String>,
    /// The package that the file belongs to.
    package: WitPackage,
}

impl Entries for WorldImports {
    fn write(&self, _: &Ledger<'_>, draft: &mut Draft) -> Result<(), WorkspaceError> {
        let mut marked = draft.marked(&self.file)?;
        for import in settled::ours(&marked.text, &draft.old).keys() {
            if !self.wanted.contains_key(import) {
                marked = remove(marked, import);
            }
        }
        for world in worlds(&marked.text) {
            marked = self.insert(marked, &world.name);
        }
        self.check(&marked.text)?;
        draft.new = Keys::default();
        for (import, target) in &self.wanted {
            settled::record(&mut draft.new, import, target);
        }
        draft.text = Some(marked);
        Ok(())
    }

    fn nothing<'s>(&'s self, _: &Ledger<'_>) -> Box<dyn Entries + 's> {
        Box::new(WorldImports {
            file: self.file.clone(),
            wanted: BTreeMap::new(),
            package: self.package.clone(),
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
        let new = self.wanted.keys().filter(|(world, _)| world == name);
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
        let mut package = self.package.clone();
        for file in package
            .files
            .iter_mut()
            .filter(|file| file.path == self.file)
        {
            file.content = text.as_bytes().to_vec();
        }
        package
            .name()
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
