//! The golem:rpc through which the stubs of an application call, where nobody chose one: that of the
//! application's own packages, else the one that fits the version of its manifests.

use std::collections::BTreeMap;

use golem_rpc_app::{App, Kind};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::GolemRpc;
use golem_rpc_workspace::{Links, Options};

use super::components::Components;
use crate::remark::Remark;
use crate::wit::{self, packages};

/// The versions that targets need an option for, and what a person should hear.
pub(crate) fn choose(
    links: &Links,
    components: &Components<'_>,
    options: &Options,
    disk: &Snapshot,
) -> (BTreeMap<String, GolemRpc>, Vec<Remark>) {
    let (mut versions, mut remarks) = (BTreeMap::new(), Vec::new());
    let by_schema = by_schema(components.app);
    let found = match found(components.app, disk) {
        Some(Err(unknown)) if !links.is_empty() => {
            remarks.push(Remark::Said(format!(
                "the application has golem:rpc {unknown}, which stubs cannot call through: they use {by_schema}; `cargo golem-rpc init --golem-rpc` selects another version"
            )));
            by_schema
        }
        Some(Ok(version)) => version,
        _ => by_schema,
    };
    for target in links.targets() {
        let chosen = options.get(target).golem_rpc;
        let is_chosen = chosen != GolemRpc::default();
        let version = if is_chosen { chosen } else { found };
        if version != chosen {
            versions.insert(target.to_string(), version);
        }
        let component = components.of_member(target);
        if component.is_some_and(|(_, component)| component.kind == Kind::Ephemeral) {
            let how = ephemeral(version);
            remarks.push(Remark::Said(format!("`{target}` is ephemeral: {how}")));
        }
    }
    (versions, remarks)
}

/// The golem:rpc among the packages of an application.
fn found(app: &App, disk: &Snapshot) -> Option<Result<GolemRpc, String>> {
    let components = app.components.values();
    let source = components.clone().map(|component| &component.source_wit);
    let generated = components.filter_map(|component| component.generated_wit.as_ref());
    let own = source.chain(generated).map(|dir| dir.join("deps"));
    let mut dirs = app.wit_deps.iter().cloned().chain(own);
    dirs.find_map(|dir| wit::golem_rpc(&packages(&dir, disk)))
}

fn by_schema(app: &App) -> GolemRpc {
    let schema = app.schema.as_deref().unwrap_or_default();
    match schema.split('.').take(2).collect::<Vec<_>>()[..] {
        ["1", "2"] => GolemRpc::V0_2_0,
        ["1", "3"] => GolemRpc::V0_2_2,
        _ => GolemRpc::default(),
    }
}

/// How workers that live for one call are called.
fn ephemeral(version: GolemRpc) -> &'static str {
    match version {
        GolemRpc::V0_1_0 | GolemRpc::V0_1_1 => {
            "give its constructor a URI without a worker's name, `urn:worker:<component-id>`"
        }
        GolemRpc::V0_2_0 | GolemRpc::V0_2_1 => "call `ephemeral` in the place of its constructor",
        GolemRpc::V0_2_2 => "whatever worker its constructor names, each call has a new one",
    }
}
