//! The Cargo.toml of a member that golem-cli built: its component section leads to the WIT that the user
//! writes, no longer to what golem-cli makes of it.
//!
//! golem-cli writes that section before each build: `path` is the generated WIT, and `dependencies` are
//! the packages in it. What comes instead are the packages that the user's WIT needs, from its own
//! `deps` or from those that the application shares (`witDeps`). Stubs are not among them: links bring
//! those.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_app::{App, Component};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::{WitPackage, WitRoot};
use toml_edit::Item;

use super::packages;
use crate::Remark;
use crate::clear::TABLE;
use crate::wit::{name_of, respelled};
use golem_rpc_toml::{Edits, TomlText, string_text, utf8};
use golem_rpc_workspace::relative;
use golem_rpc_workspace::{
    Dependency, LocalTarget, Member, Style, Target, Workspace, WorkspaceError,
};

const TARGET: [&str; 4] = ["package", "metadata", "component", "target"];

/// Plans that the manifest of a member leads to its own WIT; the member in `workspace` does then.
pub(super) fn point(
    app: &App,
    component: &Component,
    workspace: &mut Workspace,
    name: &str,
    disk: &Snapshot,
) -> Result<(Plan, Vec<Remark>), WorkspaceError> {
    let mut plan = Plan::new();
    let Some(member) = workspace.members.get_mut(name) else {
        return Ok((plan, Vec::new()));
    };
    let source = &component.source_wit;
    if let Some(remark) = is_code_s(member, component) {
        return Ok((plan, vec![remark]));
    }
    let Some(local) = section(member, component) else {
        return Ok((plan, Vec::new()));
    };
    let generated = component
        .generated_wit
        .as_deref()
        .filter(|dir| *dir != source);
    let is_generated = |path: &Utf8Path| generated.is_some_and(|dir| path.starts_with(dir));
    let mut wanted = LocalTarget {
        wit_root: source.clone(),
        world: local.world.clone(),
        dependencies: local.dependencies.clone(),
    };
    wanted
        .dependencies
        .retain(|_, dependency| match dependency {
            Dependency::Path(path) => !is_generated(path),
            Dependency::Registry => true,
        });
    let (needed, missing) = needed(app, source, &wanted, disk);
    wanted.dependencies.extend(needed);
    let file = member.manifest.clone();
    let text = disk.get(&file).unwrap_or_default();
    let new = rewritten(&file, utf8(&file, text)?, member, &local, &wanted)?;
    plan.write(disk, &file, new);
    member.point_to(wanted);
    let remarks = missing.into_iter().map(|package| Remark::PackageMissing {
        member: name.to_string(),
        package,
    });
    Ok((plan, remarks.collect()))
}

/// What the section of a member says that golem-cli builds with cargo-component; a template of
/// golem-cli begins without one. None if its WIT is somewhere else altogether.
fn section(member: &Member, component: &Component) -> Option<LocalTarget> {
    match (&member.target, member.style) {
        (_, None) => Some(LocalTarget {
            wit_root: member.dir.join("wit"),
            world: None,
            dependencies: BTreeMap::new(),
        }),
        (Target::Local(local), _) => {
            let roots = [
                Some(&component.source_wit),
                component.generated_wit.as_ref(),
            ];
            roots
                .contains(&Some(&local.wit_root))
                .then(|| local.clone())
        }
        _ => None,
    }
}

/// A member that cargo alone builds names its WIT in its code.
fn is_code_s(member: &Member, component: &Component) -> Option<Remark> {
    let Some(Style::Cargo(_)) = member.style else {
        return None;
    };
    let local = member.local().ok()?;
    let from_generated = Some(&local.wit_root) == component.generated_wit.as_ref();
    from_generated.then(|| Remark::GeneratedInCode {
        member: member.name.clone(),
        generated: local.wit_root.clone(),
        source: component.source_wit.clone(),
    })
}

