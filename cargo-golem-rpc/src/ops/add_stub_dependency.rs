//! `add-stub-dependency`: a stub's WIT root → copies in any component's WIT root.
//!
//! A file at a place of ours with other content is refused unless `--overwrite` is given; a package that the
//! component keeps elsewhere is its own.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_messages::FreshKind;
use golem_rpc_plan::{FileSet, Plan, Snapshot, is_same, sign};
use golem_rpc_stub::vendor::{Copy, Existing, StubWit, vendor};
use golem_rpc_stub::{WitFile, WitRoot, compatible, names};
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
    let mut existing = present(&dest, &name);
    let older = superseded(&existing, &deps, &stub, request.overwrite);
    let is_older = |one: &Existing| older.iter().any(|other| other.path == one.path);
    existing.retain(|one| !(is_older(one) || request.overwrite && is_in_place(one, &deps)));
    let copies = vendor(&[&stub], &own, &existing)?;
    let mut plan = plan_copies(context, &disk, &deps, &copies, request.overwrite)?;
    for file in older.iter().flat_map(|copy| &copy.package.files) {
        plan.remove(&disk, &file.path);
    }
    if request.update_cargo_toml {
        let copied = copies.iter().map(|copy| (&copy.name, deps.join(&copy.dir)));
        let used = existing.iter().filter(|e| needs(&stub, &e.name));
        let places = copied.chain(used.map(|e| (&e.name, e.path.clone())));
        // As paths through the WIT root, wherever its `deps` lead.
        let through = if disk.contains(&dest_root) {
            dest_root.with_file_name("deps")
        } else {
            dest_root.join("deps")
        };
        let places = places.map(|(name, place)| {
            let below = place.strip_prefix(&deps);
            (
                name,
                below.map_or(place.clone(), |below| through.join(below)),
            )
        });
        update_manifest(&mut plan, &mut disk, &dest_root, places)?;
    }
    if writer.apply(&plan)? && plan.is_empty() {
        let fresh = fresh(FreshKind::Stubs, 1, Some(&dest_root));
        let thing = format!("{dest_root} has the stub already");
        context.report.event(&fresh, "Fresh", &thing);
    }
    Ok(())
}

/// The packages that the component has, the stub package aside, which is always ours.
fn present(dest: &WitRoot, stub: &PackageName) -> Vec<Existing> {
    let candidates = dest.deps.iter().filter_map(|package| {
        let name = package.name().ok()?;
        let is_stub = (&name.namespace, &name.name) == (&stub.namespace, &stub.name);
        (!is_stub).then(|| Existing {
            name,
            path: package.path.clone(),
            package: package.clone(),
        })
    });
    candidates.collect()
}

/// Whether a package stands where a copy would.
fn is_in_place(one: &Existing, deps: &Utf8Path) -> bool {
    one.path == deps.join(names::dep_path(&one.name).0)
}

/// The copies of an earlier run that give way to another package of that name, which the component has
/// by now: it cannot have both.
fn superseded(
    present: &[Existing],
    deps: &Utf8Path,
    stub: &StubWit,
    overwrite: bool,
) -> Vec<Existing> {
    let is_ours = |one: &Existing| {
        let texts = stub.texts().find(|(name, _)| **name == one.name);
        let is_same = |file: &WitFile, files: &FileSet| {
            let name = file.path.file_name().unwrap_or_default();
            let signed = |text: &[u8]| is_same(&sign(name.into(), text), &file.content);
            files
                .get(name)
                .is_some_and(|text| is_same(text, &file.content) || signed(text))
        };
        let mut files = one.package.files.iter();
        overwrite || texts.is_some_and(|(_, texts)| files.all(|file| is_same(file, texts)))
    };
    let has_other = |one: &Existing| {
        let mut others = present.iter().filter(|other| other.path != one.path);
        others.any(|other| compatible(&other.name, &one.name))
    };
    let gives_way = |one: &&Existing| {
        is_in_place(one, deps) && needs(stub, &one.name) && is_ours(one) && has_other(one)
    };
    present.iter().filter(gives_way).cloned().collect()
}

/// Whether the stub depends on a package, at whatever version.
fn needs(stub: &StubWit, package: &PackageName) -> bool {
    let mut packages = stub.resolve.packages.iter();
    let same =
        |name: &PackageName| (&name.namespace, &name.name) == (&package.namespace, &package.name);
    packages.any(|(_, needed)| same(&needed.name))
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
        plan.write_all(disk, &dir, copy.files.signed_as_in(disk, &dir));
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
