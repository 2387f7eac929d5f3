//! What the older tool wrote into Makefile.toml, and how that goes.
//!
//! Its calls go, and beside them the tasks that it wrote under names of its own. A file with nothing
//! else goes too; tasks of the user's stay, and those that still need the older tool are named.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_toml::{Edits, TomlText, utf8};
use golem_rpc_workspace::{MAKEFILE, Workspace, WorkspaceError};
use toml_edit::Item;

use crate::calls::{self, Call, args, line_of, tasks};
use crate::remark::Remark;

/// The tasks that the older tool wrote beside those that call it.
const COMPANIONS: &str = "default clean build build-release test regenerate-stubs post-build \
    post-build-release build-flow release-build-flow";

/// The keys that these have.
const KEYS: &str = "alias args command cwd dependencies install_crate";

/// Where cargo-component put what it built in the days of the older tool.
const OLDER_TARGET: &str = "wasm32-wasi/";

/// A task of Makefile.toml that the older tool wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OlderTask {
    /// Its name.
    pub task: String,
    /// The file.
    pub file: Utf8PathBuf,
    /// The line, from 1.
    pub line: usize,
}

/// The calls of the older tool.
pub(crate) fn calls(disk: &Snapshot, root: &Utf8Path) -> Result<Vec<Call>, WorkspaceError> {
    let file = root.join(MAKEFILE);
    Ok(match read(disk, &file)? {
        Some(toml) => calls::find(&toml, root),
        None => Vec::new(),
    })
}

/// The tasks that call the older tool, or whose arguments name its target directory.
///
/// # Errors
/// If Makefile.toml is no TOML.
pub fn older_tasks(
    workspace: &Workspace,
    disk: &Snapshot,
) -> Result<Vec<OlderTask>, WorkspaceError> {
    let file = workspace.root.join(MAKEFILE);
    let Some(toml) = read(disk, &file)? else {
        return Ok(Vec::new());
    };
    let calls = calls::find(&toml, &workspace.root);
    let is_older = |(name, task): &(&str, &Item)| is_call(&calls, name) || names_target(task);
    let found = tasks(&toml).filter(is_older).map(|(name, _)| OlderTask {
        task: name.to_string(),
        file: file.clone(),
        line: line_of(&toml, name),
    });
    Ok(found.collect())
}

/// Plans that the older tool's tasks go, and says so.
pub(crate) fn remove(
    disk: &Snapshot,
    root: &Utf8Path,
) -> Result<(Plan, Vec<Remark>), WorkspaceError> {
    let (file, mut plan, mut remarks) = (root.join(MAKEFILE), Plan::new(), Vec::new());
    let Some(toml) = read(disk, &file)? else {
        return Ok((plan, remarks));
    };
    let calls = calls::find(&toml, root);
    let mut edits = Edits::default();
    for (name, _) in tasks(&toml).filter(|(name, task)| is_written(&calls, name, task)) {
        for region in toml.regions_of(&["tasks", name]) {
            edits.remove_lines(&toml, &region, true);
        }
        remarks.push(Remark::TaskRemoved {
            task: name.to_string(),
            file: file.clone(),
            line: line_of(&toml, name),
        });
    }
    let left = edits.apply(&toml)?;
    if !remarks.is_empty() && has_nothing_else(&TomlText::parse(&file, &left)?) {
        plan.remove(disk, &file);
        let text = "the older tool wrote all of Makefile.toml: it is written anew";
        remarks = vec![Remark::Said(text.into())];
    } else {
        plan.write(disk, &file, left);
    }
    Ok((plan, remarks))
}

/// The lines of the user's tasks that call the older tool, or name paths of its target directory.
pub(crate) fn left_over(disk: &Snapshot, root: &Utf8Path) -> Vec<Remark> {
    let file = root.join(MAKEFILE);
    let Ok(Some(toml)) = read(disk, &file) else {
        return Vec::new(); // said before
    };
    let mut remarks = Vec::new();
    for (name, _) in tasks(&toml) {
        for region in toml.regions_of(&["tasks", name]) {
            let first = toml.line(region.start);
            for (offset, line) in toml.text[region].lines().enumerate() {
                let what = if line.contains(OLDER_TARGET) {
                    "names a path in `wasm32-wasi/`; what is built is now in `wasm32-wasip1/`"
                } else if line.contains("stubgen ") {
                    "still calls the older tool: remove the call"
                } else {
                    continue;
                };
                let line = first + offset;
                remarks.push(Remark::Said(format!(
                    "your task `{name}` (Makefile.toml, line {line}) {what}"
                )));
            }
        }
    }
    remarks
}

