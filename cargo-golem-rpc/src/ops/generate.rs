//! `generate`: a WIT root → the stub as a Rust crate.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_messages::FreshKind;
use golem_rpc_plan::{FileSet, Plan};
use golem_rpc_stub::{STUB_FILE, Stub};
use golem_rpc_stub_rust::CrateOptions;
use golem_rpc_system::read;

use super::Context;
use super::messages::{fresh, generating};
use super::wit_root::{StubRequest, derive_stub};
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) source_wit_root: Utf8PathBuf,
    pub(crate) dest_crate_root: Utf8PathBuf,
    pub(crate) stub: StubRequest,
    pub(crate) version: String,
    pub(crate) overwrite: bool,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let source = context.absolute(&request.source_wit_root);
    let dest = context.absolute(&request.dest_crate_root);
    let writer = context.writer_at(&dest)?;
    let name = dest.file_name().unwrap_or("stub").to_string();
    context.report.event(
        &generating(&source, Some(&dest)),
        "Generating",
        &format!("{name} from {source}"),
    );
    let stub = derive_stub(context, &source, &request.stub)?;
    let files = stub_crate(
        &stub,
        CrateOptions {
            name,
            version: request.version.clone(),
        },
    )?;
    let plan = plan_files(&dest, &files, |path| !path.starts_with("target"))?;
    refuse_changes(context, &plan, request.overwrite)?;
    if writer.apply(&plan)? && plan.is_empty() {
        let fresh = fresh(FreshKind::StubCrate, 1, Some(&dest));
        context.report.event(&fresh, "Fresh", dest.as_str());
    }
    Ok(())
}

/// The stub crate's files.
pub(super) fn stub_crate(stub: &Stub, options: CrateOptions) -> Result<FileSet, CliError> {
    let name = options.name.clone();
    golem_rpc_stub_rust::generate(stub, &options)
        .map_err(|error| CliError::StubCrate { name, error })
}

/// Plans the crate at `dest`, where there may be nothing or an earlier stub crate. Files that are
/// not of the crate stay.
fn plan_files(
    dest: &Utf8Path,
    files: &FileSet,
    wanted: impl Fn(&Utf8Path) -> bool,
) -> Result<Plan, CliError> {
    let ours = read::file(&dest.join("wit").join(STUB_FILE))?.is_some();
    if !ours && !read::is_empty_dir(dest)? {
        return Err(CliError::NotAStubCrate {
            path: dest.to_path_buf(),
        });
    }
    let disk = read::tree(dest, wanted)?;
    let mut plan = Plan::new();
    plan.write_all(&disk, dest, files.signed_as_in(&disk, dest));
    Ok(plan)
}

/// Refuses a plan that changes files, of which nobody knows whose they are, unless it may.
pub(super) fn refuse_changes(
    context: &Context,
    plan: &Plan,
    overwrite: bool,
) -> Result<(), CliError> {
    let changed: Vec<_> = plan
        .changes()
        .filter(|change| change.before.is_some())
        .collect();
    if overwrite || changed.is_empty() {
        return Ok(());
    }
    let diffs = changed
        .iter()
        .map(|change| change.diff(&context.report.path(&change.path)));
    Err(CliError::WouldOverwrite {
        files: changed.iter().map(|change| change.path.clone()).collect(),
        diffs: diffs.collect(),
    })
}
