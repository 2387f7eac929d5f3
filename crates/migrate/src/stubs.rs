//! The stub crates that the older tool left: which there are, of whom, and whether they are as it
//! wrote them.
//!
//! The older tool kept no record, but what it prints has marks: it writes no comment, and always the
//! same few files and dependencies.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{GolemRpc, WitError, WitPackage, WitRoot};
use toml_edit::Item;
use wit_parser::PackageName;

use super::rust_text::RustText;
use super::wit::{name_of, own_package, same};
use super::{EditedPlace, MigrateError};
use golem_rpc_workspace::{Member, Workspace, WorkspaceError, is_older_stub};

use golem_rpc_toml::TomlText;

/// A stub crate by the older tool.
#[derive(Clone, Debug)]
pub(super) struct OlderStub {
    /// Its name in the workspace, if it is a member.
    pub(super) member: Option<String>,
    pub(super) dir: Utf8PathBuf,
    /// The package that it makes a stub of.
    pub(super) package: PackageName,
    /// The member that has this package.
    pub(super) target: String,
}

/// The files that it writes, from the crate's directory; all of `wit` is its own too.
const FILES: [&str; 4] = ["Cargo.toml", "Cargo.lock", "src/lib.rs", "src/bindings.rs"];

const DEPENDENCIES: [&str; 3] = ["golem-wasm-rpc", "wit-bindgen", "wit-bindgen-rt"];

/// The stub crates among the members and beside them. With `targets`, only those of these.
pub(super) fn find(
    workspace: &Workspace,
    disk: &Snapshot,
    targets: Option<&BTreeSet<String>>,
) -> Result<Vec<OlderStub>, MigrateError> {
    let mut stubs = Vec::new();
    let (older, others): (Vec<&Member>, Vec<&Member>) = workspace
        .members
        .values()
        .partition(|member| is_older_stub(disk, &member.dir));
    let mut crates: BTreeMap<Utf8PathBuf, Option<String>> = BTreeMap::new();
    let beside = others.iter().map(|member| workspace.stub_dir(member));
    crates.extend(
        beside
            .filter(|dir| is_older_stub(disk, dir))
            .map(|dir| (dir, None)),
    );
    crates.extend(
        older
            .iter()
            .map(|member| (member.dir.clone(), Some(member.name.clone()))),
    );
    for (dir, member) in crates {
        let package = package_of(disk, &dir)?;
        let of_package: Vec<&Member> = others
            .iter()
            .copied()
            .filter(|other| own_package(other, disk).is_some_and(|own| same(&own, &package)))
            .collect();
        let beside = others.iter().find(|other| workspace.stub_dir(other) == dir);
        let is_named = |other: &&&Member| targets.is_none_or(|named| named.contains(&other.name));
        let named: Vec<&&Member> = of_package.iter().filter(is_named).collect();
        let target = match (&named[..], beside) {
            ([one], _) => one.name.clone(),
            ([], Some(beside)) if of_package.is_empty() => match is_named(&beside) {
                true => beside.name.clone(),
                false => continue,
            },
            ([], _) if targets.is_some() => continue,
            ([], _) => {
                return Err(MigrateError::NoTarget { dir, package });
            }
            (_, Some(beside)) if named.iter().any(|m| m.name == beside.name) => beside.name.clone(),
            (several, _) => {
                return Err(MigrateError::Ambiguous {
                    dir,
                    package,
                    members: several.iter().map(|member| member.name.clone()).collect(),
                });
            }
        };
        stubs.push(OlderStub {
            member,
            dir,
            package,
            target,
        });
    }
    Ok(stubs)
}

/// The package of which a stub crate is a stub.
fn package_of(disk: &Snapshot, dir: &Utf8Path) -> Result<PackageName, WorkspaceError> {
    let path = dir.join("wit");
    let main = WitPackage::read(disk, &path).ok_or(WitError::NoWit { path })?;
    let mut package = match name_of(&main) {
        Some(package) => package,
        None => main.name()?,
    };
    if let Some(name) = package.name.strip_suffix("-stub") {
        package.name = name.to_string();
    }
    Ok(package)
}

