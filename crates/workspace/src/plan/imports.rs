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

use crate::plan::draft::Draft;
use crate::plan::linked::Linked;
use crate::plan::stubs::Stubs;
use crate::wit::stub_ids::{import_of, stub_on_disk};
use crate::wit::text::{self, World, worlds};
use crate::wit::world::MemberWorld;
use crate::{Imported, Member, PlanRequest, Resolver, WorkspaceError};

/// By target: what imports its stub, `ns:name-stub/stub-world`; none if there is no such stub (yet).
type Ids<'l> = BTreeMap<&'l str, Option<String>>;

/// An import in a file: the name of the world that has it, and what it imports.
type Import = (String, String);

/// A file with worlds, and the imports of ours that it is to have.
#[derive(Default)]
struct File<'a> {
    members: Vec<&'a Member>,
    package: Option<WitPackage>,
    wanted: BTreeSet<Import>,
}

/// Plans the imports of callers, and, of all links, that those go whose link went.
pub(crate) fn plan(
    draft: &mut Draft<'_>,
    request: &PlanRequest<'_>,
    (linked, stubs): (&Linked, &Stubs),
    is_whole: bool,
) -> Result<(), WorkspaceError> {
    let (links, callers) = (&linked.links, request.links.callers());
    let is_asked = |member: &Member| {
        let is_caller = callers.contains(member.name.as_str());
        linked.callers.contains(&member.name) || !is_caller && is_whole
    };
    let id = |target| (target, stubs.wits.get(target).and_then(import_of));
    let ids: Ids<'_> = links.targets().into_iter().map(id).collect();
    let mut files = tagged_files(draft);
    files.retain(|_, file| file.members.iter().any(|member| is_asked(member)));
    for (path, file) in &mut files {
        let text = draft.text(path)?.unwrap_or_default();
        let mut own = ids.clone();
        let callers = file
            .members
            .iter()
            .map(|member| links.targets_of(&member.name));
        own.retain(|target, _| callers.clone().any(|targets| targets.contains(target)));
        file.wanted = kept(draft, text, &own);
    }
    for caller in &linked.callers {
        let asked = request.imports.iter().filter(|(name, _)| name == caller);
        let new = asked.filter_map(|(_, target)| ids.get(target.as_str())?.as_ref());
        let new: Vec<&String> = new.collect();
        if !new.is_empty() {
            let world = caller_world(draft, draft.workspace.linked(caller)?)?;
            let file = files.entry(world.file).or_default();
            file.package.get_or_insert(world.package);
            let missing = new.into_iter().filter(|id| !world.imports.contains(*id));
            file.wanted
                .extend(missing.map(|id| (world.name.clone(), id.clone())));
        }
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

/// The files in which members' worlds may stand and that have a tag.
fn tagged_files<'a>(draft: &Draft<'a>) -> BTreeMap<Utf8PathBuf, File<'a>> {
    let mut files: BTreeMap<Utf8PathBuf, File<'a>> = BTreeMap::new();
    for member in draft.workspace.members.values() {
        for package in packages(member, draft.disk) {
            for file in package
                .files
                .iter()
                .filter(|file| text::has_tag(&file.content))
            {
                let found = files.entry(file.path.clone()).or_default();
                found.package.get_or_insert_with(|| package.clone());
                found.members.push(member);
            }
        }
    }
    files
}

/// The packages in which a member's world may stand: its own, and where it names its world with a package,
/// those that it depends on.
fn packages(member: &Member, disk: &Snapshot) -> Vec<WitPackage> {
    match member.local() {
        Ok(local) if local.names_package() => {
            let root = member.wit(disk).into_iter();
            root.flat_map(|root| [vec![root.main], root.deps].concat())
                .collect()
        }
        Ok(_) => member.main_wit(disk).into_iter().collect(),
        Err(_) => Vec::new(),
    }
}

