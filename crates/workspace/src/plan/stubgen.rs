//! Stub crates of the older tool, `wasm-rpc-stubgen`: they depend on `golem-wasm-rpc`.

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_toml::TomlText;

/// Whether a directory holds a stub crate of the older tool, `wasm-rpc-stubgen`.
pub fn is_older_stub(disk: &Snapshot, dir: &Utf8Path) -> bool {
    let manifest = dir.join("Cargo.toml");
    let Some(text) = disk.text(&manifest) else {
        return false;
    };
    TomlText::parse(&manifest, text).is_ok_and(|toml| {
        toml.get(&["dependencies", "golem-wasm-rpc"]).is_some()
            && disk.contains(dir.join("wit/_stub.wit"))
    })
}
