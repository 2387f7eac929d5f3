//! What is not as `regenerate` would leave it: a workspace's links, and everything generated.
//!
//! ```text
//! Health (members and links that can be planned at all) → plan → findings
//! findings + broken members + the callers' imports → links, each with what is wrong with it
//! ```
//!
//! A member that is broken takes only its own links with it: what is planned leaves it out, and
//! nothing is called unneeded because of that. Nothing is changed or refused here.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_plan::{Change, FileSet, Snapshot};
use golem_rpc_stub::Stub;
use wit_parser::PackageName;

use crate::chain::Stubs;
use crate::draft::{Draft, Outlook};
use crate::{
    Imported, Limits, Links, MAKEFILE, Options, Resolver, Spot, Wanted, Workspace, WorkspaceError,
    bindings, makefile, plan,
};

mod entries;
mod findings;
mod health;
mod origins;

use findings::Scene;
use health::Health;
use origins::Origins;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The workspace.
    pub workspace: &'a Workspace,
    /// Who calls whom; some may be no members.
    pub links: &'a Links,
    /// The targets' options.
    pub options: &'a Options,
}

/// What was found.
#[derive(Debug)]
pub struct Examined<E> {
    /// Every link, by caller and target.
    pub links: BTreeMap<(String, String), ExaminedLink>,
    /// What is not as it should be, by path.
    pub findings: Vec<Finding>,
    /// What is wrong with members, so that their links are broken.
    pub troubles: Vec<E>,
    /// The linked members' own WIT packages, where these are known.
    pub packages: BTreeMap<String, PackageName>,
    /// What does not work of targets that have a stub.
    pub limits: Limits,
    /// How many files and entries there should be.
    pub checked: usize,
}

/// A link and how it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExaminedLink {
    /// The trouble that makes it impossible, by its place among the troubles.
    pub broken: Option<usize>,
    /// What is not as it should be, by its place among the findings.
    pub findings: Vec<usize>,
    /// The line that imports the stub, where there is a stub.
    pub import: Option<String>,
    /// Whether the caller's world imports the stub, where that can be told.
    pub imported: Option<bool>,
    /// Where the caller's world stands.
    pub world: Option<Spot>,
}

/// Something generated that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong with it.
    pub kind: FindingKind,
    /// The file.
    pub path: Utf8PathBuf,
    /// The key, for an entry of a TOML file.
    pub key: Option<String>,
    /// The callers that it is there for.
    pub callers: BTreeSet<String>,
    /// The targets that it comes from.
    pub targets: BTreeSet<String>,
    /// What would fix it, for a file that is ours altogether.
    pub change: Option<Change>,
}

/// What is wrong with something generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// It would be another one now.
    Stale,
    /// It is not as we left it, so that only `--force` replaces it.
    Edited,
    /// It is not there.
    Missing,
    /// Nothing needs it any more.
    Unneeded,
}

/// Compares a workspace with what `regenerate` would make of it. `files` makes the directory of a
/// target's stub. Files of members that are none need not be in `disk`.
///
/// # Errors
/// If the root manifest or Makefile.toml cannot be read.
pub fn examine<E: From<WorkspaceError>>(
    look: &Look<'_>,
    disk: &Snapshot,
    files: impl Fn(&str, &Stub) -> Result<FileSet, E>,
) -> Result<Examined<E>, E> {
    let (mut health, disk) = Health::of_members(look, disk);
    let settled = loop {
        let links = health.links(look.links);
        let (targets, callers) = health.parts(&links);
        let wanted = Wanted {
            workspace: look.workspace,
            links: &links,
            options: look.options,
            targets: &targets,
            callers: &callers,
            imports: &BTreeSet::new(),
            force: false,
        };
        match settle(&wanted, !health.leaves_out(), &disk, &files) {
            Ok(settled) => break settled,
            Err(error) => health.blame(look.workspace, error)?,
        }
    };
    let (mut outlook, stubs) = settled;
    let Stubs {
        made,
        failed,
        unmade,
        limits,
        ..
    } = stubs;
    for (target, error) in failed {
        let error =
            look.workspace
                .or_dangling((look.links, look.options), &target, error, &disk)?;
        health.break_target(&target, || E::from(error));
    }
    for (target, error) in unmade {
        health.break_target(&target, || error);
    }
    let origins = Origins::new(look, &disk, &made, health.packages());
    let findings_of = |outlook: &Outlook, health: &Health<E>| {
        let scene = Scene {
            workspace: look.workspace,
            outlook,
            origins: &origins,
        };
        scene.findings(health)
    };
    let mut without_strangers = None;
    if health.leaves_out() {
        let take_tasks = |links: &Links, outlook: &mut Outlook| -> Result<(), E> {
            let mut draft = Draft::new(look.workspace, &disk, false);
            makefile::plan(&mut draft, links, look.options)?;
            outlook.take_makefile(draft.outlook(), look.workspace, &disk);
            Ok(())
        };
        let known = known(look);
        if known != *look.links {
            take_tasks(&known, &mut outlook)?;
            without_strangers = Some(findings_of(&outlook, &health)?);
        }
        // The tasks are those of all links, whatever state these are in.
        take_tasks(look.links, &mut outlook)?;
    }
    let mut findings = findings_of(&outlook, &health)?;
    if let Some(others) = without_strangers {
        // Tasks for what is no member may be there, but nobody misses them.
        let is_there = |finding: &Finding| {
            let key = |f: &Finding| (f.kind, f.path.clone(), f.key.clone());
            others.iter().any(|other| key(other) == key(finding))
        };
        findings.retain(|finding| !finding.path.ends_with(MAKEFILE) || is_there(finding));
    }
    let after = (!outlook.plan.is_empty()).then(|| disk.after(&outlook.plan));
    let later = after.as_ref().unwrap_or(&disk);
    let later = callers_imports(look, &Resolver::new(later), &disk, &mut health, &origins)?;
    let now = after.is_some().then(|| Resolver::new(&disk));
    let imports = |caller: &str| {
        let member = look.workspace.members.get(caller)?;
        Imported::of(member, now.as_ref()?)
    };
    let links = links(look, imports, &later, &health, &origins, &findings);
    let (troubles, packages) = health.finish();
    Ok(Examined {
        links,
        findings,
        troubles,
        packages,
        limits,
        checked: outlook.wanted,
    })
}

