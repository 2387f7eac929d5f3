//! What README.md and the book list is complete, and as the program says it.

use std::fs;

use golem_rpc_messages::Message;
use golem_rpc_tests::{Invocation, Workspace, assert_generated, repository};

use super::super::help::commands_of;
use super::markdown::Fence;
use super::{all_pages, read};

/// The commands of the book that no test runs: they change the machine, or need what not every
/// machine has. Each is listed by its beginning.
const NOT_RUN: [&str; 18] = [
    "cargo xtask demo",
    "cargo xtask test",
    "cargo xtask dist pkg/usr",
    "rustup target add wasm32-wasip1",
    "cargo install --locked cargo-component --version 0.21.1",
    "cargo install --locked --path cargo-golem-rpc",
    "cargo golem-rpc compose --source-wasm caller.wasm --stub-wasm stub/history_stub.wasm",
    "componentize-py -d caller/wit -w caller componentize app -o caller.wasm",
    "npx componentize-js app.js --wit caller/wit",
    "wit-bindgen c -w caller",
    "clang-19 --target=wasm32-wasi",
    "wasm-tools component new core.wasm",
    "wit-bindgen go -w caller",
    "cp -r wit-bindgen-go/src/package witrt",
    "GOOS=wasip1 GOARCH=wasm go build",
    "wasm-tools component embed -w caller",
    "wasm-tools component new embed.wasm",
    "cargo install --locked cargo-make --version 0.37.24",
];

fn not_run() -> Vec<String> {
    let pages = all_pages().into_iter().map(|page| read(&page));
    let commands = pages.flat_map(|page| {
        let is_run = |fence: &&Fence| fence.info.iter().all(|word| word != "not-run");
        let fences = page.fences.iter().filter(|fence| !is_run(fence));
        let commands: Vec<String> = fences.flat_map(|fence| page.commands(fence)).collect();
        commands
    });
    commands.collect()
}

#[test]
fn what_is_not_run_is_listed_here() {
    let commands = not_run();
    for command in &commands {
        let is_listed = NOT_RUN.iter().any(|listed| command.starts_with(listed));
        assert!(is_listed, "nothing runs `{command}`");
        names_what_exists(command);
    }
    for listed in NOT_RUN {
        let is_shown = commands.iter().any(|command| command.starts_with(listed));
        assert!(is_shown, "no page has `{listed}`");
    }
}

/// What a command that is not run names has to exist.
fn names_what_exists(line: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["cargo", "xtask", task, ..] => {
            let args = ["xtask", task, "--help"];
            Invocation::new("cargo", &args, repository())
                .run()
                .success();
        }
        ["cargo", "golem-rpc", command, ..] => {
            let nowhere = Workspace::empty("nowhere");
            let help = nowhere.golem_rpc(&[command, "--help"]).success().stdout;
            let options = words.iter().filter(|word| word.starts_with("--"));
            for option in options {
                assert!(help.contains(option), "`{line}`: there is no {option}");
            }
        }
        ["cargo", "install", "--locked", "--path", path, ..] => {
            let manifest = repository().join(path).join("Cargo.toml");
            assert!(manifest.is_file(), "`{line}`: there is no {manifest}");
        }
        ["cargo", "install", "--locked", tool, "--version", version] => {
            let setup = repository().join("crates/xtask/src/setup.rs");
            let setup = fs::read_to_string(setup).unwrap();
            let is_pinned = setup.contains(tool) && setup.contains(version);
            assert!(is_pinned, "`{line}` is not what we pin");
        }
        _ => {}
    }
}

#[test]
fn the_readme_begins_with_the_two_commands() {
    let readme = read("README.md");
    let first = readme
        .fences
        .iter()
        .filter(|fence| fence.info[0] == "console");
    let typed: Vec<String> = first
        .flat_map(|fence| readme.typed(fence))
        .map(|typed| typed.command)
        .collect();
    assert_eq!(typed[..2], ["cargo xtask demo", "cargo xtask test"]);
}

