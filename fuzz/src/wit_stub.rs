//! WIT → stub → component: a result or an error, whatever the WIT.
//!
//! In: UTF-8 text. A line `//: deps/x.wit` begins another file of the WIT root; what comes before
//! the first is `main.wit`. Or an encoded package, which begins as WebAssembly does. The world is
//! the first one, and the options of the stub follow from all bytes, so that a change of any of them
//! may try others.

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{
    GolemRpc, RpcErrors, Source, Stub, StubError, StubOptions, WitError, WitRoot,
};
use golem_rpc_stub_wasm::EmitError;

/// Longer ones only cost time.
const LONGEST: usize = 32 << 10;

/// What begins the next file.
const FILE: &str = "//: ";

/// Panics if a stub or a component comes out wrong. Whether the bytes are such WIT.
pub fn run(data: &[u8]) -> bool {
    if data.len() > LONGEST {
        return false;
    }
    let Some((disk, root)) = disk(data) else {
        return false;
    };
    if let Some(source) = source(&disk, root) {
        emit(&source, &options(data));
    }
    true
}

/// The files, and the path of the WIT root.
fn disk(data: &[u8]) -> Option<(Snapshot, &'static Utf8Path)> {
    let mut disk = Snapshot::new();
    if data.starts_with(b"\0asm") {
        disk.insert("/wit.wasm", data);
        return Some((disk, Utf8Path::new("/wit.wasm")));
    }
    let root = Utf8Path::new("/wit");
    for (path, content) in files(std::str::from_utf8(data).ok()?) {
        disk.insert(root.join(path), content);
    }
    Some((disk, root))
}

/// The first world, if it is WIT.
fn source(disk: &Snapshot, root: &Utf8Path) -> Option<Source> {
    let root = WitRoot::read(disk, root).ok()?;
    match root.select(None) {
        Ok(source) => Some(source),
        Err(WitError::SeveralWorlds { worlds, .. }) => root.select(Some(&worlds[0])).ok(),
        Err(_) => None,
    }
}

fn files(text: &str) -> Vec<(&str, String)> {
    let mut files = vec![("main.wit", String::new())];
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(FILE).map(str::trim) {
            Some(path) if is_plain(path) => files.push((path, String::new())),
            _ => files.last_mut().expect("there is a first").1 += line,
        }
    }
    files
}

/// Whether a path leads to a WIT file below the root.
fn is_plain(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.ends_with(".wit") && path.split('/').all(plain) && !path.contains('\0')
}

/// One of all combinations.
fn options(data: &[u8]) -> StubOptions {
    let mut number = data.iter().fold(0usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add((*byte).into())
    });
    let mut choose = |count: usize| {
        let choice = number % count;
        number /= count;
        choice
    };
    StubOptions {
        golem_rpc: GolemRpc::ALL[choose(GolemRpc::ALL.len())],
        rpc_errors: RpcErrors::ALL[choose(RpcErrors::ALL.len())],
        skip_unsupported: choose(2) == 0,
        ..StubOptions::default()
    }
}

fn emit(source: &Source, options: &StubOptions) {
    let stub = match Stub::new(source, options) {
        Ok(stub) => stub,
        Err(StubError::Generated(error)) => panic!("{options:?}\n{error}"),
        Err(_) => return,
    };
    match golem_rpc_stub_wasm::emit(&stub) {
        Ok(_) | Err(EmitError::Unsupported { .. } | EmitError::TooLarge { .. }) => {}
        Err(error) => panic!("{options:?}\n{error:?}"),
    }
}
