//! Scripts that complete command lines, and pages of the manual: shells and `man` take them.

use std::fs;

use golem_rpc_tests::{Invocation, Run, Workspace, repository, which};

use super::help::commands_of;

/// Completes the last of its arguments as bash would, and prints what it offers, a line each.
const OFFER: &str = r#"
_cargo() { COMPREPLY=("cargo's own: $2"); }
source ./completions.bash
offer() {
    local registered
    registered=$(complete -p "$1") || exit
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    $(sed 's/.* -F \([^ ]*\) .*/\1/' <<<"$registered") "$1" "${@: -1}" "${@: -2:1}"
    printf '%s\n' "${COMPREPLY[@]}"
}
offer "#;

#[test]
fn bash_completes_what_clap_knows() {
    let home = home_with_bash();
    let help = home.golem_rpc(&["--help"]).success().stdout;
    for typed in [
        "cargo-golem-rpc ''",
        "cargo golem-rpc ''",
        "cargo +nightly golem-rpc ''",
    ] {
        let run = offers(&home, typed);
        let offered: Vec<&str> = run.stdout.lines().collect();
        for command in commands_of(&help) {
            assert!(offered.contains(&command), "no `{command}`: {run}");
        }
    }
    for (typed, offered) in [
        ("cargo-golem-rpc rege", "regenerate\n"),
        ("cargo golem-rpc rege", "regenerate\n"),
        ("cargo golem-rpc compose --stub", "--stub-wasm\n"),
        ("cargo golem-rpc build-members --rel", "--release\n"),
        (
            "cargo golem-rpc init --stub-backend ''",
            "crate\ncomponent\n",
        ),
        ("cargo golem-rpc completions z", "zsh\n"),
        ("cargo bui", "cargo's own: bui\n"),
        ("cargo golem-rp", "cargo's own: golem-rp\n"),
    ] {
        assert_eq!(offers(&home, typed).stdout, offered, "{typed}");
    }
}

/// A directory with the script, which bash finds nothing wrong with.
fn home_with_bash() -> Workspace {
    let home = Workspace::empty("home");
    let script = home.golem_rpc(&["completions", "bash"]).success().stdout;
    home.write("completions.bash", script);
    let check = home.command("bash", &["-n", "completions.bash"]);
    assert_eq!(check.run().success().stderr, "");
    home
}

fn offers(home: &Workspace, typed: &str) -> Run {
    let script = format!("{OFFER}{typed}");
    let run = home.command("bash", &["-c", &script]).run().success();
    assert_eq!(run.stderr, "", "{run}");
    run
}

/// These shells are not everywhere; what they get names every command all the same.
#[test]
fn every_shell_gets_the_commands() {
    let home = Workspace::empty("home");
    let help = home.golem_rpc(&["--help"]).success().stdout;
    for shell in ["elvish", "fish", "powershell", "zsh"] {
        let script = home.golem_rpc(&["completions", shell]).success().stdout;
        assert!(script.contains("cargo-golem-rpc"), "{script}");
        for command in commands_of(&help) {
            assert!(script.contains(command), "no `{command}` in {shell}");
        }
    }
    let zsh = home.golem_rpc(&["completions", "zsh"]).success().stdout;
    // the function that cargo's own completion asks for `cargo golem-rpc`
    assert!(zsh.contains("\n_cargo-golem-rpc() {"), "{zsh}");
    let run = home.golem_rpc(&["completions", "tcsh"]);
    run.failure(2, &["tcsh", "fish"]);
}

#[test]
fn every_command_has_a_manual_page() {
    let home = Workspace::empty("home");
    home.golem_rpc(&["man", "man/man1"]).success();
    let help = home.golem_rpc(&["--help"]).success().stdout;
    let names = commands_of(&help).into_iter();
    let mut names: Vec<String> = names
        .map(|name| format!("cargo-golem-rpc-{name}"))
        .collect();
    names.push("cargo-golem-rpc".to_string());
    names.sort();
    let files = home.tree();
    let mut pages: Vec<&str> = files.files().filter_map(|file| file.file_stem()).collect();
    pages.sort();
    assert_eq!(pages, names);
    for name in &names {
        let page = format!("man/man1/{name}.1");
        let man = home.command("man", &["--warnings", "--local-file", &page]);
        let run = man.env("MANWIDTH", "100").run().success();
        assert_eq!(run.stderr, "", "{run}");
        let title = format!("{}(1)", name.to_uppercase());
        assert!(run.stdout.starts_with(&title), "{run}");
    }
    let shown = home.golem_rpc(&["man"]).success().stdout;
    assert_eq!(shown, home.read("man/man1/cargo-golem-rpc.1"));
    // found by name, as when it is installed
    let man = home.command("man", &["-M", "man", "cargo-golem-rpc-compose"]);
    let run = man.run().success();
    assert!(run.stdout.contains("cargo golem-rpc compose"), "{run}");
}

/// Pages give way to newer ones, and nothing else does.
#[test]
fn pages_replace_pages() {
    let home = Workspace::empty("home");
    home.golem_rpc(&["man", "."]).success();
    let before = home.tree();
    home.golem_rpc(&["man", "."]).success();
    home.tree().assert_same_as(&before);
    home.replace("cargo-golem-rpc.1", "golem", "gopher");
    home.golem_rpc(&["man", "."]).success();
    home.tree().assert_same_content_as(&before);
    home.write("cargo-golem-rpc-init.1", "my notes");
    home.refuses(&["man", "."], 5, &["cargo-golem-rpc-init.1"]);
    fs::remove_file(home.path("cargo-golem-rpc-init.1")).unwrap();
    home.refuses(&["man", "cargo-golem-rpc.1"], 1, &["cargo-golem-rpc.1"]);
}

/// What a package installs is found where it lies.
#[test]
fn a_package_has_pages_and_scripts() {
    let home = home_with_bash();
    let prefix = home.path("pkg/usr");
    let binary = which("cargo-golem-rpc");
    let args = [
        "xtask",
        "dist",
        prefix.as_str(),
        "--binary",
        binary.as_str(),
    ];
    for _ in 0..2 {
        let xtask = Invocation::new("cargo", &args, repository());
        xtask.run().success();
    }
    let script = home.read("pkg/usr/etc/bash_completion.d/cargo-golem-rpc");
    assert_eq!(script, home.read("completions.bash"));
    for file in [
        "bin/cargo-golem-rpc",
        "share/doc/cargo-golem-rpc/LICENSE",
        "share/doc/cargo-golem-rpc/schema.json",
        "share/fish/vendor_conf.d/cargo-golem-rpc.fish",
        "share/zsh/site-functions/_cargo-golem-rpc",
    ] {
        assert!(prefix.join(file).is_file(), "no {file}");
    }
    let man = ["-M", "pkg/usr/share/man", "cargo-golem-rpc-init"];
    home.command("man", &man).run().success();
}

/// `cargo help` asks us.
#[test]
fn cargo_help_knows_the_command() {
    let home = Workspace::empty("home");
    let help = home.cargo(&["help", "golem-rpc"]).success().stdout;
    assert_eq!(help, home.golem_rpc(&["--help"]).success().stdout);
}
