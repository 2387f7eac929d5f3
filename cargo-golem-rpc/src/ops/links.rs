//! The workspace as cargo, its files and its links show it.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::{Metadata, Package, PackageId};
use golem_rpc_messages::Place;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, names};
use golem_rpc_system::{Places, cargo, read};
use golem_rpc_workspace::{
    LinkedWorkspace, Links, Member, Options, Read, StubBackend, Workspace, WorkspaceError,
    is_nothing_ours, own_dirs,
};

use wit_parser::PackageName;

use super::Context;
use crate::error::CliError;
use crate::place;

/// Where a world stands.
pub(super) struct WorldPlace {
    /// For people: the world's name and its place, or the WIT root.
    text: String,
    /// File, line and column, where they are known.
    pub(super) place: Option<Place>,
}

impl std::fmt::Display for WorldPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// A workspace, who calls whom in it, and the options of the targets.
#[derive(Clone)]
pub(super) struct Linked {
    pub(super) metadata: Metadata,
    pub(super) workspace: Workspace,
    pub(super) links: Links,
    pub(super) options: Options,
}

/// The workspace that cargo describes, with those members recognised that cargo alone builds.
pub(super) fn workspace(metadata: &Metadata) -> Result<Workspace, CliError> {
    let mut workspace = Workspace::new(metadata)?;
    let mut code = Snapshot::new();
    for dir in workspace.code() {
        code.extend(read::tree(dir, Workspace::is_code)?);
    }
    workspace.recognise(&code);
    let manifest = read::file(&workspace.manifest)?.unwrap_or_default();
    workspace.locate_links(&String::from_utf8_lossy(&manifest));
    Ok(workspace)
}

/// Refuses keys that are not known; warns of options that nobody has.
fn check_keys(context: &Context, workspace: &Workspace) -> Result<(), CliError> {
    let mut disk = Snapshot::new();
    if let Some(manifest) = read::file(&workspace.manifest)? {
        disk.insert(&workspace.manifest, manifest);
    }
    for name in workspace.check_keys(&disk)? {
        let table = format!("[workspace.metadata.golem-rpc.targets.{name}]");
        let message = format!("{table} has options for `{name}`, which is not a member");
        let hint = "change it to the member's present name, or remove the table";
        context.report.warning(&message, Some(hint));
    }
    Ok(())
}

/// Reads what is wanted of a workspace.
pub(super) fn read_all(
    root: &Utf8Path,
    wanted: impl IntoIterator<Item = Read>,
) -> Result<Snapshot, CliError> {
    let (places, mut disk) = (Places::of(root), Snapshot::new());
    for wanted in wanted {
        match &wanted {
            Read::File(path) => {
                if let Some(content) = read::file(path)? {
                    disk.insert(path, content);
                }
            }
            Read::Tree(path) => disk.extend(read::tree(path, Read::wants)?),
            Read::Wit(path) | Read::Deps(path) => {
                places.read(&mut disk, path, |path, kind| wanted.wants_wit(path, kind))?;
            }
        }
    }
    Ok(disk)
}

impl Linked {
    /// Asks cargo.
    pub(super) fn read(context: &Context) -> Result<Linked, CliError> {
        let settings = &context.settings;
        let manifest = context.manifest_path();
        let metadata = cargo::metadata(manifest.as_deref(), &context.cwd, settings.flags)?;
        let workspace = workspace(&metadata)?;
        check_keys(context, &workspace)?;
        let (links, options) = (Links::of(&workspace)?, Options::of(&workspace)?);
        Ok(Linked {
            metadata,
            workspace,
            links,
            options,
        })
    }

    /// The same, for commands that have nothing to do without links.
    pub(super) fn read_linked(context: &Context) -> Result<Linked, CliError> {
        let linked = Linked::read(context)?;
        if linked.links.is_empty() {
            let manifest = linked.workspace.manifest.clone();
            let left = !linked.is_clean()?;
            return Err(WorkspaceError::NoLinks { manifest, left }.into());
        }
        Ok(linked)
    }

    /// The members that are named, or all that have a link.
    pub(super) fn members<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<&Member>, CliError> {
        let find = |name| Ok(self.workspace.linked(name)?);
        names.into_iter().map(find).collect()
    }

