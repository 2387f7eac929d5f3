//! What the older tool wrote into Makefile.toml, and what its tasks say about who calls whom.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Plan, Snapshot};
use toml_edit::Item;

use super::Remark;
use super::calls::{self, Call};
use crate::older;
use golem_rpc_toml::{Edits, TomlText, utf8};
use golem_rpc_workspace::{MAKEFILE, Workspace, WorkspaceError};

/// The tasks that the older tool wrote beside those that call it.
const COMPANIONS: [&str; 10] = [
    "default",
    "clean",
    "build",
    "build-release",
    "test",
    "regenerate-stubs",
    "post-build",
    "post-build-release",
    "build-flow",
    "release-build-flow",
];

/// Where what cargo-component builds was, in the days of the older tool.
const OLDER_TARGET: &str = "wasm32-wasi/";

/// What Makefile.toml says of the older tool.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct OlderTasks {
    /// The stub crate's WIT root and the caller's, of each link.
    pub(super) links: Vec<(Utf8PathBuf, Utf8PathBuf)>,
    /// What is asked of it.
    pub(super) calls: Vec<Call>,
    /// Whether there is nothing else in the file.
    pub(super) are_all: bool,
}

impl OlderTasks {
    /// Reads the Makefile.toml of the workspace at `root`.
    pub(super) fn read(disk: &Snapshot, root: &Utf8Path) -> Result<OlderTasks, WorkspaceError> {
        let file = root.join(MAKEFILE);
        let Some(content) = disk.get(&file) else {
            return Ok(OlderTasks::default());
        };
        let toml = TomlText::parse(&file, utf8(&file, content)?)?;
        let calls = calls::find(&toml, root);
        let has_task = tasks(&toml).any(|(_, task)| older::calls_older_tool(task));
        Ok(OlderTasks {
            links: calls.iter().filter_map(link).collect(),
            are_all: has_task && has_nothing_else(&toml),
            calls,
        })
    }
}

/// The link that a call of `add-stub-dependency` makes.
fn link(call: &Call) -> Option<(Utf8PathBuf, Utf8PathBuf)> {
    let is_link = call.command == "add-stub-dependency";
    is_link.then_some(())?;
    Some((call.path("stub-wit-root")?, call.path("dest-wit-root")?))
}

/// The scripts of the user's that still call the older tool.
pub(super) fn scripts(disk: &Snapshot, root: &Utf8Path) -> Vec<Remark> {
    let file = root.join(MAKEFILE);
    let text = disk.text(&file).unwrap_or_default();
    let Ok(toml) = TomlText::parse(&file, text) else {
        return Vec::new(); // said before
    };
    let calls = calls::find(&toml, root).into_iter();
    let remarks = calls
        .filter(|call| call.is_script)
        .map(|call| Remark::StillCalled {
            task: call.task,
            line: call.line,
        });
    remarks.collect()
}

/// The older tool writes no comment, and nothing but tasks and one line of `[config]`.
fn has_nothing_else(toml: &TomlText<'_>) -> bool {
    let is_known = |key: &str, item: &Item| match key {
        "tasks" => item.is_table_like(),
        "config" => {
            let config = item.as_table_like();
            config.is_some_and(|config| config.iter().all(|(key, _)| key == "default_to_workspace"))
        }
        _ => false,
    };
    let mut items = toml.doc.as_table().iter();
    let is_older = |(name, task): (&str, &Item)| {
        older::calls_older_tool(task) || COMPANIONS.contains(&name) && older::is_companion(task)
    };
    let has_comment = toml
        .text
        .lines()
        .any(|line| line.trim_start().starts_with('#'));
    !has_comment && items.all(|(key, item)| is_known(key, item)) && tasks(toml).all(is_older)
}

/// The lines of tasks that name paths of the older target directory, in a Makefile.toml that has no
/// task of the older tool any more.
pub(super) fn older_paths(disk: &Snapshot, root: &Utf8Path) -> Vec<Remark> {
    let file = root.join(MAKEFILE);
    let text = disk.text(&file).unwrap_or_default();
    let Ok(toml) = TomlText::parse(&file, text) else {
        return Vec::new();
    };
    let mut remarks = Vec::new();
    for (name, _) in tasks(&toml) {
        for region in toml.regions_of(&["tasks", name]) {
            let first = toml.line(region.start);
            let lines = text[region].lines().enumerate();
            let named = lines.filter(|(_, line)| line.contains(OLDER_TARGET));
            remarks.extend(named.map(|(offset, _)| Remark::OlderPath {
                task: name.to_string(),
                line: first + offset,
            }));
        }
    }
    remarks
}

