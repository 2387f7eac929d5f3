//! Where the imports are that the lock says are ours.
//!
//! The lock names file, world, import and target. A file that is as we left it is known again whatever it is
//! called. Where the user has changed it as well, has given a world another name or has moved it into
//! another file, the import is ours there, as long as that can be told: the package's WIT has no more
//! such imports without a record than the lock has records without an import.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitPackage, WitRoot};
use toml_edit::Key;

use crate::lock::Keys;
use crate::toml::{hash_text, key_path};
use crate::wit_text::worlds;
use crate::{Dependency, LocalTarget, Lock, Member, Target, Workspace};

/// An import in a file: the name of the world that has it, and what it imports.
pub(crate) type Import = (String, String);

/// A file's name in the lock, and an import in it.
type Place = (String, Import);

/// The imports that are recorded as ours in a file, each with the target whose stub it imports.
fn recorded(keys: &Keys) -> BTreeMap<Import, String> {
    let parsed = keys.iter().filter_map(|key| Key::parse(key).ok());
    let names = parsed.filter_map(|path| {
        let names: Vec<String> = path.iter().map(|key| key.get().to_string()).collect();
        let [world, id, target] = <[String; 3]>::try_from(names).ok()?;
        Some(((world, id), target))
    });
    names.collect()
}

/// Those of them that a text has.
pub(crate) fn ours(text: &str, keys: &Keys) -> BTreeMap<Import, String> {
    let (mut ours, there) = (recorded(keys), imports(text));
    ours.retain(|import, _| there.contains(import));
    ours
}

/// Makes an import ours.
pub(crate) fn record(keys: &mut Keys, (world, id): &Import, target: &str) {
    keys.record(&[world, id, target], hash_text(id));
}

/// All imports in a text.
pub(crate) fn imports(text: &str) -> BTreeSet<Import> {
    let worlds = worlds(text).into_iter();
    let imports = worlds.flat_map(|world| {
        let ids = world.items.into_iter().filter_map(|item| item.import);
        ids.map(move |id| (world.name.clone(), id))
    });
    imports.collect()
}

/// The WIT files in which something is ours, as the lock names them.
pub(crate) fn wit_files(lock: &Lock) -> Vec<String> {
    let files = lock.edited().into_iter();
    let files = files.filter(|name| name.ends_with(".wit"));
    files.map(str::to_string).collect()
}

/// The members that may have a world in a file: those whose WIT root has it in its own directory, or is
/// that file; and where a world is named with its package, those that have the file as a dependency.
pub(crate) fn having<'a>(
    workspace: &'a Workspace,
    disk: &Snapshot,
    file: &Utf8Path,
) -> impl Iterator<Item = &'a Member> {
    let has = |member: &&Member| match &member.target {
        Target::Local(local) => {
            let root = disk.name_of(&local.wit_root);
            let main = || {
                member
                    .main_wit(disk)
                    .into_iter()
                    .flat_map(|main| main.files)
            };
            root == file
                || Some(root.as_path()) == file.parent()
                || main().any(|other| other.path == file)
                || (local.names_package() && may_depend(disk, local, file))
        }
        _ => false,
    };
    let members = workspace.members.values().filter(has);
    members.collect::<Vec<_>>().into_iter()
}

/// Whether a file is among the packages that a WIT root may use.
fn may_depend(disk: &Snapshot, local: &LocalTarget, file: &Utf8Path) -> bool {
    let has = |path: &Utf8Path| file.starts_with(disk.name_of(path));
    let mut named = local.dependencies.values();
    has(&local.deps_dir(disk))
        || named.any(|named| matches!(named, Dependency::Path(path) if has(path)))
}

/// The package of a WIT root to which a file belongs.
pub(crate) fn package_with(root: WitRoot, file: &Utf8Path) -> Option<WitPackage> {
    let mut all = std::iter::once(root.main).chain(root.deps);
    all.find(|package| package.files.iter().any(|other| other.path == file))
}

/// The WIT files of the package to which a file belongs, or did before it or its directory got
/// another name.
fn package_of(workspace: &Workspace, disk: &Snapshot, file: &Utf8Path) -> BTreeSet<Utf8PathBuf> {
    let mut members: Vec<&Member> = having(workspace, disk, file).collect();
    if members.is_empty() {
        let is_in =
            |member: &&Member| member.dir != workspace.root && file.starts_with(&member.dir);
        let all = workspace.members.values().filter(is_in);
        members.extend(all.max_by_key(|member| member.dir.as_str().len()));
    }
    let roots = members.iter().filter_map(|member| member.wit(disk).ok());
    let packages = roots.filter_map(|root| {
        let main = root.main.clone();
        package_with(root, file).or(Some(main))
    });
    let files = packages.flat_map(|package| package.files);
    files.map(|file| file.path).collect()
}