/// The packages that a WIT root needs and its manifest does not name, with their places; and those that
/// are nowhere.
fn needed(
    app: &App,
    source: &Utf8Path,
    wanted: &LocalTarget,
    disk: &Snapshot,
) -> (BTreeMap<String, Dependency>, Vec<String>) {
    let (mut needed, mut missing) = (BTreeMap::new(), Vec::new());
    let Ok(root) = WitRoot::read(disk, source) else {
        return (needed, missing);
    };
    let shared = app.wit_deps.iter().flat_map(|dir| packages(dir, disk));
    let shared: Vec<WitPackage> = root.deps.into_iter().chain(shared).collect();
    let mut waiting = foreign(&root.main);
    while let Some(key) = waiting.pop() {
        let is_known = wanted.dependencies.contains_key(&key) || needed.contains_key(&key);
        if is_known || missing.contains(&key) || is_generated_name(&key) {
            continue;
        }
        let found = shared
            .iter()
            .find(|package| key_of(package).as_ref() == Some(&key));
        match found.and_then(|package| Some((package, place(package)?))) {
            Some((package, path)) => {
                waiting.extend(foreign(package));
                needed.insert(key, Dependency::Path(path));
            }
            None => missing.push(key),
        }
    }
    missing.retain(|key| !app.components.keys().any(|name| name == key));
    (needed, missing)
}

fn foreign(package: &WitPackage) -> Vec<String> {
    let names = respelled(package).foreign().unwrap_or_default();
    let keys = names
        .iter()
        .map(|name| format!("{}:{}", name.namespace, name.name));
    keys.collect()
}

fn key_of(package: &WitPackage) -> Option<String> {
    let name = name_of(package)?;
    Some(format!("{}:{}", name.namespace, name.name))
}

/// Whether a package is one that golem-cli generated for a component.
fn is_generated_name(key: &str) -> bool {
    let suffixes = ["-client", "-stub", "-exports", "-interface"];
    suffixes.iter().any(|suffix| key.ends_with(suffix))
}

/// Where a package lies: its directory, or its one file.
fn place(package: &WitPackage) -> Option<Utf8PathBuf> {
    let file = &package.files.first()?.path;
    let dir = file.parent()?;
    match dir.file_name() {
        Some("deps") => Some(file.clone()),
        _ => Some(dir.to_path_buf()),
    }
}

/// The manifest's text with the section as it is wanted.
fn rewritten(
    file: &Utf8Path,
    text: &str,
    member: &Member,
    now: &LocalTarget,
    wanted: &LocalTarget,
) -> Result<String, WorkspaceError> {
    let mut text = text.to_string();
    let differs = |one: &LocalTarget, other: &LocalTarget| -> Vec<String> {
        let entries = one.dependencies.iter();
        let other = |key: &String| other.dependencies.get(key);
        let different = entries.filter(|(key, dependency)| other(key) != Some(*dependency));
        different.map(|(key, _)| key.clone()).collect()
    };
    let (gone, new) = (differs(now, wanted), differs(wanted, now));
    for key in gone {
        let [a, b, c, d, e] = TABLE;
        let toml = TomlText::parse(file, &text)?;
        let mut edits = Edits::default();
        toml.remove_entry(&[a, b, c, d, e, &key], &mut edits);
        let next = edits.apply(&toml)?;
        text = next;
    }
    let toml = TomlText::parse(file, &text)?;
    let mut edits = Edits::default();
    let path = string_text(&relative(&member.dir, &wanted.wit_root));
    let place = [&TARGET[..], &["path"]].concat();
    let has_section = toml.get(&["package", "metadata", "component"]).is_some();
    match toml.get(&place).and_then(Item::span) {
        Some(span) if now.wit_root != wanted.wit_root => edits.replace(span, path),
        None if now.wit_root != wanted.wit_root || !has_section => {
            toml.insert_entries(&TARGET, &[("path".to_string(), path)], false, &mut edits)?;
        }
        _ => {}
    }
    let next = edits.apply(&toml)?;
    let toml = TomlText::parse(file, &next)?;
    let mut edits = Edits::default();
    let new: Vec<(String, String)> = new
        .into_iter()
        .filter_map(|key| match &wanted.dependencies[&key] {
            Dependency::Path(path) => {
                let path = string_text(&relative(&member.dir, path));
                Some((key, format!("{{ path = {path} }}")))
            }
            Dependency::Registry => None,
        })
        .collect();
    toml.insert_entries(&TABLE, &new, false, &mut edits)?;
    Ok(edits.apply(&toml)?)
}
