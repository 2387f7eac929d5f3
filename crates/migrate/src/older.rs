//! What the older tool, `wasm-rpc-stubgen`, left in a workspace.
//!
//! Its stub crates depend on `golem-wasm-rpc`; the tasks of its Makefile.toml call `golem-cli stubgen`,
//! `golem-cloud-cli stubgen` or `wasm-rpc-stubgen`, or name paths below `target/wasm32-wasi`.

use toml_edit::Item;

/// Whether a task is a call of the older tool. A script of the user's that calls it somewhere is
/// not: it was written by hand.
pub(crate) fn calls_older_tool(task: &Item) -> bool {
    let words = words(task, "args");
    let first = words.first().map(String::as_str);
    match words_of(task.get("command")).first().map(String::as_str) {
        Some("golem-cli" | "golem-cloud-cli") => first == Some("stubgen"),
        Some("wasm-rpc-stubgen") => true,
        _ => false,
    }
}

/// Whether a command task names a path of the older target directory.
pub(crate) fn names_older_target(task: &Item) -> bool {
    let words = words(task, "args");
    words
        .iter()
        .any(|word| word.contains("target/wasm32-wasi/"))
}

/// Whether a task looks like those that the older tool wrote beside its calls: cargo-component with
/// the very arguments that it gave, an alias, or a list of other tasks.
pub(crate) fn is_companion(task: &Item) -> bool {
    let Some(table) = task.as_table_like() else {
        return false;
    };
    let known = [
        "alias",
        "args",
        "command",
        "cwd",
        "dependencies",
        "install_crate",
    ];
    if !table.iter().all(|(key, _)| known.contains(&key)) {
        return false;
    }
    let args = words(task, "args");
    let command = words_of(task.get("command"));
    let words: Vec<&str> = command.iter().chain(&args).map(String::as_str).collect();
    matches!(
        words[..],
        [] | ["cargo-component", "clean" | "build" | "test"]
            | ["cargo-component", "build", "--release"]
            | ["cargo", "component", "clean" | "build" | "test"]
            | ["cargo", "component", "build", "--release"]
    )
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
