//! The whole way, stage by stage: each one adds to the plan, and the next one sees the workspace as
//! that leaves it.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_app::App;
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::{GolemRpc, names};
use golem_rpc_workspace::{Links, OptionChanges, Options, Target, Workspace};

use crate::app::{self, Taken};
use crate::callers::{self, Evidence};
use crate::calls::Call;
use crate::error::MigrateError;
use crate::remark::Remark;
use crate::stubs::{self, OlderStub, others};
use crate::wit_names::{self, NewName, NewNames};
use crate::{clear, makefile, options, rust, wit};

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
    /// The stub crates that go.
    stubs: Vec<OlderStub>,
    /// Files of the user's where ours will stand.
    unused: Vec<Utf8PathBuf>,
    /// Whether tasks of the older tool go.
    tasks: bool,
    /// The copies of targets' packages that go, by caller.
    copies: BTreeMap<String, BTreeSet<Utf8PathBuf>>,
    /// What has another name in the bindings of members that golem-cli built.
    renamed: BTreeMap<String, NewNames>,
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
    let taken = match asked.app {
        Some(app) => {
            let is_wanted = |caller: &str, target: &str| {
                asked.callers.is_none_or(|callers| callers.contains(caller))
                    && asked.targets.is_none_or(|targets| targets.contains(target))
            };
            app::take(app, &mut workspace, (present, options), is_wanted, disk)?
        }
        None => Taken::default(),
    };
    let mut migration = Migration::of(taken, workspace);
    let left = disk.after(&migration.plan);
    let calls = makefile::calls(&left, &migration.workspace.root)?;
    let found = stubs::find(&migration.workspace, &left, asked.targets)?;
    let evidence = callers::find(&migration.workspace, &found, &calls, &left)?;
    migration.link(&found, &evidence, asked);
    migration.take_stubs(found, present, &left, asked.force)?;
    migration.carry(&calls, &left);
    let gone = migration.clear(disk, asked.kept)?;
    if migration.is_older() || !present.is_empty() {
        let left = disk.after(&migration.plan);
        let (plan, remarks) = makefile::remove(&left, &migration.workspace.root)?;
        migration.tasks = !remarks.is_empty();
        migration.plan.then(disk, plan);
        migration.remarks.extend(remarks);
    }
    migration.respell(&gone, &left, disk);
    migration.rename(options, disk);
    Ok(migration)
}

impl Migration {
    /// What becomes of an application comes before all else.
    fn of(taken: Taken, workspace: Workspace) -> Migration {
        Migration {
            plan: taken.plan,
            workspace,
            links: taken.links,
            imports: taken.imports,
            options: taken.options,
            remarks: taken.remarks,
            stubs: Vec::new(),
            unused: Vec::new(),
            tasks: false,
            copies: BTreeMap::new(),
            renamed: taken.renamed,
        }
    }