    /// The files that plans about these members are made from.
    pub(super) fn snapshot(&self, members: &[&Member]) -> Result<Snapshot, CliError> {
        let mut wanted = self.workspace.reads(members.iter().copied());
        let sharing = self.sharing(members).into_iter();
        wanted.extend(sharing.flat_map(Member::wit_reads));
        let mut disk = read_all(&self.workspace.root, wanted)?;
        self.read_extended(&mut disk)?;
        Ok(disk)
    }

    /// The other components that read WIT of one of these, or have a directory of dependencies with one:
    /// as it is theirs too, through links, or because their manifest names it.
    pub(super) fn sharing(&self, members: &[&Member]) -> Vec<&Member> {
        let places = Places::of(&self.workspace.root);
        let theirs: BTreeSet<Utf8PathBuf> = members
            .iter()
            .filter_map(|member| member.local().ok())
            .flat_map(|local| [local.wit_root.clone(), local.wit_root.join("deps")])
            .map(|path| places.name_of(&path))
            .collect();
        let is_theirs = |file: &Utf8Path| file.ancestors().any(|dir| theirs.contains(dir));
        // WIT that cannot be read is nobody else's business.
        let reads = |member: &Member| {
            let wit = read_all(&self.workspace.root, member.wit_reads()).ok();
            let deps = member.local().ok().map(|local| local.wit_root.join("deps"));
            deps.is_some_and(|deps| theirs.contains(&places.name_of(&deps)))
                || wit.is_some_and(|wit| wit.iter().any(|(file, _)| is_theirs(file)))
        };
        let is_other = |member: &&Member| members.iter().all(|other| other.name != member.name);
        let others = self.workspace.members.values().filter(is_other);
        others
            .filter(|member| member.is_component() && reads(member))
            .collect()
    }

    /// Reads the files that Makefile.toml extends, and those that they extend.
    fn read_extended(&self, disk: &mut Snapshot) -> Result<(), CliError> {
        let mut known = BTreeSet::new();
        loop {
            let places = self.workspace.extended_makefiles(disk);
            let new: Vec<_> = places.difference(&known).cloned().collect();
            if new.is_empty() {
                return Ok(());
            }
            for file in new.iter().filter(|file| file.is_file()) {
                if let Some(content) = read::file(file)? {
                    disk.insert(file, content);
                }
            }
            known.extend(new);
        }
    }

    /// Names as the user types them → package names.
    pub(super) fn select(
        &self,
        context: &Context,
        names: &[String],
    ) -> Result<BTreeSet<String>, CliError> {
        let mut disk = Snapshot::new();
        if let Some(manifest) = read::file(&self.workspace.manifest)? {
            disk.insert(&self.workspace.manifest, manifest);
        }
        let cwd = &context.cwd;
        if self.workspace.select(names, cwd, &disk).is_err() {
            for manifest in self.workspace.manifests_of(names, cwd, &disk) {
                if let Some(content) = read::file(&manifest)? {
                    disk.insert(manifest, content);
                }
            }
        }
        let members = self.workspace.select(names, cwd, &disk)?;
        Ok(members
            .into_iter()
            .map(|member| member.name.clone())
            .collect())
    }

    /// Callers, targets and the stub crates of those targets that have one.
    pub(super) fn to_build(&self) -> BTreeSet<String> {
        let stubs = self.targets_with(StubBackend::Crate).map(names::stub_crate);
        self.links
            .members()
            .into_iter()
            .map(str::to_string)
            .chain(stubs)
            .collect()
    }

    /// The packages that are called and all that they may call in turn.
    pub(super) fn reachable(&self, called: impl Iterator<Item = String>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<String> = called.collect();
        while let Some(name) = waiting.pop() {
            if reached.insert(name.clone()) {
                let targets = self.links.targets_of(&name).into_iter();
                waiting.extend(targets.map(str::to_string));
            }
        }
        reached
    }

    /// The targets whose stub is this.
    pub(super) fn targets_with(&self, backend: StubBackend) -> impl Iterator<Item = &str> {
        let targets = self.links.targets().into_iter();
        targets.filter(move |target| self.options.get(target).backend == backend)
    }

