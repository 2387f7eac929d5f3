//! Every help text, whole.

use golem_rpc_tests::{Workspace, assert_snapshot};

const COMMANDS: [&str; 22] = [
    "init",
    "link",
    "unlink",
    "prune",
    "regenerate",
    "build-workspace",
    "build-members",
    "compose",
    "clean",
    "invoke",
    "status",
    "check",
    "graph",
    "describe",
    "why",
    "doctor",
    "migrate",
    "generate",
    "build",
    "add-stub-dependency",
    "completions",
    "man",
];

#[test]
fn help_texts_are_as_they_were() {
    let nowhere = Workspace::empty("nowhere");
    let overview = nowhere.golem_rpc(&["--help"]).success().stdout;
    for line in commands_of(&overview) {
        assert!(
            COMMANDS.contains(&line),
            "`{line}` has no snapshot of its help"
        );
    }
    assert_snapshot("help/cargo-golem-rpc.txt", &overview);
    for command in COMMANDS {
        let text = nowhere.golem_rpc(&[command, "--help"]).success().stdout;
        assert_snapshot(&format!("help/{command}.txt"), &text);
    }
}

/// The names in the section `Commands:`.
pub(super) fn commands_of(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let section = lines.take_while(|line| !line.is_empty());
    let names = section.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = names
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.contains(&"init"), "no commands in {help}");
    names.into_iter().filter(|name| *name != "help").collect()
}
