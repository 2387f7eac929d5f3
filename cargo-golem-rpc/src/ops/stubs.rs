//! The stubs of a workspace's targets, from their WIT as it is now.

use std::collections::BTreeMap;

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::Stub;
use golem_rpc_workspace::{StubBackend, WorkspaceError};

use super::links::Linked;
use super::members::Wasm;
use crate::error::CliError;

/// The stub of a member.
pub(super) fn derive(linked: &Linked, disk: &Snapshot, target: &str) -> Result<Stub, CliError> {
    let members = linked.members([target])?;
    let world = members[0].local()?.world.as_deref();
    let source = members[0]
        .wit(disk)?
        .select(world)
        .map_err(WorkspaceError::from)?;
    let stub = Stub::new(&source);
    stub.map_err(|error| CliError::Stub {
        target: target.to_string(),
        error,
    })
}

/// The component of a stub, made without a compiler.
pub(super) fn emit(stub: &Stub, target: &str) -> Result<Vec<u8>, CliError> {
    golem_rpc_stub_wasm::emit(stub).map_err(|error| CliError::EmitStub {
        target: target.to_string(),
        error,
    })
}

/// The same component as text, for people.
pub(super) fn explain(stub: &Stub, target: &str) -> Result<String, CliError> {
    golem_rpc_stub_wasm::explain(stub).map_err(|error| CliError::EmitStub {
        target: target.to_string(),
        error,
    })
}

/// The stubs that are not compiled, of all that these callers call, by target.
pub(super) fn components<'a>(
    linked: &Linked,
    callers: impl IntoIterator<Item = &'a String>,
) -> Result<BTreeMap<String, Wasm>, CliError> {
    let mut components = BTreeMap::new();
    for caller in callers {
        for target in linked.links.targets_of(caller) {
            let made = components.contains_key(target);
            if !made && linked.backends.get(target) == StubBackend::Component {
                components.insert(target.to_string(), component(linked, target)?);
            }
        }
    }
    Ok(components)
}

fn component(linked: &Linked, target: &str) -> Result<Wasm, CliError> {
    let members = linked.members([target])?;
    let disk = linked.snapshot(&members)?;
    Ok(Wasm {
        path: linked.workspace.stub_dir(members[0]),
        bytes: emit(&derive(linked, &disk, target)?, target)?,
    })
}
