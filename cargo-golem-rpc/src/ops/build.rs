//! `build`: a WIT root of any language's component → the stub component and its WIT.
//!
//! The stub crate is generated and compiled in a scratch directory of its own, outside of whatever
//! workspace the command is run in.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{FileSet, Plan, Snapshot};
use golem_rpc_stub::Stub;
use golem_rpc_stub_rust::CrateOptions;
use golem_rpc_system::{ComponentBuild, Profile, Scratch, apply, cargo, component_build, read};

use super::Context;
use super::generate::stub_crate;
use super::wit_root::{derive_stub, is_wit};
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) source_wit_root: Utf8PathBuf,
    pub(crate) dest_wasm: Utf8PathBuf,
    pub(crate) dest_wit_root: Utf8PathBuf,
    pub(crate) world: Option<String>,
    pub(crate) version: String,
}

/// Name of the stub crate in the scratch directory.
const CRATE: &str = "stub";

/// The scratch directory's own workspace: small code, and no profile of anybody else's.
const MANIFEST: &str = "\
[workspace]
resolver = \"2\"
members = [\"stub\"]

[profile.release]
opt-level = \"s\"
lto = true
strip = true
";

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let source = context.absolute(&request.source_wit_root);
    let dest_wasm = context.absolute(&request.dest_wasm);
    let dest_wit = context.absolute(&request.dest_wit_root);
    context
        .report
        .status("Generating", &format!("the stub of {source}"));
    let stub = derive_stub(&source, request.world.as_deref())?;
    let options = CrateOptions {
        name: CRATE.into(),
        version: request.version.clone(),
    };
    let files = stub_crate(&stub, options)?;
    let scratch = Scratch::new()?;
    let mut plan = plan_outputs(&stub, &dest_wit)?;
    if context.settings.dry_run {
        plan.commands
            .push(build_command(context, scratch.path(), BTreeMap::new()).command());
        context.report.dry_run(&plan);
        return Ok(());
    }
    let wasm = compile(context, scratch.path(), files)?;
    let mut disk = Snapshot::new();
    if let Some(old) = read::file(&dest_wasm)? {
        disk.insert(&dest_wasm, old);
    }
    plan.write(&disk, &dest_wasm, wasm);
    context.apply(&plan)?;
    Ok(())
}

/// The stub's WIT at `dest`, in the place of an earlier one.
fn plan_outputs(stub: &Stub, dest: &Utf8Path) -> Result<Plan, CliError> {
    let disk = read::tree(dest, is_wit)?;
    let mut plan = Plan::new();
    plan.write_all(&disk, dest, stub.wit.clone());
    Ok(plan)
}

fn compile(context: &Context, root: &Utf8Path, files: FileSet) -> Result<Vec<u8>, CliError> {
    let mut all = FileSet::new();
    all.insert("Cargo.toml", MANIFEST);
    all.extend_under(CRATE, files);
    let mut plan = Plan::new();
    plan.write_all(&Snapshot::new(), root, all);
    apply(&plan)?;
    let metadata = cargo::metadata(None, root, context.settings.flags)?;
    let packages = metadata.workspace_packages();
    let packages = packages
        .iter()
        .map(|p| (p.name.to_string(), p.id.clone()))
        .collect();
    context
        .report
        .status("Compiling", "the stub with cargo component build --release");
    let built = component_build(&build_command(context, root, packages))?;
    let wasm = &built
        .get(CRATE)
        .expect("the one package that was asked for")
        .wasm;
    read::file(wasm)?.ok_or_else(|| CliError::NoSuchFile { path: wasm.clone() })
}

fn build_command(
    context: &Context,
    root: &Utf8Path,
    packages: BTreeMap<String, cargo_metadata::PackageId>,
) -> ComponentBuild {
    ComponentBuild {
        workspace_root: root.to_path_buf(),
        packages,
        profile: Profile::Release,
        flags: context.settings.flags,
        cargo_args: context.report.cargo_args(),
    }
}
