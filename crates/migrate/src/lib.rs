//! A workspace by the older tool → the same without its work, and the links that it had.
//!
//! ```text
//! members' WIT in old spellings                → rewritten
//! stub crates, copies, tasks, import lines     → who calls whom
//! stub crates, copies of WIT, manifest entries → gone
//! ```
//!
//! What comes then is the plan of `init` for those links, made from what this one leaves. Both
//! together are one plan: a file that goes here and comes there is a file that changes.

mod app;
mod callers;
mod calls;
mod carried;
mod clear;
mod error;
mod names;
mod older;
mod remark;
mod rust_text;
mod shell;
mod stubs;
mod tasks;
mod wit;
mod wit_names;

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_app::App;
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::{GolemRpc, WitRoot};

use callers::Evidence;
use golem_rpc_workspace::{Links, MAKEFILE, Member, OptionChanges, Options, Target, Workspace};
use names::Renames;
use stubs::OlderStub;
use tasks::OlderTasks;
use wit_names::NewNames;

pub use app::{AppLook, look_at_app};
pub use error::{EditedPlace, MigrateError};
pub use remark::Remark;
pub use stubs::older_stubs;
pub use tasks::{OlderTask, older_tasks};

/// What is asked for beside what there is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The targets; none for those of all stub crates.
    pub targets: Option<&'a BTreeSet<String>>,
    /// Who calls each of them; none for those who did.
    pub callers: Option<&'a BTreeSet<String>>,
    /// Copies of targets' packages that stay: see [`Migration::lost`].
    pub kept: Option<&'a BTreeSet<Utf8PathBuf>>,
    /// The application that golem-cli makes of the workspace.
    pub app: Option<&'a App>,
    /// Whether to overwrite what was changed by hand.
    pub force: bool,
}

/// A workspace without the older tool's work.
#[derive(Clone, Debug)]
pub struct Migration {
    /// How it gets there.
    pub plan: Plan,
    /// What its members are then.
    pub workspace: Workspace,
    /// Who is to call whom, beside the links that there are.
    pub links: Links,
    /// The links whose import the caller's world is to have: golem-cli put it in by itself.
    pub imports: BTreeSet<(String, String)>,
    /// The options of targets that the older tools had in another way.
    pub options: BTreeMap<String, OptionChanges>,
    /// What a person should hear.
    pub remarks: Vec<Remark>,
    stubs: Vec<OlderStub>,
    /// Files of the user's where ours will stand.
    unused: Vec<Utf8PathBuf>,
    tasks: bool,
    /// The copies of targets' packages that go, by caller.
    copies: BTreeMap<String, BTreeSet<Utf8PathBuf>>,
    /// What is called otherwise in the bindings of members that golem-cli built.
    renamed: BTreeMap<String, NewNames>,
}

impl Migration {
    /// Whether there is work of the older tool, and so something to plan after this.
    pub fn is_older(&self) -> bool {
        !self.links.is_empty() || self.tasks
    }

    /// What the plan of `init` is made from.
    pub fn snapshot(&self, disk: &Snapshot) -> Snapshot {
        let mut hidden = Plan::new();
        let after = disk.after(&self.plan);
        self.unused
            .iter()
            .for_each(|file| hidden.remove(&after, file));
        after.after(&hidden)
    }

    /// The copies of targets' packages that callers cannot do without, although nothing but their
    /// own WIT uses them: ours hold no more than the stubs need.
    pub fn lost(&self, disk: &Snapshot, after: &Snapshot) -> BTreeSet<Utf8PathBuf> {
        let mut lost = BTreeSet::new();
        for (caller, copies) in &self.copies {
            let Some(caller) = self.workspace.members.get(caller) else {
                continue;
            };
            let resolves = |disk: &Snapshot| {
                let root = caller.wit(disk);
                root.is_ok_and(|root| wit::respelled_root(&root).resolve().is_ok())
            };
            if resolves(disk) && !resolves(after) {
                lost.extend(copies.iter().cloned());
            }
        }
        lost
    }

