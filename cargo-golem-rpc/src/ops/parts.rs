//! Some of the links → the plan that brings them up to date.

use std::collections::BTreeSet;

use golem_rpc_plan::{FileSet, Snapshot};
use golem_rpc_stub::{Stub, names};
use golem_rpc_stub_rust::CrateOptions;
use golem_rpc_workspace::{Limits, PlanRequest, Planned, StubBackend};

use super::generate::stub_crate;
use super::links::Linked;
use crate::error::CliError;

/// What is to be brought up to date.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) targets: BTreeSet<String>,
    pub(super) callers: BTreeSet<String>,
    /// The links, caller and target, whose import is to be put into the caller's world.
    pub(super) imports: BTreeSet<(String, String)>,
}

impl Parts {
    /// All that is linked.
    pub(super) fn all(linked: &Linked) -> Parts {
        let all = |names: BTreeSet<&str>| names.into_iter().map(str::to_string).collect();
        Parts {
            targets: all(linked.links.targets()),
            callers: all(linked.links.callers()),
            imports: BTreeSet::new(),
        }
    }
}

/// Plans the stubs of targets and what callers get of them.
pub(super) fn plan(
    linked: &Linked,
    disk: &Snapshot,
    parts: &Parts,
    force: bool,
) -> Result<(Planned, Limits), CliError> {
    let wanted = PlanRequest {
        workspace: &linked.workspace,
        links: &linked.links,
        options: &linked.options,
        targets: &parts.targets,
        callers: &parts.callers,
        imports: &parts.imports,
        force,
    };
    golem_rpc_workspace::plan(&wanted, disk, |target, stub| {
        stub_files(linked, target, stub)
    })
}

/// The directory of a stub: a crate, or the WIT alone where none is to be compiled.
pub(super) fn stub_files(linked: &Linked, target: &str, stub: &Stub) -> Result<FileSet, CliError> {
    match linked.options.get(target).backend {
        StubBackend::Crate => stub_crate(stub, CrateOptions::new(names::stub_crate(target))),
        StubBackend::Component => {
            let mut files = FileSet::new();
            files.extend_under("wit", stub.wit.clone());
            Ok(files)
        }
    }
}