pub(crate) fn tasks<'t>(toml: &'t TomlText<'_>) -> impl Iterator<Item = (&'t str, &'t Item)> {
    let tasks = toml.get(&["tasks"]).and_then(Item::as_table_like);
    tasks.into_iter().flat_map(|tasks| tasks.iter())
}

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

/// The tasks that call the older tool, or that name its target directory.
///
/// # Errors
/// If Makefile.toml is no TOML.
pub fn older_tasks(
    workspace: &Workspace,
    disk: &Snapshot,
) -> Result<Vec<OlderTask>, WorkspaceError> {
    let file = workspace.root.join(MAKEFILE);
    let Some(content) = disk.get(&file) else {
        return Ok(Vec::new());
    };
    let toml = TomlText::parse(&file, utf8(&file, content)?)?;
    let is_older = |(_, task): &(&str, &Item)| {
        older::calls_older_tool(task) || older::names_older_target(task)
    };
    let found = tasks(&toml).filter(is_older).map(|(name, _)| OlderTask {
        task: name.to_string(),
        file: file.clone(),
        line: toml.line(toml.start_of(&["tasks", name]).unwrap_or(0)),
    });
    Ok(found.collect())
}

/// Plans that the older tool's tasks go from a file that holds others: its calls, and, under names that it gives, what
/// it wrote beside these. Gives the tasks that go.
pub(super) fn remove(
    disk: &Snapshot,
    root: &Utf8Path,
) -> Result<(Plan, Vec<OlderTask>), WorkspaceError> {
    let (file, mut plan) = (root.join(MAKEFILE), Plan::new());
    let Some(content) = disk.get(&file) else {
        return Ok((plan, Vec::new()));
    };
    let toml = TomlText::parse(&file, utf8(&file, content)?)?;
    let has_call = tasks(&toml).any(|(_, task)| older::calls_older_tool(task));
    let is_older = |(name, task): &(&str, &Item)| {
        let is_companion = COMPANIONS.contains(name);
        let is_named = is_companion || name.starts_with("compose-");
        older::calls_older_tool(task)
            || is_named && older::names_older_target(task)
            || has_call && is_companion && older::is_companion(task)
    };
    let (mut edits, mut removed) = (Edits::default(), Vec::new());
    for (name, _) in tasks(&toml).filter(is_older) {
        let path = ["tasks", name];
        for region in toml.regions_of(&path) {
            edits.remove_lines(&toml, &region, true);
        }
        removed.push(OlderTask {
            task: name.to_string(),
            file: file.clone(),
            line: toml.line(toml.start_of(&path).unwrap_or(0)),
        });
    }
    plan.write(disk, &file, edits.apply(&toml)?);
    Ok((plan, removed))
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

    fn read(text: &str) -> OlderTasks {
        let mut disk = Snapshot::new();
        disk.insert("/w/Makefile.toml", text);
        OlderTasks::read(&disk, Utf8Path::new("/w")).unwrap()
    }

    #[test]
    fn a_file_of_the_older_tool_alone() {
        let found = read(OLDER);
        assert_eq!(found.links, [("/w/a-stub/wit".into(), "/w/b/wit".into())]);
        assert!(found.are_all);
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
            let found = read(&format!("{OLDER}\n{more}"));
            assert!(!found.are_all, "{more}");
            assert_eq!(found.links.len(), 1, "{more}");
        }
        let other = read("[tasks.build]\ncommand = \"cargo-component\"\nargs = [\"build\"]\n");
        assert_eq!(other, OlderTasks::default());
    }

    #[test]
    fn paths_of_the_older_target_directory() {
        let text = "[tasks.deploy]\nscript = '''\necho\ncp target/wasm32-wasi/debug/a.wasm .\n'''\n\n[tasks.fine]\nargs = [\"target/wasm32-wasip1/a.wasm\"]\n";
        let mut disk = Snapshot::new();
        disk.insert("/w/Makefile.toml", text);
        let found = older_paths(&disk, Utf8Path::new("/w"));
        let task = "deploy".to_string();
        assert_eq!(found, [Remark::OlderPath { task, line: 4 }]);
    }
}
