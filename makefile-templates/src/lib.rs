//! The cargo-make side of cargo golem-rpc: the tasks and the plugin of a workspace's Makefile.toml.
//!
//! Input: which package calls which ([`Flow`]). Output: the tables of `templates/tasks.toml` for
//! that flow, each as TOML text that stands on its own ([`Table`]). The text of every task is in the
//! templates; the code only fills in names. Nothing is merged into a user's file here: the crate
//! `workspace` does that.

mod template;

use std::collections::{BTreeMap, BTreeSet};

pub use template::Table;
use template::{Scope, Template};

/// Who calls whom in a workspace, by package names.
#[derive(Debug, Clone, Copy)]
pub struct Flow<'a> {
    /// The packages that are called, sorted.
    pub targets: &'a [&'a str],
    /// Those of them whose stub is a crate to be built, sorted.
    pub crates: &'a [&'a str],
    /// The packages that call them, sorted by name.
    pub callers: &'a [Caller<'a>],
}

/// A package that calls others.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The caller's package name.
    pub name: &'a str,
    /// The packages that it calls, sorted.
    pub targets: &'a [&'a str],
}

/// The tables that a flow needs, in reading order, each path once.
///
/// Two links whose `add-stub-dependency-<target>-<caller>` is one name share that task. Where the
/// debug composition of one caller has the name of another's release composition (packages `x` and
/// `release-x`), the release task has the name.
pub fn tables(flow: &Flow<'_>) -> Vec<Table> {
    let mut tables: Vec<Table> = template::parse(include_str!("../templates/tasks.toml"))
        .iter()
        .flat_map(|template| instances(template, flow))
        .collect();
    let mut paths = BTreeSet::new();
    tables.reverse();
    tables.retain(|table| paths.insert(table.path.clone()));
    tables.reverse();
    tables
}

/// The flows for a Makefile.toml in which one of their steps is the user's own task: they run the steps
/// one by one, that task among them.
pub fn flows_of_steps() -> Vec<Table> {
    let templates = template::parse(include_str!("../templates/flows-of-steps.toml"));
    let nobody = Scope::default();
    let tables = templates
        .iter()
        .map(|one| one.render(&one.table_name(&nobody), &nobody));
    tables.collect()
}

/// Whether a table is a step of the flows.
pub fn is_step(table: &Table) -> bool {
    const STEPS: [&str; 5] = [
        "regenerate-stubs",
        "build",
        "build-release",
        "post-build",
        "post-build-release",
    ];
    let [_, name] = &table.path[..] else {
        return false;
    };
    STEPS.contains(&name.as_str()) || name.starts_with("compose-")
}

/// What stands at the head of a Makefile.toml that did not exist before, ending with a newline.
pub fn new_file_header() -> &'static str {
    include_str!("../templates/new-file.toml")
}

/// One table for each target, caller or link that the template's name speaks of, or a single one.
fn instances(template: &Template<'_>, flow: &Flow<'_>) -> Vec<Table> {
    let mut by_name: BTreeMap<String, Scope<'_>> = BTreeMap::new();
    for scope in scopes_of(template, flow) {
        let name = template.table_name(&scope);
        by_name.entry(name).or_default().join(scope);
    }
    (by_name.iter())
        .map(|(name, scope)| template.render(name, scope))
        .collect()
}

fn scopes_of<'a>(template: &Template<'_>, flow: &Flow<'a>) -> Vec<Scope<'a>> {
    let links = || {
        (flow.callers.iter())
            .flat_map(|caller| caller.targets.iter().map(|target| (*target, caller.name)))
    };
    match (template.names_target(), template.names_caller()) {
        (true, true) => links()
            .map(|(target, caller)| Scope::of([target], [caller]))
            .collect(),
        (true, false) => (flow.targets.iter())
            .map(|target| Scope::of([*target], []))
            .collect(),
        (false, true) => (flow.callers.iter())
            .map(|caller| Scope::of([], [caller.name]))
            .collect(),
        (false, false) => {
            let callers: BTreeSet<&str> = flow.callers.iter().map(|caller| caller.name).collect();
            vec![Scope::of(flow.targets.iter().copied(), callers).with_crates(flow.crates)]
        }
    }
}