impl OlderStub {
    /// Its files that the older tool writes.
    pub(super) fn files<'d>(&'d self, disk: &'d Snapshot) -> impl Iterator<Item = &'d Utf8Path> {
        self.below(disk)
            .filter(|(name, _)| is_written(name))
            .map(|(_, path)| path)
    }

    /// Its other files.
    pub(super) fn foreign<'d>(&'d self, disk: &'d Snapshot) -> impl Iterator<Item = &'d Utf8Path> {
        self.below(disk)
            .filter(|(name, _)| !is_written(name))
            .map(|(_, path)| path)
    }

    fn below<'d>(
        &'d self,
        disk: &'d Snapshot,
    ) -> impl Iterator<Item = (&'d Utf8Path, &'d Utf8Path)> {
        let files = disk.under(&self.dir);
        files.filter_map(|(path, _)| Some((path.strip_prefix(&self.dir).ok()?, path)))
    }

    /// What in it is not the older tool's.
    pub(super) fn edited(&self, disk: &Snapshot) -> Vec<EditedPlace> {
        let mut places = Vec::new();
        for file in self.foreign(disk) {
            let (file, what) = (file.to_path_buf(), "the older tool has no such file");
            let line = None;
            places.push(EditedPlace { file, line, what });
        }
        let rust = self.dir.join("src/lib.rs");
        let comments = RustText::read(disk.text(&rust).unwrap_or_default()).comments;
        places.extend(comments.first().map(|line| comment(&rust, *line)));
        places.extend(self.edited_manifest(disk));
        places
    }

    fn edited_manifest(&self, disk: &Snapshot) -> Option<EditedPlace> {
        let file = self.dir.join("Cargo.toml");
        let text = disk.text(&file)?;
        let mut lines = text.lines();
        if let Some(line) = lines.position(|line| line.trim_start().starts_with('#')) {
            return Some(comment(&file, line + 1));
        }
        let toml = TomlText::parse(&file, text).ok()?;
        let dependencies = toml.get(&["dependencies"]).and_then(Item::as_table_like)?;
        let mut names = dependencies.iter().map(|(name, _)| name);
        let foreign = names.find(|name| !DEPENDENCIES.contains(name))?;
        let start = toml.start_of(&["dependencies", foreign]).unwrap_or(0);
        Some(EditedPlace {
            file: file.clone(),
            line: Some(toml.line(start)),
            what: "a dependency that the older tool does not write",
        })
    }

    /// The golem:rpc that it calls through, if that is one that we know.
    pub(super) fn golem_rpc(&self, disk: &Snapshot) -> Option<GolemRpc> {
        let root = WitRoot::read(disk, &self.dir.join("wit")).ok()?;
        let names = root.deps.iter().filter_map(name_of);
        let mut rpc = names.filter(is_golem_rpc);
        let version = rpc.next()?.version?.to_string();
        GolemRpc::ALL
            .into_iter()
            .find(|known| known.name() == version)
    }
}

pub(super) fn is_golem_rpc(name: &PackageName) -> bool {
    (name.namespace.as_str(), name.name.as_str()) == ("golem", "rpc")
}

fn comment(file: &Utf8Path, line: usize) -> EditedPlace {
    EditedPlace {
        file: file.to_path_buf(),
        line: Some(line),
        what: "a comment, and the older tool writes none",
    }
}

fn is_written(name: &Utf8Path) -> bool {
    FILES.contains(&name.as_str())
        || name.starts_with("wit") && matches!(name.extension(), Some("wit" | "wasm"))
}

/// The directories of stub crates by the older tool: those of members, and where ours would go.
pub fn older_stubs(workspace: &Workspace, disk: &Snapshot) -> BTreeSet<Utf8PathBuf> {
    let members = workspace.members.values();
    let dirs = members.flat_map(|member| [member.dir.clone(), workspace.stub_dir(member)]);
    dirs.filter(|dir| is_older_stub(disk, dir)).collect()
}
