//! A WIT root on disk → the stub of its world.

use std::collections::BTreeSet;

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::loaders::is_read;
use golem_rpc_stub::{Source, Stub, StubOptions, WitRoot};
use golem_rpc_system::{Places, read};
use wit_parser::PackageName;

use super::Context;
use super::stubs::warn_limits;
use crate::error::CliError;

/// Which stub is wanted of a WIT root.
pub(crate) struct StubRequest {
    pub(crate) world: Option<String>,
    pub(crate) options: StubOptions,
}

/// Reads a WIT root: a directory and its `deps`, or a single file with `deps` beside it.
pub(super) fn read_wit(root: &Utf8Path) -> Result<Snapshot, CliError> {
    if !read::is_there(root) {
        return Err(CliError::NoSuchDirectory {
            path: root.to_path_buf(),
        });
    }
    let (places, mut disk) = (Places::of(root), Snapshot::new());
    places.read(&mut disk, root, is_read)?;
    if disk.contains(root) {
        let deps = root.with_file_name("deps");
        places.read(&mut disk, &deps, |path, kind| {
            is_read(&Utf8Path::new("deps").join(path), kind)
        })?;
    }
    Ok(disk)
}

/// The stub of the component whose WIT root is `root`; says what it leaves out.
pub(super) fn derive_stub(
    context: &Context,
    root: &Utf8Path,
    request: &StubRequest,
) -> Result<Stub, CliError> {
    let disk = read_wit(root)?;
    let source = WitRoot::read(&disk, root)?.select(request.world.as_deref())?;
    let redeclared = request.options.redeclared.iter();
    check_redeclared(
        std::slice::from_ref(&source),
        redeclared.map(PackageName::to_string),
    )?;
    let stub = Stub::new(&source, &request.options).map_err(|error| CliError::Stub {
        target: root.to_string(),
        error,
    })?;
    warn_limits(context, root.as_str(), &stub);
    Ok(stub)
}

/// Refuses a package to redeclare, `ns:name`, that none of these targets uses.
pub(super) fn check_redeclared(
    targets: &[Source],
    wanted: impl IntoIterator<Item = String>,
) -> Result<(), CliError> {
    let packages = targets.iter().flat_map(|target| &target.resolve.packages);
    let names: BTreeSet<&PackageName> = packages.map(|(_, package)| &package.name).collect();
    let has = |wanted: &str| {
        let mut names = names.iter();
        names.any(|name| {
            wanted.split_once(':') == Some((name.namespace.as_str(), name.name.as_str()))
        })
    };
    match wanted.into_iter().find(|wanted| !has(wanted)) {
        Some(wanted) => Err(CliError::NothingToRedeclare {
            wanted,
            packages: names.iter().map(|name| format!("`{name}`")).collect(),
        }),
        None => Ok(()),
    }
}