/// The links between members.
fn known(look: &Look<'_>) -> Links {
    let is_member = |name: &&str| look.workspace.members.contains_key(*name);
    let mut known = Links::new();
    for caller in look.links.callers().into_iter().filter(is_member) {
        let targets: Vec<&str> = look.links.targets_of(caller).into_iter().collect();
        known.add([caller], targets.into_iter().filter(is_member));
    }
    known
}

/// What would change until nothing does, with the stubs that this ends with. `whole` says whether
/// these are all links.
fn settle<E>(
    wanted: &Wanted<'_>,
    whole: bool,
    disk: &Snapshot,
    files: &impl Fn(&str, &Stub) -> Result<FileSet, E>,
) -> Result<(Outlook, Stubs<E>), WorkspaceError> {
    let stubs_in = |disk: &Snapshot| {
        let mut stubs = wanted.stubs(disk, files)?;
        stubs.whole &= whole;
        Ok::<_, WorkspaceError>(stubs)
    };
    let mut stubs = stubs_in(disk)?;
    if wanted.links.is_empty() {
        let draft = Draft::new(wanted.workspace, disk, false);
        return Ok((draft.outlook(), stubs));
    }
    let mut all = plan::draft(&wanted.request(&stubs), disk)?.outlook();
    let mut last = wanted.is_last(&all.plan);
    for _ in wanted.links.members() {
        if last {
            break;
        }
        let after = disk.after(&all.plan);
        stubs = stubs_in(&after)?;
        let next = plan::draft(&wanted.request(&stubs), &after)?.outlook();
        last = wanted.is_last(&next.plan);
        all.then(disk, next);
    }
    Ok((all, stubs))
}

/// What the worlds of callers import once everything is up to date. Members whose WIT does not resolve
/// then have no links that work; those that were not looked at as a whole are passed over.
fn callers_imports<E: From<WorkspaceError>>(
    look: &Look<'_>,
    later: &Resolver<'_>,
    disk: &Snapshot,
    health: &mut Health<E>,
    origins: &Origins,
) -> Result<BTreeMap<String, Imported>, WorkspaceError> {
    let mut all = BTreeMap::new();
    for name in look.links.members() {
        let Some(member) = look.workspace.members.get(name) else {
            continue;
        };
        let imports = match later.resolve(member) {
            Ok(Some(source)) => {
                let is_caller = !look.links.targets_of(name).is_empty();
                if let (true, Err(error)) = (is_caller, bindings::check(member, &source)) {
                    health.break_caller(name, || error.into());
                }
                Some(Imported::resolved(&source))
            }
            Ok(None) => Imported::named(member, later.view()),
            Err(error) => {
                let is_known = health.knows_all_of(name, &origins.targets_of(name));
                if is_known && !health.is_broken(name) {
                    let error = look.workspace.why_unresolved(
                        (look.links, look.options),
                        member,
                        error,
                        disk,
                    )?;
                    health.break_member(name, error.into());
                }
                Imported::named(member, later.view())
            }
        };
        all.extend(imports.map(|imports| (name.to_string(), imports)));
    }
    Ok(all)
}

/// Puts together what is known of each link. An import counts as one of a stub that would be brought
/// up to date with it.
fn links<E>(
    look: &Look<'_>,
    now: impl Fn(&str) -> Option<Imported>,
    later: &BTreeMap<String, Imported>,
    health: &Health<E>,
    origins: &Origins,
    findings: &[Finding],
) -> BTreeMap<(String, String), ExaminedLink> {
    let mut links = BTreeMap::new();
    for (caller, targets) in look.links.iter() {
        let (now, later) = (now(caller), later.get(caller));
        let has = |stub| {
            let mut both = now.iter().chain(later);
            both.any(|imports| imports.has(stub))
        };
        // Where the world stands now.
        let imports = now.as_ref().or(later);
        for target in targets {
            let stub = origins.stub_package(target);
            let known = stub.filter(|_| imports.is_some());
            let link = ExaminedLink {
                broken: health.of_link(caller, target),
                findings: Vec::new(),
                import: origins.import(target),
                imported: known.map(has),
                world: imports.and_then(|imports| imports.world.clone()),
            };
            links.insert((caller.to_string(), target.clone()), link);
        }
    }
    for (number, finding) in findings.iter().enumerate() {
        for target in &finding.targets {
            let callers = match finding.callers.is_empty() {
                true => origins.callers_of(target),
                false => &finding.callers,
            };
            for caller in callers {
                if let Some(link) = links.get_mut(&(caller.clone(), target.clone())) {
                    link.findings.push(number);
                }
            }
        }
    }
    links
}
