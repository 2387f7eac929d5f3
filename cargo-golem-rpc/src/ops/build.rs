//! `build`: a WIT root of any language's component → the stub component and its WIT.
//!
//! The component is made from the WIT directly, and no process is run. Where a compiled crate is
//! wanted instead, it is generated and built in a scratch directory of its own, outside of whatever
//! workspace the command is run in.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::PackageId;
use golem_rpc_messages::{Artifact, ArtifactKind, Message, TextKind};
use golem_rpc_plan::{FileSet, Plan, Snapshot};
use golem_rpc_stub::loaders::is_read;
use golem_rpc_stub::{STUB_FILE, Stub};
use golem_rpc_stub_rust::CrateOptions;
use golem_rpc_system::cargo::CargoFlags;
use golem_rpc_system::{
    BuildTool, ComponentBuild, Profile, Scratch, apply, cargo, component_build, read,
};
use golem_rpc_workspace::StubBackend;

use super::generate::stub_crate;
use super::messages::{artifact, generating};
use super::wit_root::{StubRequest, derive_stub};
use super::{Context, stubs};
use crate::error::CliError;

/// The component and its WIT are wanted.
pub(crate) struct Request {
    pub(crate) source_wit_root: Utf8PathBuf,
    pub(crate) dest_wasm: Utf8PathBuf,
    pub(crate) dest_wit_root: Utf8PathBuf,
    pub(crate) stub: StubRequest,
    pub(crate) backend: StubBackend,
    /// Of the crate, where one is made.
    pub(crate) version: String,
}

/// The component is wanted as text.
pub(crate) struct Text {
    pub(crate) source_wit_root: Utf8PathBuf,
    /// The file; none, or `-`, is standard output.
    pub(crate) dest: Option<Utf8PathBuf>,
    pub(crate) dest_wit_root: Option<Utf8PathBuf>,
    pub(crate) stub: StubRequest,
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

/// `build --dest-wasm … --dest-wit-root …`
pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let source = context.absolute(&request.source_wit_root);
    let dest_wasm = context.absolute(&request.dest_wasm);
    let dest_wit = context.absolute(&request.dest_wit_root);
    context.report.event(
        &generating(&source, None),
        "Generating",
        &format!("the stub of {source}"),
    );
    let stub = derive_stub(context, &source, &request.stub)?;
    let mut plan = plan_wit(&stub, &dest_wit)?;
    read::file(&dest_wasm)?; // before a long compilation: a directory cannot be written
    let wasm = match request.backend {
        StubBackend::Component => stubs::emit(&stub, source.as_str())?,
        StubBackend::Crate => match compile(context, &stub, &request.version, &mut plan)? {
            Some(wasm) => wasm,
            None => return Ok(()),
        },
    };
    let artifact = artifact(ArtifactKind::Stub, &dest_wasm, wasm.len() as u64);
    let is_fresh = context.plan_output(&mut plan, &dest_wasm, wasm)?;
    if context.writer_at(&dest_wit)?.apply(&plan)? {
        context.report.line(&Message::Artifact(Artifact {
            fresh: is_fresh,
            ..artifact
        }));
    }
    Ok(())
}

/// `build --emit wat`
pub(crate) fn text(context: &Context, request: &Text) -> Result<(), CliError> {
    let source = context.absolute(&request.source_wit_root);
    let stub = derive_stub(context, &source, &request.stub)?;
    let text = stubs::explain(&stub, source.as_str())?;
    let absolute = |path: &Utf8PathBuf| context.absolute(path);
    let dest_wit = request.dest_wit_root.as_ref().map(absolute);
    let dest = request
        .dest
        .as_ref()
        .filter(|dest| *dest != "-")
        .map(absolute);
    let mut plan = match &dest_wit {
        Some(dest) => plan_wit(&stub, dest)?,
        None => Plan::new(),
    };
    match &dest {
        Some(dest) => {
            context.plan_output(&mut plan, dest, text.into_bytes())?;
        }
        None => context.report.text(TextKind::Wat, &text),
    }
    if let Some(place) = dest_wit.or(dest).filter(|_| !plan.is_empty()) {
        context.writer_at(&place)?.apply(&plan)?;
    }
    Ok(())
}

