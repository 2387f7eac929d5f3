//! The components of an application → the members of the Cargo workspace that they are, and its
//! dependencies → links between these.
//!
//! A component's Cargo.toml is beside its `sourceWit`, where golem-cli finds it too.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_app::{App, Component, Dependency, Kind, Target};
use golem_rpc_plan::Snapshot;
use golem_rpc_workspace::Workspace;

/// Which member each component is.
pub(crate) struct Components<'a> {
    /// By component: the member, or why there is none.
    found: BTreeMap<&'a str, Result<String, String>>,
    pub(crate) app: &'a App,
}

impl<'a> Components<'a> {
    pub(crate) fn of(app: &'a App, workspace: &Workspace, disk: &Snapshot) -> Components<'a> {
        let components = app.components.iter();
        let found = components.map(|(name, component)| {
            let mut members = workspace.members.values();
            let member = members.find(|member| member.dir == component.dir());
            let why_not = || why_not(workspace, name, component, disk);
            let found = member.map(|member| member.name.clone());
            (name.as_str(), found.ok_or_else(why_not))
        });
        Components {
            found: found.collect(),
            app,
        }
    }

    /// The member that a component is.
    fn find(&self, component: &str) -> Result<String, String> {
        let unknown = || Err(format!("golem.yaml has no component `{component}`"));
        self.found.get(component).cloned().unwrap_or_else(unknown)
    }

    /// The component that a member is. A library may be made from the same crate, and comes last.
    pub(crate) fn of_member(&self, member: &str) -> Option<(&'a str, &'a Component)> {
        let found = self.found.iter();
        let found = found.filter(|(_, found)| found.as_deref() == Ok(member));
        found
            .map(|(name, _)| (*name, &self.app.components[*name]))
            .min_by_key(|(_, component)| component.kind == Kind::Library)
    }

    /// All members that are components, each once.
    pub(crate) fn members(&self) -> BTreeSet<&str> {
        let found = self.found.values();
        found.filter_map(|found| found.as_deref().ok()).collect()
    }
}

/// A dependency as a link, or why it is none.
pub(crate) fn link(
    components: &Components<'_>,
    dependency: &Dependency,
) -> Result<(String, String), String> {
    if dependency.kind == "wasm" {
        return Err("it composes a component into another one, which is no call between workers: leave it to golem-cli, or to `wac plug`".into());
    }
    if !dependency.is_rpc() {
        return Err(format!("its type `{}` is not known", dependency.kind));
    }
    let target = match &dependency.target {
        Target::Component(target) => target,
        Target::Wasm(path) => {
            return Err(format!(
                "its target is the wasm file `{path}`, not a member of this workspace: `cargo golem-rpc build` and `add-stub-dependency` make a stub of its WIT"
            ));
        }
        Target::Missing => return Err("it names no `target`".into()),
    };
    let link = (
        components.find(&dependency.component)?,
        components.find(target)?,
    );
    match components.app.components[target].kind {
        Kind::Library => Err(format!("`{target}` is a library: no worker runs it")),
        _ => Ok(link),
    }
}

/// A dependency, for people.
pub(crate) fn entry(dependency: &Dependency) -> String {
    let (component, kind) = (&dependency.component, &dependency.kind);
    match &dependency.target {
        Target::Component(target) | Target::Wasm(target) => {
            format!("`{component}` → `{target}` ({kind})")
        }
        Target::Missing => format!("`{component}` ({kind})"),
    }
}

fn why_not(workspace: &Workspace, name: &str, component: &Component, disk: &Snapshot) -> String {
    let dir = component.dir();
    let shown = workspace.relative(dir);
    if disk.contains(dir.join("Cargo.toml")) {
        return format!(
            "`{name}` is in `{shown}`, which is no member of this workspace: name it in `members` of [workspace]"
        );
    }
    let template = component.template.as_ref();
    let template = template.map(|template| format!(" (its template is `{template}`)"));
    format!(
        "`{name}` is no Rust component: there is no Cargo.toml in `{shown}`{}",
        template.unwrap_or_default()
    )
}
