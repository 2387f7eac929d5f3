//! README.md says what is so: its commands work, its lists are complete.
//!
//! Fenced blocks tagged `sh` are run in order in one scratch copy of the shopping cart; before the
//! first that is tagged `sh final`, the fixture's final sources are laid over it. In blocks tagged
//! `console` the lines that begin with `$` are not run; what those with `cargo xtask …` and
//! `cargo install …` name has to exist. All other blocks are passed over.

use std::fs;

use golem_rpc_tests::{Invocation, Workspace, repository};

#[test]
fn every_command_works() {
    let cart = Workspace::cart();
    let mut is_final = false;
    for block in blocks(&readme()) {
        match block.tag.as_str() {
            "sh" | "sh final" => {
                if block.tag == "sh final" && !is_final {
                    cart.overlay("shopping-cart/final");
                    is_final = true;
                }
                cart.command("sh", &["-euxc", &block.text]).run().success();
            }
            "console" => console_commands(&block.text).for_each(check_only),
            _ => {}
        }
    }
}

#[test]
fn it_begins_with_the_two_commands() {
    let readme = readme();
    let consoles: Vec<Block> = blocks(&readme)
        .into_iter()
        .filter(|b| b.tag == "console")
        .collect();
    let commands: Vec<&str> = consoles
        .iter()
        .flat_map(|b| console_commands(&b.text))
        .collect();
    assert_eq!(commands[..2], ["cargo xtask demo", "cargo xtask test"]);
}

#[test]
fn every_command_has_an_example() {
    let help = Workspace::empty("nowhere")
        .golem_rpc(&["--help"])
        .success()
        .stdout;
    let readme = readme();
    let examples: Vec<Block> = blocks(&readme)
        .into_iter()
        .filter(|b| b.tag.starts_with("sh"))
        .collect();
    for command in super::help::commands_of(&help) {
        let typed = format!("cargo golem-rpc {command}");
        let is_it = |line: &str| {
            let rest = line.strip_prefix(&typed);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        let mut lines = examples.iter().flat_map(|block| block.text.lines());
        let shown = lines.any(is_it);
        assert!(shown, "README.md has no example of `{command}`");
        assert!(
            readme.contains(&format!("| `{command}` |")),
            "`{command}` is not in the table"
        );
    }
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let help = Workspace::empty("nowhere")
        .golem_rpc(&["--help"])
        .success()
        .stdout;
    let lines: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Exit codes:")
        .skip(1)
        .collect();
    assert!(lines.len() > 5, "no exit codes in {help}");
    for line in lines {
        let (code, meaning) = line.trim().split_once("  ").unwrap();
        let row = format!("| {code} | {meaning} |");
        assert!(readme().contains(&row), "README.md has no row `{row}`");
    }
}

fn readme() -> String {
    fs::read_to_string(repository().join("README.md")).unwrap()
}

/// A fenced block.
struct Block {
    tag: String,
    text: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(tag) = line.strip_prefix("```") {
            let inside = lines.by_ref().take_while(|line| *line != "```");
            let text = inside.flat_map(|line| [line, "\n"]).collect();
            blocks.push(Block {
                tag: tag.trim().to_string(),
                text,
            });
        }
    }
    blocks
}

/// What a block shows as typed.
fn console_commands(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.strip_prefix("$ "))
}

/// What a command that would take too long or change the machine names has to exist.
fn check_only(line: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["cargo", "xtask", task, ..] => {
            let args = ["xtask", task, "--help"];
            Invocation::new("cargo", &args, repository())
                .run()
                .success();
        }
        ["cargo", "install", .., "--path", path] => {
            let manifest = repository().join(path).join("Cargo.toml");
            assert!(manifest.is_file(), "`{line}`: there is no {manifest}");
        }
        ["cargo", "install", "--locked", tool, "--version", version] => {
            let makefile = repository().join("makefile-templates/templates/tasks.toml");
            let setup = repository().join("crates/xtask/src/setup.rs");
            let known = [makefile, setup]
                .map(|file| fs::read_to_string(file).unwrap())
                .concat();
            assert!(
                known.contains(tool) && known.contains(version),
                "`{line}` is not what we pin"
            );
        }
        ["cargo", "install", ..] => panic!("`{line}` installs nothing that is known here"),
        _ => {}
    }
}