/// The stub's WIT at `dest`, where there may be nothing or the WIT of an earlier stub.
fn plan_wit(stub: &Stub, dest: &Utf8Path) -> Result<Plan, CliError> {
    let disk = read::tree_of(dest, is_read)?;
    let mut files = disk.under(dest).map(|(path, _)| path);
    let foreign = match disk.contains(dest.join(STUB_FILE)) {
        true => {
            files.find(|path| path.parent() == Some(dest) && path.file_name() != Some(STUB_FILE))
        }
        false => files.next(),
    };
    if let Some(found) = foreign {
        return Err(CliError::NotAStubRoot {
            path: dest.to_path_buf(),
            found: found.to_path_buf(),
        });
    }
    let mut plan = Plan::new();
    plan.write_all(&disk, dest, stub.wit.clone());
    Ok(plan)
}

/// The component of the stub's crate; none where `plan` is only to be shown, with the command that
/// would build it.
fn compile(
    context: &Context,
    stub: &Stub,
    version: &str,
    plan: &mut Plan,
) -> Result<Option<Vec<u8>>, CliError> {
    let options = CrateOptions {
        name: CRATE.into(),
        version: version.into(),
    };
    let files = stub_crate(stub, options)?;
    let scratch = Scratch::new()?;
    if context.settings.dry_run {
        let packages = BTreeMap::from([(
            CRATE.to_string(),
            PackageId {
                repr: String::new(),
            },
        )]);
        let command = build_command(context, scratch.path(), packages).command();
        plan.commands.push(command);
        context.report.dry_run(plan);
        return Ok(None);
    }
    compile_in(context, scratch.path(), files).map(Some)
}

fn compile_in(context: &Context, root: &Utf8Path, files: FileSet) -> Result<Vec<u8>, CliError> {
    let mut all = FileSet::new();
    all.insert("Cargo.toml", MANIFEST);
    all.extend_under(CRATE, files);
    let mut plan = Plan::new();
    plan.write_all(&Snapshot::new(), root, all);
    apply(&plan)?;
    let metadata = cargo::metadata(None, root, scratch_flags(context))?;
    let packages = metadata.workspace_packages();
    let packages = packages
        .iter()
        .map(|p| (p.name.to_string(), p.id.clone()))
        .collect();
    let thing = "the stub with cargo component build --release";
    context.report.status("Compiling", thing);
    let build = build_command(context, root, packages);
    context.report.command(&build.command());
    let built = component_build(&build, None)?;
    let wasm = &built
        .get(CRATE)
        .expect("the one package that was asked for")
        .wasm;
    read::file(wasm)?.ok_or_else(|| CliError::NoSuchFile { path: wasm.clone() })
}

fn build_command(
    context: &Context,
    root: &Utf8Path,
    packages: BTreeMap<String, PackageId>,
) -> ComponentBuild {
    let mut cargo_args = context.report.cargo_args();
    // Not where the user's variables or configuration point: another stub may be built there.
    cargo_args.extend(["--target-dir".to_string(), root.join("target").to_string()]);
    ComponentBuild {
        workspace_root: root.to_path_buf(),
        tool: BuildTool::CargoComponent,
        packages,
        profile: Profile::Release,
        target_dir: None,
        flags: scratch_flags(context),
        cargo_args,
        on_terminal: false,
    }
}

/// A scratch directory has no Cargo.lock to insist on.
fn scratch_flags(context: &Context) -> CargoFlags {
    let flags = context.settings.flags;
    CargoFlags {
        offline: flags.offline || flags.frozen,
        ..CargoFlags::default()
    }
}
