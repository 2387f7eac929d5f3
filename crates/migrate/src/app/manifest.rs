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
use golem_rpc_toml::{Edits, TomlText, string_text, utf8};
use golem_rpc_workspace::{
    Dependency, LocalTarget, Member, Style, Target, Workspace, WorkspaceError, relative,
};
use toml_edit::Item;

use crate::clear::{TABLE, without};
use crate::remark::Remark;
use crate::wit::{key, name_of, packages, respelled};

const TARGET: [&str; 4] = ["package", "metadata", "component", "target"];

/// Plans that the manifest of a member leads to its own WIT; the member in `workspace` does then.
pub(crate) fn point(
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
    if let Some(remark) = names_generated(member, component) {
        return Ok((plan, vec![remark]));
    }
    let Some(local) = section(member, component) else {
        return Ok((plan, Vec::new()));
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
    let (needed, missing) = needed(app, source, &wanted, disk);
    wanted.dependencies.extend(needed);
    let file = member.manifest.clone();
    let text = utf8(&file, disk.get(&file).unwrap_or_default())?;
    plan.write(
        disk,
        &file,
        rewritten(&file, text, member, &local, &wanted)?,
    );
    member.point_to(wanted);
    let remarks = missing.into_iter().map(|package| {
        Remark::ToDo(format!(
            "the WIT of `{name}` names the package `{package}`, which neither its own `deps` nor `witDeps` of golem.yaml has"
        ))
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

/// What to change where the code of a member that cargo alone builds names the generated WIT.
fn names_generated(member: &Member, component: &Component) -> Option<Remark> {
    let Some(Style::Cargo(_)) = member.style else {
        return None;
    };
    let (root, source) = (&member.local().ok()?.wit_root, &component.source_wit);
    let is_generated = Some(root) == component.generated_wit.as_ref();
    is_generated.then(|| {
        Remark::ToDo(format!(
            "the code of `{}` has its bindings made from `{root}`, which golem-cli generates: write the path of `{source}` there, and run this again",
            member.name
        ))
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
            .find(|package| name_of(package).is_some_and(|name| crate::wit::key(&name) == key));
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
    names.iter().map(key).collect()
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