/// Makes the lock say where our imports are now. Those that are nowhere stay where they were.
pub(crate) fn settle(lock: &mut Lock, workspace: &Workspace, disk: &Snapshot) {
    let text = |file: &Utf8Path| disk.text(file).unwrap_or_default();
    follow_files(lock, workspace, disk);
    let mut lost: BTreeMap<BTreeSet<Utf8PathBuf>, BTreeSet<Place>> = BTreeMap::new();
    for name in wit_files(lock) {
        let (file, keys) = (workspace.path_of(&name), lock.keys(&name));
        let there = ours(text(&file), &keys);
        let mut gone = recorded(&keys);
        gone.retain(|import, _| !there.contains_key(import));
        if !gone.is_empty() {
            let places = lost.entry(package_of(workspace, disk, &file)).or_default();
            places.extend(gone.into_keys().map(|import| (name.clone(), import)));
        }
    }
    for (files, lost) in lost {
        let present = files.iter().flat_map(|file| {
            let name = workspace.relative(file);
            let known = recorded(&lock.keys(&name));
            let free = imports(text(file)).into_iter();
            let free = free.filter(move |import| !known.contains_key(import));
            free.map(move |import| (name.clone(), import))
        });
        let free: BTreeSet<Place> = present.collect();
        let names = files.iter().flat_map(|file| worlds(text(file)));
        let worlds: BTreeSet<String> = names.map(|world| world.name).collect();
        for (from, to) in moves(lost, free, &worlds) {
            carry(lock, &from, &to);
            let is_gone = !workspace.has_file(disk, &from.0);
            if is_gone && lock.keys(&from.0) == Keys::default() {
                lock.rename_pieces(&from.0, &to.0);
            }
        }
    }
}

/// Makes the lock follow files that have another name or are in another directory, and are the same
/// otherwise.
fn follow_files(lock: &mut Lock, workspace: &Workspace, disk: &Snapshot) {
    let is_gone = |name: &String| !workspace.has_file(disk, name);
    let gone: Vec<String> = wit_files(lock).into_iter().filter(is_gone).collect();
    if gone.is_empty() {
        return;
    }
    let roots = workspace
        .members
        .values()
        .filter_map(|member| member.wit(disk).ok());
    let files = roots.flat_map(|root| root.main.files);
    let files: BTreeMap<String, Vec<u8>> = files
        .map(|file| (workspace.relative(&file.path), file.content))
        .collect();
    for from in gone {
        let known = lock.edited();
        let is_same = |(name, content): &(&String, &Vec<u8>)| {
            let pieces = lock.pieces(&from);
            !known.contains(name.as_str()) && pieces.is_some_and(|p| p.is_left(content))
        };
        let same: Vec<&String> = files.iter().filter(is_same).map(|(name, _)| name).collect();
        if let [to] = same[..] {
            lock.rename_entries(&from, to);
        }
    }
}

/// Which imports that are not where they were are `free` ones.
fn moves(
    mut lost: BTreeSet<Place>,
    mut free: BTreeSet<Place>,
    worlds: &BTreeSet<String>,
) -> Vec<(Place, Place)> {
    let mut moves = Vec::new();
    // The world is in another file.
    for from in lost.clone() {
        if let Some(to) = free.iter().find(|to| to.1 == from.1).cloned() {
            lost.remove(&from);
            free.remove(&to);
            moves.push((from, to));
        }
    }
    // It has another name.
    lost.retain(|(_, (world, _))| !worlds.contains(world));
    let ids: BTreeSet<String> = lost.iter().map(|(_, (_, id))| id.clone()).collect();
    for id in ids {
        let of_id = |places: &BTreeSet<Place>| -> Vec<Place> {
            let places = places.iter().filter(|(_, (_, other))| *other == id);
            places.cloned().collect()
        };
        let (from, to) = (of_id(&lost), of_id(&free));
        if to.len() <= from.len() {
            moves.extend(from.into_iter().zip(to));
        }
    }
    moves
}

fn carry(lock: &mut Lock, (from, import): &Place, (to, now): &Place) {
    let mut keys = lock.keys(from);
    if let Some(target) = recorded(&keys).remove(import) {
        let (world, id) = import;
        keys.forget(&key_path(&[world, id, &target]));
        lock.set_keys(from, keys);
        let mut keys = lock.keys(to);
        record(&mut keys, now, &target);
        lock.set_keys(to, keys);
    }
}
