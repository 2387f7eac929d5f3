//! `generate`: a WIT root → the stub as a Rust crate.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{FileSet, Plan, Snapshot};
use golem_rpc_stub::{STUB_FILE, Stub};
use golem_rpc_stub_rust::CrateOptions;
use golem_rpc_system::read;

use super::Context;
use super::wit_root::derive_stub;
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) source_wit_root: Utf8PathBuf,
    pub(crate) dest_crate_root: Utf8PathBuf,
    pub(crate) world: Option<String>,
    pub(crate) version: String,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let source = context.absolute(&request.source_wit_root);
    let dest = context.absolute(&request.dest_crate_root);
    let name = dest.file_name().unwrap_or("stub").to_string();
    context
        .report
        .status("Generating", &format!("{name} from {source}"));
    let stub = derive_stub(&source, request.world.as_deref())?;
    let files = stub_crate(
        &stub,
        CrateOptions {
            name,
            version: request.version.clone(),
        },
    )?;
    let disk = read::tree(&dest, |path| !path.starts_with("target"))?;
    let plan = replace_crate(&disk, &dest, files)?;
    context.apply(&plan)?;
    Ok(())
}

/// The stub crate's files.
pub(super) fn stub_crate(stub: &Stub, options: CrateOptions) -> Result<FileSet, CliError> {
    let name = options.name.clone();
    golem_rpc_stub_rust::generate(stub, &options)
        .map_err(|error| CliError::StubCrate { name, error })
}

/// Plans a stub crate at `dest`, where there may be nothing or an earlier stub crate.
fn replace_crate(disk: &Snapshot, dest: &Utf8Path, files: FileSet) -> Result<Plan, CliError> {
    let ours = disk.contains(dest.join("wit").join(STUB_FILE));
    if disk.contains_dir(dest) && !ours {
        return Err(CliError::NotAStubCrate {
            path: dest.to_path_buf(),
        });
    }
    let mut plan = Plan::new();
    let wit = dest.join("wit");
    for (path, _) in disk.under(&wit) {
        let below = path.strip_prefix(dest).expect("`under` gives paths below");
        if files.get(below).is_none() {
            plan.remove(disk, path);
        }
    }
    plan.write_all(disk, dest, files);
    Ok(plan)
}
