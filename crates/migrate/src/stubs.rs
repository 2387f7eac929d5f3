//! The stub crates that the older tool left: which there are, of whom, and whether they are as it
//! wrote them.
//!
//! The older tool kept no record, but what it prints has marks: it writes no comment, and always the
//! same few files.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{GolemRpc, WitError, WitPackage, WitRoot};
use golem_rpc_workspace::{Member, Workspace, WorkspaceError, is_older_stub};
use wit_parser::PackageName;

use crate::error::MigrateError;
use crate::wit::{self, name_of, own_package, same};

/// A stub crate by the older tool.
#[derive(Clone, Debug)]
pub(crate) struct OlderStub {
    /// Its name in the workspace, if it is a member.
    pub(crate) member: Option<String>,
    pub(crate) dir: Utf8PathBuf,
    /// The package that it makes a stub of.
    pub(crate) package: PackageName,
    /// The member that has this package.
    pub(crate) target: String,
}

/// The files that it writes, from the crate's directory; all of `wit` is its own too.
const FILES: [&str; 4] = ["Cargo.toml", "Cargo.lock", "src/lib.rs", "src/bindings.rs"];

/// The directories of stub crates by the older tool: those of members, and where ours would go.
pub fn older_stubs(workspace: &Workspace, disk: &Snapshot) -> BTreeSet<Utf8PathBuf> {
    let members = workspace.members.values();
    let dirs = members.flat_map(|member| [member.dir.clone(), workspace.stub_dir(member)]);
    dirs.filter(|dir| is_older_stub(disk, dir)).collect()
}

/// The members that are no stub crates of the older tool.
pub(crate) fn others<'w>(workspace: &'w Workspace, disk: &Snapshot) -> Vec<&'w Member> {
    let members = workspace.members.values();
    members
        .filter(|member| !is_older_stub(disk, &member.dir))
        .collect()
}

/// The stub crates among the members and beside them. With `targets`, only those of these.
pub(crate) fn find(
    workspace: &Workspace,
    disk: &Snapshot,
    targets: Option<&BTreeSet<String>>,
) -> Result<Vec<OlderStub>, MigrateError> {
    let members = workspace.members.values();
    let names: BTreeMap<&Utf8Path, &String> = members.map(|m| (&*m.dir, &m.name)).collect();
    let mut stubs = Vec::new();
    for dir in older_stubs(workspace, disk) {
        let package = package_of(disk, &dir)?;
        if let Some(target) = target_of((&dir, &package), workspace, disk, targets)? {
            stubs.push(OlderStub {
                member: names.get(&*dir).map(|name| name.to_string()),
                dir,
                package,
                target,
            });
        }
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

/// The member that declares a stub crate's package, else the one beside the crate; none if it is not
/// among `targets`.
fn target_of(
    (dir, package): (&Utf8Path, &PackageName),
    workspace: &Workspace,
    disk: &Snapshot,
    targets: Option<&BTreeSet<String>>,
) -> Result<Option<String>, MigrateError> {
    let others = others(workspace, disk);
    let is_beside = |other: &&Member| workspace.stub_dir(other) == dir;
    let declares =
        |other: &&Member| own_package(other, disk).is_some_and(|own| same(&own, package));
    let mut candidates: Vec<&Member> = others.iter().copied().filter(declares).collect();
    if candidates.is_empty() {
        candidates.extend(others.iter().copied().find(is_beside));
    }
    if candidates.is_empty() && targets.is_none() {
        let (dir, package) = (dir.to_path_buf(), package.clone());
        return Err(MigrateError::NoTarget { dir, package });
    }
    candidates.retain(|member| targets.is_none_or(|targets| targets.contains(&member.name)));
    let beside = candidates.iter().copied().find(is_beside);
    match (&candidates[..], beside) {
        ([], _) => Ok(None),
        (_, Some(one)) => Ok(Some(one.name.clone())),
        ([one], None) => Ok(Some(one.name.clone())),
        (several, None) => Err(MigrateError::Ambiguous {
            dir: dir.to_path_buf(),
            package: package.clone(),
            members: several.iter().map(|member| member.name.clone()).collect(),
        }),
    }
}

impl OlderStub {
    /// Its files: those that the older tool writes, and the others.
    pub(crate) fn files<'d>(&self, disk: &'d Snapshot) -> (Vec<&'d Utf8Path>, Vec<&'d Utf8Path>) {
        let files = disk.under(&self.dir).map(|(path, _)| path);
        files.partition(|path| path.strip_prefix(&self.dir).is_ok_and(is_written))
    }

    /// Its files that hold something that the older tool did not write: others, and comments.
    pub(crate) fn edited(&self, disk: &Snapshot) -> Vec<Utf8PathBuf> {
        let (_, mut edited) = self.files(disk);
        let (rust, manifest) = (self.dir.join("src/lib.rs"), self.dir.join("Cargo.toml"));
        let has = |file: &Utf8PathBuf, is_comment: fn(&str) -> bool| {
            let mut lines = disk.text(file).unwrap_or_default().lines();
            lines.any(is_comment)
        };
        if has(&rust, |line| line.contains("//") || line.contains("/*")) {
            edited.push(&rust);
        }
        if has(&manifest, |line| line.trim_start().starts_with('#')) {
            edited.push(&manifest);
        }
        edited.into_iter().map(Utf8PathBuf::from).collect()
    }

    /// The golem:rpc that it calls through, if that is one that we know.
    pub(crate) fn golem_rpc(&self, disk: &Snapshot) -> Option<GolemRpc> {
        let root = WitRoot::read(disk, &self.dir.join("wit")).ok()?;
        wit::golem_rpc(&root.deps)
    }
}

fn is_written(name: &Utf8Path) -> bool {
    FILES.contains(&name.as_str())
        || name.starts_with("wit") && matches!(name.extension(), Some("wit" | "wasm"))
}
