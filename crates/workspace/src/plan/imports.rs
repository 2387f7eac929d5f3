//! Imports of stubs in the worlds of callers, put in where that was asked for.
//!
//! An import of ours bears a tag: `import shop:cart-stub/stub-cart; // golem-rpc`. It stays until its link goes,
//! and follows when the stub gets another name or version. What a world imports already, in whatever way, is not
//! put in. Where an import of ours comes or goes, all of that world are taken out and put in again.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitPackage, names};
use golem_rpc_toml::TomlError;
use wit_parser::WorldKey;

use crate::plan::draft::Draft;
use crate::plan::linked::Linked;
use crate::plan::stubs::Stubs;
use crate::wit::stub_ids::{import_of, stub_on_disk};
use crate::wit::text::{self, World, worlds};
use crate::wit::world::MemberWorld;
use crate::{Member, Wanted, WorkspaceError};

/// By target: what imports its stub, `ns:name-stub/stub-world`; none if there is no such stub (yet).
type Ids<'l> = BTreeMap<&'l str, Option<String>>;

/// Plans the imports of callers, and, of all links, that those go whose link went.
pub(crate) fn plan(
    draft: &mut Draft<'_>,
    wanted: &Wanted<'_>,
    (linked, stubs): (&Linked, &Stubs),
    is_whole: bool,
) -> Result<(), WorkspaceError> {
    let (links, all) = (&linked.links, wanted.links.callers());
    let is_asked = |member: &Member| match all.contains(member.name.as_str()) {
        true => linked.callers.contains(&member.name),
        false => is_whole,
    };
    let ids: Ids<'_> = links
        .targets()
        .into_iter()
        .map(|target| (target, stubs.wits.get(target).and_then(import_of)))
        .collect();
    let mut files: BTreeMap<Utf8PathBuf, File<'_>> = BTreeMap::new();
    for member in draft.workspace.members.values() {
        for package in packages(member, draft.disk) {
            for file in &package.files {
                let tagged = text::has_tag(&file.content);
                let known = files.contains_key(&file.path);
                if tagged || known {
                    let known = files.entry(file.path.clone()).or_default();
                    known.package.get_or_insert_with(|| package.clone());
                    known.members.push(member);
                }
            }
        }
    }
    files.retain(|_, file| file.members.iter().any(|member| is_asked(member)));
    for (path, file) in &mut files {
        let text = draft.text(path)?.unwrap_or_default();
        let callers = file.members.iter();
        let targets = callers.flat_map(|member| links.targets_of(&member.name));
        file.wanted = kept(draft, text, &targets.collect(), &ids);
    }
    for caller in &linked.callers {
        let asked = wanted.imports.iter().filter(|(name, _)| name == caller);
        let new: Vec<&str> = asked.map(|(_, target)| target.as_str()).collect();
        if new.is_empty() {
            continue;
        }
        let member = draft.workspace.linked(caller)?;
        let place = place(draft, member)?;
        let mut imported = imported(draft, member)?;
        imported.extend(place.imports);
        let file = files.entry(place.file).or_default();
        file.package.get_or_insert(place.package);
        let new = new.iter().filter_map(|target| ids.get(target)?.as_ref());
        let missing = new.filter(|id| !imported.contains(*id));
        file.wanted
            .extend(missing.map(|id| (place.world.clone(), id.clone())));
    }
    for (path, file) in files {
        draft.count(file.wanted.len());
        let before = draft.text_of(&path)?;
        let after = edited(&before, &file.wanted);
        check(file.package, &path, &after)?;
        draft.edit(&path, Some(after));
    }
    Ok(())
}

/// An import in a file: the name of the world that has it, and what it imports.
type Import = (String, String);

/// A file with worlds, and the imports of ours that it is to have.
#[derive(Default)]
struct File<'a> {
    members: Vec<&'a Member>,
    package: Option<WitPackage>,
    wanted: BTreeSet<Import>,
}

/// The packages in which a member's world may stand: its own, and where it names its world with a package,
/// those that it depends on.
fn packages(member: &Member, disk: &Snapshot) -> Vec<WitPackage> {
    let Ok(local) = member.local() else {
        return Vec::new();
    };
    match local.names_package() {
        true => {
            let root = member.wit(disk).ok();
            root.map_or_else(Vec::new, |root| [vec![root.main], root.deps].concat())
        }
        false => member.main_wit(disk).into_iter().collect(),
    }
}