    /// The links with their workspace and options.
    pub(super) fn targets(&self) -> LinkedWorkspace<'_> {
        LinkedWorkspace {
            workspace: &self.workspace,
            links: &self.links,
            options: &self.options,
        }
    }

    /// The files of all that are linked.
    pub(super) fn snapshot_of_all(&self) -> Result<Snapshot, CliError> {
        self.snapshot(&self.members(self.links.members())?)
    }

    /// The files of all components, linked or not, and what else lies in the directories of ours: these may
    /// hold something that no link needs any more.
    pub(super) fn snapshot_to_change(&self) -> Result<Snapshot, CliError> {
        let members = &self.workspace.members;
        let linked = self.links.members().into_iter();
        let linked: Vec<&Member> = linked.filter_map(|name| members.get(name)).collect();
        let mut disk = self.snapshot(&linked)?;
        for other in members
            .values()
            .filter(|member| !disk.contains(&member.manifest))
            .collect::<Vec<_>>()
        {
            // What cannot be read of a member without links holds nothing of ours.
            let reads = other
                .wit_reads()
                .into_iter()
                .chain([Read::File(other.manifest.clone())]);
            disk.extend(read_all(&self.workspace.root, reads).unwrap_or_default());
        }
        for dir in self.workspace.parents_of_stubs() {
            disk.extend(read::tree(&dir, Workspace::is_in_stub)?);
        }
        // Hidden files too are left when their directory goes.
        let places = Places::of(&self.workspace.root);
        let dirs = own_dirs(&disk).into_iter();
        for dir in dirs.filter(|dir| *dir != self.workspace.root && read::is_dir(dir)) {
            let is_small = |path: &Utf8Path| !matches!(path.file_name(), Some("target" | ".git"));
            places.read(&mut disk, &dir, |path, _| is_small(path))?;
        }
        Ok(disk)
    }

    /// Whether nothing of ours is in the workspace.
    pub(super) fn is_clean(&self) -> Result<bool, CliError> {
        Ok(is_nothing_ours(
            &self.workspace,
            &self.snapshot_to_change()?,
        ))
    }

    /// The member in a directory, as cargo describes it.
    pub(super) fn package_in(&self, dir: &Utf8Path) -> Option<&Package> {
        let mut packages = self.metadata.packages.iter();
        packages.find(|package| package.manifest_path.parent() == Some(dir))
    }

    /// The ids by which cargo's messages name packages.
    pub(super) fn package_ids(&self, names: &BTreeSet<String>) -> BTreeMap<String, PackageId> {
        let packages = self.metadata.workspace_packages().into_iter();
        let named = packages.filter(|package| names.contains(package.name.as_str()));
        named
            .map(|package| (package.name.to_string(), package.id.clone()))
            .collect()
    }

    /// The WIT that the stub of a target is made from.
    pub(super) fn source_of(&self, target: &str, disk: &Snapshot) -> Result<Source, CliError> {
        Ok(self.workspace.stub_source(target, &self.options, disk)?)
    }

    /// The package of a target's stub, and the line that imports it.
    pub(super) fn import_line(
        &self,
        target: &str,
        disk: &Snapshot,
    ) -> Result<(PackageName, String), CliError> {
        let workspace = &self.workspace;
        let source = workspace.stub_source(target, &self.options, disk)?;
        let package = names::stub_package(&source.resolve.packages[source.package].name);
        let interface = names::stub_interface(&source.resolve.worlds[source.world].name);
        let id = package.interface_id(&interface);
        Ok((package, format!("import {};", names::written(&id))))
    }

    /// Where the caller's world stands: file, line and column, or the WIT root.
    pub(super) fn world_place(&self, caller: &str) -> Result<WorldPlace, CliError> {
        let disk = self.snapshot(&self.members([caller])?)?;
        self.world_place_in(&disk, caller)
    }

    /// The same, from files that were read already.
    pub(super) fn world_place_in(
        &self,
        disk: &Snapshot,
        caller: &str,
    ) -> Result<WorldPlace, CliError> {
        let member = self.members([caller])?[0];
        let local = member.local()?;
        let source = member.wit(disk)?.select(local.world.as_deref());
        Ok(match source {
            Ok(source) => {
                let world = &source.resolve.worlds[source.world];
                let location = source.resolve.render_location(world.span);
                WorldPlace {
                    text: format!("`world {}` ({location})", world.name),
                    place: place::rendered(&location),
                }
            }
            Err(_) => WorldPlace {
                text: format!("the world in {}", local.wit_root),
                place: None,
            },
        })
    }
}
