//! The plan by which the older tool's work goes, as if it had never been there: stub crates, their
//! entries in `members`, copies of WIT in callers, and the manifests' entries that lead to those.
//!
//! What is ours stays, and so does a copy of wasi:io that holds more than the older
//! tool's stubs need: other packages of the caller may use it.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::names;
use toml_edit::Item;
use wit_parser::PackageName;

use super::stubs::{OlderStub, is_golem_rpc};
use super::wit::{brought, same};

use golem_rpc_toml::{Edits, TomlText, remove_strings, utf8};
use golem_rpc_workspace::{Member, Target, Workspace, WorkspaceError, is_package};

/// The table of a member's WIT dependencies.
pub(crate) const TABLE: [&str; 5] = ["package", "metadata", "component", "target", "dependencies"];

/// Plans that a stub crate goes.
pub(super) fn stub(plan: &mut Plan, stub: &OlderStub, disk: &Snapshot) {
    stub.files(disk).for_each(|file| plan.remove(disk, file));
}

/// Plans that stub crates are no longer listed as members.
pub(super) fn members(
    plan: &mut Plan,
    workspace: &Workspace,
    stubs: &[&OlderStub],
    disk: &Snapshot,
) -> Result<(), WorkspaceError> {
    let file = &workspace.manifest;
    let text = text(disk, file)?;
    let toml = TomlText::parse(file, text)?;
    let path = ["workspace", "members"];
    let Some(array) = toml.get(&path).and_then(Item::as_array) else {
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
pub(super) struct OlderCopy {
    pub(super) path: Utf8PathBuf,
    /// Whether it holds the package of a target, not what is made of it.
    pub(super) is_target: bool,
}

/// The places below a caller's `deps` that the older tool filled for these stubs.
pub(super) fn copies(
    caller: &Member,
    stubs: &[&OlderStub],
    disk: &Snapshot,
) -> Result<Vec<OlderCopy>, WorkspaceError> {
    let deps = golem_rpc_workspace::deps_of(disk, caller)?;
    let brought = brought(caller, disk)?;
    let is_stub = |name: &PackageName| {
        let mut packages = stubs.iter().map(|stub| names::stub_package(&stub.package));
        packages.any(|package| same(name, &package))
    };
    // Where it put no stub, golem:rpc and wasi:io are somebody else's too.
    let has_stub = brought.iter().any(|package| is_stub(&package.name));
    let mut copies = Vec::new();
    for package in brought {
        let name = &package.name;
        let is_target = stubs.iter().any(|stub| same(name, &stub.package));
        let is_older = is_target
            || is_stub(name)
            || has_stub && is_golem_rpc(name)
            || has_stub
                && stubs
                    .iter()
                    .any(|stub| is_its_poll(disk, &package.path, stub));
        if is_older && !is_package(disk, &package.path) && package.path.starts_with(&deps) {
            let path = package.path;
            copies.push(OlderCopy { path, is_target });
        }
    }
    Ok(copies)
}

/// Whether a directory is a stub's copy of wasi:io, with nothing in it but `poll`.
fn is_its_poll(disk: &Snapshot, dir: &Utf8Path, stub: &OlderStub) -> bool {
    let source = stub.dir.join("wit/deps/io");
    let files = |dir: &Utf8Path| -> Vec<(String, Vec<u8>)> {
        let files = disk.under(dir);
        files
            .filter_map(|(path, content)| {
                let name = path.strip_prefix(dir).ok()?;
                Some((name.to_string(), content.to_vec()))
            })
            .collect()
    };
    let copy = files(dir);
    dir.file_name() == Some("io")
        && matches!(&copy[..], [(name, _)] if name == "poll.wit")
        && copy == files(&source)
}

/// Plans that these places of a caller are empty, and that its manifest leads to none of them. Gives
/// the keys that go.
pub(super) fn caller(
    plan: &mut Plan,
    caller: &Member,
    places: &BTreeSet<Utf8PathBuf>,
    stubs: &[&OlderStub],
    disk: &Snapshot,
) -> Result<BTreeSet<String>, WorkspaceError> {
    for place in places {
        for (file, _) in disk.under(place) {
            plan.remove(disk, file);
        }
    }
    let keys = keys(caller, places, stubs, disk);
    let file = &caller.manifest;
    let mut edited = text(disk, file)?.to_string();
    for key in &keys {
        let toml = TomlText::parse(file, &edited)?;
        let mut edits = Edits::default();
        let [a, b, c, d, e] = TABLE;
        toml.remove_entry(&[a, b, c, d, e, key], &mut edits);
        let next = edits.apply(&toml)?;
        edited = next;
    }
    plan.write(disk, file, edited);
    Ok(keys)
}

/// The keys of a caller's dependencies that lead to one of the places, or to nothing where a copy of
/// these stubs should be.
fn keys(
    caller: &Member,
    places: &BTreeSet<Utf8PathBuf>,
    stubs: &[&OlderStub],
    disk: &Snapshot,
) -> BTreeSet<String> {
    let Target::Local(local) = &caller.target else {
        return BTreeSet::new();
    };
    let of_stub = |key: &str| {
        stubs.iter().any(|stub| {
            [stub.package.clone(), names::stub_package(&stub.package)]
                .iter()
                .any(|name| key == format!("{}:{}", name.namespace, name.name))
        })
    };
    let mut keys = BTreeSet::new();
    for (key, dependency) in &local.dependencies {
        if let golem_rpc_workspace::Dependency::Path(path) = dependency {
            let dangles = !disk.contains(path) && !disk.contains_dir(path);
            if places.contains(&disk.name_of(path)) || dangles && of_stub(key) {
                keys.insert(key.clone());
            }
        }
    }
    keys
}

fn text<'d>(disk: &'d Snapshot, file: &Utf8Path) -> Result<&'d str, WorkspaceError> {
    let missing = || WorkspaceError::Missing {
        file: file.to_path_buf(),
    };
    Ok(utf8(file, disk.get(file).ok_or_else(missing)?)?)
}
