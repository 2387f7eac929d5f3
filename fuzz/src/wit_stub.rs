//! WIT text → stub → component: a result or an error, whatever the text.
//!
//! In: UTF-8 text. A line `//: deps/x.wit` begins another file of the WIT root; what comes before
//! the first is `main.wit`. The world is the first one, and the options of the stub follow from the
//! text, so that a change of any byte may try others.

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{
    GolemRpc, RpcErrors, Source, Stub, StubError, StubOptions, WitError, WitRoot,
};
use golem_rpc_stub_wasm::EmitError;

/// Longer texts only cost time.
const LONGEST: usize = 32 << 10;

/// What begins the next file.
const FILE: &str = "//: ";

/// Panics if a stub or a component comes out wrong. Whether the bytes are such a text.
pub fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    if text.len() > LONGEST {
        return false;
    }
    if let Some(source) = source(text) {
        emit(&source, &options(text));
    }
    true
}

/// The text's first world, if it is WIT.
fn source(text: &str) -> Option<Source> {
    let root = Utf8Path::new("/wit");
    let mut disk = Snapshot::new();
    for (path, content) in files(text) {
        disk.insert(root.join(path), content);
    }
    let root = WitRoot::read(&disk, root).ok()?;
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
fn options(text: &str) -> StubOptions {
    let mut number = text.bytes().fold(0usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
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
