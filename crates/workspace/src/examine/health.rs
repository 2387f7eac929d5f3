//! Which members and links can be planned, and what is wrong with the others.
//!
//! | what is wrong | what becomes of it |
//! |---|---|
//! | no such member, no WIT, no component | its links are left out of the plan |
//! | its WIT does not parse | in its place stands a package without a world, so that the rest can be planned |
//! | there is no stub of it | it is planned with the stub that lies there |
//! | it cannot be planned as a caller | its copies are not looked at |

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitError, WitFile, WitPackage};
use wit_parser::PackageName;

use super::Look;
use crate::plan::check_caller;
use crate::{Links, Member, Workspace, WorkspaceError};

pub(super) struct Health<E> {
    troubles: Vec<E>,
    /// What is wrong with callers and with targets, by the trouble's number.
    callers: BTreeMap<String, usize>,
    targets: BTreeMap<String, usize>,
    /// Those that are in the plan's links, and not to be brought up to date by it.
    passed_over: BTreeSet<(Role, String)>,
    /// Those whose links are not in the plan.
    left_out: BTreeSet<(Role, String)>,
    /// Callers for which the plan does not know all that they need.
    half_known: BTreeSet<String>,
    packages: BTreeMap<String, PackageName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Caller,
    Target,
}

impl<E: From<WorkspaceError>> Health<E> {
    /// Looks at each member by itself. Gives the files with a package without a world in the place
    /// of each that does not parse.
    pub(super) fn of_members(look: &Look<'_>, disk: &Snapshot) -> (Health<E>, Snapshot) {
        let mut health = Health {
            troubles: Vec::new(),
            callers: BTreeMap::new(),
            targets: BTreeMap::new(),
            passed_over: BTreeSet::new(),
            left_out: BTreeSet::new(),
            half_known: BTreeSet::new(),
            packages: BTreeMap::new(),
        };
        let mut disk = disk.clone();
        for name in look.links.members() {
            match look.workspace.linked(name) {
                Ok(member) => health.look_at(look, member, &mut disk),
                Err(error) => health.lose(name, error),
            }
        }
        for caller in look.links.callers() {
            let Some(member) = look.workspace.members.get(caller) else {
                continue;
            };
            let result = check_caller(member, &disk);
            if let (Err(error), false) = (result, health.callers.contains_key(caller)) {
                health.pass_over(Role::Caller, caller);
                health.break_part(Role::Caller, caller, || error.into());
            }
        }
        (health, disk)
    }

    fn look_at(&mut self, look: &Look<'_>, member: &Member, disk: &mut Snapshot) {
        let checked = member.check_component().map_err(WorkspaceError::from);
        let known = checked.and_then(|()| member.main_wit(disk));
        let main = match known {
            Ok(main) => main,
            Err(error) => return self.lose(&member.name, error),
        };
        match main.name() {
            Ok(_) => match member.world_package(disk) {
                Ok(package) => drop(self.packages.insert(member.name.clone(), package)),
                Err(error) => self.lose(&member.name, error),
            },
            Err(error) => {
                let stub = look.workspace.stub_dir(member).join("wit/_stub.wit");
                let Some(package) = name_in(&main.files).or_else(|| target_of(disk, &stub)) else {
                    return self.lose(&member.name, error.into());
                };
                stand_in(disk, &main.files, &package);
                self.packages.insert(member.name.clone(), package);
                self.half_known.insert(member.name.clone());
                let number = self.add(WorkspaceError::from(error).into());
                self.callers.insert(member.name.clone(), number);
                self.targets.insert(member.name.clone(), number);
                self.pass_over(Role::Target, &member.name);
            }
        }
    }

    /// A member with whom there can be no link.
    fn lose(&mut self, name: &str, error: WorkspaceError) {
        let number = self.add(error.into());
        for (role, known) in [
            (Role::Caller, &mut self.callers),
            (Role::Target, &mut self.targets),
        ] {
            known.entry(name.to_string()).or_insert(number);
            self.left_out.insert((role, name.to_string()));
        }
    }

