//! What the older tool, `wasm-rpc-stubgen`, left in a workspace.
//!
//! Its stub crates depend on `golem-wasm-rpc`; the tasks of its Makefile.toml call `golem-cli stubgen`,
//! `golem-cloud-cli stubgen` or `wasm-rpc-stubgen`, or name paths below `target/wasm32-wasi`.

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use toml_edit::Item;

use crate::toml::TomlText;

/// Whether a directory holds a stub crate by the older tool.
pub(crate) fn is_stub(disk: &Snapshot, dir: &Utf8Path) -> bool {
    let manifest = dir.join("Cargo.toml");
    let Some(text) = disk.text(&manifest) else {
        return false;
    };
    let Ok(toml) = TomlText::parse(&manifest, text) else {
        return false;
    };
    toml.get(&["dependencies", "golem-wasm-rpc"]).is_some()
        && disk.contains(dir.join("wit/_stub.wit"))
}

/// Whether a task calls the older tool.
pub(crate) fn calls_older_tool(task: &Item) -> bool {
    let words = words(task, "args");
    let first = words.first().map(String::as_str);
    let by_command = match words_of(task.get("command")).first().map(String::as_str) {
        Some("golem-cli" | "golem-cloud-cli") => first == Some("stubgen"),
        Some("wasm-rpc-stubgen") => true,
        _ => false,
    };
    let calls = [
        "golem-cli stubgen",
        "golem-cloud-cli stubgen",
        "wasm-rpc-stubgen ",
    ];
    let script = self::words(task, "script");
    by_command
        || script
            .iter()
            .any(|line| calls.iter().any(|call| line.contains(call)))
}

/// Whether a task names a path of the older target directory.
pub(crate) fn names_older_target(task: &Item) -> bool {
    let mut words = words(task, "args");
    words.extend(self::words(task, "script"));
    words
        .iter()
        .any(|word| word.contains("target/wasm32-wasi/"))
}

fn words(task: &Item, key: &str) -> Vec<String> {
    words_of(task.get(key))
}

/// A string, or the strings of an array.
fn words_of(item: Option<&Item>) -> Vec<String> {
    let Some(item) = item else {
        return Vec::new();
    };
    match (item.as_str(), item.as_array()) {
        (Some(text), _) => vec![text.to_string()],
        (None, Some(array)) => array
            .iter()
            .filter_map(|v| v.as_str())
            .map(str::to_string)
            .collect(),
        (None, None) => Vec::new(),
    }
}