fn read<'d>(
    disk: &'d Snapshot,
    file: &'d Utf8Path,
) -> Result<Option<TomlText<'d>>, WorkspaceError> {
    let Some(content) = disk.get(file) else {
        return Ok(None);
    };
    Ok(Some(TomlText::parse(file, utf8(file, content)?)?))
}

fn is_call(calls: &[Call], task: &str) -> bool {
    calls.iter().any(|call| call.task == task)
}

fn is_in(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

/// Whether the arguments of a task name the older target directory.
fn names_target(task: &Item) -> bool {
    args(task).any(|(word, _)| word.contains("target/wasm32-wasi/"))
}

/// Whether the older tool wrote a task: a call, or, under one of its names, what it wrote beside calls.
fn is_written(calls: &[Call], name: &str, task: &Item) -> bool {
    let is_companion = is_in(COMPANIONS, name);
    let is_named = is_companion || name.starts_with("compose-");
    is_call(calls, name)
        || is_named && names_target(task)
        || !calls.is_empty() && is_companion && is_companion_s(task)
}

/// Whether a task looks like those that the older tool wrote beside its calls: cargo-component with
/// the very arguments that it gave, an alias, or a list of other tasks.
fn is_companion_s(task: &Item) -> bool {
    let Some(table) = task.as_table_like() else {
        return false;
    };
    let command = task.get("command").and_then(Item::as_str);
    let words = command.into_iter().chain(args(task).map(|(word, _)| word));
    let words: Vec<&str> = words.collect();
    table.iter().all(|(key, _)| is_in(KEYS, key))
        && matches!(
            words[..],
            [] | ["cargo-component", "clean" | "build" | "test"]
                | ["cargo-component", "build", "--release"]
                | ["cargo", "component", "clean" | "build" | "test"]
                | ["cargo", "component", "build", "--release"]
        )
}

/// The older tool writes no comment, and nothing but tasks and one line of `[config]`.
fn has_nothing_else(toml: &TomlText<'_>) -> bool {
    let is_known = |(key, item): (&str, &Item)| {
        let keys = item.as_table_like().map(|table| table.iter());
        keys.is_some_and(|mut keys| match key {
            "config" => keys.all(|(key, _)| key == "default_to_workspace"),
            _ => key == "tasks" && keys.next().is_none(),
        })
    };
    !toml.text.contains('#') && toml.doc.as_table().iter().all(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLDER: &str = "\
[config]
default_to_workspace = false

[tasks.add-stub-dependency-a-b]
args = [\"stubgen\", \"add-stub-dependency\", \"--stub-wit-root\", \"a-stub/wit\", \"--dest-wit-root\", \"./b/wit\", \"--overwrite\"]
command = \"golem-cli\"
cwd = \".\"

[tasks.build]
args = [\"build\"]
command = \"cargo-component\"
dependencies = [\"clean\", \"regenerate-stubs\"]
";

    /// What is left of a Makefile.toml.
    fn left(text: &str) -> Option<String> {
        let mut disk = Snapshot::new();
        disk.insert("/w/Makefile.toml", text);
        let (plan, _) = remove(&disk, Utf8Path::new("/w")).unwrap();
        disk.after(&plan)
            .text("/w/Makefile.toml")
            .map(str::to_string)
    }

    #[test]
    fn a_file_of_the_older_tool_alone() {
        assert_eq!(left(OLDER), None);
    }

    #[test]
    fn a_file_with_something_of_the_user_s() {
        for more in [
            "# mine\n",
            "[tasks.lint]\ncommand = \"cargo\"\n",
            "[tasks.all]\ndependencies = [\"build\"]\n",
            "[env]\nA = \"1\"\n",
            "[tasks.test]\nscript = \"cargo test\"\n",
        ] {
            let left = left(&format!("{OLDER}\n{more}")).unwrap();
            assert!(left.contains(more) && !left.contains("stubgen"), "{left}");
        }
        let other = "[tasks.build]\ncommand = \"cargo-component\"\nargs = [\"build\"]\n";
        assert_eq!(left(other).unwrap(), other);
    }

    #[test]
    fn what_the_user_has_to_look_at() {
        let text = "[tasks.deploy]\nscript = '''\ngolem-cli stubgen build\ncp target/wasm32-wasi/debug/a.wasm .\n'''\n\n[tasks.fine]\nargs = [\"target/wasm32-wasip1/a.wasm\"]\n";
        let mut disk = Snapshot::new();
        disk.insert("/w/Makefile.toml", text);
        let found = left_over(&disk, Utf8Path::new("/w"));
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found[0].contains("`deploy` (Makefile.toml, line 3) still calls"));
        assert!(found[1].contains("`deploy` (Makefile.toml, line 4) names a path"));
        assert_eq!(found.len(), 2);
    }
}