    /// Takes out of the plan whatever an error of it is about.
    ///
    /// # Errors
    /// With that error, if it is about nothing that could be taken out (any more).
    pub(super) fn blame(
        &mut self,
        workspace: &Workspace,
        error: WorkspaceError,
    ) -> Result<(), WorkspaceError> {
        let Some((role, name)) = culprit(workspace, &error) else {
            return Err(error);
        };
        let part = (role, name.clone());
        let progress = self.passed_over.insert(part.clone()) || self.left_out.insert(part);
        if !progress {
            return Err(error);
        }
        self.break_part(role, &name, || error.into());
        Ok(())
    }
}

impl<E> Health<E> {
    fn add(&mut self, trouble: E) -> usize {
        self.troubles.push(trouble);
        self.troubles.len() - 1
    }

    fn pass_over(&mut self, role: Role, name: &str) {
        self.passed_over.insert((role, name.to_string()));
    }

    /// What is wrong with a target's stub; what was known before stays.
    pub(super) fn break_target(&mut self, target: &str, trouble: impl FnOnce() -> E) {
        self.break_part(Role::Target, target, trouble);
    }

    /// Whether something is wrong with a member already.
    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.callers.contains_key(name) || self.targets.contains_key(name)
    }

    /// What is wrong with a member, as caller and as target.
    pub(super) fn break_member(&mut self, name: &str, trouble: E) {
        let number = self.add(trouble);
        for known in [&mut self.callers, &mut self.targets] {
            known.entry(name.to_string()).or_insert(number);
        }
    }

    /// What is wrong with a caller; what was known before stays.
    pub(super) fn break_caller(&mut self, caller: &str, trouble: impl FnOnce() -> E) {
        self.break_part(Role::Caller, caller, trouble);
    }

    fn break_part(&mut self, role: Role, name: &str, trouble: impl FnOnce() -> E) {
        let known = match role {
            Role::Caller => &self.callers,
            Role::Target => &self.targets,
        };
        if !known.contains_key(name) {
            let number = self.add(trouble());
            let known = match role {
                Role::Caller => &mut self.callers,
                Role::Target => &mut self.targets,
            };
            known.insert(name.to_string(), number);
        }
    }

    /// The links that can be planned.
    pub(super) fn links(&self, all: &Links) -> Links {
        let mut links = Links::new();
        for (caller, targets) in all.iter() {
            if !self.is_left_out(Role::Caller, caller) {
                let targets = targets.iter().map(String::as_str);
                let targets = targets.filter(|target| !self.is_left_out(Role::Target, target));
                links.add([caller], targets);
            }
        }
        links
    }

    /// The targets and the callers that the plan brings up to date.
    pub(super) fn parts(&self, links: &Links) -> (BTreeSet<String>, BTreeSet<String>) {
        let parts = |role: Role, names: BTreeSet<&str>| {
            let names = names.into_iter().map(|name| (role, name.to_string()));
            let names = names.filter(|part| !self.passed_over.contains(part));
            names.map(|(_, name)| name).collect()
        };
        (
            parts(Role::Target, links.targets()),
            parts(Role::Caller, links.callers()),
        )
    }

    fn is_left_out(&self, role: Role, name: &str) -> bool {
        self.left_out.contains(&(role, name.to_string()))
    }

    /// Whether a link is not in the plan.
    pub(super) fn leaves_out(&self) -> bool {
        !self.left_out.is_empty()
    }

    /// Whether the plan knows all that a caller of these targets needs.
    pub(super) fn knows_all_of(&self, caller: &str, targets: &BTreeSet<&str>) -> bool {
        let mut targets = targets.iter();
        !self.half_known.contains(caller) && !targets.any(|target| self.has_no_stub(target))
    }

    /// Whether a target has no stub (any more) that one could compare with.
    pub(super) fn has_no_stub(&self, target: &str) -> bool {
        self.targets.contains_key(target)
    }

    /// Whether everything could be planned.
    pub(super) fn is_good(&self) -> bool {
        self.troubles.is_empty()
    }

    /// The number of the trouble that makes a link impossible.
    pub(super) fn of_link(&self, caller: &str, target: &str) -> Option<usize> {
        let target = self.targets.get(target);
        target.or_else(|| self.callers.get(caller)).copied()
    }

    pub(super) fn packages(&self) -> &BTreeMap<String, PackageName> {
        &self.packages
    }

    pub(super) fn finish(self) -> (Vec<E>, BTreeMap<String, PackageName>) {
        (self.troubles, self.packages)
    }
}