    /// Adds the links of the older tool, or those that were asked for.
    fn link(&mut self, found: &[OlderStub], evidence: &Evidence, asked: &Asked<'_>) {
        if let Some(callers) = asked.callers {
            let targets = found.iter().map(|stub| stub.target.as_str());
            self.links.add(callers.iter().map(String::as_str), targets);
        }
        for ((caller, target), because) in evidence {
            if asked.callers.is_none_or(|callers| callers.contains(caller)) {
                self.links.add([caller.as_str()], [target.as_str()]);
                let text = format!("`{caller}` calls `{target}`: {because}");
                self.remarks.push(Remark::Said(text));
            }
        }
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
            self.remarks.push(Remark::Said(format!(
                "nobody calls `{target}`: the older tool's stub crate `{dir}` stays as it is; remove it from `members` of [workspace], or link it with `--targets {target} --callers <member>`"
            )));
        }
        let files: Vec<_> = called.iter().flat_map(|stub| stub.edited(disk)).collect();
        if !files.is_empty() && !force {
            return Err(MigrateError::Edited { files });
        }
        for stub in &called {
            for file in stub.files(disk).1 {
                let text = format!("`{file}` is yours and stays, but nothing uses it");
                self.remarks.push(Remark::Said(text));
                self.unused.push(file.to_path_buf());
            }
        }
        self.stubs = called;
        Ok(())
    }

    /// Takes over what the older tool was asked for.
    fn carry(&mut self, calls: &[Call], disk: &Snapshot) {
        for stub in &self.stubs {
            let Some(target) = self.workspace.members.get(&stub.target) else {
                continue;
            };
            let (changes, remarks) = options::of_stub(stub, target, calls, disk);
            let version = stub.golem_rpc(disk).filter(|v| *v != GolemRpc::default());
            let options = self.options.entry(stub.target.clone()).or_default();
            options.golem_rpc = version.or(options.golem_rpc);
            options.world = changes.world;
            options.redeclare = changes.redeclare;
            self.remarks.extend(remarks);
        }
    }

    /// Plans that stub crates, copies and entries go; gives what goes.
    fn clear(
        &mut self,
        disk: &Snapshot,
        kept: Option<&BTreeSet<Utf8PathBuf>>,
    ) -> Result<BTreeSet<Utf8PathBuf>, MigrateError> {
        let left = disk.after(&self.plan);
        let mut plan = Plan::new();
        clear::stubs(&mut plan, &self.workspace, &self.stubs, &left)?;
        let mut gone = BTreeSet::new();
        let mut members = self.links.callers();
        for stub in &self.stubs {
            gone.insert(stub.dir.clone());
            stub.member.iter().for_each(|member| {
                self.workspace.members.remove(member);
            });
            members.insert(&stub.target);
        }
        for name in members {
            // The older tool gave callers all stubs, those of themselves too.
            let targets = self.links.targets_of(name);
            let stubs = self.stubs.iter();
            let theirs: Vec<&OlderStub> = stubs
                .filter(|stub| stub.target == name || targets.contains(&*stub.target))
                .collect();
            let caller = self.workspace.linked(name)?.clone();
            let mut places = BTreeSet::new();
            for copy in clear::copies(&caller, &theirs, &left)? {
                let path = copy.path;
                if kept.is_some_and(|kept| kept.contains(&path)) {
                    self.remarks.push(Remark::Said(format!(
                        "`{path}` stays and is yours from now on: the WIT of `{name}` uses more of it than the stub does"
                    )));
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
            let now = left.after(&plan);
            let mut next = Plan::new();
            let keys = clear::caller(&mut next, &caller, &places, &theirs, &now)?;
            plan.then(&left, next);
            let member = self.workspace.members.get_mut(name);
            if let Some(Target::Local(local)) = member.map(|member| &mut member.target) {
                local.dependencies.retain(|key, _| !keys.contains(key));
            }
            gone.extend(places);
        }
        self.plan.then(disk, plan);
        Ok(gone)
    }

    /// Plans today's spellings in what stays. A member's WIT is read as it was, since without the older
    /// stubs it cannot be told which packages it reaches.
    fn respell(&mut self, gone: &BTreeSet<Utf8PathBuf>, before: &Snapshot, disk: &Snapshot) {
        let members = others(&self.workspace, before);
        let (plan, remarks) = wit::plan(&members, gone, before);
        self.plan.then(disk, plan);
        self.remarks.extend(remarks);
    }

    /// Plans that callers import the stubs by their present names.
    fn rename(&mut self, options: &Options, disk: &Snapshot) {
        let mut options = options.clone();
        for (target, changes) in &self.options {
            options.change(target, changes.clone());
        }
        let left = disk.after(&self.plan);
        let mut names: BTreeMap<String, NewNames> = BTreeMap::new();
        for stub in &self.stubs {
            let target = self.workspace.members.get(&stub.target);
            let new = target.and_then(|target| {
                wit::stub_interface(target, options.get(&stub.target).world, &left)
            });
            for (caller, new) in self
                .links
                .callers_of(&stub.target)
                .into_iter()
                .zip(new.iter().cycle())
            {
                let names = names.entry(caller.to_string()).or_default();
                names.add(&stub.package, "stub", NewName::Interface(new.clone()));
            }
        }
        let remarks = wit_names::rewrite(&names, &self.workspace, &mut self.plan, disk);
        self.remarks.extend(remarks);
    }

    /// Whether there is work of the older tool, and so something to plan after this.
    pub fn is_older(&self) -> bool {
        !self.links.is_empty() || self.tasks
    }

    /// What the plan of `init` is made from.
    pub fn snapshot(&self, disk: &Snapshot) -> Snapshot {
        let mut hidden = Plan::new();
        let after = disk.after(&self.plan);
        let unused = self.unused.iter();
        unused.for_each(|file| hidden.remove(&after, file));
        after.after(&hidden)
    }

    /// The copies of targets' packages that callers cannot do without, although nothing but their
    /// own WIT uses them: ours hold no more than the stubs need.
    pub fn lost(&self, disk: &Snapshot, after: &Snapshot) -> BTreeSet<Utf8PathBuf> {
        let resolves = |caller: &String, disk: &Snapshot| {
            let caller = self.workspace.members.get(caller);
            let root = caller.and_then(|caller| caller.wit(disk).ok());
            root.is_some_and(|root| wit::respelled_root(&root).resolve().is_ok())
        };
        let copies = self.copies.iter();
        let lost = copies.filter(|(name, _)| resolves(name, disk) && !resolves(name, after));
        lost.flat_map(|(_, copies)| copies.iter().cloned())
            .collect()
    }

    /// What is left to do by hand, once both plans are carried out.
    pub fn by_hand(&self, _: &Snapshot, after: &Snapshot) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for stub in &self.stubs {
            let module = rust::snake(&names::stub_package(&stub.package).name);
            for caller in self.links.callers_of(&stub.target) {
                let caller = self.workspace.members.get(caller).into_iter();
                remarks.extend(caller.flat_map(|c| rust::stub_types(c, &module, after)));
            }
        }
        for (name, new) in &self.renamed {
            let member = self.workspace.members.get(name).into_iter();
            remarks.extend(member.flat_map(|m| rust::modules(m, &new.modules(), after)));
        }
        remarks.extend(makefile::left_over(after, &self.workspace.root));
        remarks
    }
}
