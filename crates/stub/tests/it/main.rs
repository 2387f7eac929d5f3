//! Stubs of whole WIT roots, in memory.

mod carried;
mod clashes;
mod documents;
mod extents;
mod golem_rpc;
mod owned;
mod redeclared;
mod refused;
mod resources;
mod roots;
mod skipped;
mod types_only;
mod vendored;

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, Stub, StubError, StubOptions, WitError, WitRoot};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::ManglingAndAbi;

/// The WIT root at `/wit` of these files, named from there.
fn root(files: &[(&str, &str)]) -> WitRoot {
    let mut disk = Snapshot::new();
    for (path, text) in files {
        disk.insert(Utf8Path::new("/wit").join(path), *text);
    }
    WitRoot::read(&disk, Utf8Path::new("/wit")).expect("a root with WIT")
}

fn select(files: &[(&str, &str)], world: Option<&str>) -> Result<Source, WitError> {
    root(files).select(world)
}

fn stub_with(files: &[(&str, &str)], options: &StubOptions) -> Result<Stub, StubError> {
    let source = select(files, None).unwrap_or_else(|error| panic!("{error}"));
    let stub = Stub::new(&source, options)?;
    make_component(&stub);
    Ok(stub)
}

/// A component of the stub's world, which does nothing: its types and names are what components may
/// have.
fn make_component(stub: &Stub) {
    let mut module = dummy_module(&stub.resolve, stub.world, ManglingAndAbi::Standard32);
    embed_component_metadata(
        &mut module,
        &stub.resolve,
        stub.world,
        StringEncoding::UTF8,
        false,
    )
    .unwrap_or_else(|error| panic!("{error:#}"));
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .unwrap_or_else(|error| panic!("{error:#} in {}", text(stub)));
}

fn stub_of(files: &[(&str, &str)]) -> Stub {
    stub_with(files, &StubOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The stub of a package in one file.
fn stub(text: &str) -> Stub {
    stub_of(&[("main.wit", text)])
}

/// The text of the stub package.
fn text(stub: &Stub) -> &str {
    stub.wit.text("_stub.wit").expect("the stub's text")
}

/// Asserts that the stub package has each of these lines, whatever stands around them.
fn has_lines(stub: &Stub, lines: &[&str]) {
    let text = text(stub);
    for line in lines {
        let mut found = text.lines().map(str::trim);
        assert!(found.any(|found| found == *line), "{line} in {text}");
    }
}

/// The wire names of a stub, resource by resource.
fn wire_names(stub: &Stub) -> Vec<(&str, Vec<&str>)> {
    stub.resources
        .iter()
        .map(|resource| {
            let functions = resource.functions.iter();
            let names = functions.map(|function| function.wire_name.as_str());
            (resource.name.as_str(), names.collect())
        })
        .collect()
}