/// The package that WIT text declares, even where the rest of it does not parse.
fn name_in(files: &[WitFile]) -> Option<PackageName> {
    let texts = files
        .iter()
        .filter_map(|file| std::str::from_utf8(&file.content).ok());
    let mut lines = texts.flat_map(str::lines);
    lines.find_map(|line| {
        let (name, _) = line.trim().strip_prefix("package ")?.split_once(';')?;
        package(&format!("package {name};"))
    })
}

fn package(text: &str) -> Option<PackageName> {
    let files = vec![WitFile {
        path: "package.wit".into(),
        content: text.into(),
    }];
    let path = "package.wit".into();
    WitPackage { path, files }.name().ok()
}

/// The package of a target, from its stub's.
fn target_of(disk: &Snapshot, stub: &Utf8Path) -> Option<PackageName> {
    let files = WitPackage::read(disk, stub)?.files;
    let stub = name_in(&files)?;
    let name = stub.name.strip_suffix("-stub")?.to_string();
    Some(PackageName { name, ..stub })
}

/// Puts a package without a world in the place of files that do not parse.
fn stand_in(disk: &mut Snapshot, files: &[WitFile], package: &PackageName) {
    let version = package.version.as_ref();
    let version = version.map(|version| format!("@{version}"));
    let (namespace, name) = (&package.namespace, &package.name);
    let text = format!(
        "package %{namespace}:%{name}{};\n",
        version.unwrap_or_default()
    );
    for file in files {
        disk.insert(&file.path, text.as_str());
    }
}

/// The member that an error of a plan is about.
fn culprit(workspace: &Workspace, error: &WorkspaceError) -> Option<(Role, String)> {
    use WorkspaceError as E;
    let target = |name: &String| Some((Role::Target, name.clone()));
    let caller = |name: &String| Some((Role::Caller, name.clone()));
    match error {
        E::SamePackage { second, .. }
        | E::SameRoot { second, .. }
        | E::SameWorldPackage { second, .. } => target(second),
        E::Outside { dir, .. } | E::OlderStub { dir } => target(stub_in(workspace, dir)?),
        E::NameTaken { target: name, .. }
        | E::StubExcluded { target: name, .. }
        | E::StubListed { target: name, .. }
        | E::NotAStub { target: name, .. }
        | E::Stub { target: name, .. } => target(name),
        E::GolemRpcs { caller: name, .. }
        | E::Versions { caller: name, .. }
        | E::Dangling { caller: name, .. }
        | E::Unresolved { member: name, .. }
        | E::Vendor { caller: name, .. } => caller(name),
        E::DependencyTaken { file, .. } => caller(member_with(workspace, file)?),
        E::Toml(error) => caller(member_with(workspace, error.file())?),
        E::Wit(error) => place_of(workspace, error),
        _ => None,
    }
}

/// The target whose stub lies at or above a path.
fn stub_in<'w>(workspace: &'w Workspace, path: &Utf8Path) -> Option<&'w String> {
    let mut members = workspace.members.values();
    let found = members.find(|member| path.starts_with(workspace.stub_dir(member)));
    found.map(|member| &member.name)
}

/// The member in whose directory a file lies; not the root package, whose files are everybody's.
fn member_with<'w>(workspace: &'w Workspace, file: &Utf8Path) -> Option<&'w String> {
    let members = workspace.members.values();
    let above =
        members.filter(|member| file.starts_with(&member.dir) && member.dir != workspace.root);
    above
        .max_by_key(|member| member.dir.as_str().len())
        .map(|member| &member.name)
}

/// The stub or the caller whose WIT an error is about.
fn place_of(workspace: &Workspace, error: &WitError) -> Option<(Role, String)> {
    let text = error.to_string();
    let mut paths = text
        .split(['`', ' ', '\n'])
        .filter(|word| word.starts_with('/'));
    let path = paths.next()?;
    let path = Utf8Path::new(path.split(':').next().unwrap_or(path));
    match stub_in(workspace, path) {
        Some(target) => Some((Role::Target, target.clone())),
        None => Some((Role::Caller, member_with(workspace, path)?.clone())),
    }
}
