//! `add-stub-dependency`: a stub's WIT root → copies in any component's WIT root.
//!
//! There is no record here of what is whose. A file at a place of ours with other content is
//! refused unless `--overwrite` is given; a package that the component keeps elsewhere is its own.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_messages::FreshKind;
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_stub::vendor::{Copy, Existing, StubWit, vendor};
use golem_rpc_stub::{WitPackage, WitRoot, names};
use golem_rpc_system::read;
use golem_rpc_workspace::add_component_dependencies;
use wit_parser::PackageName;

use super::Context;
use super::generate::refuse_changes;
use super::messages::fresh;
use super::wit_root::read_wit;
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) stub_wit_root: Utf8PathBuf,
    pub(crate) dest_wit_root: Utf8PathBuf,
    pub(crate) overwrite: bool,
    pub(crate) update_cargo_toml: bool,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let stub_root = context.absolute(&request.stub_wit_root);
    let dest_root = context.absolute(&request.dest_wit_root);
    let writer = context.writer_at(&dest_root)?;
    let stub = WitRoot::read(&read_wit(&stub_root)?, &stub_root)?;
    let stub = StubWit::read(&stub)?;
    let mut disk = read_wit(&dest_root)?;
    let dest = WitRoot::read(&disk, &dest_root)?;
    let own = dest.main.name()?;
    let deps = WitRoot::deps_dir(&disk, &dest_root);
    let name = stub.resolve.packages[stub.package].name.clone();
    let existing = existing(&dest, &deps, &name, request.overwrite);
    let copies = vendor(&[&stub], &own, &existing)?;
    let mut plan = plan_copies(context, &disk, &deps, &copies, request.overwrite)?;
    if request.update_cargo_toml {
        let copied = copies.iter().map(|copy| (&copy.name, deps.join(&copy.dir)));
        let used = existing.iter().filter(|e| needs(&stub, &e.name));
        let places = copied.chain(used.map(|e| (&e.name, e.path.clone())));
        update_manifest(&mut plan, &mut disk, &dest_root, places)?;
    }
    if writer.apply(&plan)? && plan.is_empty() {
        let fresh = fresh(FreshKind::Stubs, 1, Some(&dest_root));
        let thing = format!("{dest_root} has the stub already");
        context.report.event(&fresh, "Fresh", &thing);
    }
    Ok(())
}

/// The packages that the component brings itself. With `--overwrite` those at the places of copies
/// are not; the stub package itself is always ours.
fn existing(dest: &WitRoot, deps: &Utf8Path, stub: &PackageName, overwrite: bool) -> Vec<Existing> {
    let candidates = dest.deps.iter().filter_map(|package| {
        let name = package.name().ok()?;
        let path = place(package);
        let ours = path == deps.join(names::dep_path(&name).0);
        let is_stub = (&name.namespace, &name.name) == (&stub.namespace, &stub.name);
        let replaced = is_stub || (ours && overwrite);
        (!replaced).then(|| Existing {
            name,
            path,
            package: package.clone(),
        })
    });
    candidates.collect()
}

/// Whether the stub depends on a package, at whatever version.
fn needs(stub: &StubWit, package: &PackageName) -> bool {
    let mut packages = stub.resolve.packages.iter();
    let same =
        |name: &PackageName| (&name.namespace, &name.name) == (&package.namespace, &package.name);
    packages.any(|(_, needed)| same(&needed.name))
}

/// A package's directory, or its file if it is a single one below `deps`.
fn place(package: &WitPackage) -> Utf8PathBuf {
    let file = &package.files[0].path;
    let dir = file.parent().unwrap_or(file);
    match dir.file_name() {
        Some("deps") => file.clone(),
        _ => dir.to_path_buf(),
    }
}

fn plan_copies(
    context: &Context,
    disk: &Snapshot,
    deps: &Utf8Path,
    copies: &[Copy],
    overwrite: bool,
) -> Result<Plan, CliError> {
    let mut plan = Plan::new();
    for copy in copies {
        let dir = deps.join(&copy.dir);
        for (path, _) in disk.under(&dir) {
            plan.remove(disk, path);
        }
        plan.write_all(disk, &dir, copy.files.clone());
    }
    refuse_changes(context, &plan, overwrite)?;
    Ok(plan)
}

/// Adds the packages that the stub needs to the manifest next to the WIT root.
fn update_manifest<'a>(
    plan: &mut Plan,
    disk: &mut Snapshot,
    dest_root: &Utf8Path,
    places: impl Iterator<Item = (&'a PackageName, Utf8PathBuf)>,
) -> Result<(), CliError> {
    for dir in dest_root.ancestors().skip(1) {
        let manifest = dir.join("Cargo.toml");
        let Some(content) = read::file(&manifest)? else {
            continue;
        };
        disk.insert(&manifest, content);
        let entries = places.map(|(name, place)| {
            let below = place
                .strip_prefix(dir)
                .expect("below the WIT root, so below the manifest");
            (
                format!("{}:{}", name.namespace, name.name),
                below.to_path_buf(),
            )
        });
        let text = add_component_dependencies(disk, &manifest, &entries.collect::<Vec<_>>())?;
        plan.write(disk, &manifest, text);
        return Ok(());
    }
    Err(CliError::NoManifestAbove {
        path: dest_root.to_path_buf(),
    })
}
