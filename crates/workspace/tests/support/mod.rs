//! A workspace on disk for a test: written to a temporary directory, read into a snapshot, planned
//! with real stubs (their crate is a stand-in of two files), applied.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the tests put workspaces on disk, for real cargo to read"
)]
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::MetadataCommand;
use golem_rpc_plan::{FileSet, Snapshot};
use golem_rpc_stub::Stub;
use golem_rpc_workspace::{
    Limits, Links, OptionChanges, Options, PlanRequest, Planned, StubBackend, Workspace,
    WorkspaceError, plan,
};

pub(crate) struct Scratch {
    pub(crate) root: Utf8PathBuf,
    _dir: tempfile::TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Scratch {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
        Scratch { root, _dir: dir }
    }

    /// A workspace of the files given, and of what lies in no file but has to be there.
    pub(crate) fn with(files: &[(&str, &str)]) -> Scratch {
        let scratch = Scratch::new();
        for (name, content) in files {
            scratch.write(name, content);
        }
        scratch.complete();
        scratch
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        let path = self.root.join(name);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap()
        } else {
            fs::remove_file(path).unwrap()
        }
    }

    pub(crate) fn rename(&self, old: &str, new: &str) {
        fs::rename(self.root.join(old), self.root.join(new)).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.root.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Gives every package that has none the file that cargo begins with: a library's where the
    /// manifest speaks of one, else a program's.
    pub(crate) fn complete(&self) {
        for (path, content) in self.snapshot().iter() {
            let text = String::from_utf8_lossy(content);
            if path.file_name() != Some("Cargo.toml") || !text.contains("[package]") {
                continue;
            }
            let src = path.with_file_name("src");
            if !src.join("lib.rs").exists() && !src.join("main.rs").exists() {
                let file = if text.contains("[lib]") {
                    "lib.rs"
                } else {
                    "main.rs"
                };
                fs::create_dir_all(&src).unwrap();
                fs::write(src.join(file), "").unwrap();
            }
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        tree(&self.root)
    }

    /// The same, by path from the root.
    pub(crate) fn content(&self) -> BTreeMap<Utf8PathBuf, Vec<u8>> {
        let name = |path: &Utf8Path| path.strip_prefix(&self.root).unwrap().to_path_buf();
        let snapshot = self.snapshot();
        let files = snapshot.iter();
        files
            .map(|(path, content)| (name(path), content.to_vec()))
            .collect()
    }

    pub(crate) fn workspace(&self) -> Result<Workspace, WorkspaceError> {
        let mut command = MetadataCommand::new();
        command
            .manifest_path(self.root.join("Cargo.toml"))
            .no_deps();
        let mut workspace = Workspace::new(&command.exec().unwrap())?;
        workspace.recognise(&self.snapshot());
        Ok(workspace)
    }

    /// The plan of `init` with these names, on top of the links that there are.
    pub(crate) fn init(
        &self,
        targets: &[&str],
        callers: &[&str],
        force: bool,
    ) -> Result<Planned, WorkspaceError> {
        self.init_as(None, targets, callers, force)
    }

    /// The same, with `--stub-backend`.
    pub(crate) fn init_as(
        &self,
        backend: Option<StubBackend>,
        targets: &[&str],
        callers: &[&str],
        force: bool,
    ) -> Result<Planned, WorkspaceError> {
        let changes = OptionChanges {
            backend,
            ..OptionChanges::default()
        };
        Ok(self.init_with(changes, targets, callers, force)?.0)
    }

    /// The same, with any options.
    pub(crate) fn init_with(
        &self,
        changes: OptionChanges,
        targets: &[&str],
        callers: &[&str],
        force: bool,
    ) -> Result<(Planned, Limits), WorkspaceError> {
        let (workspace, disk) = (self.workspace()?, self.snapshot());
        let select = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
            let members = workspace.select(&names, &self.root, &disk)?;
            Ok::<Vec<String>, WorkspaceError>(members.iter().map(|m| m.name.clone()).collect())
        };
        let (targets, callers) = (select(targets)?, select(callers)?);
        let mut links = Links::of(&workspace)?;
        let mut options = Options::of(&workspace)?;
        for target in &targets {
            options.change(target, changes.clone());
        }
        let targets = targets.iter().map(String::as_str);
        links.add(callers.iter().map(String::as_str), targets);
        whole(&workspace, &disk, &links, &options, &BTreeSet::new(), force)
    }

    /// The plan of `regenerate` for these targets and callers.
    pub(crate) fn regenerate(
        &self,
        targets: &[&str],
        callers: &[&str],
    ) -> Result<Planned, WorkspaceError> {
        let (workspace, disk) = (self.workspace()?, self.snapshot());
        let (links, options) = (Links::of(&workspace)?, Options::of(&workspace)?);
        if links.is_empty() {
            let manifest = workspace.manifest.clone();
            let left = false;
            return Err(WorkspaceError::NoLinks { manifest, left });
        }
        let all = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        let (targets, callers) = (all(targets), all(callers));
        let wanted = PlanRequest {
            workspace: &workspace,
            links: &links,
            options: &options,
            targets: &targets,
            callers: &callers,
            imports: &BTreeSet::new(),
            force: false,
        };
        Ok(chain(&wanted, &disk)?.0)
    }

    /// Links with `--import`, on top of the links that there are.
    pub(crate) fn import(&self, target: &str, caller: &str) {
        let (workspace, disk) = (self.workspace().unwrap(), self.snapshot());
        let mut links = Links::of(&workspace).unwrap();
        links.add([caller], [target]);
        let options = Options::of(&workspace).unwrap();
        let imports = BTreeSet::from([(caller.to_string(), target.to_string())]);
        let planned = whole(&workspace, &disk, &links, &options, &imports, false);
        self.apply(&planned.unwrap().0);
    }

    /// The plan of `unlink --all`.
    pub(crate) fn unlink_all(&self) -> Result<Planned, WorkspaceError> {
        let (workspace, disk) = (self.workspace()?, self.snapshot());
        let (links, options) = (Links::new(), Options::of(&workspace)?);
        let none = BTreeSet::new();
        Ok(whole(&workspace, &disk, &links, &options, &none, false)?.0)
    }

    pub(crate) fn apply(&self, planned: &Planned) {
        for change in planned.plan.changes() {
            match &change.after {
                Some(content) => {
                    fs::create_dir_all(change.path.parent().unwrap()).unwrap();
                    fs::write(&change.path, content).unwrap();
                }
                None => fs::remove_file(&change.path).unwrap(),
            }
        }
    }

    /// Plans, applies, and makes sure that the same request then plans nothing.
    pub(crate) fn init_twice(&self, targets: &[&str], callers: &[&str]) -> Planned {
        self.init_twice_as(None, targets, callers)
    }

    /// The same, with `--stub-backend`.
    pub(crate) fn init_twice_as(
        &self,
        backend: Option<StubBackend>,
        targets: &[&str],
        callers: &[&str],
    ) -> Planned {
        let planned = self.init_as(backend, targets, callers, false).unwrap();
        self.apply(&planned);
        let again = self.init(targets, callers, false).unwrap();
        assert_eq!(
            changed(&again, &self.root),
            Vec::<String>::new(),
            "a second plan"
        );
        planned
    }
}