    /// What is left to do by hand, once both plans are carried out.
    pub fn by_hand(&self, disk: &Snapshot, after: &Snapshot) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for stub in &self.stubs {
            let Some(target) = self.workspace.members.get(&stub.target) else {
                continue;
            };
            let ours = self.workspace.stub_dir(target).join("wit");
            let roots = (
                WitRoot::read(disk, &stub.dir.join("wit")),
                WitRoot::read(after, &ours),
            );
            let (Ok(older), Ok(ours)) = roots else {
                continue;
            };
            let Some(renames) = Renames::between(&older, &ours) else {
                continue;
            };
            for caller in self.links.callers_of(&stub.target) {
                let caller = self.workspace.members.get(caller);
                remarks.extend(caller.into_iter().flat_map(|c| renames.remarks(c, after)));
            }
        }
        for (member, new) in &self.renamed {
            let with = (&self.workspace, &self.links);
            let member = self.workspace.members.get(member).into_iter();
            remarks.extend(member.flat_map(|member| app::rust_remarks(member, new, with, after)));
        }
        remarks.extend(tasks::older_paths(after, &self.workspace.root));
        remarks.extend(tasks::scripts(after, &self.workspace.root));
        remarks
    }
}

/// Plans that the older tool's work goes.
///
/// # Errors
/// If it cannot be told what a stub crate is of or who calls it, or if somebody changed one.
pub fn migrate(
    workspace: &Workspace,
    (present, options): (&Links, &Options),
    disk: &Snapshot,
    asked: &Asked<'_>,
) -> Result<Migration, MigrateError> {
    let mut workspace = workspace.clone();
    let taken = asked
        .app
        .map(|app| app::take(app, &mut workspace, (present, options), asked, disk));
    let taken = taken.transpose()?.unwrap_or_default();
    // The rest is about what is left then.
    let (first, before) = (taken.plan.clone(), disk);
    let (workspace, disk) = (&workspace, &disk.after(&first));
    let tasks = OlderTasks::read(disk, &workspace.root)?;
    let found = stubs::find(workspace, disk, asked.targets)?;
    let evidence = callers::find(workspace, &found, &tasks, disk)?;
    let mut migration = Migration {
        plan: Plan::new(),
        workspace: workspace.clone(),
        links: links(&found, &evidence, asked),
        imports: BTreeSet::new(),
        options: BTreeMap::new(),
        remarks: Vec::new(),
        stubs: Vec::new(),
        unused: Vec::new(),
        tasks: false,
        copies: BTreeMap::new(),
        renamed: BTreeMap::new(),
    };
    migration.take_stubs(found, present, disk, asked.force)?;
    migration.carry(&tasks, disk);
    migration.say_why(&evidence);
    let known = [present, &migration.links];
    let missing = callers::without_stub(workspace, known, &tasks, disk);
    migration.remarks.extend(missing);
    let left_out = migration.clear(disk, asked.kept)?;
    if tasks.are_all && (migration.is_older() || !present.is_empty()) {
        let file = workspace.root.join(MAKEFILE);
        migration.plan.remove(disk, &file);
        migration.tasks = true;
        migration.remarks.push(Remark::MakefileReplaced);
    } else if migration.is_older() || !present.is_empty() {
        migration.remove_tasks(disk)?;
    }
    migration.respell(&left_out, disk);
    migration.rename(options, disk);
    migration.add(taken, present, before);
    Ok(migration)
}

/// The links of the older tool, or those that were asked for.
fn links(found: &[OlderStub], evidence: &Evidence, asked: &Asked<'_>) -> Links {
    let mut links = Links::new();
    let targets = found.iter().map(|stub| stub.target.as_str());
    match asked.callers {
        Some(callers) => links.add(callers.iter().map(String::as_str), targets),
        None => {
            for (caller, target) in evidence.keys() {
                links.add([caller.as_str()], [target.as_str()]);
            }
        }
    }
    links
}

