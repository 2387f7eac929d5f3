//! The plan by which the older tool's work goes, as if it had never been there: stub crates, their
//! entries in `members`, copies of WIT in callers, and the manifests' entries that lead to those.
//!
//! What is ours stays, and so does a copy of wasi:io other than the stub's: other packages of the
//! caller may use it.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::names;
use golem_rpc_toml::{Edits, TomlText, remove_strings, utf8};
use golem_rpc_workspace::{Dependency, Member, Workspace, WorkspaceError, deps_of, is_package};
use toml_edit::Item;
use wit_parser::PackageName;

use crate::stubs::OlderStub;
use crate::wit::{brought, key, same};

/// The table of a member's WIT dependencies.
pub(crate) const TABLE: [&str; 5] = ["package", "metadata", "component", "target", "dependencies"];

/// Plans that stub crates go, and are no longer listed as members.
pub(crate) fn stubs(
    plan: &mut Plan,
    workspace: &Workspace,
    stubs: &[OlderStub],
    disk: &Snapshot,
) -> Result<(), WorkspaceError> {
    if stubs.is_empty() {
        return Ok(());
    }
    let written = stubs.iter().flat_map(|stub| stub.files(disk).0);
    written.for_each(|file| plan.remove(disk, file));
    let file = &workspace.manifest;
    let toml = TomlText::parse(file, text(disk, file)?)?;
    let members = toml.get(&["workspace", "members"]);
    let Some(array) = members.and_then(Item::as_array) else {
        return Ok(());
    };
    let is_stub = |entry: &&str| {
        let dir = workspace.path_of(entry);
        stubs.iter().any(|stub| stub.dir == dir)
    };
    let entries = array.iter().filter_map(|value| value.as_str());
    let gone: BTreeSet<&str> = entries.filter(is_stub).collect();
    let mut edits = Edits::default();
    remove_strings(&toml, array, &gone, &mut edits);
    plan.write(disk, file, edits.apply(&toml)?);
    Ok(())
}

/// A place below a caller's `deps` that the older tool filled.
pub(crate) struct OlderCopy {
    pub(crate) path: Utf8PathBuf,
    /// Whether it holds the package of a target, not what is made of it.
    pub(crate) is_target: bool,
}

/// The places below a caller's `deps` that the older tool filled for these stubs.
pub(crate) fn copies(
    caller: &Member,
    stubs: &[&OlderStub],
    disk: &Snapshot,
) -> Result<Vec<OlderCopy>, WorkspaceError> {
    let deps = deps_of(disk, caller)?;
    let brought = brought(caller, disk)?;
    let is_stub = |name: &PackageName| {
        let mut packages = stubs.iter().map(|stub| names::stub_package(&stub.package));
        packages.any(|package| same(name, &package))
    };
    // Where it put no stub, golem:rpc and wasi:io are somebody else's too.
    let has_stub = brought.iter().any(|package| is_stub(&package.name));
    let mut copies = Vec::new();
    for package in brought {
        let (path, name) = (package.path, &package.name);
        let is_target = stubs.iter().any(|stub| same(name, &stub.package));
        let is_shared = key(name) == "golem:rpc"
            || key(name) == "wasi:io" && stubs.iter().any(|stub| is_copied(disk, &path, stub));
        let is_older = is_target || is_stub(name) || has_stub && is_shared;
        if is_older && !is_package(disk, &path) && path.starts_with(&deps) {
            copies.push(OlderCopy { path, is_target });
        }
    }
    Ok(copies)
}

/// Whether a directory is a copy of the stub's own package of that name.
fn is_copied(disk: &Snapshot, dir: &Utf8Path, stub: &OlderStub) -> bool {
    let source = stub.dir.join("wit/deps/io");
    let copy = disk
        .under(dir)
        .map(|(path, content)| (path.strip_prefix(dir), content));
    let own = disk.under(&source);
    copy.eq(own.map(|(path, content)| (path.strip_prefix(&source), content)))
}

/// Plans that these places of a caller are empty, and that its manifest leads to none of them. Gives
/// the keys that go.
pub(crate) fn caller(
    plan: &mut Plan,
    caller: &Member,
    places: &BTreeSet<Utf8PathBuf>,
    stubs: &[&OlderStub],
    disk: &Snapshot,
) -> Result<BTreeSet<String>, WorkspaceError> {
    let files = places.iter().flat_map(|place| disk.under(place));
    files.for_each(|(file, _)| plan.remove(disk, file));
    let keys = keys(caller, places, stubs, disk);
    let file = &caller.manifest;
    let text = without(file, text(disk, file)?, &keys)?;
    plan.write(disk, file, text);
    Ok(keys)
}

/// The text of a manifest without some of its WIT dependencies.
pub(crate) fn without<'k>(
    file: &Utf8Path,
    text: &str,
    keys: impl IntoIterator<Item = &'k String>,
) -> Result<String, WorkspaceError> {
    let mut text = text.to_string();
    for key in keys {
        let toml = TomlText::parse(file, &text)?;
        let mut edits = Edits::default();
        toml.remove_entry(&[&TABLE[..], &[key]].concat(), &mut edits);
        let next = edits.apply(&toml)?;
        text = next;
    }
    Ok(text)
}

/// The keys of a caller's dependencies that lead to one of the places, or to nothing where a copy of
/// these stubs should be.
fn keys(
    caller: &Member,
    places: &BTreeSet<Utf8PathBuf>,
    stubs: &[&OlderStub],
    disk: &Snapshot,
) -> BTreeSet<String> {
    let of_stub = |name: &str| {
        let mut packages = stubs.iter().map(|stub| &stub.package);
        packages.any(|own| name == key(own) || name == key(&names::stub_package(own)))
    };
    let dependencies = caller
        .local()
        .into_iter()
        .flat_map(|local| &local.dependencies);
    let gone = dependencies.filter(|(key, dependency)| match dependency {
        Dependency::Path(path) => {
            let dangles = !disk.contains(path) && !disk.contains_dir(path);
            places.contains(&disk.name_of(path)) || dangles && of_stub(key)
        }
        Dependency::Registry => false,
    });
    gone.map(|(key, _)| key.clone()).collect()
}

fn text<'d>(disk: &'d Snapshot, file: &Utf8Path) -> Result<&'d str, WorkspaceError> {
    let missing = || WorkspaceError::Missing {
        file: file.to_path_buf(),
    };
    Ok(utf8(file, disk.get(file).ok_or_else(missing)?)?)
}