/// The paths of a plan's changes, from the root; `-` before those that go.
pub(crate) fn changed(planned: &Planned, root: &Utf8Path) -> Vec<String> {
    let name = |path: &Utf8Path| path.strip_prefix(root).unwrap().to_string();
    let changes = planned.plan.changes();
    changes
        .map(|change| match change.after {
            Some(_) => name(&change.path),
            None => format!("-{}", name(&change.path)),
        })
        .collect()
}

pub(crate) fn tree(dir: &Utf8Path) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for entry in dir.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            snapshot.extend(tree(entry.path()))
        } else {
            snapshot.insert(entry.path(), fs::read(entry.path()).unwrap())
        }
    }
    snapshot
}

/// The plan that makes these all links of a workspace. `imports` are those that are asked for now.
pub(crate) fn whole(
    workspace: &Workspace,
    disk: &Snapshot,
    links: &Links,
    options: &Options,
    imports: &BTreeSet<(String, String)>,
    force: bool,
) -> Result<(Planned, Limits), WorkspaceError> {
    let all = |names: BTreeSet<&str>| names.into_iter().map(str::to_string).collect();
    let (targets, callers) = (all(links.targets()), all(links.callers()));
    let wanted = PlanRequest {
        workspace,
        links,
        options,
        targets: &targets,
        callers: &callers,
        imports,
        force,
    };
    chain(&wanted, disk)
}

fn chain(wanted: &PlanRequest<'_>, disk: &Snapshot) -> Result<(Planned, Limits), WorkspaceError> {
    plan(wanted, disk, |target, stub| {
        Ok(stub_files(target, stub, wanted.options))
    })
}

pub(crate) fn stub_files(target: &str, stub: &Stub, options: &Options) -> FileSet {
    let mut files = FileSet::new();
    if options.get(target).backend == StubBackend::Crate {
        files.insert("Cargo.toml", stub_manifest(target));
        files.insert("src/lib.rs", "mod bindings;\n");
    }
    files.extend_under("wit", stub.wit.clone());
    files
}

fn stub_manifest(target: &str) -> String {
    format!("[package]\nname = \"{target}-stub\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
}