impl Migration {
    /// Plans that the older tool's tasks go from a Makefile.toml that holds others, too.
    fn remove_tasks(&mut self, disk: &Snapshot) -> Result<(), MigrateError> {
        let (plan, removed) = tasks::remove(disk, &self.workspace.root)?;
        self.tasks |= !removed.is_empty();
        self.plan.then(disk, plan);
        let remarks = removed.into_iter();
        self.remarks.extend(
            remarks.map(|OlderTask { task, file, line }| Remark::TaskRemoved { task, file, line }),
        );
        Ok(())
    }

    /// Takes the stub crates over whose targets are called.
    fn take_stubs(
        &mut self,
        found: Vec<OlderStub>,
        present: &Links,
        disk: &Snapshot,
        force: bool,
    ) -> Result<(), MigrateError> {
        if !found.is_empty() && self.links.is_empty() && present.is_empty() {
            let targets = found.into_iter().map(|stub| stub.target).collect();
            return Err(MigrateError::NoCaller { targets });
        }
        let targets = self.links.targets();
        let (called, others): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|stub| targets.contains(stub.target.as_str()));
        for OlderStub { dir, target, .. } in others {
            self.remarks.push(Remark::Uncalled { dir, target });
        }
        let places: Vec<EditedPlace> = called.iter().flat_map(|stub| stub.edited(disk)).collect();
        if !places.is_empty() && !force {
            return Err(MigrateError::Edited { places });
        }
        for stub in &called {
            let unused = stub.foreign(disk).map(camino::Utf8Path::to_path_buf);
            self.unused.extend(unused);
            let version = stub.golem_rpc(disk).filter(|v| *v != GolemRpc::default());
            let options = self.options.entry(stub.target.clone()).or_default();
            options.golem_rpc = version;
        }
        let unused = self.unused.iter().cloned();
        self.remarks
            .extend(unused.map(|file| Remark::Unused { file }));
        self.stubs = called;
        Ok(())
    }

    /// Takes over what the older tool was asked for.
    fn carry(&mut self, tasks: &OlderTasks, disk: &Snapshot) {
        for stub in &self.stubs {
            let Some(target) = self.workspace.members.get(&stub.target) else {
                continue;
            };
            let carried = carried::of_stub(stub, target, &self.workspace, &tasks.calls, disk);
            let options = self.options.entry(stub.target.clone()).or_default();
            options.world = carried.changes.world;
            options.redeclare = carried.changes.redeclare;
            self.remarks.extend(carried.remarks);
        }
        let others = carried::of_others(&self.workspace, &tasks.calls);
        self.remarks.extend(others);
    }

    /// Plans that callers import the stubs by their present names.
    fn rename(&mut self, options: &Options, disk: &Snapshot) {
        let mut options = options.clone();
        for (target, changes) in &self.options {
            options.change(target, changes.clone());
        }
        let mut by_caller: BTreeMap<&str, NewNames> = BTreeMap::new();
        for stub in &self.stubs {
            let target = self.workspace.members.get(&stub.target);
            let new = target.and_then(|target| {
                app::stub_interface(target, options.get(&target.name).world, disk)
            });
            for caller in self.links.callers_of(&stub.target) {
                let names = by_caller.entry(caller).or_default();
                let new = new.clone().map(wit_names::NewName::Interface);
                new.into_iter()
                    .for_each(|new| names.add(&stub.package, "stub", new));
            }
        }
        for (caller, new) in by_caller {
            let now = disk.after(&self.plan);
            let member = self.workspace.members.get(caller);
            let Some((plan, remarks)) = member.map(|member| new.rewrite(member, &now)) else {
                continue;
            };
            self.plan.then(disk, plan);
            self.remarks.extend(remarks);
        }
    }

    /// Adds what becomes of an application, which comes before all else.
    fn add(&mut self, taken: app::Taken, present: &Links, disk: &Snapshot) {
        let rest = std::mem::replace(&mut self.plan, taken.plan);
        self.plan.then(disk, rest);
        for (caller, targets) in taken.links.iter() {
            let targets = targets.iter().map(String::as_str);
            self.links.add([caller], targets.clone());
            let known = present.targets_of(caller);
            let new = targets.filter(|target| !known.contains(target));
            self.imports
                .extend(new.map(|target| (caller.to_string(), target.to_string())));
        }
        for (target, version) in taken.golem_rpc {
            self.options
                .entry(target)
                .or_default()
                .golem_rpc
                .get_or_insert(version);
        }
        self.remarks.splice(0..0, taken.remarks);
        self.renamed = taken.renamed;
    }

    fn say_why(&mut self, evidence: &Evidence) {
        for (caller, targets) in self.links.iter() {
            for target in targets {
                let key = (caller.to_string(), target.clone());
                if let Some(because) = evidence.get(&key) {
                    let (caller, target) = key;
                    self.remarks.push(Remark::Linked {
                        caller,
                        target,
                        because,
                    });
                }
            }
        }
    }

    /// Plans that stub crates, copies and entries go; gives what goes.
    fn clear(
        &mut self,
        disk: &Snapshot,
        kept: Option<&BTreeSet<Utf8PathBuf>>,
    ) -> Result<BTreeSet<Utf8PathBuf>, MigrateError> {
        let stubs: Vec<&OlderStub> = self.stubs.iter().collect();
        let mut gone: BTreeSet<Utf8PathBuf> = stubs.iter().map(|stub| stub.dir.clone()).collect();
        for stub in &stubs {
            clear::stub(&mut self.plan, stub, disk);
            if let Some(member) = &stub.member {
                self.workspace.members.remove(member);
            }
        }
        if !stubs.is_empty() {
            clear::members(&mut self.plan, &self.workspace, &stubs, disk)?;
        }
        let mut members = self.links.callers();
        members.extend(stubs.iter().map(|stub| stub.target.as_str()));
        for name in members {
            // The older tool gave callers all stubs, those of themselves too.
            let targets = self.links.targets_of(name);
            let is_theirs =
                |stub: &&&OlderStub| stub.target == name || targets.contains(stub.target.as_str());
            let theirs: Vec<&OlderStub> = stubs.iter().filter(is_theirs).copied().collect();
            let caller = self.workspace.linked(name)?.clone();
            let mut places = BTreeSet::new();
            for copy in clear::copies(&caller, &theirs, disk)? {
                let path = copy.path;
                if kept.is_some_and(|kept| kept.contains(&path)) {
                    let caller = name.to_string();
                    self.remarks.push(Remark::CopyKept { path, caller });
                    continue;
                }
                // Callers get the others anew, and whole.
                if copy.is_target || targets.is_empty() {
                    let copies = self.copies.entry(name.to_string()).or_default();
                    copies.insert(path.clone());
                }
                places.insert(path);
            }
            // The root package's manifest may have been edited already.
            let now = disk.after(&self.plan);
            let mut plan = Plan::new();
            let keys = clear::caller(&mut plan, &caller, &places, &theirs, &now)?;
            self.plan.then(disk, plan);
            forget(&mut self.workspace, name, &keys);
            gone.extend(places);
        }
        Ok(gone)
    }

    /// Plans today's spellings in what stays.
    fn respell(&mut self, left_out: &BTreeSet<Utf8PathBuf>, disk: &Snapshot) {
        let is_older = |member: &&Member| golem_rpc_workspace::is_older_stub(disk, &member.dir);
        let members = self.workspace.members.values();
        let members: Vec<&Member> = members.filter(|member| !is_older(member)).collect();
        let (plan, remarks) = wit::plan(&members, left_out, disk);
        self.plan.then(disk, plan);
        self.remarks.extend(remarks);
    }
}

/// Makes entries unknown that a member's manifest no longer has.
fn forget(workspace: &mut Workspace, member: &str, keys: &BTreeSet<String>) {
    let member = workspace.members.get_mut(member);
    if let Some(Target::Local(local)) = member.map(|member| &mut member.target) {
        local.dependencies.retain(|key, _| !keys.contains(key));
    }
}
