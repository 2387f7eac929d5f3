//! Stubs of whole WIT roots, in memory.

mod clashes;
mod documents;
mod refused;
mod roots;
mod vendored;

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, Stub, WitError, WitRoot};

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

fn stub_of(files: &[(&str, &str)]) -> Stub {
    let source = select(files, None).unwrap_or_else(|error| panic!("{error}"));
    Stub::new(&source).unwrap_or_else(|error| panic!("{error}"))
}

/// The stub of a package in one file.
fn stub(text: &str) -> Stub {
    stub_of(&[("main.wit", text)])
}

/// The text of the stub package.
fn text(stub: &Stub) -> &str {
    stub.wit.text("_stub.wit").expect("the stub's text")
}