/// Those of our imports in a file that stay, as they are to be: a stub may have another version now, or
/// another name. Where the user has written that already, ours goes.
fn kept(
    draft: &Draft<'_>,
    text: &str,
    targets: &BTreeSet<&str>,
    ids: &Ids<'_>,
) -> BTreeSet<Import> {
    let mut kept = BTreeSet::new();
    for world in worlds(text) {
        let (ours, theirs): (Vec<_>, Vec<_>) =
            world.items.iter().partition(|item| item.tag.is_some());
        let theirs = theirs.iter().filter_map(|item| item.import.as_ref());
        let theirs: BTreeSet<&String> = theirs.collect();
        let (mut lost, mut named) = (Vec::new(), theirs.clone());
        for id in ours.iter().filter_map(|item| item.import.as_ref()) {
            let is = |stub: Option<&String>| stub.is_some_and(|stub| same_interface(stub, id));
            let was = |target: &str| stub_on_disk(draft.workspace, target, draft.disk);
            let stubs = || ids.iter().filter(|(target, _)| targets.contains(*target));
            let stub = stubs()
                .find(|(_, stub)| is(stub.as_ref()))
                .or_else(|| stubs().find(|(target, _)| is(was(target).as_ref())));
            if let Some((_, stub)) = stub {
                let now = stub.as_ref().unwrap_or(id);
                named.insert(now);
                if !theirs.contains(now) {
                    kept.insert((world.name.clone(), now.clone()));
                }
            } else if !is_known(draft, id) {
                lost.push(id);
            }
        }
        // A stub that another caller got by its new name already.
        let free = ids.iter().filter(|(target, _)| targets.contains(*target));
        let free = free.filter_map(|(_, id)| id.as_ref());
        let free: Vec<&String> = free.filter(|id| !named.contains(*id)).collect();
        if let ([_], [id]) = (&lost[..], &free[..]) {
            kept.insert((world.name.clone(), (*id).clone()));
        }
    }
    kept
}

/// Whether there is a stub of ours that an id names.
fn is_known(draft: &Draft<'_>, id: &str) -> bool {
    let members = draft.workspace.members.keys();
    let mut stubs = members.filter_map(|name| stub_on_disk(draft.workspace, name, draft.disk));
    stubs.any(|stub| same_interface(&stub, id))
}

/// A file with exactly these imports of ours.
fn edited(text: &str, wanted: &BTreeSet<Import>) -> String {
    let there: BTreeSet<Import> = ours(text).collect();
    if there == *wanted {
        return text.to_string();
    }
    let mut text = text::without_tagged(text);
    let names: BTreeSet<&String> = wanted.iter().map(|(world, _)| world).collect();
    for name in names {
        let ids = wanted.iter().filter(|(world, _)| world == name);
        let ids: Vec<String> = ids.map(|(_, id)| names::written(id)).collect();
        if let Some(world) = worlds(&text).iter().find(|world| world.name == *name) {
            let (at, new) = world.insertion(&text, &ids);
            text.insert_str(at, &new);
        }
    }
    text
}

/// The imports of ours in a text.
fn ours(text: &str) -> impl Iterator<Item = Import> {
    worlds(text)
        .into_iter()
        .flat_map(|World { name, items, .. }| {
            let ours = items.into_iter().filter(|item| item.tag.is_some());
            ours.filter_map(move |item| Some((name.clone(), item.import?)))
        })
}

/// Checks that a package still parses with a file as it is edited.
fn check(package: Option<WitPackage>, path: &Utf8Path, text: &str) -> Result<(), WorkspaceError> {
    let Some(mut package) = package else {
        return Ok(());
    };
    for file in package.files.iter_mut().filter(|file| file.path == path) {
        file.content = text.as_bytes().to_vec();
    }
    match package.name() {
        Ok(_) => Ok(()),
        Err(error) => Err(TomlError::Mistake {
            file: path.to_path_buf(),
            message: error
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
                .to_string(),
        }
        .into()),
    }
}

/// Whether two ids are of one interface, whatever the version.
fn same_interface(one: &str, other: &str) -> bool {
    let name = |id: &str| id.split('@').next().unwrap_or_default().to_string();
    name(one) == name(other)
}

/// Where a caller's world stands.
struct Place {
    file: Utf8PathBuf,
    package: WitPackage,
    world: String,
    /// What it imports itself, worlds that it includes aside.
    imports: BTreeSet<String>,
}

fn place(draft: &Draft<'_>, caller: &Member) -> Result<Place, WorkspaceError> {
    let MemberWorld { name, wit, .. } = caller.world(draft.disk)?;
    let mut all = Vec::new();
    for file in &wit.files {
        let text = draft.text(&file.path)?.unwrap_or_default();
        all.extend(worlds(text).into_iter().map(|world| (&file.path, world)));
    }
    let found = all.into_iter().find(|(_, world)| world.name == name);
    let Some((file, world)) = found else {
        // It stands in a package within another one, or is encoded.
        let file = wit.files[0].path.clone();
        return Err(WorkspaceError::WorldNotEdited {
            caller: caller.name.clone(),
            world: name,
            file,
            reader: None,
        });
    };
    check_own(draft, caller, &name, file)?;
    Ok(Place {
        imports: world
            .items
            .into_iter()
            .filter_map(|item| item.import)
            .collect(),
        file: file.clone(),
        package: wit.clone(),
        world: name,
    })
}

/// Refuses to write into a package that is not the caller's alone.
fn check_own(
    draft: &Draft<'_>,
    caller: &Member,
    world: &str,
    file: &Utf8Path,
) -> Result<(), WorkspaceError> {
    if caller
        .main_wit(draft.disk)?
        .files
        .iter()
        .any(|own| own.path == file)
    {
        return Ok(());
    }
    let others = draft.workspace.members.values();
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
fn imported(draft: &Draft<'_>, caller: &Member) -> Result<BTreeSet<String>, WorkspaceError> {
    let world = caller.local()?.world.as_deref();
    let root = draft.workspace.target_wit(&caller.name, draft.disk)?;
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