#[test]
fn every_command_has_an_example() {
    let help = help();
    let pages: Vec<_> = all_pages().iter().map(|page| read(page)).collect();
    let texts = pages.iter().flat_map(|page| {
        let run = |info: &str| info == "sh" || info == "console";
        let fences = page
            .fences
            .iter()
            .filter(move |fence| run(&fence.info.join(" ")));
        fences.map(|fence| page.text(fence))
    });
    let text: String = texts.collect();
    for command in commands_of(&help) {
        let typed = format!("cargo golem-rpc {command}");
        let is_it = |line: &str| {
            let line = line.strip_prefix("$ ").unwrap_or(line);
            let rest = line.strip_prefix(&typed);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        assert!(text.lines().any(is_it), "no page runs `{command}`");
    }
}

#[test]
fn commands_are_those_of_the_help() {
    let help = help();
    let mut table = String::from("| command | |\n|---|---|\n");
    for (name, about) in section(&help, "Commands:") {
        if name != "help" {
            let about = about.split(" [alias").next().unwrap_or_default();
            table += &format!("| `{name}` | {about} |\n");
        }
    }
    assert_generated("README.md", "commands", &table);
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let help = help();
    let mut table = String::from("| code | meaning |\n|---|---|\n");
    let codes = section(&help, "Exit codes:");
    assert!(codes.len() > 5, "no exit codes in {help}");
    for (code, meaning) in codes {
        table += &format!("| {code} | {meaning} |\n");
    }
    assert_generated("docs/src/exit-codes.md", "exit codes", &table);
}

fn help() -> String {
    let nowhere = Workspace::empty("nowhere");
    nowhere.golem_rpc(&["--help"]).success().stdout
}

/// The first word and the rest of each entry in a section of the help, which may go on in deeper
/// lines.
fn section(help: &str, title: &str) -> Vec<(String, String)> {
    let lines = help.lines().skip_while(|line| *line != title).skip(1);
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        let text = line.trim_start();
        match entries.last_mut() {
            Some((_, about)) if line.len() - text.len() > 12 => *about += &format!(" {text}"),
            _ => {
                let (name, about) = text.split_once(' ').unwrap();
                entries.push((name.to_string(), about.trim().to_string()));
            }
        }
    }
    entries
}

#[test]
fn lines_of_json_are_real() {
    let page = read("docs/src/json.md");
    let lines = page.lines.iter();
    let lines: Vec<&String> = lines
        .filter(|line| line.starts_with("{\"format-version\""))
        .collect();
    assert!(!lines.is_empty());
    for line in lines {
        assert_eq!(Message::from_line(line).unwrap().to_line(), *line);
    }
}

/// A heading in the page of error messages is what the commands below it say.
#[test]
fn errors_are_quoted_as_they_are() {
    let page = read("docs/src/troubleshooting.md");
    let mut heading: Option<&str> = None;
    let mut quoted = 0;
    for (number, line) in page.lines.iter().enumerate() {
        if let Some(message) = line.strip_prefix("### ") {
            assert!(heading.is_none(), "nothing shows `{}`", heading.unwrap());
            heading = Some(message);
        }
        let block = page.fences.iter().find(|fence| fence.body.start == number);
        if let (Some(block), Some(message)) = (block, heading) {
            let text = page.text(block).replace('`', "");
            if block.info[0] == "console" {
                is_said(message, &text);
                heading = None;
                quoted += 1;
            }
        }
    }
    assert!(heading.is_none() && quoted > 5);
}

/// The parts of a message around each `…` are in the text, one behind the other.
fn is_said(message: &str, text: &str) {
    let plain = message.replace('`', "");
    let mut rest = text;
    for part in plain
        .split('…')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let at = rest.find(part);
        let at = at.unwrap_or_else(|| panic!("`{part}` of `{message}` is not in\n{text}"));
        rest = &rest[at + part.len()..];
    }
}
