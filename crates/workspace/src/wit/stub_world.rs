//! The world of a target that its stub is made for: the one that is compiled, or one that the option
//! `world` names because callers see less.
//!
//! A worker has what the compiled world exports. A stub for another world may have part of that, and
//! nothing else: a call of anything more would find no function.

use std::collections::BTreeSet;

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::Source;
use wit_parser::WorldKey;

use crate::{Options, Workspace, WorkspaceError};

impl Workspace {
    /// A target's WIT with the world that callers see.
    ///
    /// # Errors
    /// If it does not resolve, has no such world, or that world exports what the compiled one does not.
    pub fn stub_source(
        &self,
        target: &str,
        options: &Options,
        disk: &Snapshot,
    ) -> Result<Source, WorkspaceError> {
        let member = self.linked(target)?;
        let compiled = member.local()?.world.as_deref();
        let root = self.target_wit(target, disk)?;
        let Some(seen) = options.get(target).world else {
            let source = root.select(compiled);
            return source.map_err(|error| member.choose_world(error));
        };
        let source = root.select(Some(&seen))?;
        // Without a compiled world there is nothing that could be called, which its build says.
        if let Ok(whole) = root.select(compiled) {
            let has = exports(&whole);
            let missing: Vec<String> = exports(&source).difference(&has).cloned().collect();
            if !missing.is_empty() {
                return Err(WorkspaceError::MoreThanCompiled {
                    manifest: self.manifest.clone(),
                    target: target.to_string(),
                    world: seen,
                    compiled: whole.resolve.worlds[whole.world].name.clone(),
                    missing,
                });
            }
        }
        Ok(source)
    }
}

/// The names of what a world exports: interfaces by their ids.
fn exports(source: &Source) -> BTreeSet<String> {
    let exports = source.resolve.worlds[source.world].exports.keys();
    let names = exports.map(|key| match key {
        WorldKey::Name(name) => name.clone(),
        WorldKey::Interface(id) => source.resolve.id_of(*id).unwrap_or_default(),
    });
    names.collect()
}
