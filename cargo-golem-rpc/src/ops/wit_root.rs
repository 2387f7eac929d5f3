//! A WIT root on disk → the stub of its world.

use std::io::ErrorKind;

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, Stub, StubOptions, WitRoot};
use golem_rpc_system::read;
use wit_parser::PackageName;

use super::Context;
use super::stubs::warn_limits;
use crate::error::CliError;

/// Which stub is wanted of a WIT root.
pub(crate) struct StubRequest {
    pub(crate) world: Option<String>,
    pub(crate) options: StubOptions,
}

/// Reads a WIT root: the `.wit` files of a directory and of its `deps`, or a single file.
pub(super) fn read_wit(root: &Utf8Path) -> Result<Snapshot, CliError> {
    match read::file(root) {
        Ok(None) => Err(CliError::NoSuchDirectory {
            path: root.to_path_buf(),
        }),
        Ok(Some(content)) => {
            // A root of a single file has its `deps` beside it.
            let mut disk = match root.parent() {
                Some(dir) => read::tree(dir, |path| path.starts_with("deps") && is_wit(path))?,
                None => Snapshot::new(),
            };
            disk.insert(root, content);
            Ok(disk)
        }
        Err(error) if error.source.kind() == ErrorKind::IsADirectory => {
            Ok(read::tree(root, is_wit)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `*.wit`, `deps/*.{wit,wasm}` and `deps/*/*.wit`, and the directories on the way there.
pub(super) fn is_wit(path: &Utf8Path) -> bool {
    let parts: Vec<&str> = path.components().map(|c| c.as_str()).collect();
    match parts[..] {
        ["deps"] | ["deps", _] => true,
        [_] | ["deps", _, _] => path.extension() == Some("wit"),
        _ => false,
    }
}

/// The stub of the component whose WIT root is `root`; says what it leaves out.
pub(super) fn derive_stub(
    context: &Context,
    root: &Utf8Path,
    request: &StubRequest,
) -> Result<Stub, CliError> {
    let disk = read_wit(root)?;
    let source = WitRoot::read(&disk, root)?.select(request.world.as_deref())?;
    check_redeclared(&source, &request.options)?;
    let stub = Stub::new(&source, &request.options).map_err(|error| CliError::Stub {
        target: root.to_string(),
        error,
    })?;
    warn_limits(context, root.as_str(), &stub);
    Ok(stub)
}

/// Refuses a package to redeclare that is none of the target's.
fn check_redeclared(source: &Source, options: &StubOptions) -> Result<(), CliError> {
    let packages = source.resolve.packages.iter();
    let names: Vec<&PackageName> = packages.map(|(_, package)| &package.name).collect();
    let has = |wanted: &PackageName| {
        let mut names = names.iter();
        names.any(|name| (&name.namespace, &name.name) == (&wanted.namespace, &wanted.name))
    };
    match options.redeclared.iter().find(|wanted| !has(wanted)) {
        Some(wanted) => Err(CliError::NothingToRedeclare {
            wanted: wanted.to_string(),
            packages: names.iter().map(|name| format!("`{name}`")).collect(),
        }),
        None => Ok(()),
    }
}