/// Those of our imports in a file that stay, as they are to be: a stub may have another version now, or
/// another name. Where the user has written that already, ours goes. `stubs` are those of the file's callers.
fn kept(draft: &Draft<'_>, text: &str, stubs: &Ids<'_>) -> BTreeSet<Import> {
    let mut kept = BTreeSet::new();
    for world in worlds(text) {
        let imports = |ours: bool| {
            let items = world
                .items
                .iter()
                .filter(move |item| item.tag.is_some() == ours);
            items.filter_map(|item| item.import.as_ref())
        };
        let theirs: BTreeSet<&String> = imports(false).collect();
        let (mut lost, mut named) = (Vec::new(), theirs.clone());
        for id in imports(true) {
            let is = |stub: Option<&String>| stub.is_some_and(|stub| same_interface(stub, id));
            let was = |target: &str| stub_on_disk(draft.workspace, target, draft.disk);
            let stub = stubs.iter().find(|(_, stub)| is(stub.as_ref()));
            let stub = stub.or_else(|| stubs.iter().find(|(target, _)| is(was(target).as_ref())));
            let mut members = draft.workspace.members.keys();
            if let Some((_, stub)) = stub {
                named.insert(stub.as_ref().unwrap_or(id));
            } else if !members.any(|name| is(was(name).as_ref())) {
                lost.push(id);
            }
        }
        // A stub that another caller got by its new name already.
        let mut free = stubs.values().flatten().filter(|id| !named.contains(*id));
        if let ([_], Some(id), None) = (&lost[..], free.next(), free.next()) {
            named.insert(id);
        }
        let ours = named.difference(&theirs);
        kept.extend(ours.map(|id| (world.name.clone(), (*id).clone())));
    }
    kept
}

/// A file with exactly these imports of ours.
fn edited(text: &str, wanted: &BTreeSet<Import>) -> String {
    let ours = |World { name, items, .. }: World| {
        let ours = items.into_iter().filter(|item| item.tag.is_some());
        ours.filter_map(move |item| Some((name.clone(), item.import?)))
    };
    let there: BTreeSet<Import> = worlds(text).into_iter().flat_map(ours).collect();
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

/// Checks that a package still parses with a file as it is edited.
fn check(package: Option<WitPackage>, path: &Utf8Path, text: &str) -> Result<(), WorkspaceError> {
    let Some(mut package) = package else {
        return Ok(());
    };
    for file in package.files.iter_mut().filter(|file| file.path == path) {
        file.content = text.as_bytes().to_vec();
    }
    let mistake = |error: String| TomlError::Mistake {
        file: path.to_path_buf(),
        message: error.lines().next().unwrap_or_default().to_string(),
    };
    let name = package.name().map_err(|error| mistake(error.to_string()));
    Ok(name.map(|_| ())?)
}

/// Whether two ids are of one interface, whatever the version.
fn same_interface(one: &str, other: &str) -> bool {
    one.split('@').next() == other.split('@').next()
}

/// A caller's world, and where it stands.
struct CallerWorld {
    file: Utf8PathBuf,
    package: WitPackage,
    name: String,
    /// What it imports, in whatever way.
    imports: BTreeSet<String>,
}

fn caller_world(draft: &Draft<'_>, caller: &Member) -> Result<CallerWorld, WorkspaceError> {
    let MemberWorld { name, wit, .. } = caller.world(draft.disk)?;
    let mut all = Vec::new();
    for file in &wit.files {
        let text = draft.text(&file.path)?.unwrap_or_default();
        all.extend(worlds(text).into_iter().map(|world| (&file.path, world)));
    }
    let not_edited = |file: &Utf8Path, reader| WorkspaceError::WorldNotEdited {
        caller: caller.name.clone(),
        world: name.clone(),
        file: file.to_path_buf(),
        reader,
    };
    let Some((file, _)) = all.iter().find(|(_, world)| world.name == name) else {
        // It stands in a package within another one, or is encoded.
        return Err(not_edited(&wit.files[0].path, None));
    };
    let file = file.to_path_buf();
    let own = caller.main_wit(draft.disk)?;
    if !own.files.iter().any(|own| own.path == file) {
        // The package is not to be another member's as well.
        let mut others = draft.workspace.members.values();
        let reader = others.find(|other| {
            other.name != caller.name && other.wit_reads().iter().any(|read| read.covers(&file))
        });
        if reader.is_some() || !file.starts_with(&caller.dir) {
            return Err(not_edited(&file, reader.map(|other| other.name.clone())));
        }
    }
    // Where the world does not resolve (yet), its text has to do.
    let worlds: Vec<World> = all.into_iter().map(|(_, world)| world).collect();
    let mut imports = text::imports(&worlds, &name);
    let imported = Imported::of(caller, &Resolver::new(draft.disk));
    imports.extend(imported.iter().flat_map(Imported::ids));
    Ok(CallerWorld {
        imports,
        file,
        package: wit,
        name,
    })
}
