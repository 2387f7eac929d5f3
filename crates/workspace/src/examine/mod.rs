//! What is not as `regenerate` would leave it: a workspace's links, and everything generated.
//!
//! The plan is drafted as for `regenerate`, with the failures of single members listed. A finding is what the
//! plan changes. Each link then has its failure, its findings, and whether the caller's world imports the stub.
//!
//! A member that is broken takes only its own links with it, and nothing is called unneeded because of that.
//! Nothing is changed or refused here.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_plan::{Change, FileSet, Snapshot};
use golem_rpc_stub::Stub;
use wit_parser::PackageName;

use crate::plan::failures::{Failures, Role};
use crate::{
    Imported, Limits, Links, Options, Resolver, Spot, Wanted, Workspace, WorkspaceError, plan,
    wit::bindings,
};

mod entries;
mod findings;
mod origins;

use findings::Scene;
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
    let all = |names: BTreeSet<&str>| names.into_iter().map(str::to_string).collect();
    let wanted = Wanted {
        workspace: look.workspace,
        links: look.links,
        options: look.options,
        targets: &all(look.links.targets()),
        callers: &all(look.links.callers()),
        imports: &BTreeSet::new(),
        force: false,
    };
    let mut failures = Failures::listed();
    let (draft, linked, stubs) = plan::draft(&wanted, disk, &files, &mut failures)?;
    let outlook = draft.outlook();
    let origins = Origins::new(look, disk, &stubs.wits, &linked.packages.of_world);
    let scene = Scene {
        workspace: look.workspace,
        outlook: &outlook,
        origins: &origins,
    };
    let findings = scene.findings(&failures)?;
    let after = (!outlook.plan.is_empty()).then(|| disk.after(&outlook.plan));
    let later = Resolver::new(after.as_ref().unwrap_or(disk));
    let later = callers_imports(look, &later, disk, &mut failures)?;
    let now = after.is_some().then(|| Resolver::new(disk));
    let imports = |caller: &str| {
        let member = look.workspace.members.get(caller)?;
        Imported::of(member, now.as_ref()?)
    };
    let links = links(look, imports, &later, &failures, &origins, &findings);
    Ok(Examined {
        links,
        findings,
        troubles: failures.into_troubles(),
        packages: linked.packages.of_world,
        limits: stubs.limits,
        checked: outlook.wanted,
    })
}

/// What the worlds of callers import once everything is up to date. Members whose WIT does not resolve
/// then have no links that work; those that were not looked at as a whole are passed over.
fn callers_imports<E: From<WorkspaceError>>(
    look: &Look<'_>,
    later: &Resolver<'_>,
    disk: &Snapshot,
    failures: &mut Failures<E>,
) -> Result<BTreeMap<String, Imported>, E> {
    let mut all = BTreeMap::new();
    for name in look.links.members() {
        let Some(member) = look.workspace.members.get(name) else {
            continue;
        };
        let imports = match later.resolve(member) {
            Ok(Some(source)) => {
                if !look.links.targets_of(name).is_empty() {
                    failures.take(Role::Caller, name, bindings::check(member, &source))?;
                }
                Some(Imported::resolved(&source))
            }
            Ok(None) => Imported::named(member, later.view()),
            Err(error) => {
                let mut targets = look.links.targets_of(name).into_iter();
                let is_broken = failures.has(Role::Caller, name)
                    || failures.has(Role::Target, name)
                    || targets.any(|target| failures.has(Role::Target, target));
                if !is_broken {
                    let links = (look.links, look.options);
                    failures.member(
                        name,
                        look.workspace.why_unresolved(links, member, error, disk)?,
                    )?;
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
    failures: &Failures<E>,
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
                broken: failures
                    .of(Role::Target, target)
                    .or_else(|| failures.of(Role::Caller, caller)),
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
