//! The Cargo.toml of a member that golem-cli built: its component section leads to the WIT that the user
//! writes, no longer to what golem-cli makes of it.
//!
//! golem-cli writes that section before each build: `path` is the generated WIT, and `dependencies` are
//! the packages in it. What comes instead are the packages that the user's WIT needs, from its own
//! `deps` or from those that the application shares (`witDeps`). Stubs are not among them: links bring
//! those.

use std::collections::BTreeMap;

use camino::Utf8Path;
use golem_rpc_app::{App, Component};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::{WitPackage, WitRoot};
use golem_rpc_toml::{Edits, TomlText, string_text, utf8};
use golem_rpc_workspace::{
    Dependency, LocalTarget, Member, Style, Workspace, WorkspaceError, relative,
};
use toml_edit::Item;

use crate::clear::{TABLE, without};
use crate::wit::{key, name_of, packages, respelled};

const TARGET: [&str; 4] = ["package", "metadata", "component", "target"];

/// Plans that the manifest of a member leads to its own WIT; the member in `workspace` does then.
pub(crate) fn point(
    app: &App,
    component: &Component,
    workspace: &mut Workspace,
    name: &str,
    disk: &Snapshot,
) -> Result<Plan, WorkspaceError> {
    let mut plan = Plan::new();
    let Some(member) = workspace.members.get_mut(name) else {
        return Ok(plan);
    };
    let source = &component.source_wit;
    let Some(local) = section(member, component) else {
        return Ok(plan);
    };
    let generated = component
        .generated_wit
        .as_ref()
        .filter(|dir| *dir != source);
    let mut wanted = local.clone();
    wanted.wit_root.clone_from(source);
    wanted
        .dependencies
        .retain(|_, dependency| match dependency {
            Dependency::Path(path) => !generated.is_some_and(|dir| path.starts_with(dir)),
            Dependency::Registry => true,
        });
    let needed = needed(app, source, &wanted, disk);
    wanted.dependencies.extend(needed);
    let file = member.manifest.clone();
    let text = utf8(&file, disk.get(&file).unwrap_or_default())?;
    plan.write(
        disk,
        &file,
        rewritten(&file, text, member, &local, &wanted)?,
    );
    member.point_to(wanted);
    Ok(plan)
}

/// What the section of a member says that golem-cli builds with cargo-component; a template of
/// golem-cli begins without one. None if its WIT is somewhere else altogether.
fn section(member: &Member, component: &Component) -> Option<LocalTarget> {
    if member.style.is_none() {
        return Some(LocalTarget {
            wit_root: member.dir.join("wit"),
            world: None,
            dependencies: BTreeMap::new(),
        });
    }
    let local = member.local().ok()?;
    let is_ours = local.wit_root == component.source_wit
        || Some(&local.wit_root) == component.generated_wit.as_ref();
    (is_ours && member.style == Some(Style::CargoComponent)).then(|| local.clone())
}

/// The packages that a WIT root needs and its manifest does not name, with their places, as far as
/// there are any.
fn needed(
    app: &App,
    source: &Utf8Path,
    wanted: &LocalTarget,
    disk: &Snapshot,
) -> BTreeMap<String, Dependency> {
    let mut needed = BTreeMap::new();
    let Ok(root) = WitRoot::read(disk, source) else {
        return needed;
    };
    let shared = app.wit_deps.iter().flat_map(|dir| packages(dir, disk));
    let shared = root.deps.into_iter().chain(shared);
    let shared: Vec<(String, WitPackage)> = shared
        .filter_map(|package| Some((key(&name_of(&package)?), package)))
        .collect();
    let mut waiting = foreign(&root.main);
    while let Some(key) = waiting.pop() {
        let found = shared.iter().find(|(name, _)| *name == key);
        let is_known = wanted.dependencies.contains_key(&key) || needed.contains_key(&key);
        if let Some((_, package)) = found.filter(|_| !is_known && !is_generated_name(&key)) {
            waiting.extend(foreign(package));
            needed.insert(key, Dependency::Path(package.path.clone()));
        }
    }
    needed
}

fn foreign(package: &WitPackage) -> Vec<String> {
    let names = respelled(package).foreign().unwrap_or_default();
    names.iter().map(key).collect()
}

/// Whether a package is one that golem-cli generated for a component.
fn is_generated_name(key: &str) -> bool {
    let suffixes = ["-client", "-stub", "-exports", "-interface"];
    suffixes.iter().any(|suffix| key.ends_with(suffix))
}

/// The manifest's text with the section as it is wanted.
fn rewritten(
    file: &Utf8Path,
    text: &str,
    member: &Member,
    now: &LocalTarget,
    wanted: &LocalTarget,
) -> Result<String, WorkspaceError> {
    let differs = |one: &LocalTarget, other: &LocalTarget| -> Vec<String> {
        let entries = one.dependencies.iter();
        let other = |key: &String| other.dependencies.get(key);
        let different = entries.filter(|(key, dependency)| other(key) != Some(*dependency));
        different.map(|(key, _)| key.clone()).collect()
    };
    let quoted = |path: &Utf8Path| string_text(&relative(&member.dir, path));
    let text = without(file, text, &differs(now, wanted))?;
    let toml = TomlText::parse(file, &text)?;
    let mut edits = Edits::default();
    let path = quoted(&wanted.wit_root);
    let place = [&TARGET[..], &["path"]].concat();
    let has_section = toml.get(&["package", "metadata", "component"]).is_some();
    match toml.get(&place).and_then(Item::span) {
        Some(span) if now.wit_root != wanted.wit_root => edits.replace(span, path),
        None if now.wit_root != wanted.wit_root || !has_section => {
            toml.insert_entries(&TARGET, &[("path".to_string(), path)], false, &mut edits)?;
        }
        _ => {}
    }
    let text = edits.apply(&toml)?;
    let toml = TomlText::parse(file, &text)?;
    let mut edits = Edits::default();
    let new = differs(wanted, now).into_iter();
    let new = new.filter_map(|key| match &wanted.dependencies[&key] {
        Dependency::Path(path) => {
            let entry = format!("{{ path = {} }}", quoted(path));
            Some((key, entry))
        }
        Dependency::Registry => None,
    });
    toml.insert_entries(&TABLE, &new.collect::<Vec<_>>(), false, &mut edits)?;
    Ok(edits.apply(&toml)?)
}
